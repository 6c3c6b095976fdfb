/* query.h - what is asked of the API, and the URL of each page of it. */
#ifndef FEC_FETCH_OPENFEC_QUERY_H
#define FEC_FETCH_OPENFEC_QUERY_H

#include "fec-fetch/openfec/position.h"
#include "records/endpoints.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More rows than this, and more committees, are not given or taken by a call: openFEC,
 * webservices/args.py and resources/sched_a.py. */
#define PER_PAGE 100
#define MOST_COMMITTEES_A_CALL 10

#define DATE_TEXT 11 /* YYYY-MM-DD and a NUL */

struct committee {
    char id[10];              /* C and eight digits */
    char min_date[DATE_TEXT]; /* of this committee; "" if it has none of its own */
};

/* The committees in the order in which they are asked for, and where each group of at most ten
 * begins, which is one call. */
struct committees {
    struct committee *of;
    size_t count, size;
    size_t *groups;
    size_t group_count;
};

struct query {
    const struct endpoint *endpoint;
    uint64_t cycle;
    const char *filters[FILTERS]; /* values by enum endpoint_filter, NULL if not asked for */
    bool of_committees;           /* only of the committees below */
    struct committees committees;
};

/* True if the text is a date of the calendar, YYYY-MM-DD. */
bool query_is_date(const char *text);

/* Adds the committees of an option's argument: ID[,ID...]. EX_USAGE if one is none. */
void committees_add(struct committees *committees, const char *argument);

/* Adds those of a file ("-" is standard input) with lines of ID, or ID, a tab and a date.
 * EX_DATAERR with the number of a line that is neither, EX_NOINPUT if it can't be read. */
void committees_add_file(struct committees *committees, const char *path);

/* After the last one was added: forms the groups. EX_DATAERR if one is named twice, for its rows
 * would come twice, or if there is none, for an empty list must not mean all of them. */
void committees_group(struct committees *committees);

/* How many groups the query asks for, one after the other; 1 if it is not of committees. */
uint64_t query_groups(const struct query *query);

/* Everything that decides which rows come, as one line, allocated: by it a cursor file knows its
 * query. */
char *query_text(const struct query *query);

/* The URL of the page behind the position, allocated. `base` has no slash at its end. */
char *query_url(const struct query *query, const char *base, const struct position *position,
                unsigned per_page);

/* The ids of the group that is asked for at the position, with commas, allocated; "" if the query
 * is not of committees. */
char *query_group_text(const struct query *query, const struct position *position);

/* True if pages follow each other by last_indexes, not by number. */
static inline bool query_pages_by_key(const struct query *query)
{
    return query->endpoint->paging == PAGING_BY_KEY;
}

/* True if the rows of the group could be without a date: not if a date is asked for. */
bool query_takes_undated(const struct query *query, uint64_t group);

/* True if after the rows of the position's kind have ended, those without a date are to be asked
 * for on their own. */
bool query_asks_undated_next(const struct query *query, const struct position *position);

/* True if rows without a date must be left out for now. openFEC compares its cursor with a date of
 * 9999-12-31 where a row has none, so a row that is dated so would hide those of smaller numbers
 * (webservices/utils.py); they are asked for afterwards. */
bool query_hides_undated(const struct query *query, const struct position *position);

#endif
