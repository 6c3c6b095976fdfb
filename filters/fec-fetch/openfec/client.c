/* client.c - calls of the API: asking for one page until it has come.
 *
 * What is hard is to tell a failure that passes from one that does not. A failure that does not
 * pass must end the program at once and say what the server said; and no response that the server
 * gives to the same question every night may end it, because then no later run gets on either.
 * So rows that end too early are accepted in the end, a page that is too large is asked for in
 * pieces, and a cursor that the server no longer takes is given up.
 */
#include "fec-fetch/openfec/client.h"
#include "base/progress.h"
#include "fec-fetch/openfec/key.h"
#include "fec-fetch/openfec/quota.h"
#include "fec-fetch/openfec/response.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A hundred full rows have 0.75 MB, and more with long texts. */
#define MOST_BYTES ((size_t)16 * 1024 * 1024)
#define LONGEST_WAIT_SECONDS 3600

void client_start(struct client *client)
{
    responses_start();
    strbuf_add(&client->body, "");
    client->retry.longest_retry_after = LONGEST_WAIT_SECONDS;
    client->per_page = PER_PAGE;
}

static bool begin(void *context, const struct response *response)
{
    struct client *client = context;
    client->is_html = response->is_html;
    client->is_too_long = response->is.length > (int64_t)MOST_BYTES;
    return response->status == 200 && !client->is_html && !client->is_too_long;
}

static bool body(void *context, const char *bytes, size_t length)
{
    struct client *client = context;
    client->is_too_long = length > MOST_BYTES - client->body.length;
    if (!client->is_too_long)
        strbuf_add_bytes(&client->body, bytes, length);
    return !client->is_too_long;
}

static bool says_out_of_range(const char *text)
{
    for (; *text != '\0'; text++)
        if (strncasecmp(text, "out of range", strlen("out of range")) == 0)
            return true;
    return false;
}

/* Statuses that can be different the next time: also all above 500, such as a gateway's 520, and
 * 425 (RFC 8470). 403 is what a gateway says now and then in the middle of a run; it is believed
 * only of a key that has not worked before. */
static bool can_change(const struct client *client, uint64_t status)
{
    if (status == 403)
        return client->key_has_worked && client->retry.consecutive < client->retry.most;
    return retry_status(status) || status == 425 || status >= 500;
}

static bool is_beginning(const struct position *position)
{
    return position->page == 0 && position->indexes.count == 0;
}

/* A status that does not get better by asking again. */
static _Noreturn void die_refused(const struct response *response, const char *shown,
                                  const char *said, bool bad_key)
{
    int code = response->status == 404 ? EX_NOINPUT : bad_key ? EX_CONFIG : EX_UNAVAILABLE;
    die(code, "%s: status %" PRIu64 "%s%s%s", shown, response->status, *said != '\0' ? ": " : "",
        said, bad_key ? "; https://api.open.fec.gov/developers/ gives a key to everybody" : "");
}

/* A response with another status than 200: true if it can be used. */
static bool judge_status(const struct client *client, const struct response *response,
                         const struct position *position, const char *shown, struct page *page,
                         char reason[REASON_SIZE])
{
    char said[REASON_SIZE];
    bool bad_key;
    uint64_t status = response->status;
    response_error(response, said, &bad_key);
    page->is_out_of_range = status >= 400 && status < 500 &&
                            (position->page > 0 || indexes_null_only(&position->indexes)) &&
                            says_out_of_range(said);
    if (page->is_out_of_range)
        return page_ends(page, client->query, position, reason);
    page->is_refused =
        (status == 400 || status == 422) && client->pages == 0 && !is_beginning(position);
    if (page->is_refused) {
        complain("%s: status %" PRIu64 "%s%s", shown, status, said[0] != '\0' ? ": " : "", said);
        return true;
    }
    if (!can_change(client, status))
        die_refused(response, shown, said, bad_key);
    return page_fails(reason, "status %" PRIu64 "%s%.300s", status, said[0] != '\0' ? ": " : "",
                      said);
}

