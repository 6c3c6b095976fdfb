/* dictionary.c - the columns that the FEC says a file has, held against the table of types.
 *
 * What is hard is to say what has changed: a column that is new, gone, renamed and moved can look
 * alike. So all differences are collected before anything is said. */
#include "fec-parse/dictionary.h"
#include "base/cli.h"
#include "records/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LONGEST_NAME                                                                               \
    63 /* of a column, in bytes; a longer one is cut, which then is no name of ours */
#define NOWHERE ((size_t)-1)

struct dictionary {
    const char *path; /* for messages */
    const struct file_type *type;
    char names[MOST_COLUMNS][LONGEST_NAME + 1]; /* what the file says */
    size_t count;
    size_t expected;        /* columns of the type that a dictionary lists */
    char differences[1500]; /* all of them, for one message; "; " between them */
};

static void note_difference(struct dictionary *dictionary, const char *format, ...)
    CLI_PRINTF(2, 3);

/* Adds a difference to the message; what no longer fits is left out. */
static void note_difference(struct dictionary *dictionary, const char *format, ...)
{
    size_t used = strlen(dictionary->differences);
    size_t room = sizeof dictionary->differences - used;
    va_list arguments;
    if (used > 0)
        snprintf(dictionary->differences + used, room, "; ");
    used = strlen(dictionary->differences);
    va_start(arguments, format);
    vsnprintf(dictionary->differences + used, sizeof dictionary->differences - used, format,
              arguments);
    va_end(arguments);
}

/* Reads the names from the next row that is not blank. Returns false at the end. */
static bool read_names(struct dictionary *dictionary, struct csvfile *csv)
{
    struct line line;
    do {
        if (csvfile_next(csv, &line) == LINE_NONE)
            return false;
    } while (line_is_blank(&line));
    if (line.count > MOST_COLUMNS)
        die(EX_DATAERR, "%s: line %" PRIu64 ": more than %d columns", dictionary->path, line.number,
            MOST_COLUMNS);

    char *cleaned = cli_alloc(TEXT_GROWTH * (line.length + 1));
    struct text_faults faults;
    for (size_t i = 0; i < line.count; i++) {
        struct span name = {field_text(&line, i), field_length(&line, i)};
        name = text_clean(name, cleaned, &faults);
        size_t length = name.length < LONGEST_NAME ? name.length : LONGEST_NAME;
        memcpy(dictionary->names[i], name.text, length);
        dictionary->names[i][length] = '\0';
    }
    free(cleaned);
    dictionary->count = line.count;
    return true;
}

static void start(struct dictionary *dictionary, const char *path, const struct file_type *type)
{
    memset(dictionary, 0, sizeof *dictionary);
    dictionary->path = path;
    dictionary->type = type;
    for (const struct column_type *column = type->columns; column->fec_name != NULL; column++)
        dictionary->expected += column->kind != COLUMN_UNUSED;
}

/* The name that fec-parse expects in column i. Columns that are COLUMN_UNUSED come last. */
static const char *expected_name(const struct dictionary *dictionary, size_t i)
{
    return dictionary->type->columns[i].fec_name;
}

/* Where a name stands in the table of the type, and in the dictionary. */
static size_t place_expected(const struct dictionary *dictionary, const char *name)
{
    for (size_t i = 0; i < dictionary->expected; i++)
        if (strcasecmp(expected_name(dictionary, i), name) == 0)
            return i;
    return NOWHERE;
}

static size_t place_found(const struct dictionary *dictionary, const char *name)
{
    for (size_t i = 0; i < dictionary->count; i++)
        if (strcasecmp(dictionary->names[i], name) == 0)
            return i;
    return NOWHERE;
}

/* A column that is neither new nor missing but has another name: both names stand in one place, and
 * each of them stands nowhere else. */
static bool is_renamed(const struct dictionary *dictionary, size_t i)
{
    return i < dictionary->count && i < dictionary->expected &&
           place_expected(dictionary, dictionary->names[i]) == NOWHERE &&
           place_found(dictionary, expected_name(dictionary, i)) == NOWHERE;
}

static void note_other_name(struct dictionary *dictionary, size_t found, size_t expected)
{
    note_difference(dictionary, "column %zu: the dictionary has %s, fec-parse expects %s",
                    found + 1, dictionary->names[found], expected_name(dictionary, expected));
}

/* Notes the columns that are new, missing, renamed, or there twice. */
static void compare_names(struct dictionary *dictionary)
{
    for (size_t i = 0; i < dictionary->count; i++) {
        const char *name = dictionary->names[i];
        if (is_renamed(dictionary, i)) {
            note_other_name(dictionary, i, i);
        } else if (place_expected(dictionary, name) == NOWHERE) {
            note_difference(dictionary, "new column %s at %zu", name, i + 1);
        } else if (place_found(dictionary, name) != i) {
            note_difference(dictionary, "column %s is there twice, at %zu and %zu", name,
                            place_found(dictionary, name) + 1, i + 1);
        }
    }
    for (size_t i = 0; i < dictionary->expected; i++) {
        const char *name = expected_name(dictionary, i);
        if (place_found(dictionary, name) != NOWHERE || is_renamed(dictionary, i))
            continue;
        note_difference(dictionary, "column %s is missing, fec-parse expects it at %zu", name,
                        i + 1);
    }
}

/* Notes the columns that have moved, in relation to the others that both sides have. */
static void compare_order(struct dictionary *dictionary)
{
    size_t expected = 0;
    for (size_t i = 0; i < dictionary->count; i++) {
        size_t place = place_expected(dictionary, dictionary->names[i]);
        if (place == NOWHERE || place_found(dictionary, dictionary->names[i]) != i)
            continue;
        while (place_found(dictionary, expected_name(dictionary, expected)) == NOWHERE)
            expected++;
        if (place != expected)
            note_other_name(dictionary, i, expected);
        expected++;
    }
}

static void die_of_differences(const struct dictionary *dictionary)
{
    if (dictionary->differences[0] != '\0')
        die(EX_DATAERR, "%s: not the columns of %s that fec-parse knows: %s", dictionary->path,
            dictionary->type->name, dictionary->differences);
}

void dictionary_check(const char *path, const struct file_type *type)
{
    struct input input;
    struct csvfile csv;
    struct dictionary dictionary, second;
    input_open_path(&input, path);
    csvfile_open(&csv, &input);
    start(&dictionary, path, type);
    if (!read_names(&dictionary, &csv))
        die(EX_DATAERR, "%s: the dictionary is empty", path);
    compare_names(&dictionary);
    compare_order(&dictionary);
    die_of_differences(&dictionary);
    start(&second, path, type);
    if (read_names(&second, &csv))
        die(EX_DATAERR, "%s: line %" PRIu64 ": a dictionary is one line, this is another", path,
            input.line);
    csvfile_close(&csv);
    input_close(&input);
}

void dictionary_match(struct csvfile *csv, const struct file_type *type, size_t place[MOST_COLUMNS])
{
    struct dictionary dictionary;
    start(&dictionary, csv->input->name, type);
    if (!read_names(&dictionary, csv))
        die(EX_DATAERR, "%s: no header row", csv->input->name);
    /* Nothing is renamed in a file whose columns can be anywhere, but it helps to read what stands
     * where the old name stood. */
    compare_names(&dictionary);
    die_of_differences(&dictionary);
    for (size_t i = 0; i < dictionary.expected; i++)
        place[i] = place_found(&dictionary, expected_name(&dictionary, i));
}
