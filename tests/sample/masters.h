/* masters.h - the lines of cm, cn and ccl, as the table of datasets wants them. */
#ifndef SAMPLE_MASTERS_H
#define SAMPLE_MASTERS_H

#include "datasets.h"

void cm_line(struct line *line, const struct sample *sample, const struct report *report,
             const struct row *row);
void cn_line(struct line *line, const struct sample *sample, const struct report *report,
             const struct row *row);
void ccl_line(struct line *line, const struct sample *sample, const struct report *report,
              const struct row *row);

#endif
