/* fake_curl.h - a server that is a handful of functions with the names of libcurl's. */
#ifndef FUZZ_FAKE_CURL_H
#define FUZZ_FAKE_CURL_H

#include "fuzz.h"

/* The responses that come to requests, one after the other, a byte 0x1d between them. Each begins
 * with a character for its end ('0' good, '1' the connection breaks, '2' it is never made, '3' it
 * is no HTTP), then come header lines, an empty line and the body. After the last response no
 * connection is made. */
void fake_curl_start(struct bytes responses);

/* The body of the last response. */
struct bytes fake_curl_body(void);

#endif
