/* output.h - buffered writing to a file descriptor, the one way to write a record.
 *
 * A closed pipe ends the program quietly (cli_end_closed_pipe); any other failure to write ends it
 * with EX_IOERR and the name of the output. No byte is ever lost silently: call output_close at the
 * end, which also reports what the file system only says on close.
 */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#include "base/sizes.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct output {
    int fd;
    const char *name; /* for messages; "standard output" */
    char *buffer;
    size_t used, size;
    uint64_t written; /* bytes handed to the kernel so far */
};

/* Starts to write to `fd`. */
void output_open(struct output *output, int fd, const char *name);

/* Creates or truncates the file `path` ("-" is standard output); EX_CANTCREAT if that fails. */
void output_create(struct output *output, const char *path);

void output_flush(struct output *output);
void output_close(struct output *output);

/* Makes room for `need` bytes, at most OUTPUT_SIZE, and returns where they go. After writing there,
 * add their number to output->used. */
static inline char *output_room(struct output *output, size_t need)
{
    if (output->size - output->used < need)
        output_flush(output);
    return output->buffer + output->used;
}

/* Any number of bytes. */
void output_write(struct output *output, const void *bytes, size_t length);

static inline void output_text(struct output *output, const char *text)
{
    output_write(output, text, strlen(text));
}

/* printf for the rare line (at most 1023 bytes). */
void output_format(struct output *output, const char *format, ...);

#endif
