/* fields.c - the lines of a bulk file, split at '|'.
 *
 * What is hard is to do it at the speed at which an archive inflates. So 64 bytes are looked at
 * together (scan.h), a window of the buffer is marked before any line of it is handed out, and
 * nothing is copied.
 */
#include "fec-parse/fields.h"
#include "base/cli.h"
#include "fec-parse/scan.h"

#include <stdlib.h>
#include <string.h>

bool line_is_blank(const struct line *line)
{
    for (size_t i = 0; i < line->length; i++) {
        char c = line->text[i];
        bool blank = c == ' ' || c == '\t' || c == '\r' || (c == 0x1a && !line->whole);
        if (!blank)
            return false;
    }
    return true;
}

void fields_open(struct fields *fields, struct input *input)
{
    memset(fields, 0, sizeof *fields);
    fields->input = input;
    input->buffer = cli_realloc(input->buffer, input->size + FIELD_PADDING);
    memset(input->buffer + input->size, 0, FIELD_PADDING);
    fields->marks = cli_alloc((input->size + 2) * sizeof *fields->marks);
    fields->newlines = cli_alloc(FIELDS_WINDOW * sizeof *fields->newlines);

    while (input_unread(input) < 3 && input_more(input))
        ;
    if (input_unread(input) >= 3 && memcmp(input_bytes(input), "\xef\xbb\xbf", 3) == 0) {
        input_consume(input, 3);
    }
    fields->scanned = input->start;
    fields->marks[0] = (uint32_t)input->start;
    fields->count = 1;
}

/* How many bits are set. Written out, because without special compiler options it is a call. */
static inline unsigned bits_set(uint64_t bits)
{
    bits -= (bits >> 1) & 0x5555555555555555;
    bits = (bits & 0x3333333333333333) + ((bits >> 2) & 0x3333333333333333);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return (unsigned)((bits * 0x0101010101010101) >> 56);
}

/* The number of the first bit set; there must be one. */
static inline unsigned first_bit(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits);
}

/* Flags the marks of fields with a special byte. `marks` up to `end` are those of one scan. Returns
 * true if a special byte follows the last of them. */
static bool flag_specials(uint32_t *marks, const uint32_t *end, const struct scan *scan,
                          bool special_before)
{
    if (special_before && marks < end)
        marks[0] |= MARK_SPECIAL;
    bool special_after = special_before && marks == end;
    for (uint64_t left = scan->specials; left != 0; left &= left - 1) {
        uint64_t below = (left & -left) - 1;
        uint32_t *mark = marks + bits_set(scan->ends & below);
        if (mark < end)
            *mark |= MARK_SPECIAL;
        else
            special_after = true;
    }
    return special_after;
}

/* Marks the buffer up to `end`. */
static void mark_window(struct fields *fields, size_t end)
{
    const char *buffer = fields->input->buffer;
    uint32_t *to = fields->marks + fields->count;
    bool special = fields->special;
    size_t known = 0;

    for (size_t at = fields->scanned; at < end; at += SCAN_WIDTH) {
        struct scan scan = scan_64(buffer + at);
        if (end - at < SCAN_WIDTH) {
            uint64_t inside = ((uint64_t)1 << (end - at)) - 1;
            scan.ends &= inside;
            scan.newlines &= inside;
            scan.specials &= inside;
        }
        uint32_t *first = to;
        for (uint64_t left = scan.ends; left != 0; left &= left - 1)
            *to++ = (uint32_t)at + first_bit(left) + 1;
        for (uint64_t left = scan.newlines; left != 0; left &= left - 1) {
            uint64_t below = (left & -left) - 1;
            fields->newlines[known++] =
                (uint32_t)(first - fields->marks) + bits_set(scan.ends & below);
        }
        if (scan.specials != 0 || special)
            special = flag_specials(first, to, &scan, special);
    }
    fields->count = (size_t)(to - fields->marks);
    fields->special = special;
    fields->scanned = end;
    fields->newline = 0;
    fields->known = known;
}

/* Marks the next window, reading more input if all there is has been marked. Returns false at the
 * end of the input, or if the buffer is full. */
static bool mark_more(struct fields *fields)
{
    struct input *input = fields->input;
    fields->count -= fields->first;
    memmove(fields->marks, fields->marks + fields->first, fields->count * sizeof *fields->marks);
    fields->first = 0;
    if (fields->scanned == input->end) {
        size_t start = input->start;
        bool more = input_more(input);
        uint32_t moved = (uint32_t)(start - input->start);
        fields->scanned -= moved;
        for (size_t i = 0; i < fields->count; i++)
            fields->marks[i] -= moved;
        if (!more)
            return false;
    }
    size_t left = input->end - fields->scanned;
    mark_window(fields, fields->scanned + (left < FIELDS_WINDOW ? left : FIELDS_WINDOW));
    return true;
}

/* Hands out the line that ends with mark `last`. */
static void set_line(struct fields *fields, struct line *line, size_t last, bool whole)
{
    struct input *input = fields->input;
    line->base = input->buffer;
    line->marks = fields->marks + fields->first;
    line->count = last - fields->first;
    line->text = input_bytes(input);
    line->length = (fields->marks[last] & MARK_PLACE) - 1 - input->start;
    line->number = ++input->line;
    line->whole = whole;
    fields->first = last;
    input_consume(input, line->length + whole);
}

enum line_status fields_next(struct fields *fields, struct line *line)
{
    struct input *input = fields->input;
    while (fields->newline == fields->known) {
        if (mark_more(fields))
            continue;
        if (input_unread(input) == 0)
            return LINE_NONE;
        if (!input->at_end) {
            line->number = ++input->line;
            return LINE_TOO_LONG;
        }
        /* The last line has no newline. What follows the buffer stands for one. */
        uint32_t flag = fields->special ? MARK_SPECIAL : 0;
        fields->special = false;
        fields->marks[fields->count++] = ((uint32_t)input->end + 1) | flag;
        set_line(fields, line, fields->count - 1, false);
        return LINE_READ;
    }
    set_line(fields, line, fields->newlines[fields->newline++], true);
    return LINE_READ;
}

const char *fields_long_piece(struct fields *fields, size_t *length)
{
    struct input *input = fields->input;
    bool more = input_unread(input) > 0 || input_more(input);
    const char *piece = input_bytes(input);
    const char *newline = more ? memchr(piece, '\n', input_unread(input)) : NULL;
    *length = newline ? (size_t)(newline - piece) : input_unread(input);
    input_consume(input, *length);
    if (*length > 0)
        return piece;

    /* The line is over: start again after its newline. */
    fields->cut = newline == NULL;
    input_consume(input, newline != NULL);
    fields->scanned = input->start;
    fields->marks[0] = (uint32_t)input->start;
    fields->first = 0;
    fields->count = 1;
    fields->special = false;
    fields->newline = fields->known = 0;
    return NULL;
}

void fields_close(struct fields *fields)
{
    free(fields->marks);
    free(fields->newlines);
    fields->marks = fields->newlines = NULL;
}
