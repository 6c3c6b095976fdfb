/* record.c - from a line of fields to a record.
 *
 * This is where fec-parse spends its time, so the usual field (ASCII, nothing to escape) is copied
 * by whole blocks straight from the input's buffer to the output's. A block may reach beyond the
 * field at both ends of the copy: there is padding after the input, and what is written too much
 * is overwritten by what comes next.
 */
#include "fec-parse/record.h"
#include "base/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define COPY_BLOCK 32 /* at most FIELD_PADDING */
#define NULL_VALUE "\\N"
#define HASH_DIGITS 16
#define CYCLE_DIGITS 4
#define ID_LENGTH 9
#define KEY_IS_NO_WORD "%s holds a tab or a line end"
#define OCCURRENCE_DIGITS 21 /* of a number of 64 bits, and a hyphen */
#define FIELD_GROWTH 8       /* what a short value can gain: a tab, "\\N", ".00", a date's dashes */

/* The longest record that a line of this length can become. A date is written once, as a date or as
 * filed; a computed key repeats some fields; and blocks are written beyond the end. */
static size_t record_room(const struct record_writer *writer, size_t length)
{
    size_t columns = 1 + writer->column_count + writer->date_count;
    size_t key = writer->key.type
                     ? 0
                     : TEXT_GROWTH * length + MOST_KEY_COLUMNS + HASH_DIGITS + OCCURRENCE_DIGITS;
    return TEXT_GROWTH * length + key + columns * FIELD_GROWTH + sizeof writer->cycle + VALUE_ROOM +
           COPY_BLOCK;
}

static size_t index_of(const struct file_type *type, const char *fec_name)
{
    size_t i = 0;
    while (strcmp(type->columns[i].fec_name, fec_name) != 0)
        i++;
    return i;
}

/* Sorts the columns into what the writer needs. */
static void plan(struct record_writer *writer, const struct file_type *type, const size_t *place)
{
    for (size_t i = 0; type->columns[i].fec_name != NULL; i++) {
        struct record_column column = {&type->columns[i], place ? place[i] : i};
        if (column.type->kind == COLUMN_UNUSED) {
            writer->unused = true;
            continue;
        }
        writer->fields++;
        if (column.type->kind == COLUMN_LOAD_DATE) {
            writer->load_date = column;
            continue;
        }
        if (strcmp(column.type->name, type->key) == 0) {
            writer->key = column;
            continue;
        }
        writer->columns[writer->column_count++] = column;
        if (kind_is_date(column.type->kind))
            writer->dates[writer->date_count++] = column;
        if (column.type->kind == COLUMN_AMOUNT && writer->total == NULL)
            writer->total = column.type;
    }
}

/* What a key that is computed is made of. */
static void plan_key(struct record_writer *writer, const struct file_type *type,
                     const size_t *place)
{
    const struct computed_key *key = type->computed;
    for (size_t i = 0; i < MOST_KEY_COLUMNS && key->columns[i] != NULL; i++) {
        size_t column = index_of(type, key->columns[i]);
        writer->key_parts[writer->key_part_count++] =
            (struct record_column){&type->columns[column], place ? place[column] : column};
    }
    writer->key_hashed = key->hashed;
}

void record_open(struct record_writer *writer, const struct file_type *type, unsigned cycle,
                 const size_t *place)
{
    memset(writer, 0, sizeof *writer);
    snprintf(writer->cycle, sizeof writer->cycle, "%0*u", CYCLE_DIGITS, cycle);
    plan(writer, type, place);
    if (type->computed != NULL)
        plan_key(writer, type, place);
    size_t longest = record_room(writer, INPUT_LONGEST_LINE);
    writer->cleaned = cli_alloc(TEXT_GROWTH * INPUT_LONGEST_LINE + FIELD_PADDING);
    writer->longest = cli_alloc(longest);
    writer->computed = writer->key.type == NULL ? cli_alloc(longest) : NULL;
}

void record_close(struct record_writer *writer)
{
    free(writer->cleaned);
    free(writer->longest);
    free(writer->computed);
    occurrences_free(&writer->occurrences);
}

