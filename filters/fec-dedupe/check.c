/* check.c - records that have their row_hash: whether it is the hash of what they say.
 *
 * fec-dedupe gives a record a hash of its whole line, as the last column. What PostgreSQL's COPY
 * writes of the row that was made of it is the same line. So the hash can be made again from the
 * table, and a row that somebody has changed there has another one.
 */
#include "fec-dedupe/check.h"
#include "base/cli.h"
#include "base/output.h"
#include "base/progress.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#define LONGEST_HASH 20 /* characters of a number of 64 bits with its sign */

/* The number in a field, a row_hash; false if there is something else. */
static bool read_hash(const char *field, size_t length, int64_t *hash)
{
    char text[LONGEST_HASH + 1], *rest;
    if (length == 0 || length > LONGEST_HASH)
        return false;
    memcpy(text, field, length);
    text[length] = '\0';
    *hash = strtoll(text, &rest, 10);
    return *rest == '\0';
}

static void write_header(struct output *out, const struct columns *columns, int key, int hash)
{
    output_text(out, columns->name[key]);
    for (int i = hash; i < columns->count; i++) {
        output_write(out, "\t", 1);
        output_text(out, columns->name[i]);
    }
    output_write(out, "\n", 1);
    output_flush(out);
}

/* Where the field begins after which `after` more come; NULL if there are too few. From the line's
 * end it is near. */
static const char *field_from_end(const char *line, const char *end, int after)
{
    while (end > line)
        if (*--end == '\t' && after-- == 0)
            return end + 1;
    return NULL;
}

/* Passes on a line if its hash is wrong: the field after which there are `after` more. `number` is
 * the line's. */
static void check_line(struct output *out, const char *line, const char *end, int key, int after,
                       uint64_t number, struct check_counts *counts)
{
    const char *field = field_from_end(line, end, after);
    size_t length = 0;
    int64_t noted;
    if (field != NULL)
        columns_field(field, end, 0, &length);
    if (!read_hash(field, length, &noted))
        die(EX_DATAERR, "line %" PRIu64 ": no " HASH_COLUMN, number);
    counts->records++;
    if ((int64_t)XXH3_64bits(line, (size_t)(field - 1 - line)) == noted)
        return;
    const char *key_field = columns_field(line, end, key, &length);
    output_write(out, key_field, length);
    output_write(out, field - 1, (size_t)(end - field + 1));
    output_write(out, "\n", 1);
    counts->passed++;
}

void check_hashes(struct input *input, const struct columns *columns, int key,
                  struct check_counts *counts)
{
    struct output out;
    int hash = columns_find(columns, HASH_COLUMN);
    if (hash <= key)
        die(EX_DATAERR, "the records have no column " HASH_COLUMN " after their key");
    output_open(&out, STDOUT_FILENO, "standard output");
    write_header(&out, columns, key, hash);
    do {
        char *line = input_bytes(input), *newline;
        while ((newline = memchr(line, '\n', input_unread(input))) != NULL) {
            check_line(&out, line, newline, key, columns->count - 1 - hash, counts->records + 2,
                       counts);
            input_consume(input, (size_t)(newline - line) + 1);
            line = newline + 1;
        }
        progress_at(input->offset, counts->records);
    } while (input_more(input));
    columns_end(input, counts->records + 2);
    output_close(&out);
}
