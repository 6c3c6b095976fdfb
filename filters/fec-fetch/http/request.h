/* request.h - one request over libcurl: http, https or file://, redirects followed.
 *
 * What every request of fecpipe has in common is settled here: TLS is always verified, redirects
 * lead to http or https only, and from https to https only; a connection that stalls counts as
 * broken; no content encoding; credentials in a URL are never shown. Whether to ask again, and for
 * what, is for the caller to decide (retry.h, fec-fetch/bulk/transfer.h).
 *
 * A failure that asking again cannot mend ends the program: EX_UNAVAILABLE for a certificate that
 * is not trusted or a redirect that is not followed, EX_NOINPUT for a local file that is not there.
 */
#ifndef FEC_FETCH_HTTP_REQUEST_H
#define FEC_FETCH_HTTP_REQUEST_H

#include "base/cli.h"
#include "fec-fetch/http/response.h"

struct curl_slist;

enum request_end {
    REQUEST_COMPLETE, /* a response came, and its body to the end if one was taken */
    REQUEST_BROKEN,   /* no response, or not the whole body; asking again may help */
    REQUEST_STOPPED,  /* `begin` or `body` did not want it */
};

struct request {
    const char *url;
    bool only_ask;              /* HEAD, no body */
    struct curl_slist *headers; /* built by request_header, freed by request_perform */
    /* A header line with a credential, NULL if there is none. It is for the origin of the URL only
     * (RFC 6454, section 4), so a redirect to another origin then ends the program. */
    const char *secret;
    bool has_timeout; /* also broken if not complete within five times FEC_STALL_SECONDS */
    /* Called before the first byte of a body of status 200 or 206 or of a local file; for an empty
     * one, at its end. Returns false to stop. Other bodies are never handed out. */
    bool (*begin)(void *context, const struct response *response);
    /* Called with the bytes of such a body. Returns false to stop. */
    bool (*body)(void *context, const char *bytes, size_t length);
    void *context;
};

/* Starts libcurl and reads FEC_STALL_SECONDS. Call it once, before anything else here. */
void requests_start(void);

/* Adds a header line. */
void request_header(struct request *request, const char *format, ...) CLI_PRINTF(2, 3);

enum request_end request_perform(struct request *request, struct response *response);

#endif
