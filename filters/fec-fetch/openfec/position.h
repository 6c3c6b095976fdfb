/* position.h - how far a query has been read.
 *
 * The pages of /schedules/schedule_a/ follow each other by keyset: last_indexes of a page holds
 * names and values that are appended to the query to get the next page. In ascending order by date,
 * which is used here, they are last_index (the sub_id of the last row) and
 * last_contribution_receipt_date; after the last row with a date they are last_index and
 * sort_null_only (openFEC, webservices/utils.py and docs.py). Pages of committees and candidates
 * are numbered.
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

/* What last_indexes held; empty before the first page. */
struct indexes {
    int count;
    struct index {
        char name[INDEX_NAME];
        char value[INDEX_VALUE];
    } of[MOST_INDEXES];
};

struct position {
    uint64_t group;         /* of committees, which is being read, from 0 */
    struct indexes indexes; /* to be appended to the next call */
    uint64_t page;          /* pages of this group that were written */
    uint64_t rows;          /* rows of this group that were written */
    uint64_t total_rows;    /* rows of all groups that were written */
    bool complete;
    /* How many rows the group has, by the least exact count that came with its pages: rows that
     * were added since then may be before the cursor. */
    bool counted;
    uint64_t count;
    int64_t shortfall; /* rows that the server counted beyond those that came, over all groups */
};

/* Adds an index or replaces it. Returns false if it can't be one: a name has small letters, digits
 * and '_' and begins with last_ or sort_; a value has no control characters, last_index is digits
 * and a date begins with YYYY-MM-DD; both must fit. */
bool indexes_set(struct indexes *indexes, const char *name, const char *value);

/* The value of an index, NULL if it is not there. */
const char *indexes_get(const struct indexes *indexes, const char *name);

/* True if only rows without a date come after them. */
bool indexes_null_only(const struct indexes *indexes);

/* True if their date is 9999-12-31, the last one there is. */
bool indexes_at_last_date(const struct indexes *indexes);

/* True if `after` comes after `before` in the order of the rows. */
bool indexes_advance(const struct indexes *before, const struct indexes *after);

/* Notes an exact count of the server's. */
void position_count(struct position *position, uint64_t count);

/* Goes to the beginning of the group, and forgets the rows of it that were written. */
void position_restart_group(struct position *position);

/* Goes to the beginning of the next group. */
void position_next_group(struct position *position);

#endif
