/* transfer.h - one file from the server to the sink, through whatever happens on the way.
 *
 * A reader of the sink sees the bytes of one version of the file, each once and in order, or the
 * program ends with an error. After a broken connection the rest is asked for with Range and
 * If-Range (RFC 9110, sections 13.1.5 and 14.2). The response is believed only if everything it
 * says of the file agrees with what was said before.
 */
#ifndef FEC_FETCH_BULK_TRANSFER_H
#define FEC_FETCH_BULK_TRANSFER_H

#include "fec-fetch/bulk/copy.h"
#include "fec-fetch/http/retry.h"
#include "fec-fetch/bulk/sink.h"

struct transfer {
    const char *url;
    const char *shown;              /* the URL for messages */
    const struct validators *known; /* the version that the user has, or NULL */
    struct copy *copy;              /* NULL if no copy is kept */
    struct sink *sink;
    struct retry retry;
    /* What comes of it: */
    struct validators is;             /* the version of the file */
    uint64_t status;                  /* the last one of HTTP */
    uint64_t resumed;                 /* how often a connection continued where another had ended */
    uint64_t not_modified, from_copy; /* 1 if that made fetching unnecessary */
    /* For transfer.c alone: */
    uint64_t asked_from; /* the first byte that the request asks for */
    uint64_t skip;       /* bytes of the response that the sink has already */
    bool progress_shown;
};

/* Registers what is counted for --stats. Call it before the first transfer. */
void transfer_stats(struct transfer *transfer);

/* Brings the file to the sink, and into the copy if there is one. Nothing comes if the file is the
 * version `known`. Returns only if everything succeeded. */
void transfer_file(struct transfer *transfer);

/* Asks what the server says of the file, without fetching it. Returns the URL that answered, to be
 * shown. */
const char *transfer_ask(struct transfer *transfer);

#endif
