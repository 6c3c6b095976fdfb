/* openfec_types.h - the table of the API's rows that fec-parse reads: one line for each column. */
#ifndef FEC_PARSE_OPENFEC_TYPES_H
#define FEC_PARSE_OPENFEC_TYPES_H

#include "records/file_types.h"

#include <stdbool.h>

/* Members of a row that are no column by themselves. */
enum api_extra {
    API_PERIOD,        /* the cycle of the row */
    API_CYCLES,        /* the cycles of the committee or candidate, a list */
    API_ELECTION_DESC, /* "PRIMARY", and */
    API_ELECTION_YEAR, /* "2018": both together are TRANSACTION_PGI */
    API_EXTRAS,
};

/* What a NULL of the API means in a column, and so how a row of it is merged into the table. */
enum merge_rule {
    AS_IS, /* the API gives the column as the FEC has it: its NULL is a value */
    LACKS, /* the API lacks it, always or for some rows: its NULL never erases a value */
};

struct api_column {
    const char *key;  /* of the member in the row; "" if the API has nothing for the column */
    const char *name; /* of the column, as in the bulk type; NULL at the end of a table */
    enum column_kind kind;
    enum merge_rule rule;
};

struct api_type {
    const char *name;                 /* that of the endpoint */
    const struct api_column *columns; /* those of the bulk type, in the same order, so that the
                                         records are the same; then what only the API has */
    const char *extras[API_EXTRAS];   /* keys; NULL if rows have no such member */
};

/* Keys of which the value is not simply the member: openfec_row.c has the rules. */
#define API_ELECTION_KEY "election_type"
#define API_CANDIDATES_KEY "candidate_ids"

/* NULL if there is no type of that name. */
const struct api_type *api_type_find(const char *name);

/* The type of its records: table and key of the bulk type, and as fec_name of each column the key
 * in the row. There is one at a time. */
const struct file_type *api_records(const struct api_type *type);

/* True if the rule of a column of the records is LACKS. What was filed and is no date is in the
 * bulk files alone. */
bool api_lacks(const struct api_type *type, const char *column);

#endif
