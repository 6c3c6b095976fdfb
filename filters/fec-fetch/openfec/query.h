/* query.h - what is asked of the API, and the URL of each page of it. */
#ifndef FEC_FETCH_OPENFEC_QUERY_H
#define FEC_FETCH_OPENFEC_QUERY_H

#include "fec-fetch/openfec/committees.h"
#include "fec-fetch/openfec/position.h"
#include "records/endpoints.h"

#include <stdbool.h>
#include <stdint.h>

/* A page has no more rows than this: openFEC, webservices/args.py. */
#define PER_PAGE 100

struct query {
    const struct endpoint *endpoint;
    uint64_t cycle;
    const char *filters[FILTERS]; /* values by enum endpoint_filter, NULL if not asked for */
    bool of_committees;           /* only rows of the committees below */
    struct committees committees;
};

/* How many groups of committees the query asks for, one after the other; 1 if it is not of
 * committees. */
uint64_t query_groups(const struct query *query);

/* Everything that decides which rows come, as one line, allocated. A cursor file knows its query by
 * it. */
char *query_text(const struct query *query);

/* The URL of the page after the position, allocated. `base` has no slash at its end. */
char *query_url(const struct query *query, const char *base, const struct position *position,
                unsigned per_page);

/* The ids of the group at the position, with commas, allocated; "" if the query is not of
 * committees. */
char *query_group_text(const struct query *query, const struct position *position);

/* True if pages follow each other by last_indexes, not by number. */
static inline bool query_pages_by_key(const struct query *query)
{
    return query->endpoint->paging == PAGING_BY_KEY;
}

/* True if the group can have rows without a date. It has none if a date is asked for. */
bool query_takes_undated(const struct query *query, uint64_t group);

/* True if rows without a date are to be asked for on their own when those at the position end. */
bool query_asks_undated_next(const struct query *query, const struct position *position);

/* True if rows without a date must be left out for now. openFEC compares a row without a date with
 * the cursor as if it were dated 9999-12-31. Once a row of that date is the cursor, rows without a
 * date and with a smaller number would be passed over. They are asked for afterwards. */
bool query_hides_undated(const struct query *query, const struct position *position);

#endif
