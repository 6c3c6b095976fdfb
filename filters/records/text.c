/* text.c - the canonical form of a text.
 *
 * What is hard is that the bytes of one text can be of two encodings: valid UTF-8 stays, and every
 * byte that is not part of it is read as Windows-1252.
 */
#include "records/text.h"

#include <stdint.h>
#include <string.h>

/* What the bytes 0x80 to 0x9f are in Windows-1252 (Unicode's table CP1252.TXT). The five that it
 * leaves undefined become the C1 control of the same number, and so are dropped. From 0xa0 on a
 * byte is its own code point. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

/* The length of the valid UTF-8 sequence of two to four bytes that begins at `s`, 0 if none does:
 * RFC 3629, section 4, which has no overlong forms, no surrogates, nothing beyond U+10FFFF. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
    unsigned char least = 0x80, most = 0xbf; /* of the second byte */
    size_t length;
    if (s[0] >= 0xc2 && s[0] <= 0xdf)
        length = 2;
    else if (s[0] >= 0xe0 && s[0] <= 0xef)
        length = 3;
    else if (s[0] >= 0xf0 && s[0] <= 0xf4)
        length = 4;
    else
        return 0;
    if (s[0] == 0xe0)
        least = 0xa0;
    else if (s[0] == 0xed)
        most = 0x9f;
    else if (s[0] == 0xf0)
        least = 0x90;
    else if (s[0] == 0xf4)
        most = 0x8f;
    if (left < length || s[1] < least || s[1] > most)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (s[i] < 0x80 || s[i] > 0xbf)
            return 0;
    return length;
}

/* Writes a code point from U+0080 to U+FFFF. */
static char *put_utf8(char *to, unsigned point)
{
    if (point < 0x800) {
        *to++ = (char)(0xc0 | point >> 6);
    } else {
        *to++ = (char)(0xe0 | point >> 12);
        *to++ = (char)(0x80 | (point >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (point & 0x3f));
    return to;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct span text_clean(struct span span, char *to, struct text_faults *faults)
{
    const unsigned char *s = (const unsigned char *)span.text;
    char *start = to;
    for (size_t i = 0; i < span.length;) {
        unsigned char c = s[i];
        if (c < 0x80) {
            i++;
            if ((c >= 0x20 && c != 0x7f) || is_blank((char)c))
                *to++ = (char)c;
            else
                faults->control = true;
            continue;
        }
        size_t length = utf8_length(s + i, span.length - i);
        unsigned point = c; /* only looked at where it is below U+00A0 */
        if (length == 0) {
            faults->recoded = true;
            if (c < 0xa0)
                point = windows_1252[c - 0x80];
        } else if (length == 2 && c == 0xc2) {
            point = s[i + 1];
        }
        if (point >= 0x80 && point < 0xa0)
            faults->control = true;
        else if (length == 0)
            to = put_utf8(to, point);
        else
            for (size_t j = 0; j < length; j++)
                *to++ = (char)s[i + j];
        i += length ? length : 1;
    }
    while (start < to && is_blank(*start))
        start++;
    while (start < to && is_blank(to[-1]))
        to--;
    return (struct span){start, (size_t)(to - start)};
}

char *text_escape(struct span span, char *to)
{
    for (size_t i = 0; i < span.length; i++) {
        char c = span.text[i];
        char letter = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\\' ? '\\' : '\0';
        if (letter != '\0') {
            *to++ = '\\';
            c = letter;
        }
        *to++ = c;
    }
    return to;
}
