/* totals.h - the lines of committee_summary and candidate_summary, as the table of datasets wants
 * them. */
#ifndef SAMPLE_TOTALS_H
#define SAMPLE_TOTALS_H

#include "datasets.h"

void committee_totals_line(struct line *line, const struct sample *sample,
                           const struct report *report, const struct row *row);
void candidate_totals_line(struct line *line, const struct sample *sample,
                           const struct report *report, const struct row *row);

#endif
