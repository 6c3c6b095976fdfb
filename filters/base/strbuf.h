/* strbuf.h - texts whose length is not known beforehand.
 *
 * A struct strbuf starts as {0}, grows with what is added to it, and is freed by its owner with
 * free(buffer.text). Its text always ends with a NUL, which `length` does not count; only before
 * the first addition is it NULL.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/cli.h"

#include <stddef.h>

struct strbuf {
    char *text;
    size_t length, size;
};

void strbuf_add(struct strbuf *buffer, const char *text);

/* The same for bytes, which can be anything, NUL too. */
void strbuf_add_bytes(struct strbuf *buffer, const void *bytes, size_t length);

/* printf at the end of the text. */
void strbuf_format(struct strbuf *buffer, const char *format, ...) CLI_PRINTF(2, 3);

/* A copy of the text, allocated. */
char *string_copy(const char *text);

/* printf into an allocated text. */
char *string_format(const char *format, ...) CLI_PRINTF(1, 2);

#endif
