/* input.h - buffered reading from a file descriptor, by blocks or by lines.
 *
 * Memory is constant: a line longer than INPUT_LONGEST_LINE is an error for the caller to report,
 * never a reason to grow.
 */
#ifndef BASE_INPUT_H
#define BASE_INPUT_H

#include "base/sizes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
    int fd;
    const char *name; /* for messages; "standard input" */
    char *buffer;
    size_t start, end, size; /* unread bytes are buffer[start..end) */
    uint64_t offset;         /* bytes consumed so far, that is the offset of buffer[start] */
    uint64_t line;           /* number of the line last returned, from 1 */
    bool at_end;             /* the descriptor has no more */
};

void input_open(struct input *input, int fd, const char *name);

/* Opens the file `path` ("-" is standard input); EX_NOINPUT if that fails. */
void input_open_path(struct input *input, const char *path);

/* How many bytes are unread, and the first of them. */
static inline size_t input_unread(const struct input *input)
{
    return input->end - input->start;
}

static inline char *input_bytes(const struct input *input)
{
    return input->buffer + input->start;
}

/* Marks the first `length` unread bytes as read. The only way to move on in the input: it keeps
 * `offset` right, by which errors name the byte. */
static inline void input_consume(struct input *input, size_t length)
{
    input->start += length;
    input->offset += length;
}

/* Reads more bytes after the unread ones, which it moves to the front of the buffer if need be.
 * Returns false at the end of the input or if the buffer is full. A read error ends the program
 * with EX_IOERR. */
bool input_more(struct input *input);

/* The next line, without its newline, valid until the next call; its length in *length. NULL at the
 * end. A last line without a newline is returned too; `*whole`, if `whole` is not NULL, is false
 * for it. A line longer than INPUT_LONGEST_LINE ends the program with EX_DATAERR and its number. */
char *input_line(struct input *input, size_t *length, bool *whole);

void input_close(struct input *input);

#endif
