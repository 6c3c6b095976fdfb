/* openfec_types.h - the table of the API's rows that fec-parse reads: one line a column. */
#ifndef FEC_PARSE_OPENFEC_TYPES_H
#define FEC_PARSE_OPENFEC_TYPES_H

#include "records/file_types.h"

/* Members of a row that are no column by themselves. */
enum api_extra {
    API_PERIOD,        /* the cycle of the row */
    API_CYCLES,        /* the cycles of the committee or candidate, a list */
    API_ELECTION_DESC, /* "PRIMARY", and */
    API_ELECTION_YEAR, /* "2018": both together are TRANSACTION_PGI */
    API_EXTRAS,
};

struct api_type {
    /* name is that of the endpoint. Columns are those of the bulk type, in the same order, so that
     * the records are the same; their fec_name is the key of the member in the row. */
    struct file_type records;
    const char *extras[API_EXTRAS]; /* keys; NULL if rows have no such member */
};

/* Keys of which the value is not simply the member: openfec_row.c has the rules. */
#define API_ELECTION_KEY "election_type"
#define API_CANDIDATES_KEY "candidate_ids"

/* Ended by one without a name. */
extern const struct api_type all_api_types[];

/* NULL if there is none of that name. */
const struct api_type *api_type_find(const char *name);

#endif
