/* file_types.h - the table of the FEC's bulk file types: one line a column.
 *
 * To teach fecpipe a new file, add a table of its columns to file_types.c and a line to all_types,
 * and a table of the same columns to sql/schema/schema.sql. Everything else (parsing, checking the
 * FEC's header dictionary, the header line of the records, loading) follows from the table.
 */
#ifndef RECORDS_FILE_TYPES_H
#define RECORDS_FILE_TYPES_H

#include <stdbool.h>

/* What a value is, and so what its canonical form in a record is. */
enum column_kind {
    COLUMN_TEXT,   /* UTF-8, no control characters but tab and line ends, no blanks around it */
    COLUMN_NUMBER, /* a whole number that fits 64 bits, without leading zeros */
    COLUMN_AMOUNT, /* dollars, always with two decimals: -12.00 */
    COLUMN_DATE,   /* YYYY-MM-DD; what is no date is NULL, and goes to the column NAME_as_filed */
    COLUMN_UNUSED, /* a field that no dictionary lists: it may be missing, and is dropped */
};

struct column_type {
    const char *fec_name; /* in the FEC's header dictionary or CSV header */
    const char *name;     /* the API's name of it, in records and tables; NULL if dropped */
    enum column_kind kind;
};

struct file_type {
    const char *name;   /* as in the file's name: "indiv" */
    const char *member; /* pattern of the member of the zip; NULL if the file is plain CSV */
    const char *table;  /* the table in schema fec */
    const char *key;    /* the key column, first in the records */
    bool has_header;    /* the FEC publishes a header dictionary */
    const struct column_type *columns; /* in the order of the file, ended by one without fec_name */
};

/* Ended by one without a name. */
extern const struct file_type all_types[];

/* NULL if there is none of that name. */
const struct file_type *type_find(const char *name);

/* The columns of a record, in order: the key, cycle, the other columns in the order of the file,
 * then for each date column NAME_as_filed. A type whose key is not among its columns
 * (independent_expenditure, record_key) has it computed by fec-parse. */

#endif
