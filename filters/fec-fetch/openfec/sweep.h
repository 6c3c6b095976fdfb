/* sweep.h - a query of the API, read to its end or as far as the caller wants, to standard
 * output. */
#ifndef FEC_FETCH_OPENFEC_SWEEP_H
#define FEC_FETCH_OPENFEC_SWEEP_H

#include "fec-fetch/openfec/query.h"

struct api_reading {
    const struct api_query *query;
    const char *base;        /* URL, http or https, without a slash at its end */
    const char *shown;       /* the same for messages */
    const char *cursor_path; /* NULL if there is none */
    uint64_t most_pages;     /* pages with rows to write before it ends; 0: all of them */
    uint64_t retries;
};

/* Reads the rows. Where there is a cursor file it goes on from there. Returns when all have been
 * written, or so many pages, or at least one page and the next call would have to wait for the
 * limits of the key (only if most_pages is not 0). */
void api_read(const struct api_reading *reading);

#endif
