/* response.h - reading a response of the API: a page of rows, or what was wrong. */
#ifndef FEC_FETCH_OPENFEC_RESPONSE_H
#define FEC_FETCH_OPENFEC_RESPONSE_H

#include "fec-fetch/http/request.h"
#include "fec-fetch/openfec/page.h"

/* Bounds the memory that a response can take. Once, before the first one. */
void responses_start(void);

/* Reads a body into *page and checks it against the query, and against the position from which it
 * was asked for. Returns false, with the reason, if it is not a page that can follow. */
bool response_read(struct page *page, const struct query *query, const struct position *position,
                   const char *body, size_t length, char reason[REASON_SIZE]);

/* Writes what the body of an error says, cleaned for a message: "CODE: message", "" if it says
 * nothing. *bad_key is set if the server refuses the key. */
void response_error(const struct response *response, char text[REASON_SIZE], bool *bad_key);

#endif
