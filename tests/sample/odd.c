/* odd.c - the quirks of texts: what is filed, and what it means
 *
 * What is hard is to put them where they can be seen: not at an edge, where blanks are trimmed, and
 * not where another rule would hide them.
 */
#include "odd.h"

#include <ctype.h>
#include <string.h>

/* Writes `text` with `extra` put in before the byte `at`; returns the length. */
static size_t insert(char *to, const char *text, size_t length, size_t at, const char *extra)
{
    size_t more = strlen(extra);
    memcpy(to, text, at);
    memcpy(to + at, extra, more);
    memcpy(to + at + more, text + at, length - at);
    return length + more;
}

int odd_text(enum odd odd, const char *text, size_t length, char *filed, size_t *filed_length,
             char *meant, size_t *meant_length)
{
    size_t middle = length / 2;
    /* All but the middle of the surname can be a blank, and a blank at an edge would be trimmed. */
    size_t within = length < 3 ? length : 2;
    const char *as_filed = "", *as_meant = "";
    size_t at = within;

    switch (odd) {
    case ODD_QUOTES:
        as_filed = as_meant = " \"S\" ";
        at = middle;
        break;
    case ODD_BACKSLASH: {
        const char *comma = memchr(text, ',', length);
        at = comma != NULL ? (size_t)(comma - text) : middle;
        as_filed = as_meant = "\\";
        break;
    }
    case ODD_LATIN_1:
        as_filed = "\xe9";
        as_meant = "\xc3\xa9";
        break;
    case ODD_WINDOWS_1252:
        as_filed = "\x92";
        as_meant = "\xe2\x80\x99";
        break;
    case ODD_UTF_8:
        as_filed = as_meant = "\xc3\x91";
        break;
    case ODD_BACKSPACE:
        as_filed = "\b";
        break;
    case ODD_TAB:
        as_filed = as_meant = "\t";
        break;
    case ODD_BLANKS:
        *filed_length = insert(filed, text, length, 0, "  ");
        filed[(*filed_length)++] = ' ';
        *meant_length = insert(meant, text, length, 0, "");
        return 1;
    case ODD_LOWER_CASE:
        for (size_t i = 0; i < length; i++)
            filed[i] = meant[i] = (char)tolower((unsigned char)text[i]);
        *filed_length = *meant_length = length;
        return 1;
    default:
        return 0;
    }
    *filed_length = insert(filed, text, length, at, as_filed);
    *meant_length = insert(meant, text, length, at, as_meant);
    return 1;
}
