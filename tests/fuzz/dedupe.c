/* dedupe.c - fuzzes fec-dedupe: records, and what the database has, in text or binary form.
 *
 * What it passes on, drops and reports must be what a list of keys, searched from end to end, says.
 * The first file has the records, the second one the known rows. Records of any form are judged by
 * the exit status alone.
 *
 * kind: 0 without known rows, 1 with them, 2 and --missing. flags: 1 again in one piece, 2
 * --conflicts, 4 --expect 9, 8 the key is the second column.
 */
#include "base/sizes.h"
#include "check.h"
#include "value.h"
#include "world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define MOST_KEYS 4096

const int fuzz_files = 2;

enum { WITH_KNOWN = 1, WITH_MISSING = 2 };
enum { TWICE = 1, CONFLICTS = 2, EXPECT = 4, SECOND_COLUMN = 8 };

/* The model: all keys, in the order in which they came first. */
static struct key {
    struct bytes text; /* as a decimal number if it came in binary; allocated */
    uint64_t hash;     /* of the last row, without its two low bits */
    bool seen, is_known;
} keys[MOST_KEYS];
static size_t key_count;

struct model {
    struct text out, conflicts;
    uint64_t records, passed, unchanged, repeated, conflicting, known, missing;
    bool refused; /* exit status 65 */
};

static bool same(struct bytes a, struct bytes b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static struct key *find_key(struct bytes text)
{
    for (size_t i = 0; i < key_count; i++)
        if (same(keys[i].text, text))
            return &keys[i];
    return NULL;
}

static struct key *add_key(struct bytes text)
{
    if (key_count == MOST_KEYS)
        fuzz_fail("the model has no room for more keys");
    keys[key_count] = (struct key){.text = {fuzz_copy(text), text.length}};
    return &keys[key_count++];
}

static uint64_t shown_bits(uint64_t hash)
{
    return hash & ~(uint64_t)3;
}

/* --- known rows */

/* A number as printf writes it: no other form is one. */
static bool is_plain_number(struct bytes text, int64_t *number)
{
    char copy[24], again[24];
    if (text.length == 0 || text.length > 20)
        return false;
    memcpy(copy, text.at, text.length);
    copy[text.length] = '\0';
    *number = (int64_t)strtoll(copy, NULL, 10);
    snprintf(again, sizeof again, "%" PRId64, *number);
    return strlen(copy) == text.length && strcmp(copy, again) == 0;
}

static bool add_known(struct model *model, struct bytes text, uint64_t hash)
{
    if (find_key(text) != NULL)
        return false;
    struct key *key = add_key(text);
    key->hash = shown_bits(hash);
    key->is_known = true;
    model->known++;
    return true;
}

static bool is_known_header(struct bytes line)
{
    static const char second[] = "\trow_hash";
    size_t tail = strlen(second);
    if (line.length <= tail || memcmp(line.at + line.length - tail, second, tail) != 0 ||
        (line.at[0] >= '0' && line.at[0] <= '9'))
        return false;
    for (size_t i = 0; i < line.length - tail; i++)
        if (memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", line.at[i],
                   63) == NULL)
            return false;
    return true;
}

static bool read_known_text(struct model *model, struct bytes file)
{
    const char *at = file.at, *end = file.at + file.length;
    for (bool first = true; at < end; first = false) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL || (size_t)(newline - at) > INPUT_LONGEST_LINE)
            return false;
        struct bytes line = {at, (size_t)(newline - at)};
        at = newline + 1;
        if (first && is_known_header(line))
            continue;
        const char *tab = memchr(line.at, '\t', line.length);
        int64_t hash;
        if (tab == NULL || tab == line.at ||
            !is_plain_number((struct bytes){tab + 1, (size_t)(newline - tab - 1)}, &hash) ||
            !add_known(model, (struct bytes){line.at, (size_t)(tab - line.at)}, (uint64_t)hash))
            return false;
    }
    return true;
}

static uint64_t number_at(const char *at, size_t length)
{
    uint64_t number = 0;
    for (size_t i = 0; i < length; i++)
        number = number << 8 | (unsigned char)at[i];
    return number;
}

