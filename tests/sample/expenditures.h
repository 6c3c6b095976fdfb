/* expenditures.h - the lines of oppexp and independent_expenditure, as the table of datasets wants
 * them. */
#ifndef SAMPLE_EXPENDITURES_H
#define SAMPLE_EXPENDITURES_H

#include "datasets.h"

void oppexp_line(struct line *line, const struct sample *sample, const struct report *report,
                 const struct row *row);
void expenditure_line(struct line *line, const struct sample *sample, const struct report *report,
                      const struct row *row);

#endif
