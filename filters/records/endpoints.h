/* endpoints.h - the one list of the API's endpoints that fecpipe reads.
 *
 * Each has the rows of a bulk file, and its records are those of that file's type. To teach fecpipe
 * another endpoint, add a line to all_endpoints and the keys of its rows to
 * fec-parse/openfec_types.c.
 */
#ifndef RECORDS_ENDPOINTS_H
#define RECORDS_ENDPOINTS_H

#include <stdbool.h>

/* What rows can be selected by. fec-fetch has an option for each, with the name of the parameter:
 * --min-date for min_date. */
enum endpoint_filter {
    FILTER_COMMITTEE,
    FILTER_MIN_DATE,
    FILTER_MIN_LOAD_DATE,
    FILTER_IS_INDIVIDUAL,
    FILTER_MIN_FIRST_FILE_DATE,
    FILTER_MIN_LAST_FILE_DATE,
    FILTERS,
};

/* How the next page is asked for. */
enum endpoint_paging {
    PAGING_BY_KEY,    /* by the last row of the page before: pagination.last_indexes */
    PAGING_BY_NUMBER, /* by its number */
};

struct endpoint {
    const char *name; /* as on the command line: "schedule_a" */
    const char *bulk; /* the bulk type of the same rows: "indiv" */
    const char *path; /* below the API's base URL */
    const char *cycle_parameter;
    const char *sort; /* the column by which rows come; it has an index */
    enum endpoint_paging paging;
    unsigned filters; /* a bit for each: 1 << FILTER_MIN_DATE */
};

/* In the order in which a run applies them. Ended by one without a name. */
extern const struct endpoint all_endpoints[];

/* The names of the parameters, by enum endpoint_filter. */
extern const char *const filter_parameters[FILTERS];

/* NULL if there is no endpoint of that name. */
const struct endpoint *endpoint_find(const char *name);

bool endpoint_takes(const struct endpoint *endpoint, enum endpoint_filter filter);

#endif