static bool read_known_binary(struct model *model, struct bytes file)
{
    char text[24];
    if (file.length < 19 || number_at(file.at + 15, 4) > file.length - 19)
        return false;
    if (number_at(file.at + 15, 4) > INPUT_LONGEST_LINE) /* only where buffers are small */
        return false;
    size_t at = 19 + (size_t)number_at(file.at + 15, 4);
    while (file.length - at >= 26 && number_at(file.at + at, 2) == 2) {
        const char *row = file.at + at + 2;
        if (number_at(row, 4) != 8 || number_at(row + 12, 4) != 8)
            return false;
        snprintf(text, sizeof text, "%" PRId64, (int64_t)number_at(row + 4, 8));
        if (number_at(row + 4, 8) == (uint64_t)1 << 63 || /* the table cannot hold this one */
            !add_known(model, (struct bytes){text, strlen(text)}, number_at(row + 16, 8)))
            return false;
        at += 26;
    }
    return file.length - at == 2 && number_at(file.at + at, 2) == 0xffff;
}

/* --- records */

/* The fields of a line; returns how many there are. */
static size_t split(struct bytes line, struct bytes *fields, size_t most)
{
    size_t count = 0, from = 0;
    for (size_t i = 0; i <= line.length; i++)
        if (i == line.length || line.at[i] == '\t') {
            if (count < most)
                fields[count] = (struct bytes){line.at + from, i - from};
            count++;
            from = i + 1;
        }
    return count;
}

/* The header: names of letters, digits and '_', each once. */
static bool take_names(struct bytes line, struct bytes *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i].length == 0 || same(names[i], (struct bytes){"row_hash", 8}))
            return false;
        for (size_t j = 0; j < names[i].length; j++)
            if (memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
                       names[i].at[j], 63) == NULL)
                return false;
        for (size_t j = 0; j < i; j++)
            if (same(names[i], names[j]))
                return false;
    }
    return line.length <= INPUT_LONGEST_LINE;
}

static void take_record(struct model *model, struct bytes line, struct bytes text, bool dated)
{
    char tail[40];
    size_t hashed = line.length;
    while (dated && hashed > 0 && line.at[--hashed] != '\t')
        ;
    uint64_t hash = XXH3_64bits(line.at, hashed);
    struct key *key = find_key(text);
    bool old = key != NULL, is_same = old && key->hash == shown_bits(hash);
    if (!old)
        key = add_key(text);
    model->records++;
    model->repeated += is_same && key->seen;
    model->unchanged += is_same && !key->seen;
    if (!is_same && key->seen) {
        model->conflicting++;
        text_add(&model->conflicts, text.at, text.length);
        text_put(&model->conflicts, "\n");
    }
    if (!is_same) {
        snprintf(tail, sizeof tail, "\t%" PRId64 "\n", (int64_t)hash);
        text_add(&model->out, line.at, line.length);
        text_put(&model->out, tail);
        model->passed++;
    }
    key->hash = shown_bits(hash);
    key->seen = true;
}

/* Returns false if the input is refused at the latest with this line. */
static bool take_line(struct model *model, struct bytes line, size_t place, bool dated)
{
    struct bytes fields[8];
    size_t count = split(line, fields, 8);
    if (line.length > INPUT_LONGEST_LINE || place >= count || fields[place].length == 0 ||
        same(fields[place], (struct bytes){"\\N", 2}))
        return false;
    take_record(model, line, fields[place], dated);
    return true;
}

static bool read_records(struct model *model, struct bytes file, const char *key)
{
    struct bytes names[101];
    const char *at = file.at, *end = file.at + file.length, *newline;
    size_t count = 0, place = 0;
    bool has_header = false, dated = false;
    for (; at < end; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL)
            return false;
        struct bytes line = {at, (size_t)(newline - at)};
        if (has_header) {
            if (!take_line(model, line, place, dated))
                return false;
            continue;
        }
        has_header = true;
        count = split(line, names, 101);
        if (count > 100 || !take_names(line, names, count))
            return false;
        while (place < count && !same(names[place], (struct bytes){key, strlen(key)}))
            place++;
        if (place == count)
            return false;
        dated = count > 1 && same(names[count - 1], (struct bytes){"load_date", 9});
        text_add(&model->out, line.at, line.length);
        text_put(&model->out, "\trow_hash\n");
    }
    return has_header;
}

/* --- the comparison */

