/* copy.h - the copy that fec-fetch --save keeps of the file it passes on.
 *
 * Four names belong to a copy:
 *
 *   FILE            the copy, whole
 *   FILE.etag       which version of the server's file it is (fec-fetch/http/validators.h)
 *   FILE.part       what has come so far of a version that is being fetched
 *   FILE.part.etag  which version that is
 *
 * FILE.part is locked as long as the program runs. Every moment at which the program can be cut
 * off leaves either a part that has its validators beside it, and is a true beginning of that
 * version, or a part without validators, which the next run does not believe. The same holds for
 * FILE and FILE.etag.
 */
#ifndef FEC_FETCH_BULK_COPY_H
#define FEC_FETCH_BULK_COPY_H

#include "fec-fetch/http/validators.h"

struct copy {
    const char *path;        /* FILE */
    bool is_whole;           /* there is a FILE whose version is known */
    struct validators whole; /* which one */
    int whole_fd;            /* where to read it */
    uint64_t part_length;    /* bytes of FILE.part that count; 0 if there are none */
    struct validators part;  /* the version that they belong to */
    int part_fd;
    /* For copy.c alone: */
    bool locked, rewrite;
    struct validators next;
    char *part_path, *part_etag_path, *etag_path;
};

/* Opens and locks FILE.part, and looks at what is there. Ends the program with EX_TEMPFAIL if
 * another one has the lock, with EX_CANTCREAT if the part can't be written. A part that is useless
 * is removed when the program ends, however it ends. A program has one copy. */
void copy_open(struct copy *copy, const char *path);

/* From here on a new version is written: the old part is given up, though only when the first
 * bytes of the new one have come. */
void copy_start_over(struct copy *copy, const struct validators *version);

/* The part stays, and what comes is written behind it. */
void copy_take_up(struct copy *copy);

/* Nothing of the part is of use any more; it is removed when the program ends, unless a new one is
 * written in its place. */
void copy_forget_part(struct copy *copy);

/* Writes bytes whose place in the file is `offset`; those that the part has already are left out.
 * A failure ends the program with EX_IOERR, the part's name and the byte. */
void copy_write(struct copy *copy, uint64_t offset, const char *bytes, size_t length);

/* The part is whole: makes it FILE, with its validators beside it. */
void copy_finish(struct copy *copy, const struct validators *version);

#endif
