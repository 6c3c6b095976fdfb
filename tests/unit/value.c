/* value.c - tests of the pure parts of fec-parse: values, texts, the scanner. Prints TAP. */
#include "fec-parse/fields.h"
#include "fec-parse/scan.h"
#include "records/text.h"
#include "records/value.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tests, failures;

static void ok(int good, const char *what, const char *from)
{
    tests++;
    failures += !good;
    printf("%sok %d - %s: %s\n", good ? "" : "not ", tests, what, from);
}

enum value_kind { NUMBER, AMOUNT, DATE, YMD_DATE };

/* Converts `from` in memory of exactly the size that records/value.h promises to keep to, so that a
 * sanitizer sees a byte too many; what follows the text is such that it would be taken. */
static void value_is(enum value_kind kind, const char *from, const char *expected)
{
    static const char *const names[] = {"number", "amount", "date", "date of eight digits"};
    size_t length = strlen(from);
    char *text = malloc(length + VALUE_PADDING), *to = malloc(length + VALUE_ROOM);
    memcpy(text, from, length);
    memset(text + length, '7', VALUE_PADDING);
    struct span span = {text, length};
    int64_t cents;
    char *end = kind == NUMBER   ? value_number(span, to)
                : kind == AMOUNT ? value_amount(span, to, &cents)
                : kind == DATE   ? value_date(span, to)
                                 : value_ymd_date(span, to);
    int good = expected == NULL ? end == NULL
                                : end != NULL && (size_t)(end - to) == strlen(expected) &&
                                      memcmp(to, expected, strlen(expected)) == 0;
    ok(good, names[kind], from);
    free(text);
    free(to);
}

