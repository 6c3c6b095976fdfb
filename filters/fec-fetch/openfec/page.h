/* page.h - one page of rows, and what it says of the rows that are still to come. */
#ifndef FEC_FETCH_OPENFEC_PAGE_H
#define FEC_FETCH_OPENFEC_PAGE_H

#include "base/cli.h"
#include "fec-fetch/openfec/position.h"
#include "fec-fetch/openfec/query.h"

#include <jansson.h>

#define PAGE_UNKNOWN (-1)
#define REASON_SIZE 400

struct page {
    json_t *document; /* the JSON that `rows` is a part of; NULL if no rows came */
    json_t *rows;     /* an array of objects */
    size_t row_count;
    size_t per_page; /* rows of a full page, as the server has it */
    int64_t count;   /* rows of the whole query; PAGE_UNKNOWN */
    bool is_exact;   /* the count is no estimate */
    int64_t pages;   /* of a query that is paged by number; PAGE_UNKNOWN */
    bool has_next;   /* there are indexes of the next page: */
    struct indexes next;
    /* Why there are no rows: */
    bool is_out_of_range; /* the server says that there is no such page */
    bool is_short;        /* the rows end before all that the server counts have come */
    bool is_refused;      /* the server does not take the cursor any more */
    bool is_too_large;    /* for the memory that a page may take */
};

/* Writes a reason and returns false. */
bool page_fails(char reason[REASON_SIZE], const char *format, ...) CLI_PRINTF(2, 3);

/* True if a page without rows can be the end of them. Else false, with the reason and is_short set:
 * by the least exact count of this page and of those before it, more rows must come. */
bool page_ends(struct page *page, const struct query *query, const struct position *position,
               char reason[REASON_SIZE]);

/* True if the server has counted exactly, and not more than `rows`. */
bool page_counts_all(const struct page *page, uint64_t rows);

/* Notes the count of the page, if it has an exact one, in the position after it. */
void page_note_count(const struct page *page, struct position *position);

/* How many rows of its group the server counts beyond those of the position, negative if fewer; 0
 * if it does not count exactly. For the last page of the group. */
int64_t page_shortfall(const struct page *page, const struct position *position);

void page_free(struct page *page);

#endif
