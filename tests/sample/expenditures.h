/* expenditures.h - the lines of oppexp and independent_expenditure, as the table of datasets wants
 * them. */
#ifndef SAMPLE_EXPENDITURES_H
#define SAMPLE_EXPENDITURES_H

#include "datasets.h"

void oppexp_line(struct line *line, const struct sample *sample, const struct report *report,
                 const struct row *row);
void expenditure_line(struct line *line, const struct sample *sample, const struct report *report,
                      const struct row *row);

/* The firm that was paid, with the row's quirk. */
void line_payee(struct line *line, const struct row *row);

/* What the money was for: with a comma, a quotation or a second line now and then. Only in CSV. */
void line_purpose(struct line *line, const struct row *row, uint64_t bits);

#endif
