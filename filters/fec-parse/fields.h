/* fields.h - the lines of a bulk file, split at '|'.
 *
 * The fields are not copied: a line is a row of marks into the input's buffer. A whole window of
 * the buffer is marked at once (scan.h), and the lines are then handed out one by one.
 */
#ifndef FEC_PARSE_FIELDS_H
#define FEC_PARSE_FIELDS_H

#include "base/input.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A mark is the offset after a separator or newline, with flags in its high bits. */
#define MARK_SPECIAL ((uint32_t)1 << 31) /* the field before it holds a byte that needs care */
#define MARK_PLACE ((uint32_t)MARK_SPECIAL - 1)

/* As many bytes after a field's end can be read, though they mean nothing: fields are copied by
 * whole blocks. */
#define FIELD_PADDING 64

/* A line, valid until the next one is read. Field i begins at base + place(marks[i]) and ends one
 * byte before base + place(marks[i + 1]); mark i + 1 has its flags. */
struct line {
    const char *base;
    const uint32_t *marks; /* count + 1 of them */
    size_t count;          /* of the fields; at least 1, for an empty line has an empty field */
    const char *text;      /* the line as it came, without its newline */
    size_t length;
    uint64_t number; /* from 1 */
    bool whole;      /* it ended with a newline */
};

static inline const char *field_text(const struct line *line, size_t i)
{
    return line->base + (line->marks[i] & MARK_PLACE);
}

static inline size_t field_length(const struct line *line, size_t i)
{
    return (line->marks[i + 1] & MARK_PLACE) - 1 - (line->marks[i] & MARK_PLACE);
}

static inline bool field_is_special(const struct line *line, size_t i)
{
    return (line->marks[i + 1] & MARK_SPECIAL) != 0;
}

/* True if the line holds nothing but blanks. The Ctrl-Z that some programs put after the end of a
 * text is nothing too, but only there: in a line that no newline ends. */
bool line_is_blank(const struct line *line);

enum line_status {
    LINE_READ,
    LINE_TOO_LONG, /* more than INPUT_LONGEST_LINE bytes; fields_long_piece has it */
    LINE_STRAY,    /* of a CSV file: a quote is opened in it by mistake */
    LINE_NONE,     /* the end of the input */
};

/* Marked at once, 16 KiB: it and its marks fit the L1 cache. */
#define FIELDS_WINDOW (INPUT_LONGEST_LINE / 64)

struct fields {
    struct input *input;
    size_t scanned;        /* the buffer is marked up to here */
    uint32_t *marks;       /* room for as many as a full buffer can need */
    size_t first;          /* marks[first] is where the next line begins */
    size_t count;          /* of the marks */
    bool special;          /* a special byte came since the last mark */
    uint32_t *newlines;    /* which of the marks are newlines, those of the last window */
    size_t newline, known; /* newlines[newline..known) are of lines not yet handed out */
    bool cut;              /* the last line that was too long had no newline at its end */
};

/* Reads from `input`, of which nothing has been consumed; a byte order mark at its beginning is
 * skipped. */
void fields_open(struct fields *fields, struct input *input);

/* The next line. After LINE_TOO_LONG only line->number is set. */
enum line_status fields_next(struct fields *fields, struct line *line);

/* The next piece of a line that is too long; NULL when all of it, and its newline, is consumed, and
 * fields->cut says whether there was one. */
const char *fields_long_piece(struct fields *fields, size_t *length);

void fields_close(struct fields *fields);

#endif
