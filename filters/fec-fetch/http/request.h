/* request.h - one request over libcurl: http, https or file://, redirects followed.
 *
 * What every request of fecpipe has in common is settled here: TLS is always verified, redirects
 * lead to http or https only, and from https to https only; a connection that stalls counts as
 * broken; no content encoding; credentials in a URL are never shown. Whether to ask again, and for
 * what, is the client's business (retry.h, fec-fetch/bulk/transfer.h).
 *
 * What can never get better by asking again ends the program: EX_UNAVAILABLE for a certificate that
 * is not trusted or a redirect that is not followed, EX_NOINPUT for a local file that is not there.
 */
#ifndef FEC_FETCH_HTTP_REQUEST_H
#define FEC_FETCH_HTTP_REQUEST_H

#include "base/cli.h"
#include "fec-fetch/http/validators.h"

struct curl_slist;

#define REQUEST_UNKNOWN (-1)

struct response {
    uint64_t status;        /* of HTTP; 0 if no answer came, and for a local file */
    struct validators is;   /* the length is that of the whole file, for a 206 too */
    bool has_range;         /* there is a Content-Range that makes sense */
    uint64_t range_start;   /* its first byte */
    bool is_html;           /* by its Content-Type */
    uint64_t retry_after;   /* seconds that the server wants us to wait; 0 if it says nothing */
    bool has_retry_after;   /* it said something, if only a time that is over or makes no sense */
    int64_t rate_limit;     /* X-RateLimit-Limit, REQUEST_UNKNOWN if it says nothing */
    int64_t rate_remaining; /* X-RateLimit-Remaining, likewise */
    const char *error_body; /* of status 400 and more, so much as was kept, ended by NUL; else "" */
    size_t error_length;
    const char *effective; /* URL after redirects, to be shown, valid until the next request */
    char reason[300];      /* for a broken request: what happened */
};

enum request_end {
    REQUEST_ANSWERED, /* and the body, if one was taken, came to its end */
    REQUEST_BROKEN,   /* no answer or not the whole body; asking again may help */
    REQUEST_STOPPED,  /* `begin` or `body` did not want it */
};

struct request {
    const char *url;
    bool only_ask;              /* HEAD, no body */
    struct curl_slist *headers; /* built by request_header, freed by request_perform */
    /* A header line with a credential, NULL if there is none. It is for the origin of the URL only
     * (RFC 6454, section 4), so a redirect to another origin then ends the program. */
    const char *secret;
    bool has_timeout; /* broken also if not complete within five times FEC_STALL_SECONDS */
    /* Called before the first byte of a body of status 200, 206 or a local file (an empty one too,
     * at its end). Returns false to stop. Other bodies are never handed out. */
    bool (*begin)(void *context, const struct response *response);
    /* Called with the bytes of such a body. Returns false to stop. */
    bool (*body)(void *context, const char *bytes, size_t length);
    void *context;
};

/* Starts libcurl and reads FEC_STALL_SECONDS. Once, before all else here. */
void requests_start(void);

/* True if the URL is one of the schemes that are allowed and can be parsed; its form for messages,
 * without user, password and query (which in a signed URL is a credential), is allocated in
 * *shown. */
bool request_url(const char *url, char **shown);

/* True for file:// */
bool request_is_local(const char *url);

/* Adds a header line. */
void request_header(struct request *request, const char *format, ...) CLI_PRINTF(2, 3);

enum request_end request_perform(struct request *request, struct response *response);

#endif
