/* headers.h - what the header lines of a response say. */
#ifndef FEC_FETCH_HTTP_HEADERS_H
#define FEC_FETCH_HTTP_HEADERS_H

#include "fec-fetch/http/response.h"

/* Before the first line of a response: nothing is known of it. */
void headers_forget(struct response *response);

/* Takes one header line, its end included. A status line starts again, for what came before it was
 * an interim response (1xx). */
void headers_take(struct response *response, const char *line, size_t length);

#endif
