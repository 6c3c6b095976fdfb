/* request.c - one request over libcurl: http, https or file://, redirects followed.
 *
 * Two things libcurl does not do as we need them. Its limit for stalled connections also counts the
 * time for which a slow reader of our output keeps us waiting, so stalls are watched here. And it
 * follows redirects before we have seen where they lead, so each is a request of its own here.
 */
#include "fec-fetch/http/request.h"
#include "base/clock.h"
#include "base/strbuf.h"
#include "fec-fetch/http/headers.h"
#include "fec-fetch/http/url.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_SECONDS 30L
#define STALL_SECONDS 60
#define MOST_REDIRECTS 10
#define CURL_BUFFER (512L * 1024)
/* An error page up to this size is read, so that the connection can be used again, and kept,
 * because it can say what was wrong. */
#define MOST_OF_AN_ERROR_PAGE ((size_t)64 * 1024)
/* A request with a timeout may take this many times the time of a stall. */
#define STALLS_BEFORE_TIMEOUT 5

/* The state of one request on its way. */
struct exchange {
    struct request *request;
    struct response *response;
    bool begun;     /* the headers are complete and `begin` has been called */
    bool stopped;   /* `begin` or `body` said no */
    bool stalled;   /* given up by watch_stall */
    bool timed_out; /* given up by watch_stall, because it took too long as a whole */
    size_t ignored; /* bytes of a body that is not a file */
    double start;
    /* The time since when, and the bytes since which, the connection is watched. */
    double window_start;
    uint64_t received, window_received;
};

static CURL *curl;
static char curl_error[CURL_ERROR_SIZE];
static char error_body[MOST_OF_AN_ERROR_PAGE + 1];
static uint64_t stall_seconds = STALL_SECONDS;

static size_t take_header(char *line, size_t one, size_t length, void *context)
{
    struct exchange *exchange = context;
    (void)one;
    /* After the headers comes a trailer, too late to be believed. */
    if (!exchange->begun)
        headers_take(exchange->response, line, length);
    return length;
}

static bool status_is_redirect(uint64_t status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Completes the response from what libcurl knows when the headers have come. */
static void complete_response(struct response *response)
{
    long status = 0;
    char *type = NULL;
    curl_off_t number = -1;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    response->status = status > 0 ? (uint64_t)status : 0;
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    response->is_html = type != NULL && strncasecmp(type, "text/html", 9) == 0;
    if (curl_easy_getinfo(curl, CURLINFO_FILETIME_T, &number) == CURLE_OK)
        validators_set_time(&response->is, (time_t)number);
    /* The Content-Length of a 206 is that of the part; take_content_range knows the whole. */
    if (response->status != 206 &&
        curl_easy_getinfo(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &number) == CURLE_OK)
        response->is.length = number >= 0 ? (int64_t)number : VALIDATORS_UNKNOWN_LENGTH;
    number = 0;
    if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &number) == CURLE_OK && number > 0)
        response->retry_after = (uint64_t)number;
}

/* True if the body of this response is the file or a part of it. */
static bool has_file(const struct exchange *exchange)
{
    uint64_t status = exchange->response->status;
    return status == 200 || status == 206 || (status == 0 && url_is_local(exchange->request->url));
}

static void begin(struct exchange *exchange)
{
    if (exchange->begun)
        return;
    complete_response(exchange->response);
    exchange->begun = true;
    const struct request *request = exchange->request;
    if (has_file(exchange) && !request->only_ask)
        exchange->stopped = !request->begin(request->context, exchange->response);
}

/* Takes bytes of a body that is not a file. Returns false when there are too many. */
static bool take_error(struct exchange *exchange, const char *bytes, size_t length)
{
    struct response *response = exchange->response;
    exchange->ignored += length;
    if (response->status >= 400) {
        size_t room = MOST_OF_AN_ERROR_PAGE - response->error_length;
        size_t n = length < room ? length : room;
        memcpy(error_body + response->error_length, bytes, n);
        response->error_length += n;
        error_body[response->error_length] = '\0';
    }
    return exchange->ignored <= MOST_OF_AN_ERROR_PAGE;
}

