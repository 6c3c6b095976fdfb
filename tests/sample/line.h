/* line.h - one line of a file as it is put together, with what its fields mean beside it.
 *
 * Each call adds a field: as it is filed, and, where the canonical values are wanted (for the
 * expected records, and to see whether a row has changed), as it must stand in the database. The
 * canonical value comes from whoever adds the field, never from reading the filed one.
 */
#ifndef SAMPLE_LINE_H
#define SAMPLE_LINE_H

#include "calendar.h"
#include "odd.h"
#include "records/file_types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_FIELDS 96
#define LINE_SIZE 4096
/* Enough for a record: each byte escaped, and the columns the file does not have. */
#define RECORD_SIZE (2 * LINE_SIZE + 256)

enum date_state { DATE_ABSENT, DATE_GOOD, DATE_EMPTY, DATE_IMPOSSIBLE };

/* How fields are separated and dates written: 01312025, 01/31/2025; in CSV 31-JAN-25, 01/31/2025,
 * 20250131. */
enum line_style { STYLE_PIPE, STYLE_SUMMARY, STYLE_CSV, STYLE_CSV_SUMMARY, STYLE_CSV_YMD };

/* How an amount is written: without needless zeros (250, 12.5), or with both decimals. */
enum amount_form { AMOUNT_SHORT, AMOUNT_FULL };

struct value {
    unsigned start, length; /* in line->canonical; length 0 is NULL */
};

struct line {
    char filed[LINE_SIZE];
    size_t length;
    char canonical[LINE_SIZE];
    size_t canonical_length;
    struct value values[LINE_FIELDS];
    struct value as_filed[LINE_FIELDS]; /* of an invalid date */
    int fields;
    enum line_style style;
    bool wants_canonical;
    bool quotes_all;      /* in CSV: quote texts that do not need it, too */
    int64_t cents;        /* the first amount of the line */
    bool has_amount;      /* there was one */
    enum date_state date; /* of the first date */
    int64_t committee;    /* number of the committee the line is of, -1 if of none */
};

/* Empties the line. `style`, `wants_canonical` stay. */
void line_start(struct line *line);

void line_text(struct line *line, const char *text, size_t length);
void line_string(struct line *line, const char *text);
void line_empty(struct line *line);

/* A text with the quirk `odd`, or without it if that is not one for texts. */
void line_odd_text(struct line *line, enum odd odd, const char *text, size_t length);

/* A text of which the filed and the meant form differ. */
void line_two_texts(struct line *line, const char *filed, size_t filed_length, const char *meant,
                    size_t meant_length);

/* A whole number, with `zeros` zeros before it. */
void line_number(struct line *line, uint64_t number, int zeros);

void line_amount(struct line *line, int64_t cents, enum amount_form form);

/* A date, a day of the calendar; with one of the date quirks it is what that says. */
void line_date(struct line *line, enum odd odd, int day);

/* Ends the line with a newline. */
void line_end(struct line *line);

/* Writes the record that the line must become, with its newline, to `to` (RECORD_SIZE bytes).
 * Returns its length. */
size_t line_record(const struct line *line, const struct file_type *type, int cycle, char *to);

/* Writes the header line of such records. */
size_t line_header(const struct file_type *type, char *to);

#endif
