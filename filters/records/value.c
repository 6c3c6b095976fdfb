/* value.c - the canonical forms of numbers, amounts and dates.
 *
 * Nearly every value in the FEC's files has one shape: a number of up to 19 digits, an amount of
 * whole dollars, a date of eight digits. Those are taken eight bytes at a time; all else goes the
 * slow way, byte by byte.
 */
#include "records/value.h"
#include "records/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_DOLLARS 12 /* digits, numeric(14,2) */
#define LONGEST_NUMBER 19

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether all eight bytes are digits, 0x30 to 0x39: their high halves are 3, and stay so when 6 is
 * added. */
static inline bool eight_digits(uint64_t bytes)
{
    const uint64_t high_halves = 0xf0 * EACH_BYTE, threes = 0x30 * EACH_BYTE;
    return (((bytes & high_halves) ^ threes) |
            (((bytes + 0x06 * EACH_BYTE) & high_halves) ^ threes)) == 0;
}

/* The one to eight bytes at `text` as the last of eight, with zeros before them. */
static inline uint64_t padded_digits(const char *text, size_t length)
{
    unsigned missing = 8 * (8 - (unsigned)length);
    uint64_t bytes = eight_bytes(text);
    return missing == 0 ? bytes : bytes << missing | (0x30 * EACH_BYTE) >> (64 - missing);
}

/* What eight digits are as pairs: bytes 0, 2, 4 and 6 of the result, each 0 to 99. */
static inline uint64_t digit_pairs(uint64_t bytes)
{
    bytes &= 0x0f * EACH_BYTE;
    return (bytes * 10 + (bytes >> 8)) & 0x00ff00ff00ff00ff;
}

/* What eight digits are as a number: pairs to fours to eight. */
static inline uint32_t digits_number(uint64_t bytes)
{
    bytes = digit_pairs(bytes);
    bytes = (bytes * 100 + (bytes >> 16)) & 0x0000ffff0000ffff;
    return (uint32_t)(bytes * 10000 + (bytes >> 32));
}

static bool all_digits(const char *text, size_t length)
{
    while (length > 8) {
        if (!eight_digits(eight_bytes(text)))
            return false;
        text += 8;
        length -= 8;
    }
    return length == 0 || eight_digits(padded_digits(text, length));
}

char *value_number(struct span span, char *to)
{
    bool negative = span.text[0] == '-';
    if (negative) {
        span.text++;
        span.length--;
    }
    if (span.length == 0 || !all_digits(span.text, span.length))
        return NULL;
    while (span.length > 1 && span.text[0] == '0') {
        span.text++;
        span.length--;
    }
    const char *greatest = negative ? "9223372036854775808" : "9223372036854775807";
    if (span.length > LONGEST_NUMBER || (span.length == LONGEST_NUMBER && span.text[0] == '9' &&
                                         memcmp(span.text, greatest, LONGEST_NUMBER) > 0))
        return NULL;
    if (negative && span.text[0] != '0')
        *to++ = '-';
    memcpy(to, span.text, span.length);
    return to + span.length;
}

/* Any amount; value_amount has taken the usual ones. */
static char *any_amount(const char *text, const char *end, char *to, int64_t *cents)
{
    bool negative = *text == '-';
    if (negative || *text == '+')
        text++;
    const char *point = memchr(text, '.', (size_t)(end - text));
    const char *dollars_end = point ? point : end;
    const char *decimals = point ? point + 1 : end;
    if (dollars_end == text && decimals == end)
        return NULL;
    while (text < dollars_end && *text == '0')
        text++;
    if (dollars_end - text > LONGEST_DOLLARS)
        return NULL;

    char digits[LONGEST_DOLLARS + 4], *last = digits;
    int64_t amount = 0;
    if (text == dollars_end)
        *last++ = '0';
    while (text < dollars_end)
        *last++ = *text++;
    *last++ = '.';
    for (int i = 0; i < 2; i++)
        *last++ = decimals < end ? *decimals++ : '0';
    for (const char *digit = digits; digit < last; digit++) {
        if (is_digit(*digit))
            amount = amount * 10 + (*digit - '0');
        else if (digit != last - 3)
            return NULL;
    }
    for (; decimals < end; decimals++)
        if (*decimals != '0')
            return NULL;

    *cents = negative ? -amount : amount;
    if (*cents < 0)
        *to++ = '-';
    memcpy(to, digits, (size_t)(last - digits));
    return to + (last - digits);
}

char *value_amount(struct span span, char *to, int64_t *cents)
{
    if (span.length <= 8 && span.text[0] != '0') {
        uint64_t digits = padded_digits(span.text, span.length);
        if (eight_digits(digits)) {
            *cents = (int64_t)digits_number(digits) * 100;
            memcpy(to, span.text, 8);
            memcpy(to + span.length, ".00", 3);
            return to + span.length + 3;
        }
    }
    return any_amount(span.text, span.text + span.length, to, cents);
}

void amount_text(const struct amount_sum *sum, char to[SUM_TEXT])
{
    int64_t units = sum->units, cents = sum->cents;
    /* Both parts get the same sign. */
    if (units > 0 && cents < 0) {
        units--;
        cents += SUM_UNIT;
    } else if (units < 0 && cents > 0) {
        units++;
        cents -= SUM_UNIT;
    }
    const char *sign = units < 0 || cents < 0 ? "-" : "";
    int64_t dollars = llabs(cents) / 100;
    int rest = (int)(llabs(cents) % 100);
    if (units != 0)
        snprintf(to, SUM_TEXT, "%s%lld%015" PRId64 ".%02d", sign, llabs(units), dollars, rest);
    else
        snprintf(to, SUM_TEXT, "%s%" PRId64 ".%02d", sign, dollars, rest);
}

