/* page.h - one page of the API: the call, its repetition, and the proof that the answer is what
 * was asked for.
 *
 * Busy servers, time-outs, bodies that are cut, malformed or no JSON, and pages that were read
 * before are asked for again (fec-fetch/http/retry.h). Nothing of a page is passed on before all of
 * it was checked.
 */
#ifndef FEC_FETCH_OPENFEC_PAGE_H
#define FEC_FETCH_OPENFEC_PAGE_H

#include "base/strbuf.h"
#include "fec-fetch/openfec/position.h"
#include "fec-fetch/openfec/query.h"
#include "fec-fetch/http/retry.h"

#include <jansson.h>

#define API_UNKNOWN (-1)

struct api_page {
    json_t *answer; /* all of it; NULL if `out_of_range` */
    json_t *rows;   /* the array of objects in it */
    size_t row_count;
    size_t per_page; /* rows of a full page, as the server has it */
    int64_t count;   /* rows of the whole query; API_UNKNOWN */
    bool exact;      /* the count is no estimate */
    int64_t pages;   /* of a query that is paged by number; API_UNKNOWN */
    bool has_next;   /* there are indexes of the next page: */
    struct api_indexes next;
    bool out_of_range; /* the server says that there is no such page */
};

struct api_caller {
    const struct api_query *query;
    const char *base;  /* URL without a slash at its end */
    const char *shown; /* the same for messages */
    struct retry retry;
    uint64_t calls;
    /* For page.c alone: */
    struct strbuf body;
    bool too_long, is_html;
};

/* Starts; the other members must have been set. */
void caller_start(struct api_caller *caller);

/* Asks for the page behind the position until a good one has come. Returns false, without one, if
 * the next call would have to wait longer than `longest_ms` for the limits of the key. Ends the
 * program if asking again can't help, with the server's own message: EX_NOINPUT for a 404,
 * EX_CONFIG for a key that is refused, EX_TEMPFAIL if the server wants a wait of more than an hour,
 * EX_UNAVAILABLE else and when the retries are used up. */
bool caller_ask(struct api_caller *caller, const struct api_position *position, uint64_t longest_ms,
                struct api_page *page);

/* True if the server has counted exactly, and not more than `rows`. */
bool page_counts_all(const struct api_page *page, uint64_t rows);

void page_free(struct api_page *page);

#endif
