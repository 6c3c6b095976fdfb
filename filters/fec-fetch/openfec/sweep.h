/* sweep.h - a query of the API, read to its end or as far as the caller wants. */
#ifndef FEC_FETCH_OPENFEC_SWEEP_H
#define FEC_FETCH_OPENFEC_SWEEP_H

#include "fec-fetch/openfec/query.h"

#include <stdint.h>

struct sweep {
    const struct query *query;
    const char *base;        /* URL, http or https, without a slash at its end */
    const char *shown;       /* the same for messages */
    const char *cursor_path; /* NULL if there is none */
    uint64_t most_pages;     /* pages with rows to write before it ends; 0: all of them */
    uint64_t retries;
};

/* Writes the rows to standard output, with a cursor file from where that one ends. Returns when all
 * have been written; if most_pages is not 0 also after that many pages, or when at least one was
 * written and the next call would have to wait for the limits of the key. */
void sweep_run(const struct sweep *sweep);

#endif
