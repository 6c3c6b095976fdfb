/* known.c - what the database has: pairs of key and row hash.
 *
 * What is hard is to notice that the file is cut short: the text form has nothing at its end to
 * tell, so every line must be whole; the binary form has a trailer.
 */
#include "fec-dedupe/known.h"
#include "base/cli.h"
#include "base/input.h"
#include "records/columns.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define BINARY_SIGNATURE "PGCOPY\n\377\r\n"
#define SIGNATURE_LENGTH ((size_t)11) /* with the NUL that ends it */
/* field count, then for each of two fields its length and 8 bytes */
#define BINARY_ROW ((size_t)(2 + 2 * (4 + 8)))

/* A whole number in its plain form: no blanks, no plus, no leading zeros, no -0, in 64 bits. */
static bool plain_number(const char *text, size_t length, int64_t *number)
{
    size_t i = length > 0 && text[0] == '-';
    bool negative = i == 1;
    if (length - i == 0 || length - i > 19 || (text[i] == '0' && length > 1))
        return false;
    uint64_t value = 0;
    for (; i < length; i++) {
        unsigned digit = (unsigned)(text[i] - '0');
        if (digit > 9)
            return false;
        value = value * 10 + digit; /* 19 digits fit in 64 bits */
    }
    if (value > (uint64_t)INT64_MAX)
        return false;
    *number = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

void known_key_set(struct known_key *key, const char *text, size_t length)
{
    key->text = text;
    key->length = length;
    key->is_number = plain_number(text, length, &key->number);
}

/* Whether a line is two names, the second one that of the hash. */
static bool is_header(const char *line, size_t length)
{
    static const char second[] = "\t" HASH_COLUMN;
    size_t name = length < sizeof second ? 0 : length - (sizeof second - 1);
    if (name == 0 || memcmp(line + name, second, sizeof second - 1) != 0)
        return false;
    for (size_t i = 0; i < name; i++)
        if (!isalnum((unsigned char)line[i]) && line[i] != '_')
            return false;
    return !isdigit((unsigned char)line[0]);
}

static uint64_t read_text(struct input *input,
                          void (*take)(const struct known_key *key, uint64_t hash))
{
    uint64_t rows = 0;
    size_t length;
    bool whole;
    for (char *line; (line = input_line(input, &length, &whole)) != NULL;) {
        char *tab = memchr(line, '\t', length);
        int64_t hash = 0;
        size_t hash_length = tab ? length - (size_t)(tab + 1 - line) : 0;
        bool good = whole && tab != NULL && tab > line && plain_number(tab + 1, hash_length, &hash);
        /* INT64_MIN is a hash like any other, but no plain number. */
        if (!good && whole && tab != NULL && hash_length == 20 &&
            memcmp(tab + 1, "-9223372036854775808", 20) == 0) {
            good = true;
            hash = INT64_MIN;
        }
        if (!good && input->line == 1 && whole && is_header(line, length))
            continue;
        if (!good)
            die(EX_DATAERR, "%s: line %llu: not a key, a tab and a row hash%s", input->name,
                (unsigned long long)input->line, whole ? "" : "; the file is cut short");
        struct known_key key;
        known_key_set(&key, line, (size_t)(tab - line));
        take(&key, (uint64_t)hash);
        rows++;
    }
    return rows;
}

/* A pointer to the next `need` bytes, which are then consumed. */
static const unsigned char *next_bytes(struct input *input, size_t need)
{
    while (input_unread(input) < need)
        if (!input_more(input))
            die(EX_DATAERR, "%s: cut short at byte %llu", input->name,
                (unsigned long long)(input->offset + input_unread(input)));
    const unsigned char *bytes = (const unsigned char *)input_bytes(input);
    input_consume(input, need);
    return bytes;
}

static uint64_t big_endian(const unsigned char *bytes, size_t length)
{
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++)
        value = value << 8 | bytes[i];
    return value;
}

static _Noreturn void die_columns(const struct input *input)
{
    die(EX_DATAERR,
        "%s: byte %llu: not a row of two bigint columns without NULL; for a text key use "
        "COPY in text form",
        input->name, (unsigned long long)input->offset);
}

static uint64_t read_binary(struct input *input,
                            void (*take)(const struct known_key *key, uint64_t hash))
{
    next_bytes(input, SIGNATURE_LENGTH + 4);
    uint64_t extension = big_endian(next_bytes(input, 4), 4);
    if (extension > 65536)
        die(EX_DATAERR, "%s: header extension of %llu bytes", input->name,
            (unsigned long long)extension);
    next_bytes(input, (size_t)extension);

    uint64_t rows = 0;
    for (;;) {
        uint64_t fields = big_endian(next_bytes(input, 2), 2);
        if (fields == 0xffff)
            break;
        if (fields != 2)
            die_columns(input);
        const unsigned char *row = next_bytes(input, BINARY_ROW - 2);
        if (big_endian(row, 4) != 8 || big_endian(row + 12, 4) != 8)
            die_columns(input);
        struct known_key key = {NULL, 0, (int64_t)big_endian(row + 4, 8), 1};
        take(&key, big_endian(row + 16, 8));
        rows++;
    }
    if (input_unread(input) > 0 || input_more(input))
        die(EX_DATAERR, "%s: more data after the trailer at byte %llu", input->name,
            (unsigned long long)input->offset);
    return rows;
}

uint64_t known_read(const char *path, void (*take)(const struct known_key *key, uint64_t hash))
{
    struct input input;
    input_open_path(&input, path);
    while (input.end < SIGNATURE_LENGTH && input_more(&input))
        ;
    bool binary = input.end >= SIGNATURE_LENGTH &&
                  memcmp(input.buffer, BINARY_SIGNATURE, SIGNATURE_LENGTH) == 0;
    uint64_t rows = binary ? read_binary(&input, take) : read_text(&input, take);
    input_close(&input);
    return rows;
}
