/* json.h - writes JSON as the API's server does: one object a line, texts in ASCII. */
#ifndef SAMPLE_JSON_H
#define SAMPLE_JSON_H

#include "base/output.h"

#include <stddef.h>

/* Writes UTF-8 as a text, in quotes. What is no ASCII is written as \uXXXX, by surrogates beyond 16
 * bits. At most JSON_TEXT bytes. */
#define JSON_TEXT ((size_t)4096)
void json_text(struct output *output, const char *text, size_t length);

/* The same, but null if there is no text. */
void json_text_or_null(struct output *output, const char *text, size_t length);

#endif
