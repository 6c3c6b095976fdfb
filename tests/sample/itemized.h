/* itemized.h - the lines of indiv, pas2 and oth, as the table of datasets wants them. */
#ifndef SAMPLE_ITEMIZED_H
#define SAMPLE_ITEMIZED_H

#include "datasets.h"

void indiv_line(struct line *line, const struct sample *sample, const struct report *report,
                const struct row *row);
void pas2_line(struct line *line, const struct sample *sample, const struct report *report,
               const struct row *row);
void oth_line(struct line *line, const struct sample *sample, const struct report *report,
              const struct row *row);

#endif
