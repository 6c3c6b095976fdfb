/* url.h - what fec-fetch needs to know of a URL. */
#ifndef FEC_FETCH_HTTP_URL_H
#define FEC_FETCH_HTTP_URL_H

#include <stdbool.h>

/* The URL as messages show it: without user, password, query (which in a signed URL is a
 * credential) and fragment. Allocated; NULL if it cannot be parsed, or is not one of http, https or
 * file. */
char *url_shown(const char *url);

/* True for file:// */
bool url_is_local(const char *url);

/* True for `scheme`://, in small or capital letters. */
bool url_has_scheme(const char *url, const char *scheme);

/* True if both URLs have the same scheme, host and port. */
bool url_same_origin(const char *a, const char *b);

/* True if the host is this machine, by name or address. */
bool url_is_loopback(const char *url);

#endif