/* The field of a column in its canonical form, not yet escaped. */
static inline struct span take_field(struct record_writer *writer, const struct line *line,
                                     size_t field)
{
    struct span span = {field_text(line, field), field_length(line, field)};
    if (field_is_special(line, field))
        return text_clean(span, writer->cleaned, &writer->faults);
    if (span.length > 0 && (span.text[0] == ' ' || span.text[span.length - 1] == ' '))
        return text_trim_spaces(span);
    return span;
}

/* Copies a text by whole blocks: the bytes after it are copied too. */
static inline char *put_blocks(struct span span, char *to)
{
    memcpy(to, span.text, COPY_BLOCK);
    for (size_t done = COPY_BLOCK; done < span.length; done += COPY_BLOCK)
        memcpy(to + done, span.text + done, COPY_BLOCK);
    return to + span.length;
}

static inline char *put_text(struct span span, bool special, char *to)
{
    return special ? text_escape(span, to) : put_blocks(span, to);
}

static inline char *put_null(char *to)
{
    memcpy(to, NULL_VALUE, 2);
    return to + 2;
}

/* Says why the line at hand is no record. Returns NULL, as do all that write a part of one. */
static char *refuse(struct record_writer *writer, enum reject kind, const char *format,
                    const struct record_column *column)
{
    snprintf(writer->reason, sizeof writer->reason, format, column->type->fec_name);
    writer->refused = kind;
    return NULL;
}

/* Writes a number, which may be the key. */
static inline char *put_number(struct record_writer *writer, const struct record_column *column,
                               struct span span, char *to)
{
    char *end = value_number(span, to);
    return end ? end : refuse(writer, REJECT_NUMBER, "%s is no whole number of 64 bits", column);
}

static inline char *put_amount(struct record_writer *writer, const struct record_column *column,
                               struct span span, char *to)
{
    int64_t cents;
    char *end = value_amount(span, to, &cents);
    if (end == NULL)
        return refuse(writer, REJECT_AMOUNT, "%s is no amount", column);
    if (column->type == writer->total)
        writer->this_record.total.cents = cents;
    return end;
}

/* Writes the date that a text of a column means. Returns NULL if it means no date. */
static inline char *read_date(enum column_kind kind, struct span span, char *to)
{
    return kind == COLUMN_YMD_DATE ? value_ymd_date(span, to) : value_date(span, to);
}

/* Writes a date, or NULL if it is not valid: then put_as_filed has it. */
static inline char *put_date(struct record_writer *writer, enum column_kind kind, struct span span,
                             char *to)
{
    char *end = read_date(kind, span, to);
    if (end != NULL)
        return end;
    writer->this_record.undated++;
    return put_null(to);
}

/* Whether a text is an id of the FEC's of this kind. */
static bool is_id(enum column_kind kind, struct span span)
{
    if (span.length != ID_LENGTH)
        return false;
    bool committee = span.text[0] == 'C', candidate = strchr("HSP", span.text[0]) != NULL;
    if (!(committee && kind != COLUMN_CANDIDATE_ID) && !(candidate && kind != COLUMN_COMMITTEE_ID))
        return false;
    for (size_t i = 1; i < ID_LENGTH; i++) {
        bool digit = span.text[i] >= '0' && span.text[i] <= '9';
        bool letter = span.text[i] >= 'A' && span.text[i] <= 'Z';
        if (!digit && !(letter && candidate))
            return false;
    }
    return true;
}

static char *put_id(struct record_writer *writer, const struct record_column *column,
                    struct span span, char *to)
{
    enum column_kind kind = column->type->kind;
    if (!is_id(kind, span))
        return refuse(writer, REJECT_KEY,
                      kind == COLUMN_COMMITTEE_ID   ? "%s is no committee's id"
                      : kind == COLUMN_CANDIDATE_ID ? "%s is no candidate's id"
                                                    : "%s is no id of the FEC",
                      column);
    memcpy(to, span.text, ID_LENGTH);
    return to + ID_LENGTH;
}

/* Writes a column's value. */
static inline char *put_value(struct record_writer *writer, const struct line *line,
                              const struct record_column *column, char *to)
{
    struct span span = take_field(writer, line, column->field);
    enum column_kind kind = column->type->kind;
    if (span.length == 0) {
        writer->this_record.no_date += kind_is_date(kind);
        return put_null(to);
    }
    switch (kind) {
    case COLUMN_NUMBER:
        return put_number(writer, column, span, to);
    case COLUMN_AMOUNT:
        return put_amount(writer, column, span, to);
    case COLUMN_DATE:
    case COLUMN_YMD_DATE:
        return put_date(writer, kind, span, to);
    case COLUMN_COMMITTEE_ID:
    case COLUMN_CANDIDATE_ID:
    case COLUMN_FEC_ID:
        return put_id(writer, column, span, to);
    default:
        return put_text(span, field_is_special(line, column->field), to);
    }
}