static void run_model(struct model *model, const struct fuzz_case *test, const char *key)
{
    static const char signature[] = "PGCOPY\n\377\r\n";
    struct bytes known = test->file[1];
    memset(model, 0, sizeof *model);
    key_count = 0;
    text_put(&model->out, "");
    text_put(&model->conflicts, key);
    text_put(&model->conflicts, "\n");
    bool good = true;
    if (test->kind % 3 >= WITH_KNOWN)
        good =
            known.length >= sizeof signature && memcmp(known.at, signature, sizeof signature) == 0
                ? read_known_binary(model, known)
                : read_known_text(model, known);
    model->refused = !good || !read_records(model, test->file[0], key);
    for (size_t i = 0; i < key_count; i++)
        model->missing += keys[i].is_known && !keys[i].seen;
}

/* The file of missing keys is in no order. */
static void check_missing(const char *key)
{
    struct bytes file = world_written("missing");
    const char *at = file.at, *end = file.at + file.length;
    for (bool header = true; at < end; header = false) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct bytes line = {at, (size_t)(newline - at)};
        at = newline + 1;
        if (header) {
            check_same("the names of the missing keys", line, (struct bytes){key, strlen(key)});
            continue;
        }
        struct key *found = find_key(line);
        if (found == NULL || !found->is_known || found->seen)
            fuzz_fail("the key %.*s is not missing", (int)line.length, line.at);
        found->seen = true;
    }
    for (size_t i = 0; i < key_count; i++)
        if (keys[i].is_known && !keys[i].seen)
            fuzz_fail("the key %.*s is missing", (int)keys[i].text.length, keys[i].text.at);
}

static void compare(const struct model *model, const struct fuzz_case *test, const char *key)
{
    const struct {
        const char *name;
        uint64_t count;
    } counts[] = {
        {"records", model->records},     {"passed", model->passed},
        {"unchanged", model->unchanged}, {"repeated", model->repeated},
        {"known", model->known},         {"conflicting", model->conflicting},
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (check_count(counts[i].name) != counts[i].count)
            fuzz_fail("%" PRIu64 " %s, says the model", counts[i].count, counts[i].name);
    check_same("fec-dedupe and the model", world_written("-"),
               (struct bytes){model->out.at, model->out.length});
    if ((test->flags & CONFLICTS) != 0)
        check_same("the conflicts", world_written("conflicts"),
                   (struct bytes){model->conflicts.at, model->conflicts.length});
    if (test->kind % 3 == WITH_MISSING) {
        if (check_count("missing") != model->missing)
            fuzz_fail("%" PRIu64 " keys are missing, says the model", model->missing);
        check_missing(key);
    }
}

static void prepare(const struct fuzz_case *test)
{
    world_file("-", test->file[0]);
    world_file("known", test->file[1]);
    world_room("stats");
    world_room("missing");
    world_room("conflicts");
}

void fuzz_target(const struct fuzz_case *test)
{
    static const int legal[] = {65, 74, 141, 0};
    static const char *const names[] = {"-", "stats", "missing", "conflicts", NULL};
    const char *key = (test->flags & SECOND_COLUMN) != 0 ? "b" : "a";
    const char *arguments[20] = {"fec-dedupe", "--stats", "stats", "--key", key};
    int count = 5;
    if (test->kind % 3 >= WITH_KNOWN)
        arguments[count++] = "--known=known";
    if (test->kind % 3 == WITH_MISSING)
        arguments[count++] = "--missing=missing";
    if ((test->flags & CONFLICTS) != 0)
        arguments[count++] = "--conflicts=conflicts";
    if ((test->flags & EXPECT) != 0)
        arguments[count++] = "--expect=9";
    prepare(test);
    int status = world_run(arguments);
    check_status(status, legal, false);
    check_messages("fec-dedupe");
    struct model model;
    run_model(&model, test, key);
    if (!world_failed() && model.refused != (status != 0))
        fuzz_fail("exit status %d, but the model says that the input is %s", status,
                  model.refused ? "refused" : "good");
    if (status == 0)
        compare(&model, test, key);
    free(model.out.at);
    free(model.conflicts.at);
    while (key_count > 0)
        free((void *)keys[--key_count].text.at);
    if ((test->flags & TWICE) != 0)
        check_sizes(arguments, status, names, prepare, test);
}
