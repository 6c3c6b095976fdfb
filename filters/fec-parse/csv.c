/* csv.c - the rows of a CSV file, by libcsv.
 *
 * What is hard is that a row can be several lines, so that only libcsv knows where the next one
 * begins, and that a rejected row must be kept as it came. And one quote too many at the beginning
 * of a field makes one row of all lines up to the next quote. So a row of several lines is not
 * believed if it has another number of fields than a row must have, or if one of its lines is a
 * whole row by itself. Its first line is then handed out as stray, and the others are read again.
 */
#include "fec-parse/csv.h"
#include "base/cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define GROWTH ((size_t)64 * 1024) /* of libcsv's own buffer */
#define MOST_VALUES (INPUT_LONGEST_LINE + 2)
#define MOST_LINES 1000 /* of a row; what is longer is stray, and reading again stays cheap */
#define SEPARATOR ','

/* Only a newline ends a row; a carriage return before it is a blank like others, and one inside of
 * a field is data. So a row is always made of whole lines. */
static int ends_row(unsigned char c)
{
    return c == '\n';
}

static int is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void start_parser(struct csvfile *csv)
{
    if (csv_init(&csv->parser, 0) != 0)
        die(EX_OSERR, "cannot start libcsv");
    csv_set_term_func(&csv->parser, ends_row);
    csv_set_space_func(&csv->parser, is_blank);
    csv_set_blk_size(&csv->parser, GROWTH);
}

void csvfile_open(struct csvfile *csv, struct input *input)
{
    memset(csv, 0, sizeof *csv);
    csv->input = input;
    start_parser(csv);
    csv->values = cli_alloc(MOST_VALUES + FIELD_PADDING);
    /* A row, and the line that made it too long. */
    csv->raw = cli_alloc(2 * MOST_VALUES);
    csv->again = cli_alloc(2 * MOST_VALUES);
}

/* The next line, as input_line has it; first those that are to be read again. */
static const char *next_text(struct csvfile *csv, size_t *length, bool *newline)
{
    const char *text = csv->again + csv->again_at;
    size_t left = csv->again_length - csv->again_at;
    if (left == 0) {
        text = input_line(csv->input, length, newline);
        csv->line += text != NULL;
        return text;
    }
    const char *end = memchr(text, '\n', left);
    *newline = end != NULL;
    *length = end != NULL ? (size_t)(end - text) : left;
    csv->again_at += *length + *newline;
    csv->line++;
    return text;
}

/* What libcsv calls with each field. */
static void take_value(void *value, size_t length, void *context)
{
    struct csvfile *csv = context;
    if (csv->used + length + 1 > MOST_VALUES)
        die(EX_SOFTWARE, "libcsv makes more of a row than it had");
    if (length > 0)
        memcpy(csv->values + csv->used, value, length);
    csv->used += length + 1;
    csv->count++;
    if (csv->count <= MOST_COLUMNS + 1)
        csv->marks[csv->count] = (uint32_t)csv->used | MARK_SPECIAL;
}

/* What libcsv calls at the end of each row. */
static void end_row(int terminator, void *context)
{
    struct csvfile *csv = context;
    (void)terminator;
    csv->row_ended = true;
}

static void keep(struct csvfile *csv, const char *text, size_t length)
{
    memcpy(csv->raw + csv->length, text, length);
    csv->length += length;
}

/* Hands a line of the file, with its newline, to libcsv. */
static void feed(struct csvfile *csv, const char *text, size_t length)
{
    keep(csv, text, length);
    if (csv_parse(&csv->parser, text, length, take_value, end_row, csv) != length)
        die(EX_OSERR, "%s: line %" PRIu64 ": %s", csv->input->name, csv->line,
            csv_strerror(csv_error(&csv->parser)));
}

/* Ends a row that no newline ends. Returns false if a quote is open in it. */
static bool finish(struct csvfile *csv)
{
    /* Strict only here: libcsv then tells of a quote that is open at the end, and would otherwise
     * refuse a quote inside of a field. */
    (void)csv_set_opts(&csv->parser, CSV_STRICT | CSV_STRICT_FINI);
    bool good = csv_fini(&csv->parser, take_value, end_row, csv) == 0;
    csv_free(&csv->parser);
    start_parser(csv);
    return good;
}

