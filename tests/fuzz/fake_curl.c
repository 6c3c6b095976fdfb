/* fake_curl.c - a server that is a handful of functions with the names of libcurl's.
 *
 * It hands header lines and bodies to the program as libcurl does, in pieces of any size, and knows
 * what libcurl itself reads of the headers. URLs and dates are left to libcurl.
 */
#define CURL_DISABLE_TYPECHECK
#include "fake_curl.h"
#include "world.h"

#include <curl/curl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo

#define BETWEEN_RESPONSES '\x1d'
/* No program asks that often without giving up. */
#define MOST_REQUESTS 1000
#define LONGEST_VALUE 300

typedef size_t take_bytes(char *bytes, size_t one, size_t length, void *context);
typedef int take_progress(void *context, curl_off_t total, curl_off_t done, curl_off_t up_total,
                          curl_off_t up_done);

static struct {
    take_bytes *header, *body;
    take_progress *progress;
    void *header_context, *body_context, *progress_context;
    const char *url;
    bool no_body;
} set;

static struct bytes responses, body;
static int requests;
static long status;
static curl_off_t content_length, file_time, retry_after;
static char content_type[LONGEST_VALUE], redirect[LONGEST_VALUE];

void fake_curl_start(struct bytes bytes)
{
    memset(&set, 0, sizeof set);
    responses = bytes;
    body = (struct bytes){"", 0};
    requests = 0;
}

struct bytes fake_curl_body(void)
{
    return body;
}

/* --- a response */

/* The value of a header line, if that is its name. */
static bool take_value(struct bytes line, const char *name, char value[LONGEST_VALUE])
{
    size_t length = strlen(name), used = 0;
    if (line.length <= length || strncasecmp(line.at, name, length) != 0)
        return false;
    size_t i = length;
    while (i < line.length && (line.at[i] == ' ' || line.at[i] == '\t'))
        i++;
    for (; i < line.length && used < LONGEST_VALUE - 1 && strchr("\r\n", line.at[i]) == NULL; i++)
        value[used++] = line.at[i];
    value[used] = '\0';
    return true;
}

static void take_location(const char *location)
{
    char *absolute = NULL;
    CURLU *url = curl_url();
    if (curl_url_set(url, CURLUPART_URL, set.url, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_URL, &absolute, 0) == CURLUE_OK)
        snprintf(redirect, sizeof redirect, "%s", absolute);
    curl_free(absolute);
    curl_url_cleanup(url);
}

static void forget(void)
{
    status = 0;
    content_length = file_time = -1;
    retry_after = 0;
    content_type[0] = redirect[0] = '\0';
}

/* What libcurl reads of a header line. */
static void look_at(struct bytes line)
{
    char value[LONGEST_VALUE];
    if (line.length >= 5 && memcmp(line.at, "HTTP/", 5) == 0) {
        char *first = fuzz_copy(line), *blank = strchr(first, ' ');
        forget();
        status = blank != NULL ? strtol(blank, NULL, 10) % 1000 : 0;
        free(first);
    } else if (take_value(line, "Content-Length:", value)) {
        content_length = strtoll(value, NULL, 10);
    } else if (take_value(line, "Last-Modified:", value)) {
        file_time = (curl_off_t)curl_getdate(value, NULL);
    } else if (take_value(line, "Retry-After:", value)) {
        retry_after = strtoll(value, NULL, 10);
    } else if (take_value(line, "Content-Type:", value)) {
        strcpy(content_type, value);
    } else if (take_value(line, "Location:", value)) {
        take_location(value);
    }
}

static struct bytes next_response(void)
{
    const char *end =
        responses.length == 0 ? NULL : memchr(responses.at, BETWEEN_RESPONSES, responses.length);
    size_t length = end != NULL ? (size_t)(end - responses.at) : responses.length;
    struct bytes response = {responses.at, length};
    size_t taken = length + (end != NULL);
    responses = (struct bytes){responses.at + taken, responses.length - taken};
    return response;
}

/* Hands a header line to the program, in memory of its own: libcurl's has more lines after it, but
 * not for us to read. */
static bool give_line(struct bytes line)
{
    char *copy = malloc(line.length);
    memcpy(copy, line.at, line.length);
    size_t taken = set.header(copy, 1, line.length, set.header_context);
    free(copy);
    return taken == line.length;
}

