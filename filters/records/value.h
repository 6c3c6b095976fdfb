/* value.h - the canonical forms of numbers, amounts and dates.
 *
 * All take a text of at least one byte, without blanks around it, and write what it is at `to`,
 * returning the end; or return NULL if it is nothing of the kind, and then what they left at `to`
 * means nothing. They may read up to VALUE_PADDING bytes after the text and write up to
 * VALUE_ROOM bytes whatever they return, so that the usual value is converted without a loop.
 */
#ifndef RECORDS_VALUE_H
#define RECORDS_VALUE_H

#include "records/text.h"

#include <stdint.h>

#define VALUE_PADDING 8
#define VALUE_ROOM 32

/* A whole number that fits 64 bits, with an optional '-': leading zeros are dropped. */
char *value_number(struct span span, char *to);

/* Dollars: [-+]digits[.digits], also ".5" and "5.". Written with two decimals, so more than two are
 * good only if the rest are zeros; at most 12 digits before the point, as numeric(14,2) has them.
 * The amount in cents goes to *cents. */
char *value_amount(struct span span, char *to, int64_t *cents);

/* A date of the calendar, years 1 to 9999, written YYYY-MM-DD. Known forms: MMDDYYYY, the same
 * without the month's leading zero (MDDYYYY), M/D/YYYY, D-MON-YY (70 to 99 are of the 20th
 * century), D-MON-YYYY, YYYY-MM-DD with or without T00:00:00. */
char *value_date(struct span span, char *to);

/* The same, but for eight digits: YYYYMMDD. */
char *value_ymd_date(struct span span, char *to);

/* A sum of amounts that cannot overflow: units * SUM_UNIT + cents. */
struct amount_sum {
    int64_t units, cents;
};

#define SUM_UNIT ((int64_t)100000000000000000) /* cents, a thousand times the greatest amount */
#define SUM_TEXT 48

static inline void amount_add(struct amount_sum *sum, int64_t cents)
{
    sum->cents += cents;
    if (sum->cents >= SUM_UNIT || sum->cents <= -SUM_UNIT) {
        sum->units += sum->cents / SUM_UNIT;
        sum->cents %= SUM_UNIT;
    }
}

/* Writes the sum in dollars with two decimals, and a NUL. */
void amount_text(const struct amount_sum *sum, char to[SUM_TEXT]);

#endif