static size_t take_body(char *bytes, size_t one, size_t length, void *context)
{
    struct exchange *exchange = context;
    (void)one;
    double start = clock_seconds();
    begin(exchange);
    if (exchange->stopped)
        return 0;
    if (!has_file(exchange))
        return take_error(exchange, bytes, length) ? length : 0;
    exchange->stopped = !exchange->request->body(exchange->request->context, bytes, length);
    if (exchange->stopped)
        return 0;
    exchange->received += length;
    /* The time for which the reader of the pipe kept us waiting does not count against the
     * server. */
    exchange->window_start += clock_seconds() - start;
    return length;
}

/* Called by libcurl about once a second, and more often while bytes come: gives up if less than a
 * byte a second has come for stall_seconds, or if the request has a timeout and it is over. */
static int watch_stall(void *context, curl_off_t total, curl_off_t done, curl_off_t up_total,
                       curl_off_t up_done)
{
    struct exchange *exchange = context;
    curl_off_t connected = 0;
    double time = clock_seconds();
    (void)total, (void)done, (void)up_total, (void)up_done;
    /* While it connects, the limit for that counts. */
    curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &connected);
    if (connected == 0)
        exchange->window_start = time;
    if (exchange->request->has_timeout &&
        time - exchange->start > (double)(STALLS_BEFORE_TIMEOUT * stall_seconds)) {
        exchange->timed_out = true;
        return 1;
    }
    if (time - exchange->window_start < (double)stall_seconds)
        return 0;
    exchange->stalled = exchange->received - exchange->window_received < stall_seconds;
    exchange->window_start = time;
    exchange->window_received = exchange->received;
    return exchange->stalled;
}

/* The CA file that the curl tool would take too, in its order. */
static void trust(void)
{
    const char *bundle = getenv("CURL_CA_BUNDLE");
    const char *folder = getenv("SSL_CERT_DIR");
    if (bundle == NULL || *bundle == '\0') {
        bundle = getenv("SSL_CERT_FILE");
        if (folder != NULL && *folder != '\0')
            curl_easy_setopt(curl, CURLOPT_CAPATH, folder);
    }
    if (bundle != NULL && *bundle != '\0')
        curl_easy_setopt(curl, CURLOPT_CAINFO, bundle);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
}

void requests_start(void)
{
    const char *seconds = getenv("FEC_STALL_SECONDS");
    if (seconds != NULL && *seconds != '\0')
        stall_seconds = cli_number("FEC_STALL_SECONDS", seconds, 1, 86400);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (curl = curl_easy_init()) == NULL)
        die(EX_SOFTWARE, "libcurl does not start");
    trust();
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, curl_error);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "fecpipe/" FECPIPE_VERSION);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, CURL_BUFFER);
    curl_easy_setopt(curl, CURLOPT_FILETIME, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch_stall);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
                     (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FILE));
#endif
}

void request_header(struct request *request, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    struct curl_slist *list = NULL;
    if (length >= 0 && (size_t)length < sizeof line)
        list = curl_slist_append(request->headers, line);
    if (list == NULL)
        die(EX_OSERR, "no memory for a header line");
    request->headers = list;
}

/* One request and its response. A redirect is a response like any other. */
static CURLcode perform_once(struct exchange *exchange, const char *url)
{
    struct response *response = exchange->response;
    headers_forget(response);
    response->status = response->retry_after = 0;
    response->is_html = false;
    response->error_body = error_body;
    response->error_length = 0;
    error_body[0] = '\0';
    exchange->begun = exchange->stopped = exchange->stalled = exchange->timed_out = false;
    exchange->ignored = 0;
    exchange->start = clock_seconds();
    exchange->received = exchange->window_received = 0;
    exchange->window_start = clock_seconds();
    curl_error[0] = '\0';

    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOBODY, exchange->request->only_ask ? 1L : 0L);
    if (!exchange->request->only_ask)
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, exchange->request->headers);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
    CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OK)
        begin(exchange); /* there was no body */
    else if (!exchange->begun)
        complete_response(response);
    return code;
}

