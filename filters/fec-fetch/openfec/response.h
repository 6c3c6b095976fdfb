/* response.h - what an answer of the API says: a page of rows, or what was wrong. */
#ifndef FEC_FETCH_OPENFEC_RESPONSE_H
#define FEC_FETCH_OPENFEC_RESPONSE_H

#include "fec-fetch/openfec/page.h"
#include "fec-fetch/http/request.h"

#define ANSWER_REASON 400

/* Bounds the memory that an answer can take. Once, before the first one. */
void answers_start(void);

/* Reads a body into *page and checks it against the query and the position that it was asked with.
 * Returns false, with the reason, if it is not a page that can follow. */
bool answer_read(struct api_page *page, const struct api_query *query,
                 const struct api_position *position, const char *body, size_t length,
                 char reason[ANSWER_REASON]);

/* True if a page that is empty or out of range can be the end of the rows; false, with the reason,
 * if by the server's exact count, of this page and of those before it, more must come. */
bool answer_ends(const struct api_page *page, const struct api_query *query,
                 const struct api_position *position, char reason[ANSWER_REASON]);

/* Writes what the body of an error says, cleaned, to be shown: "CODE: message". Nothing if it says
 * nothing. *bad_key is set if it is the key that is refused. */
void answer_error(const struct response *response, char text[ANSWER_REASON], bool *bad_key);

#endif
