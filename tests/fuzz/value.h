/* value.h - the canonical forms of man/fec-records.5, slow and plain, for reference.c. */
#ifndef FUZZ_VALUE_H
#define FUZZ_VALUE_H

#include "fuzz.h"

/* A text that grows; {0} at first, freed by free(text.at). */
struct text {
    char *at;
    size_t length;
};

void text_add(struct text *text, const char *bytes, size_t length);
void text_put(struct text *text, const char *string);

/* A text without control characters and blanks around it, in UTF-8; allocated. */
struct text plain_text(struct bytes bytes);

/* Whether a cleaned text is such a value. If it is, its form is appended. */
bool plain_number(const struct text *text, struct text *to);
bool plain_amount(const struct text *text, struct text *to, int64_t *cents);
bool plain_date(const struct text *text, struct text *to);

/* Appends a text with its escapes. */
void plain_escaped(const struct text *text, struct text *to);

#endif
