/* client.h - calls of the API: asking for one page until it has come.
 *
 * Busy servers, timeouts, bodies that are cut, malformed JSON and pages that were read before are
 * asked for again (fec-fetch/http/retry.h). Nothing of a page is passed on before all of it was
 * checked.
 */
#ifndef FEC_FETCH_OPENFEC_CLIENT_H
#define FEC_FETCH_OPENFEC_CLIENT_H

#include "base/strbuf.h"
#include "fec-fetch/http/retry.h"
#include "fec-fetch/openfec/page.h"

struct client {
    const struct query *query;
    const char *base;  /* URL without a slash at its end */
    const char *shown; /* the same for messages */
    struct retry retry;
    bool key_has_worked; /* a response has come with it, now or before the cursor was saved */
    uint64_t calls;
    /* For client.c alone: */
    uint64_t pages; /* good ones */
    unsigned per_page;
    struct strbuf body;
    bool is_too_long, is_html;
};

/* Starts; the other members must have been set. */
void client_start(struct client *client);

/* Asks for the page after the position until a good one has come. Returns false, without one, if
 * the next call would have to wait longer than `longest_ms` for the limits of the key.
 *
 * Rows that end too early are asked for again, too; when the retries are used up that page counts,
 * and says is_short. If the server refuses a cursor from an earlier run, the page says is_refused.
 *
 * Ends the program if asking again can't help, with the server's own message: EX_NOINPUT for a 404,
 * EX_CONFIG for a key that is refused, EX_TEMPFAIL if the server wants a wait of more than an hour,
 * EX_UNAVAILABLE for anything else and when the retries are used up. */
bool client_ask(struct client *client, const struct position *position, uint64_t longest_ms,
                struct page *page);

#endif
