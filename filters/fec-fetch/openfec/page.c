/* page.c - see page.h */
#include "fec-fetch/openfec/page.h"
#include "fec-fetch/openfec/response.h"
#include "fec-fetch/openfec/key.h"
#include "fec-fetch/openfec/quota.h"
#include "base/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A row has 2 to 4 kB, so a page some 400. */
#define MOST_BYTES ((size_t)4 * 1024 * 1024)
#define LONGEST_WAIT_SECONDS 3600

void caller_start(struct api_caller *caller)
{
    answers_start();
    strbuf_add(&caller->body, "");
    caller->retry.longest_retry_after = LONGEST_WAIT_SECONDS;
}

static bool begin(void *context, const struct response *response)
{
    struct api_caller *caller = context;
    caller->is_html = response->is_html;
    caller->too_long = response->is.length > (int64_t)MOST_BYTES;
    return response->status == 200 && !caller->is_html && !caller->too_long;
}

static bool body(void *context, const char *bytes, size_t length)
{
    struct api_caller *caller = context;
    caller->too_long = length > MOST_BYTES - caller->body.length;
    if (!caller->too_long)
        strbuf_add_bytes(&caller->body, bytes, length);
    return !caller->too_long;
}

static bool says_out_of_range(const char *text)
{
    for (; *text != '\0'; text++)
        if (strncasecmp(text, "out of range", strlen("out of range")) == 0)
            return true;
    return false;
}

/* Statuses that can be different the next time: of a gateway all above 500, too, such as 520, and
 * 425 (RFC 8470). */
static bool can_change(uint64_t status)
{
    return retry_status(status) || status == 425 || status >= 500;
}

/* A status that does not get better by asking again. */
static _Noreturn void die_refused(const struct response *response, const char *shown,
                                  const char *said, bool bad_key)
{
    int code = response->status == 404 ? EX_NOINPUT : bad_key ? EX_CONFIG : EX_UNAVAILABLE;
    die(code, "%s: status %" PRIu64 "%s%s%s", shown, response->status, *said != '\0' ? ": " : "",
        said, bad_key ? "; https://api.open.fec.gov/developers/ gives a key to everybody" : "");
}

/* True if the answer is one that can be used; else the reason why it must be asked for again. */
static bool judge(struct api_caller *caller, enum request_end end, const struct response *response,
                  const struct api_position *position, const char *shown, struct api_page *page,
                  char reason[ANSWER_REASON])
{
    char said[ANSWER_REASON];
    bool bad_key;
    *page = (struct api_page){0};
    if (end == REQUEST_BROKEN) {
        snprintf(reason, ANSWER_REASON, "%s", response->reason);
    } else if (end == REQUEST_STOPPED) {
        snprintf(reason, ANSWER_REASON, "%s",
                 caller->too_long  ? "the answer is too long"
                 : caller->is_html ? "an HTML page (by its Content-Type) came in place of JSON"
                                   : "the server sends a part of the answer");
    } else if (response->status == 200) {
        return answer_read(page, caller->query, position, caller->body.text, caller->body.length,
                           reason);
    } else {
        answer_error(response, said, &bad_key);
        page->out_of_range = response->status >= 400 && response->status < 500 &&
                             (position->page > 0 || indexes_null_only(&position->indexes)) &&
                             says_out_of_range(said);
        if (page->out_of_range)
            return answer_ends(page, caller->query, position, reason);
        if (!can_change(response->status))
            die_refused(response, shown, said, bad_key);
        snprintf(reason, ANSWER_REASON, "status %" PRIu64 "%s%.300s", response->status,
                 said[0] != '\0' ? ": " : "", said);
    }
    return false;
}

/* The URL for messages: what names the page is in its query, and no credential is. */
static char *shown_url(const struct api_caller *caller, const char *url)
{
    return string_format("%s%s", caller->shown, url + strlen(caller->base));
}

/* Asks once. */
static bool ask(struct api_caller *caller, const char *url, const char *shown,
                const struct api_position *position, struct response *response,
                struct api_page *page, char reason[ANSWER_REASON])
{
    struct request request = {.url = url,
                              .secret = api_key_header(),
                              .in_time = true,
                              .begin = begin,
                              .body = body,
                              .context = caller};
    request_header(&request, "Accept: application/json");
    caller->calls++;
    caller->body.length = 0;
    caller->too_long = caller->is_html = false;
    enum request_end end = request_perform(&request, response);
    pace_heard(response);
    return judge(caller, end, response, position, shown, page, reason);
}

bool caller_ask(struct api_caller *caller, const struct api_position *position, uint64_t longest_ms,
                struct api_page *page)
{
    struct response response;
    char reason[ANSWER_REASON];
    char *url = query_url(caller->query, caller->base, position), *shown = shown_url(caller, url);
    bool good = false;
    while (pace_take(longest_ms)) {
        good = ask(caller, url, shown, position, &response, page, reason);
        if (good)
            break;
        if (response.retry_after > LONGEST_WAIT_SECONDS)
            die(EX_TEMPFAIL, "%s: %s; the server wants us to wait for %s", shown, reason,
                pace_duration(response.retry_after));
        if ((response.status == 429 || response.status >= 500) &&
            response.retry_after > longest_ms / 1000)
            break;
        progress_end();
        pace_sleep(retry_failed(&caller->retry, shown, reason, response.retry_after));
    }
    caller->retry.in_a_row = 0;
    free(url);
    free(shown);
    return good;
}

bool page_counts_all(const struct api_page *page, uint64_t rows)
{
    return page->exact && page->count >= 0 && rows >= (uint64_t)page->count;
}

void page_free(struct api_page *page)
{
    json_decref(page->answer);
    page->answer = page->rows = NULL;
}