/* Writes, for each date, the text that was filed if it is no date. */
static char *put_as_filed(struct record_writer *writer, const struct line *line, char *to)
{
    for (size_t i = 0; i < writer->date_count; i++) {
        *to++ = '\t';
        char *start = to;
        if (writer->this_record.undated > 0) {
            const struct record_column *date = &writer->dates[i];
            struct span span = take_field(writer, line, date->field);
            if (span.length > 0 && read_date(date->type->kind, span, to) == NULL)
                to = put_text(span, field_is_special(line, date->field), to);
        }
        if (to == start)
            to = put_null(to);
    }
    return to;
}

/* Writes all of a record but its key. */
static inline char *put_rest(struct record_writer *writer, const struct line *line, char *to)
{
    to = put_blocks((struct span){writer->cycle, CYCLE_DIGITS}, to);
    const struct record_column *end = writer->columns + writer->column_count;
    for (const struct record_column *column = writer->columns; column < end; column++) {
        *to++ = '\t';
        to = put_value(writer, line, column, to);
        if (to == NULL)
            return NULL;
    }
    to = put_as_filed(writer, line, to);
    if (writer->load_date.type == NULL)
        return to;
    *to++ = '\t';
    /* (A second call of put_value would keep the compiler from putting it into the loop.) */
    struct span span = take_field(writer, line, writer->load_date.field);
    return span.length == 0 ? put_null(to)
                            : put_text(span, field_is_special(line, writer->load_date.field), to);
}

/* A key is one word for every program that reads records: cut, sort, join and fec-dedupe. */
static bool can_be_key(struct span span)
{
    for (size_t i = 0; i < span.length; i++)
        if (span.text[i] == '\t' || span.text[i] == '\n' || span.text[i] == '\r')
            return false;
    return true;
}

/* Writes the key where it is a column, and a tab. */
static inline char *put_key(struct record_writer *writer, const struct line *line, char *to)
{
    const struct record_column *key = &writer->key;
    struct span span = take_field(writer, line, key->field);
    if (span.length == 0)
        return refuse(writer, REJECT_KEY, "no %s", key);
    if (field_is_special(line, key->field) && !can_be_key(span))
        return refuse(writer, REJECT_KEY, KEY_IS_NO_WORD, key);
    to = key->type->kind == COLUMN_NUMBER ? put_number(writer, key, span, to)
                                          : put_id(writer, key, span, to);
    if (to != NULL)
        *to++ = '\t';
    return to;
}

/* Writes the columns that a computed key is made of, with '-' between them. */
static char *put_key_parts(struct record_writer *writer, const struct line *line, char *to)
{
    for (size_t i = 0; i < writer->key_part_count; i++) {
        const struct record_column *part = &writer->key_parts[i];
        struct span span = take_field(writer, line, part->field);
        if (i > 0)
            *to++ = '-';
        else if (span.length == 0 && !writer->key_hashed)
            return refuse(writer, REJECT_KEY, "no %s", part);
        if (!can_be_key(span))
            return refuse(writer, REJECT_KEY, KEY_IS_NO_WORD, part);
        if (part->type->kind != COLUMN_NUMBER)
            to = text_escape(span, to);
        else if (span.length > 0)
            to = value_number(span, to); /* put_rest has seen that it is one */
    }
    return to;
}

/* Writes a record whose key is computed: some columns, a hash of all that follows if these do not
 * tell records apart; and from the second on, which of those with the same key it is. */
