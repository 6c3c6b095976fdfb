/* copy.h - the copy that fec-fetch --save keeps of the file it passes on.
 *
 * Four names belong to a copy:
 *
 *   FILE            the copy, whole
 *   FILE.etag       which version of the server's file it is (fec-fetch/http/validators.h)
 *   FILE.part       what has come so far of a version that is being fetched
 *   FILE.part.etag  which version that is
 *
 * FILE.part is locked while the program runs. Whenever the program is killed, it leaves either a
 * part with its validators, which is a true beginning of that version, or a part without
 * validators, which the next run does not use. The same holds for FILE and FILE.etag.
 */
#ifndef FEC_FETCH_BULK_COPY_H
#define FEC_FETCH_BULK_COPY_H

#include "fec-fetch/http/validators.h"

struct copy {
    const char *path;        /* FILE */
    const char *url;         /* what it is a copy of, as messages show it */
    bool is_whole;           /* there is a FILE whose version is known */
    struct validators whole; /* which one */
    int whole_fd;            /* where to read it */
    uint64_t part_length;    /* bytes of FILE.part that count */
    struct validators part;  /* the version that they belong to */
    int part_fd;
    /* For copy.c alone: */
    bool locked, rewrite;
    struct validators next;
    char *part_path, *part_etag_path, *etag_path;
};

/* Opens and locks FILE.part, and looks at what is there. Ends the program with EX_TEMPFAIL if
 * another process has the lock, with EX_CANTCREAT if the part can't be written. A part that is of
 * no use is removed when the program ends, however it ends. A program has one copy. */
void copy_open(struct copy *copy, const char *path, const char *url);

/* From now on a new version is written. The old part is given up when the first bytes of the new
 * one come. */
void copy_start_over(struct copy *copy, const struct validators *version);

/* The part stays, and what comes is written after it. */
void copy_resume(struct copy *copy);

/* The part is of no use any more. It is removed when the program ends, unless a new one replaces
 * it. */
void copy_forget_part(struct copy *copy);

/* Writes bytes from `offset` of the file on, but for those that the part has already. A failure
 * ends the program with EX_IOERR, the part's name and the byte. */
void copy_write(struct copy *copy, uint64_t offset, const char *bytes, size_t length);

/* The part is whole: makes it FILE, and writes its validators to FILE.etag. */
void copy_finish(struct copy *copy, const struct validators *version);

#endif
