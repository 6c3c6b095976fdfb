/* sink.c - where the bytes of a fetched file go: standard output and, if asked for, a copy.
 *
 * The copy is written first, so that it has whatever the reader has seen. A reader that goes away
 * ends the program only if nothing is saved.
 */
#include "fec-fetch/bulk/sink.h"
#include "base/cli.h"
#include "base/clock.h"
#include "base/pipe.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OUT_NAME "standard output"

void sink_open(struct sink *sink, const char *name, enum sink_content content, struct copy *copy)
{
    memset(sink, 0, sizeof *sink);
    sink->name = name;
    sink->content = content;
    sink->copy = copy;
    sink->buffer = cli_alloc(SINK_BUFFER);
    pipe_widen(STDOUT_FILENO);
}

static void note_closed_pipe(struct sink *sink)
{
    if (sink->copy == NULL)
        cli_end_closed_pipe();
    sink->reader_gone = true;
}

/* Writes to standard output. `written` is right even if this ends the program. */
static void write_out(struct sink *sink, const char *bytes, size_t length)
{
    while (length > 0 && !sink->reader_gone) {
        ssize_t n = pipe_write(STDOUT_FILENO, bytes, length);
        if (n >= 0) {
            bytes += n;
            length -= (size_t)n;
            sink->written += (uint64_t)n;
        } else if (errno == EPIPE) {
            note_closed_pipe(sink);
        } else {
            die(EX_IOERR, OUT_NAME ": %s at byte %llu", strerror(errno),
                (unsigned long long)sink->written);
        }
    }
    sink->written += length;
}

/* All bytes go through here, in order, the copy first. */
static void pass_on(struct sink *sink, const char *bytes, size_t length)
{
    if (sink->copy != NULL && !sink->reading_copy)
        copy_write(sink->copy, sink->written, bytes, length);
    write_out(sink, bytes, length);
}

void sink_flush(struct sink *sink)
{
    size_t used = sink->used;
    if (used == 0)
        return;
    sink->used = 0;
    pass_on(sink, sink->buffer, used);
}

static void put(struct sink *sink, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t n = SINK_BUFFER - sink->used < length ? SINK_BUFFER - sink->used : length;
        memcpy(sink->buffer + sink->used, bytes, n);
        sink->used += n;
        bytes += n;
        length -= n;
        if (sink->used == SINK_BUFFER)
            sink_flush(sink);
    }
}

/* The signatures with which an archive can begin (APPNOTE 4.3.7, 4.3.16, 8.5.4): a local header,
 * the end of an empty central directory, or the marker of an archive that was to be spanned and
 * then needed one segment only. Info-ZIP writes PK00 for that, the specification says PK\7\8. */
static bool begins_like_zip(const char *head, size_t length)
{
    if (length < 8)
        return false;
    if (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0)
        return true;
    return (memcmp(head, "PK00", 4) == 0 || memcmp(head, "PK\7\10", 4) == 0) &&
           memcmp(head + 4, "PK\3\4", 4) == 0;
}

/* False for a page, which begins with '<' after blanks and a byte order mark, and for an archive or
 * a compressed stream, which has control characters among its first bytes. */
static bool begins_like_csv(const char *head, size_t length)
{
    size_t i = length >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (i < length && isspace((unsigned char)head[i]))
        i++;
    if (i < length && head[i] == '<')
        return false;
    for (size_t end = i + 4; i < length && i < end; i++)
        if (iscntrl((unsigned char)head[i]) && !isspace((unsigned char)head[i]))
            return false;
    return true;
}

/* Looks at the first bytes and passes them on if they are what they should be. */
static void judge(struct sink *sink)
{
    bool zip = sink->content == SINK_ZIP;
    bool good = zip ? begins_like_zip(sink->head, sink->head_used)
                    : begins_like_csv(sink->head, sink->head_used);
    if (!good || sink->is_html) {
        char shown[SINK_HEAD];
        size_t n = 0;
        for (; n < sink->head_used && n < sizeof shown - 1; n++)
            shown[n] = isprint((unsigned char)sink->head[n]) ? sink->head[n] : '.';
        shown[n] = '\0';
        die(EX_DATAERR, "%s: this is %s%s, it begins with '%s'", sink->name,
            zip ? "not a zip archive" : "not a CSV file",
            sink->is_html ? " but an HTML page (by its Content-Type)" : "", shown);
    }
    sink->judged = true;
    put(sink, sink->head, sink->head_used);
}

void sink_take(struct sink *sink, const char *bytes, size_t length)
{
    sink->accepted += length;
    if (!sink->judged) {
        size_t room = SINK_HEAD - sink->head_used;
        size_t n = length < room ? length : room;
        memcpy(sink->head + sink->head_used, bytes, n);
        sink->head_used += n;
        bytes += n;
        length -= n;
        if (sink->head_used < SINK_HEAD)
            return;
        judge(sink);
    }
    put(sink, bytes, length);
}

void sink_take_file(struct sink *sink, int fd, const char *path, uint64_t length)
{
    static char block[128 * 1024];
    uint64_t offset = 0;
    while (offset < length && !sink->reader_gone) {
        size_t wanted = length - offset < sizeof block ? (size_t)(length - offset) : sizeof block;
        ssize_t n = pread(fd, block, wanted, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            die(EX_IOERR, "%s: %s at byte %llu", path, n < 0 ? strerror(errno) : "ends early",
                (unsigned long long)offset);
        sink_take(sink, block, (size_t)n);
        offset += (uint64_t)n;
    }
    if (offset < length) {
        /* The reader has gone, and the copy has these bytes. */
        sink_flush(sink);
        sink->accepted += length - offset;
        sink->written += length - offset;
    }
}

void sink_close(struct sink *sink)
{
    if (sink->accepted == 0)
        die(EX_DATAERR, "%s: the file is empty", sink->name);
    if (!sink->judged)
        judge(sink);
    sink_flush(sink);
    if (close(STDOUT_FILENO) != 0 && errno != EINTR && !sink->reader_gone)
        die(EX_IOERR, OUT_NAME ": %s", strerror(errno));
}

void sink_pause(struct sink *sink, uint64_t milliseconds)
{
    /* A reader that goes away meanwhile can be the end: there is nothing left to wait for. */
    if (!sink->reader_gone && pipe_pause(STDOUT_FILENO, milliseconds))
        return;
    if (!sink->reader_gone)
        note_closed_pipe(sink);
    clock_pause(milliseconds);
}
