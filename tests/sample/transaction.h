/* transaction.h - what indiv, pas2, oth, oppexp and independent_expenditure have in common: a day,
 * an amount, numbers of the record, the page and the transaction, and how these are corrected.
 */
#ifndef SAMPLE_TRANSACTION_H
#define SAMPLE_TRANSACTION_H

#include "datasets.h"

/* What a correction changes. A row with a quirk has only its amount corrected, since the quirk may
 * hide another change. */
enum corrects { CORRECTS_NOTHING, CORRECTS_AMOUNT, CORRECTS_TEXT, CORRECTS_NAME, CORRECTS_DATE };

enum corrects correction_of(const struct row *row, unsigned month);

/* The number of a word among `count`, after the corrections of kind `kind`, each of which makes it
 * another one. `*times` is how many there were; may be NULL. */
unsigned corrected_choice(const struct row *row, enum corrects kind, unsigned number,
                          unsigned count, unsigned *times);

/* The day on which it happened, and its extremes for any row of a report. */
int transaction_day(const struct report *report, const struct row *row);
int transaction_first_day(const struct report *report);
int transaction_last_day(const struct report *report);

/* The amount in cents: one of those that people give, corrected, and with the row's quirk. */
int64_t transaction_amount(const struct row *row);

/* IMAGE_NUM, 18 digits: the day of filing and the page; three transactions fill a page. */
void line_image_number(struct line *line, const struct report *report, const struct row *row);

/* TRAN_ID, in the form that the filer's software gives it. */
void line_transaction_id(struct line *line, const struct report *report, const struct row *row);

/* FILE_NUM. */
void line_file_number(struct line *line, const struct report *report, const struct row *row);

/* SUB_ID, 19 digits: 4 (of a report on paper 2), the day of filing as MMDDYYYY, 1, and nine that no
 * other row has. */
void line_sub_id(struct line *line, const struct report *report, const struct row *row);

/* MEMO_TEXT and the like: nothing but blanks if that is the row's quirk. */
void line_memo(struct line *line, const struct row *row, const char *text, size_t length);

#endif
