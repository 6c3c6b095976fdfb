/* sink.c - where the lines of a file go: to a member of an archive, to a plain file, or to both
 *
 * A line that repeats must not stand beside the first one, so it is kept for a few lines.
 */
#include "sink.h"
#include "base/cli.h"
#include "base/progress.h"

#include <stdlib.h>
#include <string.h>

#define SINK_SIZE ((size_t)64 * 1024)
#define LATE_LINES 5

void sink_open(struct sink *sink, struct zip_writer *zip, struct output *plain)
{
    *sink = (struct sink){.zip = zip, .plain = plain, .buffer = cli_alloc(SINK_SIZE)};
}

static void flush(struct sink *sink)
{
    if (sink->zip != NULL)
        zip_write(sink->zip, sink->buffer, sink->used);
    if (sink->plain != NULL)
        output_write(sink->plain, sink->buffer, sink->used);
    sink->bytes += sink->used;
    sink->used = 0;
    progress_at(sink->bytes, sink->lines);
}

void sink_bytes(struct sink *sink, const char *bytes, size_t length)
{
    if (SINK_SIZE - sink->used < length)
        flush(sink);
    memcpy(sink->buffer + sink->used, bytes, length);
    sink->used += length;
}

static void write_late(struct sink *sink)
{
    sink_bytes(sink, sink->late, sink->late_length);
    sink->lines++;
    sink->late_length = 0;
}

void sink_line(struct sink *sink, const struct line *line)
{
    sink_bytes(sink, line->filed, line->length);
    sink->lines++;
    if (sink->late_length > 0 && --sink->late_in == 0)
        write_late(sink);
}

void sink_line_late(struct sink *sink, const struct line *line)
{
    if (sink->late_length > 0)
        write_late(sink);
    memcpy(sink->late, line->filed, line->length);
    sink->late_length = line->length;
    sink->late_in = LATE_LINES;
}

void sink_close(struct sink *sink)
{
    if (sink->late_length > 0)
        write_late(sink);
    flush(sink);
    free(sink->buffer);
}
