/* fec-dedupe - of a stream of records, pass on what is new.
 *
 * Every record has a key (SUB_ID, say) and a hash of its whole line. A table of key and hash, first
 * filled from --known, then with what comes by, decides: the same key with the same hash is
 * dropped, as a repeat or as unchanged; everything else is passed on with its hash as a new last
 * column, row_hash. So what leaves is the difference between the input and the database, and what
 * of --known never came is what the database has too much: --missing.
 *
 * If a key comes with two different contents, both records are passed on, in order, for what has
 * been written can't be taken back; the later one counts, and --conflicts names the key, so that
 * whoever loads the records can drop the earlier ones.
 *
 * 16 bytes a key and no more (keytable.h) hold 64 bits of key and 62 of the hash. For a text key
 * the 64 bits are its XXH3; that two of a million texts collide has a chance of one in 37 million.
 * That a changed row goes unnoticed because its 62 bits are the same: one in 4.6e18 for each
 * changed row.
 *
 * The table is far larger than the caches, so each look-up would wait for memory. Records are
 * therefore taken in batches: hash all, prefetch all, then look up all.
 */
#include "base/cli.h"
#include "records/columns.h"
#include "base/input.h"
#include "fec-dedupe/check.h"
#include "fec-dedupe/keytable.h"
#include "fec-dedupe/known.h"
#include "base/output.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/samefile.h"
#include "base/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

#define BATCH 64
#define REPORTED_CONFLICTS 10

struct record {
    const char *line;
    size_t length;
    struct known_key key;
    uint64_t mixed, hash;
};

static const char *key_column, *known_path, *missing_path, *conflicts_path, *expected_text;

static uint64_t seed;      /* of this process, for all that is not written */
static bool has_load_date; /* as the last column */
static bool only_checks;

static uint64_t records, passed, repeated, unchanged, conflicting, known, missing;

static struct keytable table;
static struct output out, conflicts;
/* The text keys of --known, each ended by a newline, to name the missing ones. */
static char *known_texts;
static size_t known_texts_used, known_texts_size;

