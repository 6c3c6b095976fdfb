/* sink.h - where the bytes of a fetched file go: standard output and, if asked for, a copy.
 *
 * Servers, proxies and the login pages of hotel networks send pages of their own in place of a
 * file, with status 200. So the first bytes are held back until they have been looked at. A zip
 * archive must begin with one of its signatures, a CSV file must not begin like a page.
 *
 * base/output.h is not used, because a reader that goes away need not be the end here: the copy is
 * completed.
 */
#ifndef FEC_FETCH_BULK_SINK_H
#define FEC_FETCH_BULK_SINK_H

#include "fec-fetch/bulk/copy.h"

enum sink_content { SINK_ZIP, SINK_CSV };

#define SINK_HEAD 64
#define SINK_BUFFER ((size_t)256 * 1024)

struct sink {
    const char *name;          /* of the source, for messages */
    enum sink_content content; /* what it must be */
    bool is_html;              /* the server says that it is a page */
    struct copy *copy;         /* NULL if none is kept */
    bool reading_copy;    /* the bytes come from the whole copy, so they are not written to it */
    bool reader_gone;     /* of standard output */
    uint64_t accepted;    /* bytes given to sink_take */
    uint64_t written;     /* bytes passed on: to standard output, or if gone to the copy */
    char head[SINK_HEAD]; /* the first bytes, until they are judged */
    size_t head_used;
    bool judged;
    char *buffer;
    size_t used;
};

/* Starts; `copy` may be NULL. */
void sink_open(struct sink *sink, const char *name, enum sink_content content, struct copy *copy);

/* Takes the next bytes of the file. Ends the program with EX_DATAERR if such a file cannot begin
 * like this, with EX_IOERR if it can't write, and as cli_end_closed_pipe does if the reader has
 * gone and no copy is kept. */
void sink_take(struct sink *sink, const char *bytes, size_t length);

/* Takes `length` bytes of an open file from its beginning, as sink_take. */
void sink_take_file(struct sink *sink, int fd, const char *path, uint64_t length);

/* Passes on what is in the buffer. */
void sink_flush(struct sink *sink);

/* Passes on the rest and closes standard output, which can still fail. EX_DATAERR if the file is
 * empty. */
void sink_close(struct sink *sink);

/* Sleeps, but ends as sink_take does if the reader goes away meanwhile and no copy is kept. */
void sink_pause(struct sink *sink, uint64_t milliseconds);

#endif
