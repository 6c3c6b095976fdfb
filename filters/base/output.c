/* output.c - buffered writing to a file descriptor, the one way to write a record. */
#include "base/output.h"
#include "base/cli.h"
#include "base/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void output_open(struct output *output, int fd, const char *name)
{
    output->fd = fd;
    output->name = name;
    output->size = OUTPUT_SIZE;
    output->buffer = cli_alloc(output->size);
    output->used = 0;
    output->written = 0;
    pipe_widen(fd);
}

void output_create(struct output *output, const char *path)
{
    if (strcmp(path, "-") == 0) {
        output_open(output, STDOUT_FILENO, "standard output");
        return;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        die(EX_CANTCREAT, "%s: %s", path, strerror(errno));
    output_open(output, fd, path);
}

/* Writes all of it. */
static void write_all(struct output *output, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = pipe_write(output->fd, bytes, length);
        if (n < 0 && errno == EPIPE)
            cli_end_closed_pipe();
        if (n < 0)
            die(EX_IOERR, "%s: %s at byte %llu", output->name, strerror(errno),
                (unsigned long long)output->written);
        bytes += n;
        length -= (size_t)n;
        output->written += (uint64_t)n;
    }
}

void output_flush(struct output *output)
{
    size_t used = output->used;
    output->used = 0;
    write_all(output, output->buffer, used);
}

void output_write(struct output *output, const void *bytes, size_t length)
{
    if (length > output->size - output->used) {
        output_flush(output);
        if (length >= output->size) {
            write_all(output, bytes, length);
            return;
        }
    }
    memcpy(output->buffer + output->used, bytes, length);
    output->used += length;
}

void output_format(struct output *output, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    output_text(output, line);
}

void output_close(struct output *output)
{
    output_flush(output);
    if (close(output->fd) != 0 && errno != EINTR)
        die(EX_IOERR, "%s: %s", output->name, strerror(errno));
    free(output->buffer);
    output->buffer = NULL;
}
