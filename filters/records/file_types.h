/* file_types.h - the one table of the FEC's bulk files: what each file is, and its columns.
 *
 * To teach fecpipe a new file, add a table of its columns and a line in all_types to file_types.c,
 * and a table of the same columns to sql/schema. Everything else follows from the two: the URL, the
 * member of the archive, parsing, checking the FEC's header dictionary, loading, the row of
 * fec.dataset, the order of application and the lines of the summary.
 */
#ifndef RECORDS_FILE_TYPES_H
#define RECORDS_FILE_TYPES_H

#include "records/column_types.h"

#include <stdbool.h>

#define MOST_KEY_COLUMNS 3

/* How fec-parse makes the key of a file that has none: of columns with '-' between them, and, if
 * they do not tell rows apart, of a hash of the whole record. Of records with the same key, those
 * after the first get '-' and a number, from 2. If the key is not hashed, the first column must
 * have a value. */
struct computed_key {
    const char *columns[MOST_KEY_COLUMNS]; /* the FEC's names; NULL for fewer */
    bool hashed;
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
    const struct computed_key *computed; /* NULL if the key is one of the columns */
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
 * is not among its columns (record_key) has it computed by fec-parse. */

#endif
