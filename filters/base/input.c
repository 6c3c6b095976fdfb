/* input.c - buffered reading from a file descriptor, by blocks or by lines. A line must lie in the
 * buffer as a whole, so unread bytes are moved to its front now and then. */
#include "base/input.h"
#include "base/cli.h"
#include "base/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void input_open(struct input *input, int fd, const char *name)
{
    memset(input, 0, sizeof *input);
    input->fd = fd;
    input->name = name;
    input->size = INPUT_LONGEST_LINE + 1;
    input->buffer = cli_alloc(input->size);
    pipe_widen(fd);
}

void input_open_path(struct input *input, const char *path)
{
    if (strcmp(path, "-") == 0) {
        input_open(input, STDIN_FILENO, "standard input");
        return;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die(EX_NOINPUT, "%s: %s", path, strerror(errno));
    input_open(input, fd, path);
}

bool input_more(struct input *input)
{
    /* Moving only after a good part of the buffer was read keeps the cost small. */
    if (input->start == input->end) {
        input->start = input->end = 0;
    } else if (input->end == input->size || input->start > input->size / 2) {
        memmove(input->buffer, input_bytes(input), input_unread(input));
        input->end -= input->start;
        input->start = 0;
    }
    while (!input->at_end && input->end < input->size) {
        ssize_t n = pipe_read(input->fd, input->buffer + input->end, input->size - input->end);
        if (n > 0) {
            input->end += (size_t)n;
            return true;
        }
        if (n < 0)
            die(EX_IOERR, "%s: %s at byte %llu", input->name, strerror(errno),
                (unsigned long long)(input->offset + input_unread(input)));
        input->at_end = true;
    }
    return false;
}

char *input_line(struct input *input, size_t *length, bool *whole)
{
    size_t searched = 0;
    char *newline;
    for (;;) {
        char *from = input_bytes(input);
        size_t have = input_unread(input);
        newline = have > searched ? memchr(from + searched, '\n', have - searched) : NULL;
        if (newline != NULL)
            break;
        searched = have;
        if (!input_more(input))
            break;
    }
    if (newline == NULL && !input->at_end)
        die(EX_DATAERR, "%s: line %llu: longer than %zu bytes", input->name,
            (unsigned long long)(input->line + 1), INPUT_LONGEST_LINE);
    if (newline == NULL && input->start == input->end)
        return NULL;
    char *line = input_bytes(input);
    *length = newline ? (size_t)(newline - line) : input_unread(input);
    if (whole != NULL)
        *whole = newline != NULL;
    size_t taken = *length + (newline ? 1 : 0);
    input_consume(input, taken);
    input->line++;
    return line;
}

void input_close(struct input *input)
{
    close(input->fd);
    free(input->buffer);
    input->buffer = NULL;
}
