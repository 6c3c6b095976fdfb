/* cursor.h - the cursor file: how far a query has been read, so that another run can go on.
 *
 * It is replaced after each page that is safely written, whole or not at all, and locked while a
 * run uses it. Its lines are key=value; man/fec-fetch.1 describes them.
 */
#ifndef FEC_FETCH_OPENFEC_CURSOR_H
#define FEC_FETCH_OPENFEC_CURSOR_H

#include "fec-fetch/openfec/position.h"
#include "fec-fetch/openfec/rows.h"

struct cursor {
    const char *path;
    char *real;        /* the file that symbolic links lead to */
    char *temporary;   /* in the same folder */
    const char *query; /* by which the file knows its query */
    int fd;            /* of the file, which holds the lock */
};

/* Opens and locks the file, making it if need be, and reads the position and the output file from
 * it. Returns false if it holds no position yet; that is then the beginning. A file of another
 * query ends the program with EX_USAGE, a malformed one with EX_DATAERR, one that another process
 * uses with EX_TEMPFAIL. `path` and `query` are not copied. */
bool cursor_open(struct cursor *cursor, const char *path, const char *query,
                 struct position *position, struct rows_file *file);

/* Writes the position. `committees` are those of its group, for people who look at the file.
 * EX_IOERR or EX_CANTCREAT if that fails. */
void cursor_write(struct cursor *cursor, const struct position *position, const char *committees,
                  const struct rows_file *file);

#endif
