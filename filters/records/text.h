/* text.h - the canonical form of a text: UTF-8, without control characters, without blanks around.
 */
#ifndef RECORDS_TEXT_H
#define RECORDS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* No text grows more than this when it is cleaned (a byte of Windows-1252 becomes three of UTF-8)
 * or escaped (two). Cleaned and then escaped it still is at most three times as long, for what is
 * escaped is ASCII. */
#define TEXT_GROWTH 3

struct span {
    const char *text;
    size_t length;
};

/* What was wrong with a text; text_clean only ever sets these. */
struct text_faults {
    bool recoded; /* bytes that were no UTF-8, read as Windows-1252 */
    bool control; /* control characters, dropped */
};

/* Spaces around go; for texts that hold no other blank. */
static inline struct span text_trim_spaces(struct span span)
{
    while (span.length > 0 && span.text[0] == ' ') {
        span.text++;
        span.length--;
    }
    while (span.length > 0 && span.text[span.length - 1] == ' ')
        span.length--;
    return span;
}

/* Cleans `span` into `to`, which has room for TEXT_GROWTH times as many bytes. Bytes that are not
 * part of a valid UTF-8 sequence are read as Windows-1252; control characters go, but for tab,
 * newline and carriage return; then blanks go at both ends. Returns what is left, which lies in
 * `to`. */
struct span text_clean(struct span span, char *to, struct text_faults *faults);

/* Writes `span` as a record's field has it (COPY text format: \t \n \r \\), at most twice as long,
 * and returns the end. Any byte may be in it. */
char *text_escape(struct span span, char *to);

#endif
