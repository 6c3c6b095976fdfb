/* csv.h - the rows of a CSV file, by libcsv, as lines of fields like those of a bulk file.
 *
 * A row ends at a newline outside of quotes, so it is one line of the file or several. Quotes
 * inside of a field that has none around it are data.
 *
 * A line in which a quote is opened by mistake is stray: it is handed out alone, and the lines
 * after it are read as if it had not been there.
 */
#ifndef FEC_PARSE_CSV_H
#define FEC_PARSE_CSV_H

#include "records/columns.h"
#include "fec-parse/fields.h"
#include "base/input.h"

#include <csv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csvfile {
    struct input *input;
    struct csv_parser parser;
    char *values;        /* the fields of the row, without quotes, a byte after each of them */
    size_t used;         /* of that */
    char *raw;           /* the row as it came */
    size_t length;       /* of that */
    size_t first_length; /* of its first line */
    char *again;         /* lines that are read again, */
    size_t again_at, again_length; /* from here to here */
    size_t fields;                 /* that a row must have; 0 while that is not known */
    uint64_t line;                 /* number of the line last read */
    uint32_t marks[MOST_COLUMNS + 2];
    size_t count;      /* fields of the row; marks are of the first MOST_COLUMNS + 1 of them */
    uint64_t row_line; /* number of the line on which the row began */
    bool row_ended;
};

/* Reads from `input`, of which nothing has been consumed; a byte order mark at its beginning is
 * skipped. */
void csvfile_open(struct csvfile *csv, struct input *input);

/* The next row: LINE_READ, LINE_STRAY or LINE_NONE. Its number is that of its first line. A row of
 * more than MOST_COLUMNS + 1 fields has marks only for that many. All fields are flagged special.
 *
 * LINE_STRAY is a line in which a quote is opened that is not closed, or only so that the row has
 * other than csv->fields fields, more than 1,000 lines or INPUT_LONGEST_LINE bytes, or a line that
 * is a row by itself. It has no marks that mean something. While csv->fields is 0 such a row ends
 * the program with EX_DATAERR, if the quote is never closed. */
enum line_status csvfile_next(struct csvfile *csv, struct line *line);

void csvfile_close(struct csvfile *csv);

#endif
