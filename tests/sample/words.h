/* words.h - the made-up words of the sample: names of people, firms, towns, streets, committees.
 *
 * They are put together from syllables, so that they look like words and belong to nobody. The
 * trades and the kinds of firm are ordinary English.
 */
#ifndef SAMPLE_WORDS_H
#define SAMPLE_WORDS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SURNAMES 4096
#define GIVEN_NAMES 512
#define EMPLOYERS 4096
#define TOWNS 4096
#define STREETS 512
/* Firms are the employers and, beyond these, each surname with each kind of firm. */
#define FIRM_KINDS 32
#define FIRMS (EMPLOYERS + SURNAMES * FIRM_KINDS)
#define STATES 51

/* A word of at most WORD_SIZE bytes. */
#define WORD_SIZE 39
struct word {
    unsigned char length;
    char text[WORD_SIZE];
};

struct town {
    struct word name;
    char state[2];
    char zip[3]; /* the first three digits of its ZIP codes */
};

extern struct word surnames[SURNAMES], given_names[GIVEN_NAMES], employers[EMPLOYERS],
    streets[STREETS];
extern struct town towns[TOWNS];
extern const char states[STATES][3];

/* Makes the words; they are the same for every seed. */
void words_start(void);

/* Writes a word at `to`, where WORD_SIZE bytes must be free; returns the end of it. */
static inline char *put_word(char *to, const struct word *word)
{
    memcpy(to, word->text, WORD_SIZE);
    return to + word->length;
}

static inline char *put_bytes(char *to, const char *bytes, size_t length)
{
    memcpy(to, bytes, length);
    return to + length;
}

static inline char *put_text(char *to, const char *text)
{
    return put_bytes(to, text, strlen(text));
}

/* Writes a number in decimal, with leading zeros to at least `width` digits (at most 20). */
char *put_number(char *to, uint64_t number, int width);

/* What follows takes mixed bits and writes what they stand for, always the same for the same bits;
 * 100 bytes are enough for each. */
char *put_person(char *to, uint64_t bits); /* SURNAME, GIVEN, often with an initial or a title */
char *put_street(char *to, uint64_t bits); /* 1234 STREET */
char *put_zip(char *to, uint64_t bits, const struct town *town); /* 5 digits, or 9 for 62 % */

/* An occupation: one of the usual ones, or one of thousands that are made of these. */
char *put_trade(char *to, uint64_t bits);

/* The name of a firm, by its number below FIRMS. */
char *put_firm(char *to, unsigned firm);

/* The name of the committee that has this number. */
char *put_committee(char *to, uint64_t seed, uint64_t committee);

/* The number of a town or a firm for mixed bits: some are large and come often, and as many rows
 * are of the many small ones. */
unsigned town_number(uint64_t bits);
unsigned firm_number(uint64_t bits);

/* The town for mixed bits. */
const struct town *town_of(uint64_t bits);

#endif