/* Where the redirect leads, allocated, NULL if it does not say; ends the program if it must not be
 * followed. `shown_from` is `from` for messages. */
static char *redirect_target(const struct request *request, const char *from,
                             const char *shown_from, int redirects)
{
    char *target = NULL;
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &target);
    if (target == NULL)
        return NULL;
    char *shown = url_shown(target);
    if (shown == NULL)
        die(EX_UNAVAILABLE, "%s: redirects to something that is not a URL of http or https",
            shown_from);
    if (url_is_local(target) || (url_has_scheme(from, "https") && !url_has_scheme(target, "https")))
        die(EX_UNAVAILABLE, "%s: redirects to %s, which is not followed", shown_from, shown);
    if (request->secret != NULL && !url_same_origin(from, target))
        die(EX_UNAVAILABLE, "%s: redirects to %s, where the key must not go", shown_from, shown);
    if (redirects >= MOST_REDIRECTS)
        die(EX_UNAVAILABLE, "%s: more than %d redirects", shown, MOST_REDIRECTS);
    free(shown);
    return string_copy(target);
}

/* True if a failure can pass by itself. */
static bool can_pass(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_PARTIAL_FILE:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_UNSUPPORTED_PROTOCOL: /* no HTTP; those of URLs are checked by url_shown */
        return true;
    default:
        return false;
    }
}

/* What a failure of libcurl means; ends the program if asking again can't help. */
static enum request_end judge_failure(struct exchange *exchange, CURLcode code)
{
    struct response *response = exchange->response;
    const char *reason = curl_error[0] != '\0' ? curl_error : curl_easy_strerror(code);
    if (exchange->stopped)
        return REQUEST_STOPPED;
    /* A response without a file says everything in its status, whatever became of its body. */
    if (response->status >= 300)
        return REQUEST_COMPLETE;
    if (exchange->stalled) {
        snprintf(response->reason, sizeof response->reason,
                 "stalled, less than a byte a second for %" PRIu64 " s", stall_seconds);
        return REQUEST_BROKEN;
    }
    if (exchange->timed_out) {
        snprintf(response->reason, sizeof response->reason, "not complete after %" PRIu64 " s",
                 STALLS_BEFORE_TIMEOUT * stall_seconds);
        return REQUEST_BROKEN;
    }
    if (code == CURLE_FILE_COULDNT_READ_FILE)
        die(EX_NOINPUT, "%s: no such file, or it cannot be read", response->effective);
    if (!can_pass(code))
        die(EX_UNAVAILABLE, "%s: %s", response->effective, reason);
    snprintf(response->reason, sizeof response->reason, "%s", reason);
    return REQUEST_BROKEN;
}

enum request_end request_perform(struct request *request, struct response *response)
{
    static char *shown;
    struct exchange exchange = {.request = request, .response = response};
    char *target = NULL;
    const char *url = request->url;
    CURLcode code;
    /* Offsets count bytes of the file, so it must come without any encoding. */
    request_header(request, "Accept-Encoding: identity");
    if (request->secret != NULL)
        request_header(request, "%s", request->secret);
    for (int redirects = 0;; redirects++) {
        free(shown);
        shown = url_shown(url);
        if (shown == NULL)
            die(EX_USAGE, "this is not a URL of http, https or file");
        response->effective = shown;
        code = perform_once(&exchange, url);
        if (!status_is_redirect(response->status))
            break;
        char *next = redirect_target(request, url, shown, redirects);
        if (next == NULL)
            break;
        free(target);
        url = target = next;
    }
    curl_slist_free_all(request->headers);
    request->headers = NULL;
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    free(target);
    return code == CURLE_OK ? (exchange.stopped ? REQUEST_STOPPED : REQUEST_COMPLETE)
                            : judge_failure(&exchange, code);
}