static bool is_date(unsigned year, unsigned month, unsigned day)
{
    static const unsigned char days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    if (day <= days[month - 1])
        return true;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && day == 29 && leap;
}

/* Writes a date of eight digits, MMDDYYYY. */
static inline char *american_date(uint64_t digits, char *to)
{
    uint64_t pairs = digit_pairs(digits);
    unsigned month = (unsigned)(pairs & 0xff), day = (unsigned)(pairs >> 16 & 0xff);
    unsigned year = (unsigned)(pairs >> 32 & 0xff) * 100 + (unsigned)(pairs >> 48);
    if (!is_date(year, month, day))
        return NULL;
    to[0] = (char)(digits >> 32);
    to[1] = (char)(digits >> 40);
    to[2] = (char)(digits >> 48);
    to[3] = (char)(digits >> 56);
    to[4] = '-';
    to[5] = (char)digits;
    to[6] = (char)(digits >> 8);
    to[7] = '-';
    to[8] = (char)(digits >> 16);
    to[9] = (char)(digits >> 24);
    return to + 10;
}

/* Takes a number of `least` to `most` digits off the front of `span`. */
static bool take_digits(struct span *span, unsigned least, unsigned most, unsigned *number)
{
    unsigned count = 0;
    *number = 0;
    while (count < most && span->length > 0 && is_digit(span->text[0])) {
        *number = *number * 10 + (unsigned)(span->text[0] - '0');
        span->text++;
        span->length--;
        count++;
    }
    return count >= least;
}

static bool take_char(struct span *span, char c)
{
    if (span->length == 0 || span->text[0] != c)
        return false;
    span->text++;
    span->length--;
    return true;
}

/* Takes a month's name of three letters, in any case. */
static bool take_month(struct span *span, unsigned *month)
{
    static const char names[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    if (span->length < 3)
        return false;
    for (unsigned i = 0; i < 12; i++) {
        /* Clearing bit 5 makes a small letter a capital, and no other byte a letter of a name. */
        const char *name = names + 3 * i;
        if ((span->text[0] & ~0x20) == name[0] && (span->text[1] & ~0x20) == name[1] &&
            (span->text[2] & ~0x20) == name[2]) {
            *month = i + 1;
            span->text += 3;
            span->length -= 3;
            return true;
        }
    }
    return false;
}

/* M/D/YYYY */
static bool take_slashed(struct span span, unsigned *year, unsigned *month, unsigned *day)
{
    return take_digits(&span, 1, 2, month) && take_char(&span, '/') &&
           take_digits(&span, 1, 2, day) && take_char(&span, '/') &&
           take_digits(&span, 4, 4, year) && span.length == 0;
}

/* D-MON-YY or D-MON-YYYY */
static bool take_named(struct span span, unsigned *year, unsigned *month, unsigned *day)
{
    if (!take_digits(&span, 1, 2, day) || !take_char(&span, '-') || !take_month(&span, month) ||
        !take_char(&span, '-'))
        return false;
    size_t digits = span.length;
    if ((digits != 2 && digits != 4) || !take_digits(&span, 2, 4, year) || span.length != 0)
        return false;
    if (digits == 2)
        *year += *year < 70 ? 2000 : 1900;
    return true;
}

/* YYYY-MM-DD, with or without T00:00:00 */
static bool take_iso(struct span span, unsigned *year, unsigned *month, unsigned *day)
{
    static const char midnight[] = "T00:00:00";
    return take_digits(&span, 4, 4, year) && take_char(&span, '-') &&
           take_digits(&span, 2, 2, month) && take_char(&span, '-') &&
           take_digits(&span, 2, 2, day) &&
           (span.length == 0 ||
            (span.length == strlen(midnight) && memcmp(span.text, midnight, span.length) == 0));
}

static char *put_date(unsigned year, unsigned month, unsigned day, char *to)
{
    return is_date(year, month, day) ? to + sprintf(to, "%04u-%02u-%02u", year, month, day) : NULL;
}

/* Writes a date that is more than digits. */
static char *put_spelled_date(struct span span, char *to)
{
    unsigned year, month, day;
    if (!take_slashed(span, &year, &month, &day) && !take_named(span, &year, &month, &day) &&
        !take_iso(span, &year, &month, &day))
        return NULL;
    return put_date(year, month, day, to);
}

char *value_date(struct span span, char *to)
{
    if (span.length == 8 || span.length == 7) {
        uint64_t digits = padded_digits(span.text, span.length);
        if (eight_digits(digits))
            return american_date(digits, to);
    }
    return put_spelled_date(span, to);
}

char *value_ymd_date(struct span span, char *to)
{
    unsigned year, month, day;
    if (!take_digits(&(struct span){span.text, span.length}, 7, 8, &year))
        return put_spelled_date(span, to);
    if (span.length != 8 || !take_digits(&span, 4, 4, &year) || !take_digits(&span, 2, 2, &month) ||
        !take_digits(&span, 2, 2, &day))
        return NULL;
    return put_date(year, month, day, to);
}