/* Hands out the body as far as Content-Length goes. */
static CURLcode give_body(void)
{
    size_t length = body.length, given = 0;
    if (content_length >= 0 && (uint64_t)content_length < length)
        length = (size_t)content_length;
    while (given < length) {
        size_t share = world_share(false, length - given);
        struct bytes piece = {body.at + given, share};
        if (share == 0)
            return CURLE_RECV_ERROR;
        char *copy = malloc(share);
        memcpy(copy, piece.at, share);
        size_t taken = set.body(copy, 1, share, set.body_context);
        free(copy);
        if (taken != share)
            return CURLE_WRITE_ERROR;
        if (set.progress(set.progress_context, 0, 0, 0, 0) != 0)
            return CURLE_ABORTED_BY_CALLBACK;
        given += share;
    }
    return content_length >= 0 && (uint64_t)content_length > length ? CURLE_PARTIAL_FILE : CURLE_OK;
}

CURLcode curl_easy_perform(CURL *curl)
{
    (void)curl;
    struct bytes response = next_response();
    body = (struct bytes){"", 0};
    forget();
    if (++requests > MOST_REQUESTS)
        fuzz_fail("%d requests", requests);
    if (response.length == 0 || response.at[0] == '2')
        return CURLE_COULDNT_CONNECT;
    const char *at = response.at + 1, *end = response.at + response.length;
    char how = response.at[0];
    if (how == '3')
        return CURLE_WEIRD_SERVER_REPLY;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct bytes line = {at, (size_t)((newline ? newline + 1 : end) - at)};
        at += line.length;
        look_at(line);
        if (!give_line(line))
            return CURLE_WRITE_ERROR;
        if (line.length <= 2 && line.at[line.length - 1] == '\n')
            break;
    }
    body = (struct bytes){at, (size_t)(end - at)};
    if (status == 0)
        return CURLE_GOT_NOTHING;
    CURLcode code = set.no_body || status == 304 || status == 204 ? CURLE_OK : give_body();
    return code == CURLE_OK && how == '1' ? CURLE_RECV_ERROR : code;
}

/* --- options */

CURLcode curl_easy_setopt(CURL *curl, CURLoption option, ...)
{
    va_list arguments;
    (void)curl;
    va_start(arguments, option);
    switch (option) {
    case CURLOPT_HEADERFUNCTION:
        set.header = va_arg(arguments, take_bytes *);
        break;
    case CURLOPT_WRITEFUNCTION:
        set.body = va_arg(arguments, take_bytes *);
        break;
    case CURLOPT_XFERINFOFUNCTION:
        set.progress = va_arg(arguments, take_progress *);
        break;
    case CURLOPT_HEADERDATA:
        set.header_context = va_arg(arguments, void *);
        break;
    case CURLOPT_WRITEDATA:
        set.body_context = va_arg(arguments, void *);
        break;
    case CURLOPT_XFERINFODATA:
        set.progress_context = va_arg(arguments, void *);
        break;
    case CURLOPT_URL:
        set.url = va_arg(arguments, const char *);
        break;
    case CURLOPT_NOBODY:
        set.no_body = va_arg(arguments, long) != 0;
        break;
    default:
        break;
    }
    va_end(arguments);
    return CURLE_OK;
}

CURLcode curl_easy_getinfo(CURL *curl, CURLINFO info, ...)
{
    va_list arguments;
    (void)curl;
    va_start(arguments, info);
    void *to = va_arg(arguments, void *);
    va_end(arguments);
    switch (info) {
    case CURLINFO_RESPONSE_CODE:
        *(long *)to = status;
        break;
    case CURLINFO_CONTENT_TYPE:
        *(char **)to = content_type[0] != '\0' ? content_type : NULL;
        break;
    case CURLINFO_FILETIME_T:
        *(curl_off_t *)to = file_time;
        break;
    case CURLINFO_CONTENT_LENGTH_DOWNLOAD_T:
        *(curl_off_t *)to = content_length;
        break;
    case CURLINFO_RETRY_AFTER:
        *(curl_off_t *)to = retry_after;
        break;
    case CURLINFO_PRETRANSFER_TIME_T:
        *(curl_off_t *)to = 1;
        break;
    case CURLINFO_REDIRECT_URL:
        *(char **)to = redirect[0] != '\0' ? redirect : NULL;
        break;
    default:
        fuzz_fail("libcurl is asked for %d", (int)info);
    }
    return CURLE_OK;
}

CURL *curl_easy_init(void)
{
    return (CURL *)&set;
}

CURLcode curl_global_init(long flags)
{
    (void)flags;
    return CURLE_OK;
}
