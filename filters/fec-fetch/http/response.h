/* response.h - what a server has responded with, without the body. */
#ifndef FEC_FETCH_HTTP_RESPONSE_H
#define FEC_FETCH_HTTP_RESPONSE_H

#include "fec-fetch/http/validators.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESPONSE_UNKNOWN (-1)

struct response {
    uint64_t status;        /* of HTTP; 0 if none came, and for a local file */
    struct validators is;   /* the length is that of the whole file, for a 206 too */
    bool has_range;         /* there is a Content-Range that makes sense */
    uint64_t range_start;   /* its first byte */
    bool is_html;           /* by its Content-Type */
    uint64_t retry_after;   /* seconds that the server wants us to wait; 0 if it says nothing */
    bool has_retry_after;   /* it said something, if only a time that is over or makes no sense */
    int64_t rate_limit;     /* X-RateLimit-Limit, RESPONSE_UNKNOWN if it says nothing */
    int64_t rate_remaining; /* X-RateLimit-Remaining, likewise */
    const char *error_body; /* of status 400 and above, its beginning, ended by NUL; else "" */
    size_t error_length;
    const char *effective; /* URL after redirects, to be shown, valid until the next request */
    char reason[300];      /* for a broken request: what happened */
};

#endif
