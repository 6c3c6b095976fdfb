/* strbuf.c - texts whose length is not known beforehand: they grow by doubling, so that adding byte
 * after byte stays cheap. */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for `more` bytes and the NUL. */
static void make_room(struct strbuf *buffer, size_t more)
{
    if (buffer->size - buffer->length > more)
        return;
    buffer->size = 2 * (buffer->length + more) + 64;
    buffer->text = cli_realloc(buffer->text, buffer->size);
}

void strbuf_add_bytes(struct strbuf *buffer, const void *bytes, size_t length)
{
    make_room(buffer, length);
    if (length > 0)
        memcpy(buffer->text + buffer->length, bytes, length);
    buffer->length += length;
    buffer->text[buffer->length] = '\0';
}

void strbuf_add(struct strbuf *buffer, const char *text)
{
    strbuf_add_bytes(buffer, text, strlen(text));
}

static void format_list(struct strbuf *buffer, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        die(EX_SOFTWARE, "cannot format a text");
    make_room(buffer, (size_t)length);
    vsnprintf(buffer->text + buffer->length, (size_t)length + 1, format, arguments);
    buffer->length += (size_t)length;
}

void strbuf_format(struct strbuf *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_list(buffer, format, arguments);
    va_end(arguments);
}

char *string_copy(const char *text)
{
    struct strbuf buffer = {0};
    strbuf_add(&buffer, text);
    return buffer.text;
}

char *string_format(const char *format, ...)
{
    struct strbuf buffer = {0};
    va_list arguments;
    va_start(arguments, format);
    format_list(&buffer, format, arguments);
    va_end(arguments);
    return buffer.text;
}
