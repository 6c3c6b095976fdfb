/* rows.h - the rows of the API on standard output, one JSON object a line.
 *
 * If standard output is a regular file, a run that was killed can leave half a page in it. So the
 * cursor file notes which file that was, how long it was after the last whole page, and how long it
 * will be after the next one. The next run cuts the file back before it goes on. A file that is
 * longer was written to by others, and is left alone. The device is not noted, because its number
 * can change when the machine restarts.
 */
#ifndef FEC_FETCH_OPENFEC_ROWS_H
#define FEC_FETCH_OPENFEC_ROWS_H

#include "base/output.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* A regular file and its length. */
struct rows_file {
    bool known; /* false: standard output is not a regular file, or nothing was noted */
    uint64_t inode, length;
    uint64_t most; /* its length after the page that is being written */
};

struct rows {
    struct output output;
    bool noted;            /* standard output is a regular file, and `file` is kept up to date */
    struct rows_file file; /* after the last page; rows_make_safe sets its length */
};

/* Starts to write. If standard output is the file of `before`, it is cut back to the length there.
 * EX_DATAERR if it is shorter, because then rows have been lost, or longer than it can have become.
 * `before` is NULL if nobody notes the file. */
void rows_open(struct rows *rows, const struct rows_file *before);

/* Sets file.most: how long the file will be after the rows of the array. */
void rows_expect(struct rows *rows, const json_t *array);

/* Writes each object of the array on a line of its own, compact, with its keys in their order and
 * amounts as they were filed. */
void rows_write(struct rows *rows, const json_t *array);

/* Hands what was written to the reader; if the file is noted, puts it safely on the disk. EX_IOERR
 * if that fails. */
void rows_make_safe(struct rows *rows);

/* Closes standard output. */
void rows_close(struct rows *rows);

#endif