/* True if the response can be used; else the reason why it must be asked for again. */
static bool judge(struct client *client, enum request_end end, const struct response *response,
                  const struct position *position, const char *shown, struct page *page,
                  char reason[REASON_SIZE])
{
    *page = (struct page){0};
    if (end == REQUEST_BROKEN)
        return page_fails(reason, "%s", response->reason);
    page->is_too_large = client->is_too_long;
    if (client->is_too_long)
        return page_fails(reason, "the response is longer than %zu MB", MOST_BYTES >> 20);
    if (client->is_html)
        return page_fails(reason, "an HTML page (by its Content-Type) came in place of JSON");
    if (end == REQUEST_STOPPED)
        return page_fails(reason, "the server sends a part of the response");
    if (response->status == 200)
        return response_read(page, client->query, position, client->body.text, client->body.length,
                             reason);
    return judge_status(client, response, position, shown, page, reason);
}

/* The URL for messages. Its query names the page, and holds no credential. */
static char *shown_url(const struct client *client, const char *url)
{
    return string_format("%s%s", client->shown, url + strlen(client->base));
}

/* Asks once. */
static bool ask(struct client *client, const struct position *position, struct response *response,
                struct page *page, char **shown, char reason[REASON_SIZE])
{
    char *url = query_url(client->query, client->base, position, client->per_page);
    struct request request = {.url = url,
                              .secret = key_header(),
                              .has_timeout = true,
                              .begin = begin,
                              .body = body,
                              .context = client};
    free(*shown);
    *shown = shown_url(client, url);
    request_header(&request, "Accept: application/json");
    client->calls++;
    client->body.length = 0;
    client->is_too_long = client->is_html = false;
    enum request_end end = request_perform(&request, response);
    quota_note_response(response);
    bool good = judge(client, end, response, position, *shown, page, reason);
    client->pages += good && !page->is_refused;
    client->key_has_worked = client->key_has_worked || response->status == 200;
    free(url);
    return good;
}

/* A page that is too large twice is asked for with half the rows. Not of a query that is paged by
 * number, for that would renumber the pages. */
static void ask_for_less(struct client *client)
{
    if (!query_pages_by_key(client->query) || client->retry.consecutive < 1 ||
        client->per_page == 1)
        return;
    client->per_page /= 2;
    client->retry.consecutive = 0;
}

/* Waits before the next call. Returns false if the server wants a longer wait than the client. */
static bool wait_to_retry(struct client *client, const struct response *response, const char *shown,
                          const char *reason, uint64_t longest_ms)
{
    if (response->retry_after > LONGEST_WAIT_SECONDS)
        die(EX_TEMPFAIL, "%s: %s; the server wants us to wait for %s", shown, reason,
            quota_duration(response->retry_after));
    if ((response->status == 429 || response->status >= 500) &&
        response->retry_after > longest_ms / 1000)
        return false;
    progress_end();
    quota_pause(retry_failed(&client->retry, shown, reason, response->retry_after));
    return true;
}

bool client_ask(struct client *client, const struct position *position, uint64_t longest_ms,
                struct page *page)
{
    struct response response;
    char reason[REASON_SIZE], *shown = NULL;
    bool good = false, was_short = false;
    uint64_t times_short = 0;
    while (!good && quota_take(longest_ms)) {
        good = ask(client, position, &response, page, &shown, reason);
        /* A last page that does not fit the count is a good response of a server that works: it is
         * asked for again as often as a bad one, but counted apart from those. */
        if (!good && page->is_short) {
            good = times_short == client->retry.most;
            client->retry.consecutive = times_short++;
        } else if (!good && was_short) {
            client->retry.consecutive = 0;
        }
        was_short = page->is_short;
        if (!good && page->is_too_large)
            ask_for_less(client);
        if (!good && !wait_to_retry(client, &response, shown, reason, longest_ms))
            break;
    }
    client->retry.consecutive = 0;
    client->per_page = PER_PAGE;
    free(shown);
    return good;
}
