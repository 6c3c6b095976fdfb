/* summaries.h - the lines of weball, webl and webk, as the table of datasets wants them. */
#ifndef SAMPLE_SUMMARIES_H
#define SAMPLE_SUMMARIES_H

#include "datasets.h"

void weball_line(struct line *line, const struct sample *sample, const struct report *report,
                 const struct row *row);
void webl_line(struct line *line, const struct sample *sample, const struct report *report,
               const struct row *row);
void webk_line(struct line *line, const struct sample *sample, const struct report *report,
               const struct row *row);

/* Amount `number` of a summary: many are 0, and the first, which corrections change, never is. */
void line_sum(struct line *line, const struct row *row, int number);

#endif