static char *put_computed(struct record_writer *writer, const struct line *line, char *to)
{
    char *rest_end = put_rest(writer, line, writer->computed), *start = to;
    if (rest_end == NULL)
        return NULL;
    size_t rest = (size_t)(rest_end - writer->computed);
    to = put_key_parts(writer, line, to);
    if (to == NULL)
        return NULL;
    uint64_t hash;
    if (writer->key_hashed) {
        hash = XXH3_64bits(writer->computed, rest);
        to += sprintf(to, "-%0*" PRIx64, HASH_DIGITS, hash);
    } else {
        hash = XXH3_64bits(start, (size_t)(to - start));
    }
    uint64_t times = occurrences_add(&writer->occurrences, hash);
    if (times > 1) {
        to += sprintf(to, "-%" PRIu64, times);
        writer->this_record.alike = 1;
    }
    *to++ = '\t';
    memcpy(to, writer->computed, rest);
    return to + rest;
}

/* Whether the line has the fields it must have. */
static inline bool has_its_fields(struct record_writer *writer, const struct line *line)
{
    if (line->count == writer->fields)
        return true;
    writer->refused = REJECT_FIELDS;
    if (!writer->unused || line->count != writer->fields + 1) {
        snprintf(writer->reason, sizeof writer->reason, "%zu fields instead of %zu", line->count,
                 writer->fields);
        return false;
    }
    /* The field that no dictionary lists. If it is used one day, it has become a column. */
    if (take_field(writer, line, writer->fields).length > 0) {
        snprintf(writer->reason, sizeof writer->reason, "field %zu is not empty",
                 writer->fields + 1);
        return false;
    }
    return true;
}

/* Adds what was counted of a record that is written. */
static inline void count_record(struct record_writer *writer)
{
    struct record_counts *counts = &writer->counts;
    counts->records++;
    counts->undated += writer->this_record.undated;
    counts->no_date += writer->this_record.no_date;
    counts->alike += writer->this_record.alike;
    counts->recoded_rows += writer->faults.recoded;
    counts->control_rows += writer->faults.control;
    amount_add(&counts->total, writer->this_record.total.cents);
}

enum reject record_write(struct record_writer *writer, const struct line *line,
                         struct output *output)
{
    memset(&writer->this_record, 0, sizeof writer->this_record);
    writer->faults = writer->found;
    if (!has_its_fields(writer, line))
        return writer->refused;

    size_t room = record_room(writer, line->length);
    char *start = room <= OUTPUT_SIZE ? output_room(output, room) : writer->longest;
    char *end;
    if (writer->key.type == NULL)
        end = put_computed(writer, line, start);
    else if ((end = put_key(writer, line, start)) != NULL)
        end = put_rest(writer, line, end);
    if (end == NULL)
        return writer->refused;
    *end++ = '\n';
    if (start == writer->longest)
        output_write(output, start, (size_t)(end - start));
    else
        output->used += (size_t)(end - start);
    count_record(writer);
    return REJECT_NONE;
}

/* Reads the key of a line that is no record from one of its fields. Returns where it ends in
 * writer->key_text, NULL if the field has no key. */
static char *read_key(struct record_writer *writer, const struct line *line, size_t field)
{
    struct record_column column = {writer->key.type, field};
    if (field >= line->count || field_length(line, field) >= sizeof writer->key_text / TEXT_GROWTH)
        return NULL;
    struct span span = take_field(writer, line, field);
    if (span.length == 0)
        return NULL;
    return column.type->kind == COLUMN_NUMBER ? put_number(writer, &column, span, writer->key_text)
                                              : put_id(writer, &column, span, writer->key_text);
}

struct span record_key(struct record_writer *writer, const struct line *line)
{
    struct span found = {writer->found_key, 0};
    if (writer->key.type == NULL)
        return found;
    size_t from_front = writer->key.field, from_back = writer->fields - from_front;
    size_t places[] = {from_front, line->count - from_back, line->count - from_back - 1};
    bool misplaced =
        line->count != writer->fields && !(writer->unused && line->count == writer->fields + 1);
    size_t count = !misplaced ? 1 : writer->unused ? 3 : 2;
    char reason[REJECT_REASON];
    memcpy(reason, writer->reason, sizeof reason);
    for (size_t i = 0; i < count; i++) {
        char *end = read_key(writer, line, places[i]);
        size_t length = end ? (size_t)(end - writer->key_text) : 0;
        if (length > found.length) {
            memcpy(writer->found_key, writer->key_text, length);
            found.length = length;
        } else if (length > 0 && length == found.length &&
                   memcmp(writer->found_key, writer->key_text, length) != 0) {
            found.length = 0;
            break;
        }
    }
    memcpy(writer->reason, reason, sizeof reason);
    return found;
}
