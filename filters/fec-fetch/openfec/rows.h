/* rows.h - the rows of the API on standard output, a JSON object a line.
 *
 * Where standard output is a regular file, a reading that was killed can leave half a page in it.
 * So the cursor file notes which file that was, how long it was behind the last whole page and how
 * long it will be behind the next one, and the next run cuts it back before it goes on. A file that
 * is longer was written to by others, and is left alone. Which device it is on is not noted: its
 * number can be another one when the machine has been started again.
 */
#ifndef FEC_FETCH_OPENFEC_ROWS_H
#define FEC_FETCH_OPENFEC_ROWS_H

#include "base/output.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* A regular file and a length of it. */
struct rows_file {
    bool known; /* false: standard output is no regular file, or nothing was noted */
    uint64_t inode, length;
    uint64_t most; /* its length behind the page that is being written */
};

struct rows {
    struct output output;
    bool noted;            /* standard output is a regular file, and its place is noted */
    struct rows_file file; /* behind the last page; its length is set by rows_make_safe */
};

/* Starts to write. If standard output is the file of `before`, it is cut back to the length there;
 * EX_DATAERR if it is shorter, for then rows have been lost, or longer than it can have become.
 * NULL if nobody notes its place. */
void rows_open(struct rows *rows, const struct rows_file *before);

/* Reckons how long the file will be behind the array: sets place.most. */
void rows_expect(struct rows *rows, const json_t *array);

/* Writes each object of the array on a line of its own, compact, with its keys in their order and
 * amounts as they were filed. */
void rows_write(struct rows *rows, const json_t *array);

/* Hands what was written to the reader, or if its place is noted puts it safely on the disk.
 * EX_IOERR if that fails. */
void rows_make_safe(struct rows *rows);

/* Closes standard output. */
void rows_close(struct rows *rows);

#endif