/* How many fields a line has by itself; *open says whether a quote is open at its end. */
static size_t fields_of(const char *text, size_t length, bool *open)
{
    size_t fields = 1;
    bool quoted = false, at_start = true;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"' && at_start) {
            quoted = true;
        } else if (text[i] == '"' && quoted && i + 1 < length && text[i + 1] == '"') {
            i++;
        } else if (text[i] == '"' && quoted) {
            /* It ends the field if nothing but blanks follows it there. */
            size_t next = i + 1;
            while (next < length && is_blank((unsigned char)text[next]))
                next++;
            quoted = next < length && text[next] != SEPARATOR && text[next] != '\n';
        } else if (text[i] == '\n' && !quoted) {
            break;
        } else if (text[i] == SEPARATOR && !quoted) {
            fields++;
            at_start = true;
            continue;
        }
        at_start = at_start && is_blank((unsigned char)text[i]);
    }
    *open = quoted;
    return fields;
}

/* Whether a line of the row after its first one is a whole row by itself. Of a row whose first
 * field is the one of several lines, the last line has all fields in any case. */
static bool swallows_a_row(const struct csvfile *csv)
{
    const char *text = csv->raw + csv->first_length, *end = csv->raw + csv->length;
    bool open;
    bool in_first_field = fields_of(csv->raw, csv->first_length, &open) == 1;
    /* The row after a stray line can be of several lines itself. */
    if (!in_first_field && fields_of(text, (size_t)(end - text), &open) == csv->fields && !open)
        return true;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((newline ? newline : end) - text);
        bool is_last = text + length + 1 >= end;
        /* The end of a first field has no quote before it. */
        bool begins = length > 1 && text[0] == '"' && text[1] != '"';
        if (fields_of(text, length, &open) == csv->fields && !open &&
            !(is_last && in_first_field && !begins))
            return true;
        text += length + 1;
    }
    return false;
}

static void set_line(const struct csvfile *csv, struct line *line)
{
    line->base = csv->values;
    line->marks = csv->marks;
    line->count = csv->count;
    line->text = csv->raw;
    line->whole = csv->length > 0 && csv->raw[csv->length - 1] == '\n';
    line->length = csv->length - line->whole;
    line->number = csv->row_line;
}

/* Hands out the first line of the row alone, and has the others read again. */
static enum line_status give_stray(struct csvfile *csv, struct line *line)
{
    const char *rest = csv->raw + csv->first_length;
    size_t length = csv->length - csv->first_length;
    if (csv->again_at < csv->again_length) {
        csv->again_at -= length;
    } else {
        memcpy(csv->again, rest, length);
        csv->again_at = 0;
        csv->again_length = length;
    }
    csv->line = csv->row_line;
    csv->length = csv->first_length;
    set_line(csv, line);
    return LINE_STRAY;
}

/* Reads lines up to the end of a row. Returns false if it has no end that can be believed. */
static bool read_row(struct csvfile *csv, struct line *line)
{
    while (!csv->row_ended) {
        size_t length;
        bool newline;
        const char *text = next_text(csv, &length, &newline);
        if (text == NULL)
            return csv->length == 0 || finish(csv);
        if (csv->line == 1 && length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
            text += 3;
            length -= 3;
        }
        if (csv->length + length + newline > MOST_VALUES ||
            csv->line - csv->row_line >= MOST_LINES) {
            keep(csv, text, length + newline);
            (void)finish(csv);
            return false;
        }
        feed(csv, text, length + newline);
        if (csv->first_length == 0)
            csv->first_length = csv->length;
        /* libcsv passes over a row of nothing in silence. */
        set_line(csv, line);
        if (csv->row_line == csv->line && line_is_blank(line))
            return true;
    }
    return true;
}

enum line_status csvfile_next(struct csvfile *csv, struct line *line)
{
    csv->used = csv->count = csv->length = csv->first_length = 0;
    csv->marks[0] = 0;
    csv->row_ended = false;
    csv->row_line = csv->line + 1;
    bool ended = read_row(csv, line);
    if (csv->length == 0)
        return LINE_NONE;
    if (!ended && csv->fields == 0)
        die(EX_DATAERR, "%s: line %" PRIu64 ": a quote is opened in this row and never closed",
            csv->input->name, csv->row_line);
    bool several = csv->length > csv->first_length;
    if (!ended ||
        (several && csv->fields > 0 && (csv->count != csv->fields || swallows_a_row(csv))))
        return give_stray(csv, line);
    if (csv->count == 0)
        take_value(NULL, 0, csv);
    set_line(csv, line);
    return LINE_READ;
}

void csvfile_close(struct csvfile *csv)
{
    csv_free(&csv->parser);
    free(csv->values);
    free(csv->raw);
    free(csv->again);
}
