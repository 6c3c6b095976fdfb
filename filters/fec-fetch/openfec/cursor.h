/* cursor.h - the cursor file: how far a query has been read, so that another run can go on.
 *
 * It is written anew after each page that is safely written, whole or not at all, and locked as
 * long as a run uses it. Its lines are key=value; man/fec-fetch.1 describes them.
 */
#ifndef FEC_FETCH_OPENFEC_CURSOR_H
#define FEC_FETCH_OPENFEC_CURSOR_H

#include "fec-fetch/openfec/position.h"
#include "fec-fetch/openfec/rows.h"

struct cursor {
    const char *path;
    char *real;        /* the file behind symbolic links */
    char *temporary;   /* beside it */
    const char *query; /* by which the file knows its query */
    int fd;            /* of the file, which holds the lock */
};

/* Opens and locks the file, or makes it, and reads the position from it, and the place of the
 * output. Returns false if it holds none yet (the position is then the beginning). A file of
 * another query ends the program with EX_USAGE, one that is no cursor with EX_DATAERR, one that
 * another process uses with EX_TEMPFAIL. `path` and `query` are not copied. */
bool cursor_open(struct cursor *cursor, const char *path, const char *query,
                 struct position *position, struct rows_file *file);

/* Writes the position. `committees` are those of its group, for people who look at the file.
 * EX_IOERR or EX_CANTCREAT if that fails. */
void cursor_write(struct cursor *cursor, const struct position *position, const char *committees,
                  const struct rows_file *file);

#endif
