/* sink.h - where the lines of a file go: to a member of an archive, to a plain file, or to both. */
#ifndef SAMPLE_SINK_H
#define SAMPLE_SINK_H

#include "line.h"
#include "base/output.h"
#include "zipwriter.h"

struct sink {
    struct zip_writer *zip; /* NULL for none */
    struct output *plain;   /* NULL for none */
    char *buffer;
    size_t used;
    uint64_t bytes, lines;
    char late[LINE_SIZE]; /* a line that comes again a few lines later */
    size_t late_length;   /* 0 without one */
    int late_in;          /* lines until it comes */
};

void sink_open(struct sink *sink, struct zip_writer *zip, struct output *plain);
void sink_bytes(struct sink *sink, const char *bytes, size_t length);
void sink_line(struct sink *sink, const struct line *line);

/* Keeps the line, to be written after a few others or at the end. */
void sink_line_late(struct sink *sink, const struct line *line);

void sink_close(struct sink *sink);

#endif