static void test_numbers(void)
{
    static const char *const cases[][2] = {
        {"0", "0"},
        {"00", "0"},
        {"-0", "0"},
        {"-00", "0"},
        {"7", "7"},
        {"007", "7"},
        {"-007", "-7"},
        {"12345678", "12345678"},
        {"123456789", "123456789"},
        {"4010120180000000001", "4010120180000000001"},
        {"9223372036854775807", "9223372036854775807"},
        {"9223372036854775808", NULL},
        {"-9223372036854775808", "-9223372036854775808"},
        {"-9223372036854775809", NULL},
        {"9999999999999999999", NULL},
        {"10000000000000000000", NULL},
        {"000000000000000000009223372036854775807", "9223372036854775807"},
        {"+5", NULL},
        {"-", NULL},
        {"--1", NULL},
        {"1.0", NULL},
        {"1e5", NULL},
        {"1 2", NULL},
        {"12345678x", NULL},
        {"1234567:", NULL},
        {"1234567/", NULL},
        {"12\xff", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        value_is(NUMBER, cases[i][0], cases[i][1]);
}

static void test_amounts(void)
{
    static const char *const cases[][2] = {
        {"0", "0.00"},
        {"5", "5.00"},
        {"250", "250.00"},
        {"12345678", "12345678.00"},
        {"123456789", "123456789.00"},
        {"999999999999", "999999999999.00"},
        {"999999999999.99", "999999999999.99"},
        {"1000000000000", NULL},
        {"0001000000000.5", "1000000000.50"},
        {"000999999999999", "999999999999.00"},
        {"-50", "-50.00"},
        {"+50", "50.00"},
        {"-0", "0.00"},
        {"-0.00", "0.00"},
        {"-0.01", "-0.01"},
        {".5", "0.50"},
        {"-.05", "-0.05"},
        {"5.", "5.00"},
        {"12.34", "12.34"},
        {"12.3400", "12.34"},
        {"12.345", NULL},
        {"12.340001", NULL},
        {".", NULL},
        {"-", NULL},
        {"-.", NULL},
        {"1.2.3", NULL},
        {"1,000", NULL},
        {"$5", NULL},
        {"1-", NULL},
        {"(5)", NULL},
        {"1e3", NULL},
        {"NaN", NULL},
        {"12 34", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        value_is(AMOUNT, cases[i][0], cases[i][1]);
}

static void test_dates(void)
{
    static const char *const cases[][2] = {
        {"03312018", "2018-03-31"},
        {"3312025", "2025-03-31"},
        {"12312018", "2018-12-31"},
        {"02292016", "2016-02-29"},
        {"02292018", NULL},
        {"02292000", "2000-02-29"},
        {"02291900", NULL},
        {"04312018", NULL},
        {"13012018", NULL},
        {"00012018", NULL},
        {"01002018", NULL},
        {"01320001", NULL},
        {"01010000", NULL},
        {"01010001", "0001-01-01"},
        {"12319999", "9999-12-31"},
        {"20180331", NULL},
        {"0331201", NULL},
        {"331201", NULL},
        {"033120188", NULL},
        {"3/1/2018", "2018-03-01"},
        {"03/31/2018", "2018-03-31"},
        {"12/31/2018", "2018-12-31"},
        {"2/29/2018", NULL},
        {"3/31/18", NULL},
        {"003/1/2018", NULL},
        {"3//2018", NULL},
        {"3/1/20188", NULL},
        {"03-OCT-18", "2018-10-03"},
        {"3-oct-18", "2018-10-03"},
        {"03-Oct-2018", "2018-10-03"},
        {"31-DEC-69", "2069-12-31"},
        {"01-JAN-70", "1970-01-01"},
        {"31-DEC-99", "1999-12-31"},
        {"01-JAN-00", "2000-01-01"},
        {"31-FEB-18", NULL},
        {"03-XXX-18", NULL},
        {"03-OCT-018", NULL},
        {"03-OCT-1", NULL},
        {"03-OC", NULL},
        {"2018-03-31", "2018-03-31"},
        {"2018-03-31T00:00:00", "2018-03-31"},
        {"2018-03-31T12:00:00", NULL},
        {"2018-03-31T", NULL},
        {"2018-3-31", NULL},
        {"2018-02-30", NULL},
        {"0000-01-01", NULL},
        {"ABOUT MAY", NULL},
        {"0", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        value_is(DATE, cases[i][0], cases[i][1]);
}

static void test_ymd_dates(void)
{
    static const char *const cases[][2] = {
        {"20180331", "2018-03-31"},   {"20160229", "2016-02-29"},
        {"20180229", NULL},           {"99999999", NULL},
        {"00000000", NULL},           {"10102018", NULL},
        {"12101010", "1210-10-10"},   {"2018033", NULL},
        {"201803311", NULL},          {"03312018", NULL},
        {"3/1/2018", "2018-03-01"},   {"03-OCT-18", "2018-10-03"},
        {"2018-03-31", "2018-03-31"}, {"2018", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        value_is(YMD_DATE, cases[i][0], cases[i][1]);
}

static void test_sums(void)
{
    char text[SUM_TEXT];
    struct amount_sum sum = {0, 0};
    amount_text(&sum, text);
    ok(strcmp(text, "0.00") == 0, "sum of nothing", text);
    amount_add(&sum, -5);
    amount_text(&sum, text);
    ok(strcmp(text, "-0.05") == 0, "sum of five cents less", text);
    for (int i = 0; i < 1000000; i++)
        amount_add(&sum, 99999999999999);
    amount_text(&sum, text);
    ok(strcmp(text, "999999999999989999.95") == 0, "sum beyond 64 bits of cents", text);
    for (int i = 0; i < 2000000; i++)
        amount_add(&sum, -99999999999999);
    amount_text(&sum, text);
    ok(strcmp(text, "-999999999999990000.05") == 0, "sum that turned negative", text);
}

/* Cleans and escapes `from`. */
static void text_is(const char *what, const char *from, size_t length, const char *expected,
                    int recoded, int control)
{
    char *copy = malloc(length ? length : 1), *cleaned = malloc(TEXT_GROWTH * length + 1);
    char *escaped = malloc(2 * TEXT_GROWTH * length + 1);
    struct text_faults faults = {false, false};
    memcpy(copy, from, length);
    struct span span = text_clean((struct span){copy, length}, cleaned, &faults);
    *text_escape(span, escaped) = '\0';
    ok(strcmp(escaped, expected) == 0 && faults.recoded == recoded && faults.control == control,
       what, expected);
    free(copy);
    free(cleaned);
    free(escaped);
}

#define TEXT_IS(what, from, expected, recoded, control)                                            \
    text_is(what, from, sizeof(from) - 1, expected, recoded, control)

static void test_texts(void)
{
    TEXT_IS("nothing", "", "", 0, 0);
    TEXT_IS("blanks around", " \t\r\nA B \r\n", "A B", 0, 0);
    TEXT_IS("only blanks", " \t \r", "", 0, 0);
    TEXT_IS("tab, line ends and backslash inside", "A\tB\nC\rD\\E", "A\\tB\\nC\\rD\\\\E", 0, 0);
    TEXT_IS("control characters go",
            "A\bB\0C\x7f"
            "D\x1a\v\f",
            "ABCD", 0, 1);
    TEXT_IS("blanks that a control character hid", "\b A \x01 ", "A", 0, 1);
    TEXT_IS("C1 controls in UTF-8 go",
            "A\xc2\x80"
            "B\xc2\x9f",
            "AB", 0, 1);
    TEXT_IS("no-break space stays", "A\xc2\xa0", "A\xc2\xa0", 0, 0);
    TEXT_IS("UTF-8 stays", "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80",
            "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80", 0, 0);
    TEXT_IS("Latin-1 is recoded",
            "JOS\xe9 PE\xd1"
            "A",
            "JOS\xc3\xa9 PE\xc3\x91"
            "A",
            1, 0);
    TEXT_IS("Windows-1252 is recoded", "\x80\x93\x94\x9f",
            "\xe2\x82\xac\xe2\x80\x9c\xe2\x80\x9d\xc5\xb8", 1, 0);
    TEXT_IS("the five undefined bytes go",
            "A\x81\x8d\x8f\x90\x9d"
            "B",
            "AB", 1, 1);
    TEXT_IS("overlong form", "\xc0\xaf", "\xc3\x80\xc2\xaf", 1, 0);
    TEXT_IS("overlong form of three", "\xe0\x9f\xbf", "\xc3\xa0\xc5\xb8\xc2\xbf", 1, 0);
    TEXT_IS("surrogate", "\xed\xa0\x80", "\xc3\xad\xc2\xa0\xe2\x82\xac", 1, 0);
    TEXT_IS("last before the surrogates", "\xed\x9f\xbf", "\xed\x9f\xbf", 0, 0);
    TEXT_IS("beyond U+10FFFF", "\xf4\x90\x80\x80", "\xc3\xb4\xe2\x82\xac\xe2\x82\xac", 1, 1);
    TEXT_IS("U+10FFFF", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", 0, 0);
    TEXT_IS("sequence cut at the end", "A\xe2\x82", "A\xc3\xa2\xe2\x80\x9a", 1, 0);
    TEXT_IS("sequence cut by another", "\xc3\xc3\xa9", "\xc3\x83\xc3\xa9", 1, 0);
    TEXT_IS("sequence cut by a control character", "\xc3\b\xa9", "\xc3\x83\xc2\xa9", 1, 1);
}

/* What the two scanners say of the same random bytes, at all alignments. */
static void test_scanner(void)
{
    static const char few[] = "||\n\n\\\r\tAB 7\x7f\x80\xff";
    char *bytes = malloc(4096);
    uint32_t random = 12345;
    int same = 1;
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 4096; i++) {
            random = random * 1664525 + 1013904223;
            bytes[i] = round % 2 ? (char)(random >> 24) : few[(random >> 16) % (sizeof few - 1)];
        }
        for (int i = 0; i + SCAN_WIDTH <= 4096; i++) {
            struct scan plain = scan_plain(bytes + i), fast = scan_64(bytes + i);
            same &= plain.ends == fast.ends && plain.newlines == fast.newlines &&
                    plain.specials == fast.specials;
        }
    }
    ok(same, "scanner", "both ways find the same");
    int right = 1;
    for (int i = 0; i < 512; i++) {
        int c = i / 2;
        memset(bytes, 'A', SCAN_WIDTH);
        bytes[c % SCAN_WIDTH] = (char)c;
        struct scan scan = i % 2 ? scan_64(bytes) : scan_plain(bytes);
        uint64_t bit = (uint64_t)1 << c % SCAN_WIDTH;
        right &= scan.ends == (c == '|' || c == '\n' ? bit : 0);
        right &= scan.newlines == (c == '\n' ? bit : 0);
        right &= scan.specials == ((c < 0x20 && c != '\n') || c == '\\' || c >= 0x7f ? bit : 0);
    }
    ok(right, "scanner", "every byte is of its class");
    free(bytes);
}

int main(void)
{
    test_numbers();
    test_amounts();
    test_dates();
    test_ymd_dates();
    test_sums();
    test_texts();
    test_scanner();
    printf("1..%d\n", tests);
    return failures != 0;
}
