/* value.c - the canonical forms of man/fec-records.5, slow and plain: byte by byte, with scanf. */
#include "value.h"
#include "check.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_add(struct text *text, const char *bytes, size_t length)
{
    text->at = realloc(text->at, text->length + length + 1);
    if (length > 0)
        memcpy(text->at + text->length, bytes, length);
    text->length += length;
    text->at[text->length] = '\0';
}

void text_put(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

/* Windows-1252, 0x80 to 0x9f, as UTF-8; "" is undefined. */
static const char *const windows[] = {
    "€", "",  "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "", "Ž", "",
    "",  "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "", "ž", "Ÿ",
};

struct text plain_text(struct bytes bytes)
{
    struct text text = {0}, trimmed = {0};
    text_put(&text, "");
    for (size_t i = 0; i < bytes.length;) {
        const unsigned char *c = (const unsigned char *)bytes.at + i;
        size_t length = check_utf8(c, bytes.length - i);
        char latin[3] = {(char)(0xc0 | *c >> 6), (char)(0x80 | (*c & 0x3f)), '\0'};
        bool is_control = (*c < 0x20 && strchr("\t\n\r", *c) == NULL) || *c == 0 || *c == 0x7f ||
                          (length == 2 && c[0] == 0xc2 && c[1] < 0xa0);
        if (length == 0)
            text_put(&text, *c < 0xa0 ? windows[*c - 0x80] : latin);
        else if (!is_control)
            text_add(&text, (const char *)c, length);
        i += length == 0 ? 1 : length;
    }
    size_t start = 0, end = text.length;
    while (start < end && strchr(" \t\n\r", text.at[start]) != NULL)
        start++;
    while (end > start && strchr(" \t\n\r", text.at[end - 1]) != NULL)
        end--;
    text_add(&trimmed, text.at + start, end - start);
    free(text.at);
    return trimmed;
}

void plain_escaped(const struct text *text, struct text *to)
{
    for (size_t i = 0; i < text->length; i++) {
        char c = text->at[i];
        if (c == '\t')
            text_put(to, "\\t");
        else if (c == '\n')
            text_put(to, "\\n");
        else if (c == '\r')
            text_put(to, "\\r");
        else if (c == '\\')
            text_put(to, "\\\\");
        else
            text_add(to, &c, 1);
    }
}

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

/* A cleaned text has no NUL in it, so it is a string. */
bool plain_number(const struct text *text, struct text *to)
{
    const char *number = text->at;
    bool negative = *number == '-';
    number += negative;
    if (digits_at(number) == 0 || digits_at(number) != strlen(number))
        return false;
    while (number[0] == '0' && number[1] != '\0')
        number++;
    const char *most = negative ? "9223372036854775808" : "9223372036854775807";
    if (strlen(number) > 19 || (strlen(number) == 19 && strcmp(number, most) > 0))
        return false;
    if (negative && strcmp(number, "0") != 0)
        text_put(to, "-");
    text_put(to, number);
    return true;
}

bool plain_amount(const struct text *text, struct text *to, int64_t *cents)
{
    const char *c = text->at;
    char sign = *c == '-' ? '-' : '+', form[40];
    c += *c == '-' || *c == '+';
    size_t whole = digits_at(c), decimals = c[whole] == '.' ? digits_at(c + whole + 1) : 0;
    if (whole + decimals == 0 || c[whole + (c[whole] == '.') + decimals] != '\0')
        return false;
    const char *decimal = c + whole + (c[whole] == '.');
    for (size_t i = 2; i < decimals; i++)
        if (decimal[i] != '0')
            return false;
    while (whole > 0 && *c == '0') {
        c++;
        whole--;
    }
    if (whole > 12)
        return false;
    *cents = 0;
    for (size_t i = 0; i < whole; i++)
        *cents = *cents * 10 + (c[i] - '0');
    for (size_t i = 0; i < 2; i++)
        *cents = *cents * 10 + (i < decimals ? decimal[i] - '0' : 0);
    bool negative = sign == '-' && *cents != 0;
    snprintf(form, sizeof form, "%s%" PRId64 ".%02" PRId64, negative ? "-" : "", *cents / 100,
             *cents % 100);
    *cents = negative ? -*cents : *cents;
    text_put(to, form);
    return true;
}

/* Whether the text has this shape: '9' is a digit, 'A' a letter, anything else itself. */
static bool has_shape(const char *text, const char *shape)
{
    for (; *shape != '\0'; shape++, text++)
        if (*shape == '9'   ? !isdigit((unsigned char)*text)
            : *shape == 'A' ? !isalpha((unsigned char)*text)
                            : *shape != *text)
            return false;
    return *text == '\0';
}

/* The number of a month by its name; 0 if it has none. */
static int month_of(const char *name)
{
    static const char *const names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                        "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    for (int i = 0; i < 12; i++)
        if (toupper((unsigned char)name[0]) == names[i][0] &&
            toupper((unsigned char)name[1]) == names[i][1] &&
            toupper((unsigned char)name[2]) == names[i][2])
            return i + 1;
    return 0;
}

static bool take_date(const char *text, int *year, int *month, int *day)
{
    static const char *const slashed[] = {"99/99/9999", "9/99/9999", "99/9/9999", "9/9/9999"};
    static const char *const named[] = {"99-AAA-9999", "9-AAA-9999", "99-AAA-99", "9-AAA-99"};
    char name[4];
    if (has_shape(text, "99999999"))
        return sscanf(text, "%2d%2d%4d", month, day, year) == 3;
    if (has_shape(text, "9999999"))
        return sscanf(text, "%1d%2d%4d", month, day, year) == 3;
    if (has_shape(text, "9999-99-99") || has_shape(text, "9999-99-99T00:00:00"))
        return sscanf(text, "%4d-%2d-%2d", year, month, day) == 3;
    for (int i = 0; i < 4; i++)
        if (has_shape(text, slashed[i]))
            return sscanf(text, "%d/%d/%d", month, day, year) == 3;
    for (int i = 0; i < 4; i++)
        if (has_shape(text, named[i])) {
            if (sscanf(text, "%d-%3[A-Za-z]-%d", day, name, year) != 3)
                return false;
            *month = month_of(name);
            if (i >= 2)
                *year += *year < 70 ? 2000 : 1900;
            return true;
        }
    return false;
}

bool plain_date(const struct text *text, struct text *to)
{
    int year, month, day, days = 31;
    char form[40];
    if (!take_date(text->at, &year, &month, &day))
        return false;
    if (month == 4 || month == 6 || month == 9 || month == 11)
        days = 30;
    if (month == 2)
        days = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days)
        return false;
    snprintf(form, sizeof form, "%04d-%02d-%02d", year, month, day);
    text_put(to, form);
    return true;
}
