/* odd.h - the quirks of the FEC's files, each of which has broken somebody's loader. */
#ifndef SAMPLE_ODD_H
#define SAMPLE_ODD_H

#include <stddef.h>
#include <stdint.h>

/* A row has at most one of these. */
enum odd {
    ODD_NONE,
    ODD_QUOTES,        /* JERRY "S" CARROLL, in the name, as are the next eight */
    ODD_BACKSLASH,     /* SOLOMO\, DEANDRE */
    ODD_LATIN_1,       /* the byte 0xE9 */
    ODD_WINDOWS_1252,  /* the byte 0x92 */
    ODD_UTF_8,         /* two bytes that are valid UTF-8 */
    ODD_BACKSPACE,     /* the control character */
    ODD_TAB,           /* a tab within the name */
    ODD_BLANKS,        /* blanks around the name */
    ODD_LOWER_CASE,    /* the name in small letters */
    ODD_LEADING_QUOTE, /* "NOT EMPLOYED, with no second quote */
    ODD_ONLY_BLANKS,   /* a text that is nothing but blanks */
    ODD_SHORT_DATE,    /* 3312025 */
    ODD_NO_DATE,       /* empty */
    ODD_FEBRUARY_30,   /* 02302025, a day that does not exist */
    ODD_ZERO_DATE,     /* 00000000 */
    ODD_MONTH_13,      /* 13452025 */
    ODD_NEGATIVE,      /* an amount below zero */
    ODD_CENTS,         /* an amount with cents, where most have none */
    ODD_LEADING_ZEROS, /* a number with zeros before it */
    ODD_LARGE_KEY,     /* a SUB_ID near the largest signed 64-bit integer */
    ODD_REPEAT,        /* the line comes twice */
    ODD_CONFLICT,      /* the key comes twice, with another content first */
    ODD_COUNT
};

#define ODD_BIT(odd) ((uint64_t)1 << (odd))

/* Sets of them, for the datasets to say which they can have. */
#define ODDS_TEXT                                                                                  \
    (ODD_BIT(ODD_QUOTES) | ODD_BIT(ODD_BACKSLASH) | ODD_BIT(ODD_LATIN_1) |                         \
     ODD_BIT(ODD_WINDOWS_1252) | ODD_BIT(ODD_UTF_8) | ODD_BIT(ODD_BACKSPACE) | ODD_BIT(ODD_TAB) |  \
     ODD_BIT(ODD_BLANKS) | ODD_BIT(ODD_LOWER_CASE))
#define ODDS_DATE                                                                                  \
    (ODD_BIT(ODD_NO_DATE) | ODD_BIT(ODD_FEBRUARY_30) | ODD_BIT(ODD_ZERO_DATE) |                    \
     ODD_BIT(ODD_MONTH_13))
#define ODDS_TRANSACTION                                                                           \
    (ODDS_TEXT | ODDS_DATE | ODD_BIT(ODD_LEADING_QUOTE) | ODD_BIT(ODD_ONLY_BLANKS) |               \
     ODD_BIT(ODD_SHORT_DATE) | ODD_BIT(ODD_NEGATIVE) | ODD_BIT(ODD_CENTS) |                        \
     ODD_BIT(ODD_LEADING_ZEROS) | ODD_BIT(ODD_LARGE_KEY) | ODD_BIT(ODD_REPEAT))

/* Makes a quirk of ODDS_TEXT of a plain text: what is filed goes to `filed`, what it means (UTF-8)
 * to `meant`, each with room for length + 8 bytes. Returns false, and writes nothing, if `odd` is
 * none of them. */
int odd_text(enum odd odd, const char *text, size_t length, char *filed, size_t *filed_length,
             char *meant, size_t *meant_length);

#endif
