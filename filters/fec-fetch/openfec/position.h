/* position.h - how far the reading of a query has come.
 *
 * /schedules/schedule_a/ is paged by keyset: an answer's last_indexes holds names and values that
 * are appended to the query to get the next page, whatever they are. With the sort used here,
 * ascending by date, they are last_index (the sub_id of the last row) and
 * last_contribution_receipt_date; behind the last row with a date they are last_index and
 * sort_null_only (openFEC, webservices/utils.py and docs.py). Committees and candidates are paged
 * by number.
 */
#ifndef FEC_FETCH_OPENFEC_POSITION_H
#define FEC_FETCH_OPENFEC_POSITION_H

#include <stdbool.h>
#include <stdint.h>

#define LAST_DATE "last_contribution_receipt_date"
#define LAST_INDEX "last_index"
#define NULL_ONLY "sort_null_only"

#define INDEX_NAME 64
#define INDEX_VALUE 128
#define MOST_INDEXES 6

/* What last_indexes held; none before the first page. */
struct indexes {
    int count;
    struct index {
        char name[INDEX_NAME];
        char value[INDEX_VALUE];
    } of[MOST_INDEXES];
};

struct position {
    uint64_t group;         /* of committees, which is being asked for, from 0 */
    struct indexes indexes; /* to be appended to the next call */
    uint64_t page;          /* pages of this group that were written */
    uint64_t rows;          /* rows of this group that were written */
    uint64_t total_rows;    /* rows of all groups that were written */
    bool complete;
    /* How many rows the group has, by the least exact count that came with its pages: what has come
     * in since then may lie behind us. */
    bool counted;
    uint64_t count;
    int64_t shortfall; /* rows that the server counted beyond those that came, over all groups */
};

/* Adds an index or replaces it. Returns false if it can't be one: names are small letters, digits
 * and '_', beginning with last_ or sort_; values have no control characters, last_index is digits
 * and the date begins with YYYY-MM-DD; both must fit. */
bool indexes_set(struct indexes *indexes, const char *name, const char *value);

/* The value of an index, NULL if there is none. */
const char *indexes_get(const struct indexes *indexes, const char *name);

/* True if what comes after them is only rows without a date. */
bool indexes_null_only(const struct indexes *indexes);

/* True if their date is the last one there is, as which the server takes a missing date. */
bool indexes_at_last_date(const struct indexes *indexes);

/* True if `after` lies behind `before` in the order of the rows. */
bool indexes_advance(const struct indexes *before, const struct indexes *after);

/* Notes an exact count of the server's. */
void position_count(struct position *position, uint64_t count);

/* Goes to the beginning of the group, whose rows so far no longer count. */
void position_restart_group(struct position *position);

/* Goes to the beginning of the next group. */
void position_next_group(struct position *position);

#endif
