/* file_types.h - the one table of the FEC's bulk files: what each file is, and its columns.
 *
 * To teach fecpipe a new file, add a table of its columns and a line in all_types to file_types.c,
 * and a table of the same columns to sql/schema. Everything else follows from the two: the URL, the
 * member of the archive, parsing, checking the FEC's header dictionary, loading, the row of
 * fec.dataset, the order of application and the lines of the summary.
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
    COLUMN_COMMITTEE_ID, /* a text: 'C' and 8 digits. A line with anything else is rejected. */
    COLUMN_CANDIDATE_ID, /* a text: 'H', 'S' or 'P' and 8 capitals or digits */
    COLUMN_FEC_ID,       /* a text: one of the two */
    COLUMN_LOAD_DATE,    /* a text that stands last and is no part of the row's hash */
    COLUMN_UNUSED,       /* a field that no dictionary lists: it may be missing, and is dropped */
};

struct column_type {
    const char *fec_name; /* in the FEC's header dictionary or CSV header; "" if it has no name */
    const char *name;     /* the API's name of it, in records and tables; NULL if dropped */
    enum column_kind kind;
};

struct file_type {
    const char *name;   /* the dataset, as on the command line: "indiv" */
    const char *label;  /* what its rows are called in a summary: "contributions" */
    const char *file;   /* its name below the cycle's folder; {cycle} is 2024, {yy} is 24 */
    const char *member; /* pattern of the member of the zip; NULL if the file is plain CSV */
    const char *table;  /* the table in schema fec */
    const char *key;    /* the key column, first in the records */
    unsigned since;     /* the first cycle of which the FEC has the file */
    bool has_header;    /* the FEC publishes a header dictionary */
    const struct column_type *columns; /* in the order of the file, ended by one without fec_name */
};

/* In the order in which a run applies and lists them: committees and candidates come before the
 * rows that name them. Ended by one without a name. */
extern const struct file_type all_types[];

/* NULL if there is no type of that name. */
const struct file_type *type_find(const char *name);

#define TYPE_PATH 128

/* Writes the path of a type's file below the FEC's folder of bulk files: "2024/indiv24.zip". */
void type_path(const struct file_type *type, unsigned cycle, char path[TYPE_PATH]);

/* The columns of a record, in order: the key, cycle, the other columns in the order of the file,
 * then for each date column NAME_as_filed, then load_date where the type has it. A type whose key
 * is not among its columns (independent_expenditure, record_key) has it computed by fec-parse. */

#endif