static const struct cli_option options[] = {
    {'C', "check", NULL, "pass on records whose row_hash is wrong, which they have already",
     &only_checks, NULL, NULL},
    {'k', "key", "COLUMN", "the column that identifies a record (must be given)", NULL, &key_column,
     NULL},
    {'K', "known", "FILE", "drop records that FILE (key, row_hash) has unchanged", NULL,
     &known_path, NULL},
    {'m', "missing", "FILE", "write the known keys that never came to FILE", NULL, &missing_path,
     NULL},
    {'c', "conflicts", "FILE", "write keys that came with different content to FILE", NULL,
     &conflicts_path, NULL},
    {'n', "expect", "NUMBER", "make room for NUMBER keys at once", NULL, &expected_text, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct cli_program program = {
    .name = "fec-dedupe",
    .usage = "--key COLUMN [--check | --known FILE [--missing FILE]] [--conflicts FILE]\n"
             "                   <records >records",
    .purpose =
        "Drops records that repeat, and those that the database has unchanged; adds the column "
        "row_hash.",
    .options = options,
};

/* The key as the table has it; its flags in *flags. */
static uint64_t mixed_key(const struct known_key *key, uint64_t *flags)
{
    if (key->is_number) {
        *flags = 0;
        return keytable_mix((uint64_t)key->number);
    }
    uint64_t hash = XXH3_64bits_withSeed(key->text, key->length, seed);
    *flags = KEYTABLE_TEXT;
    return keytable_mix(hash == KEYTABLE_NO_KEY ? 1 : hash);
}

static void remember_text(const char *text, size_t length)
{
    if (known_texts_size - known_texts_used < length + 1) {
        known_texts_size = known_texts_size * 2 + length + 4096;
        known_texts = cli_realloc(known_texts, known_texts_size);
    }
    memcpy(known_texts + known_texts_used, text, length);
    known_texts_used += length;
    known_texts[known_texts_used++] = '\n';
}

/* Known keys wait here until their places have been fetched. */
static struct keytable_slot waiting[BATCH];
static int waiting_count;

static void insert_waiting(void)
{
    for (int i = 0; i < waiting_count; i++) {
        bool inserted;
        struct keytable_slot *slot = keytable_slot_of(&table, waiting[i].mixed, &inserted);
        if (!inserted && (waiting[i].hash & KEYTABLE_TEXT) != 0)
            die(EX_DATAERR, "%s: a key occurs twice, at row %" PRIu64 " or before", known_path,
                known);
        if (!inserted)
            die(EX_DATAERR, "%s: key %" PRId64 " occurs twice", known_path,
                (int64_t)keytable_unmix(waiting[i].mixed));
        slot->hash = waiting[i].hash;
    }
    waiting_count = 0;
}

static void take_known(const struct known_key *key, uint64_t hash)
{
    uint64_t flags;
    if (key->is_number && key->number == INT64_MIN)
        die(EX_DATAERR, "%s: key %" PRId64 " is out of range", known_path, key->number);
    uint64_t mixed = mixed_key(key, &flags);
    keytable_prefetch(&table, mixed);
    waiting[waiting_count].mixed = mixed;
    waiting[waiting_count].hash = (hash & ~KEYTABLE_FLAGS) | flags;
    known++;
    if (++waiting_count == BATCH)
        insert_waiting();
    if (!key->is_number && missing_path != NULL)
        remember_text(key->text, key->length);
}

static void report_conflict(const struct record *record, uint64_t line)
{
    conflicting++;
    if (conflicting <= REPORTED_CONFLICTS)
        complain("line %" PRIu64
                 ": %s %.*s has come before with other content; the later one counts",
                 line, key_column, (int)record->key.length, record->key.text);
    else if (conflicting == REPORTED_CONFLICTS + 1)
        complain("further records of this kind are counted, not listed");
    if (conflicts_path != NULL) {
        output_write(&conflicts, record->key.text, record->key.length);
        output_write(&conflicts, "\n", 1);
    }
}

static void pass_on(const struct record *record)
{
    char hash[24];
    int length = snprintf(hash, sizeof hash, "\t%" PRId64 "\n", (int64_t)record->hash);
    output_write(&out, record->line, record->length);
    output_write(&out, hash, (size_t)length);
    passed++;
}

/* Looks a record up and drops it or passes it on. `line` is its number in the input. */
static void decide(const struct record *record, uint64_t flags, uint64_t line)
{
    bool inserted;
    struct keytable_slot *slot = keytable_slot_of(&table, record->mixed, &inserted);
    bool seen = (slot->hash & KEYTABLE_SEEN) != 0;
    bool same = !inserted && (slot->hash & ~KEYTABLE_FLAGS) == (record->hash & ~KEYTABLE_FLAGS);
    slot->hash = (record->hash & ~KEYTABLE_FLAGS) | flags | KEYTABLE_SEEN;
    if (same && seen) {
        repeated++;
    } else if (same) {
        unchanged++;
    } else {
        if (seen)
            report_conflict(record, line);
        pass_on(record);
    }
}

static void decide_batch(const struct record *batch, const uint64_t *flags, int count)
{
    for (int i = 0; i < count; i++)
        decide(&batch[i], flags[i], records + 2 + (uint64_t)i);
    records += (uint64_t)count;
}

/* Points record->key at the key's field of the line, which is number `line_number` of the input. */
static void find_key(struct record *record, int place, uint64_t line_number)
{
    size_t length;
    const char *field = columns_field(record->line, record->line + record->length, place, &length);
    if (field == NULL || length == 0 || (length == 2 && memcmp(field, "\\N", 2) == 0))
        die(EX_DATAERR, "line %" PRIu64 ": no %s", line_number, key_column);
    known_key_set(&record->key, field, length);
}

/* What --check does instead of all else. */
static int check(struct input *input, const struct columns *columns, int place)
{
    struct check_counts counts = {0};
    progress_start("fec-dedupe", 0);
    check_hashes(input, columns, place, &counts);
    progress_end();
    records = counts.records;
    passed = counts.passed;
    return cli_end(EX_OK);
}

/* How much of a record its hash is made of: all but the load date. */
static size_t hashed_length(const struct record *record)
{
    size_t length = record->length;
    if (has_load_date)
        while (length > 0 && record->line[--length] != '\t')
            ;
    return length;
}

/* Fills a batch from the whole lines in the buffer, and consumes them; returns how many. */
static int fill_batch(struct input *input, int place, struct record *batch, uint64_t *flags)
{
    int count = 0;
    while (count < BATCH && input_unread(input) > 0) {
        char *line = input_bytes(input);
        char *newline = memchr(line, '\n', input_unread(input));
        if (newline == NULL)
            break;
        struct record *record = &batch[count];
        record->line = line;
        record->length = (size_t)(newline - line);
        find_key(record, place, records + 2 + (uint64_t)count);
        record->mixed = mixed_key(&record->key, &flags[count]);
        record->hash = XXH3_64bits(line, hashed_length(record));
        keytable_prefetch(&table, record->mixed);
        input_consume(input, record->length + 1);
        count++;
    }
    return count;
}

static void read_records(struct input *input, int place)
{
    struct record batch[BATCH];
    uint64_t flags[BATCH];
    for (;;) {
        int count = fill_batch(input, place, batch, flags);
        decide_batch(batch, flags, count);
        if (count == BATCH)
            continue;
        progress_at(input->offset, records);
        if (!input_more(input))
            break;
    }
    columns_end(input, records + 2);
}

static void write_missing(void)
{
    struct output file;
    output_create(&file, missing_path);
    output_text(&file, key_column);
    output_write(&file, "\n", 1);
    for (size_t i = 0; i < table.size; i++) {
        const struct keytable_slot *slot = &table.slots[i];
        if (slot->mixed == 0 || (slot->hash & (KEYTABLE_SEEN | KEYTABLE_TEXT)) != 0)
            continue;
        output_format(&file, "%" PRId64 "\n", (int64_t)keytable_unmix(slot->mixed));
        missing++;
    }
    for (size_t i = 0; i < known_texts_used;) {
        size_t length = (size_t)((char *)memchr(known_texts + i, '\n', known_texts_used - i) -
                                 (known_texts + i));
        struct known_key key = {known_texts + i, length, 0, 0};
        uint64_t flags;
        bool inserted;
        if ((keytable_slot_of(&table, mixed_key(&key, &flags), &inserted)->hash & KEYTABLE_SEEN) ==
            0) {
            output_write(&file, known_texts + i, length + 1);
            missing++;
        }
        i += length + 1;
    }
    output_close(&file);
}

static void write_header(const struct columns *columns)
{
    if (columns_find(columns, HASH_COLUMN) >= 0)
        die(EX_DATAERR, "line 1: the records have a column " HASH_COLUMN " already");
    for (int i = 0; i < columns->count; i++) {
        output_text(&out, columns->name[i]);
        output_write(&out, "\t", 1);
    }
    output_text(&out, HASH_COLUMN "\n");
    /* At once, so that the next program can check the columns before hours of download. */
    output_flush(&out);
}

static void register_stats(void)
{
    stats_count("records", &records);
    stats_count("passed", &passed);
    stats_count("unchanged", &unchanged);
    stats_count("repeated", &repeated);
    stats_count("conflicting", &conflicting);
    stats_count("known", &known);
    stats_count("missing", &missing);
}

int main(int argc, char **argv)
{
    int operand = cli_start(&program, argc, argv);
    register_stats();
    if (key_column == NULL)
        die_usage("--key must be given");
    if (operand < argc)
        die_usage("no operand is expected, but there is '%s'", argv[operand]);
    if (missing_path != NULL && known_path == NULL)
        die_usage("--missing needs --known");
    if (only_checks && (known_path != NULL || conflicts_path != NULL || expected_text != NULL))
        die_usage("--check goes with no option but --key");
    uint64_t expected =
        expected_text ? cli_number("--expect", expected_text, 0, (uint64_t)1 << 40) : 0;

    const char *const outputs[][2] = {{"--missing", missing_path}, {"--conflicts", conflicts_path}};
    for (size_t i = 0; i < 2; i++) {
        refuse_same_path(outputs[i][0], outputs[i][1], "--known", known_path);
        refuse_same_file(outputs[i][0], outputs[i][1], STDIN_FILENO, "standard input");
    }

    seed = random_number(); /* who made the input could not know it */
    keytable_seed(seed);
    if (!only_checks)
        keytable_open(&table, (size_t)expected);
    if (conflicts_path != NULL) {
        output_create(&conflicts, conflicts_path);
        output_text(&conflicts, key_column);
        output_write(&conflicts, "\n", 1);
    }
    if (known_path != NULL) {
        known_read(known_path, take_known);
        insert_waiting();
    }

    struct input input;
    struct columns columns;
    input_open(&input, STDIN_FILENO, "standard input");
    columns_read(&columns, &input);
    int place = columns_find(&columns, key_column);
    if (place < 0)
        die(EX_DATAERR, "the records have no column %s", key_column);
    if (only_checks)
        return check(&input, &columns, place);
    has_load_date =
        columns.count > 1 && columns_find(&columns, LOAD_DATE_COLUMN) == columns.count - 1;
    output_open(&out, STDOUT_FILENO, "standard output");
    write_header(&columns);
    progress_start("fec-dedupe", 0);
    read_records(&input, place);
    progress_end();
    output_close(&out);
    if (conflicts_path != NULL)
        output_close(&conflicts);
    if (missing_path != NULL)
        write_missing();
    return cli_end(EX_OK);
}
