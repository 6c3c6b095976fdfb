/* csv.c - the rows of a CSV file, by libcsv.
 *
 * What is hard is that a row can be several lines, so that only libcsv knows where the next one
 * begins, and that a rejected row must be kept as it came.
 */
#include "fec-parse/csv.h"
#include "base/cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define GROWTH ((size_t)64 * 1024) /* of libcsv's own buffer */
#define MOST_VALUES (INPUT_LONGEST_LINE + 2)

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

void csvfile_open(struct csvfile *csv, struct input *input)
{
    memset(csv, 0, sizeof *csv);
    csv->input = input;
    if (csv_init(&csv->parser, 0) != 0)
        die(EX_OSERR, "cannot start libcsv");
    csv_set_term_func(&csv->parser, ends_row);
    csv_set_space_func(&csv->parser, is_blank);
    csv_set_blk_size(&csv->parser, GROWTH);
    csv->values = cli_alloc(MOST_VALUES + FIELD_PADDING);
    csv->raw = cli_alloc(MOST_VALUES);
}

static _Noreturn void die_endless(const struct csvfile *csv, const char *what)
{
    die(EX_DATAERR, "%s: line %" PRIu64 ": %s", csv->input->name, csv->row_line, what);
}

/* What libcsv calls with each field. */
static void take_value(void *value, size_t length, void *context)
{
    struct csvfile *csv = context;
    if (csv->used + length + 1 > MOST_VALUES)
        die_endless(csv, "a row too long");
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

/* Hands a line of the file, with its newline, to libcsv. */
static void feed(struct csvfile *csv, const char *text, size_t length)
{
    if (csv->length + length > MOST_VALUES)
        die_endless(csv, "a row longer than 1 MiB; is a quote not closed?");
    memcpy(csv->raw + csv->length, text, length);
    csv->length += length;
    if (csv_parse(&csv->parser, text, length, take_value, end_row, csv) != length)
        die(EX_OSERR, "%s: line %" PRIu64 ": %s", csv->input->name, csv->input->line,
            csv_strerror(csv_error(&csv->parser)));
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

enum line_status csvfile_next(struct csvfile *csv, struct line *line)
{
    csv->used = csv->count = csv->length = 0;
    csv->marks[0] = 0;
    csv->row_ended = false;
    csv->row_line = csv->input->line + 1;
    while (!csv->row_ended) {
        size_t length;
        bool newline;
        const char *text = input_line(csv->input, &length, &newline);
        if (text == NULL) {
            if (csv->length == 0)
                return LINE_NONE;
            /* Strict only here: libcsv then tells of a quote that is open at the end, and would
             * otherwise refuse a quote inside of a field. */
            (void)csv_set_opts(&csv->parser, CSV_STRICT | CSV_STRICT_FINI);
            if (csv_fini(&csv->parser, take_value, end_row, csv) != 0)
                die_endless(csv, "a quote is opened in this row and never closed");
            break;
        }
        if (csv->input->line == 1 && length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
            text += 3;
            length -= 3;
        }
        feed(csv, text, length + newline);
        /* libcsv passes over a row of nothing in silence. */
        set_line(csv, line);
        if (csv->row_line == csv->input->line && line_is_blank(line))
            break;
    }
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
}
