/* columns.h - the header line of a stream of records: which columns there are, and where.
 * man/fec-records.5 describes the format.
 */
#ifndef RECORDS_COLUMNS_H
#define RECORDS_COLUMNS_H

#include "base/input.h"

#include <string.h>

#define MOST_COLUMNS 100

/* The column that fec-dedupe adds last, and the one that may stand last before it: when the source
 * loaded the row, which is no part of the row's hash. */
#define HASH_COLUMN "row_hash"
#define LOAD_DATE_COLUMN "load_date"

struct columns {
    int count;
    char *name[MOST_COLUMNS]; /* into `text` */
    char *text;               /* the header line, its tabs replaced by NULs */
    size_t length;            /* of the header line */
};

/* Reads the header line from `input`. Ends with EX_DATAERR if the input has no line, if a name is
 * empty, occurs twice or is not made of letters, digits and '_', or if there are too many. */
void columns_read(struct columns *columns, struct input *input);

/* The number of a column, from 0; -1 if there is no column of this name. */
int columns_find(const struct columns *columns, const char *name);

/* The field `number`, from 0, of a record without its newline, which ends before `end`; *length is
 * its length. NULL if the record has fewer fields. It is called for each of millions of records. */
static inline const char *columns_field(const char *record, const char *end, int number,
                                        size_t *length)
{
    const char *tab;
    while ((tab = memchr(record, '\t', (size_t)(end - record))) != NULL && number > 0) {
        record = tab + 1;
        number--;
    }
    *length = (size_t)((tab ? tab : end) - record);
    return number > 0 ? NULL : record;
}

/* Ends with EX_DATAERR if what is left of `input` is a record that is too long, or one without a
 * newline: `line` is its number. For who has read all whole records. */
void columns_end(const struct input *input, uint64_t line);

#endif
