/* statements.h - the lines of Form1Filer and Form2Filer, as the table of datasets wants them. */
#ifndef SAMPLE_STATEMENTS_H
#define SAMPLE_STATEMENTS_H

#include "datasets.h"

void form_1_line(struct line *line, const struct sample *sample, const struct report *report,
                 const struct row *row);
void form_2_line(struct line *line, const struct sample *sample, const struct report *report,
                 const struct row *row);

#endif
