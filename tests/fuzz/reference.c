/* reference.c - fec-parse once more, slow and plain: an allocation a field, nothing at once.
 *
 * It was written from man/fec-records.5 and the comments in fec-parse's headers. Where it differs
 * from the program, one of the two is wrong.
 */
#include "reference.h"
#include "base/sizes.h"
#include "records/columns.h"
#include "value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#define MOST_FIELDS 400
#define MOST_RECORDS 4096

struct reader {
    struct reference *reference;
    const struct file_type *type;
    const char *cycle;
    struct text out;
    int place[MOST_COLUMNS]; /* the field of each column */
    int columns;             /* those that a line must have */
    bool may_have_one_more;
    uint64_t hashes[MOST_RECORDS]; /* of the records with a computed key */
    size_t hash_count;
};

/* --- columns */

static bool is_computed(const struct file_type *type)
{
    for (const struct column_type *column = type->columns; column->fec_name != NULL; column++)
        if (column->name != NULL && strcmp(column->name, type->key) == 0)
            return false;
    return true;
}

static bool is_key(const struct reader *reader, const struct column_type *column)
{
    return column->name != NULL && strcmp(column->name, reader->type->key) == 0;
}

static void put_header(struct reader *reader)
{
    const struct column_type *column;
    text_put(&reader->out, reader->type->key);
    text_put(&reader->out, "\tcycle");
    for (column = reader->type->columns; column->fec_name != NULL; column++)
        if (column->kind != COLUMN_UNUSED && !is_key(reader, column)) {
            text_put(&reader->out, "\t");
            text_put(&reader->out, column->name);
        }
    for (column = reader->type->columns; column->fec_name != NULL; column++)
        if (column->kind == COLUMN_DATE) {
            text_put(&reader->out, "\t");
            text_put(&reader->out, column->name);
            text_put(&reader->out, "_as_filed");
        }
    text_put(&reader->out, "\n");
}

/* --- records */

static bool is_id(enum column_kind kind, const char *text)
{
    bool committee = text[0] == 'C' && strspn(text + 1, "0123456789") == 8 && strlen(text) == 9;
    bool candidate = text[0] != '\0' && strchr("HSP", text[0]) != NULL && strlen(text) == 9 &&
                     strspn(text + 1, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 8;
    return kind == COLUMN_COMMITTEE_ID   ? committee
           : kind == COLUMN_CANDIDATE_ID ? candidate
                                         : committee || candidate;
}

/* Appends a value; false if the line is rejected for it. */
static bool put_value(const struct column_type *column, const struct text *value, struct text *to,
                      int64_t *cents)
{
    if (value->length == 0) {
        text_put(to, "\\N");
        return true;
    }
    switch (column->kind) {
    case COLUMN_NUMBER:
        return plain_number(value, to);
    case COLUMN_AMOUNT:
        return plain_amount(value, to, cents);
    case COLUMN_DATE:
        if (!plain_date(value, to))
            text_put(to, "\\N");
        return true;
    case COLUMN_COMMITTEE_ID:
    case COLUMN_CANDIDATE_ID:
    case COLUMN_FEC_ID:
        text_put(to, value->at);
        return is_id(column->kind, value->at);
    default:
        plain_escaped(value, to);
        return true;
    }
}

/* Appends what was filed for a date, if it cannot be read as one. */
static void put_as_filed(const struct text *value, struct text *to)
{
    struct text date = {0};
    text_put(to, "\t");
    if (value->length == 0 || plain_date(value, &date))
        text_put(to, "\\N");
    else
        plain_escaped(value, to);
    free(date.at);
}

/* Appends all that follows the key. */
static bool put_rest(const struct reader *reader, const struct text *values, struct text *to,
                     int64_t *cents)
{
    const struct column_type *columns = reader->type->columns;
    bool summed = false;
    text_put(to, reader->cycle);
    for (int i = 0; columns[i].fec_name != NULL; i++) {
        int64_t amount = 0;
        if (columns[i].kind == COLUMN_UNUSED || is_key(reader, &columns[i]))
            continue;
        text_put(to, "\t");
        if (!put_value(&columns[i], &values[reader->place[i]], to, &amount))
            return false;
        if (columns[i].kind == COLUMN_AMOUNT && !summed)
            *cents = amount;
        summed = summed || columns[i].kind == COLUMN_AMOUNT;
    }
    for (int i = 0; columns[i].fec_name != NULL; i++)
        if (columns[i].kind == COLUMN_DATE)
            put_as_filed(&values[reader->place[i]], to);
    return true;
}

static const struct text *value_named(const struct reader *reader, const struct text *values,
                                      const char *fec_name)
{
    int i = 0;
    while (strcmp(reader->type->columns[i].fec_name, fec_name) != 0)
        i++;
    return &values[reader->place[i]];
}

/* filing - transaction - hash of the rest, and which one it is of those that are alike */
static bool put_computed_key(struct reader *reader, const struct text *values,
                             const struct text *rest, struct text *to)
{
    char tail[64];
    const struct text *filing = value_named(reader, values, "file_num");
    const struct text *transaction = value_named(reader, values, "tran_id");
    uint64_t hash = XXH3_64bits(rest->at, rest->length), times = 1;
    if (filing->length > 0)
        (void)plain_number(filing, to);
    if (strpbrk(transaction->at, "\t\n\r") != NULL)
        return false;
    text_put(to, "-");
    plain_escaped(transaction, to);
    for (size_t i = 0; i < reader->hash_count; i++)
        times += reader->hashes[i] == hash;
    if (reader->hash_count < MOST_RECORDS)
        reader->hashes[reader->hash_count++] = hash;
    else
        reader->reference->unsure = true;
    snprintf(tail, sizeof tail, "-%016llx", (unsigned long long)hash);
    text_put(to, tail);
    snprintf(tail, sizeof tail, "-%llu", (unsigned long long)times);
    text_put(to, times > 1 ? tail : "");
    return true;
}

static bool put_key(struct reader *reader, const struct text *values, const struct text *rest,
                    struct text *to)
{
    const struct column_type *columns = reader->type->columns;
    int64_t none;
    if (is_computed(reader->type))
        return put_computed_key(reader, values, rest, to);
    int i = 0;
    while (!is_key(reader, &columns[i]))
        i++;
    const struct text *key = &values[reader->place[i]];
    return key->length > 0 && strpbrk(key->at, "\t\n\r") == NULL &&
           put_value(&columns[i], key, to, &none);
}

/* Writes a line of fields as a record, or rejects it. */
static void take_fields(struct reader *reader, const struct bytes *fields, int count)
{
    struct text values[MOST_FIELDS] = {{0}}, rest = {0}, key = {0};
    int64_t cents = 0;
    for (int i = 0; i < count; i++)
        values[i] = plain_text(fields[i]);
    bool good =
        count == reader->columns || (reader->may_have_one_more && count == reader->columns + 1 &&
                                     values[count - 1].length == 0);
    good = good && put_rest(reader, values, &rest, &cents) && put_key(reader, values, &rest, &key);
    if (good) {
        text_add(&reader->out, key.at, key.length);
        text_put(&reader->out, "\t");
        text_add(&reader->out, rest.at, rest.length);
        text_put(&reader->out, "\n");
        reader->reference->written++;
        reader->reference->cents += cents;
    } else {
        reader->reference->rejected++;
    }
    for (int i = 0; i < count; i++)
        free(values[i].at);
    free(rest.at);
    free(key.at);
}

/* --- lines */

int reference_split_csv(struct bytes line, struct bytes *fields, int most)
{
    int count = 0;
    size_t i = 0;
    for (bool more = true; more;) {
        struct text field = {0};
        bool quoted = false;
        text_put(&field, "");
        while (i < line.length && strchr(" \t\r", line.at[i]) != NULL && line.at[i] != '\0')
            i++;
        if (i < line.length && line.at[i] == '"') {
            quoted = true;
            i++;
        }
        for (; i < line.length && (quoted || line.at[i] != ','); i++) {
            if (quoted && line.at[i] == '"') {
                size_t next = i + 1;
                if (next < line.length && line.at[next] == '"') {
                    i++;
                } else {
                    /* With nothing but blanks up to the field's end it closes; else it is text. */
                    while (next < line.length && strchr(" \t\r", line.at[next]) != NULL &&
                           line.at[next] != '\0')
                        next++;
                    if (next == line.length || line.at[next] == ',') {
                        quoted = false;
                        i = next;
                        break;
                    }
                }
            }
            text_add(&field, &line.at[i], 1);
        }
        if (count < most)
            fields[count++] = (struct bytes){field.at, field.length};
        else
            free(field.at);
        if (quoted) {
            while (count > 0)
                free((void *)fields[--count].at);
            return -1;
        }
        more = i < line.length;
        i++;
    }
    return count;
}

static int split_plain(struct bytes line, struct bytes *fields, int most)
{
    const char *end = line.at + line.length, *from = line.at;
    int count = 0;
    for (const char *c = line.at; c <= end; c++)
        if (c == end || *c == '|') {
            if (count < most)
                fields[count++] = (struct bytes){from, (size_t)(c - from)};
            from = c + 1;
        }
    return count;
}

/* Nothing but blanks, and the Ctrl-Z that can stand at the end of a text. */
static bool is_blank(struct bytes line, bool whole)
{
    for (size_t i = 0; i < line.length; i++)
        if (memchr(" \t\r", line.at[i], 3) == NULL && (whole || line.at[i] != 0x1a))
            return false;
    return true;
}

/* Takes the header row of a CSV file: each column's name once, in any order. */
static bool take_header(struct reader *reader, const struct bytes *fields, int count)
{
    const struct column_type *columns = reader->type->columns;
    bool good = count == reader->columns;
    for (int i = 0; columns[i].fec_name != NULL; i++)
        reader->place[i] = -1;
    for (int i = 0; good && i < count; i++) {
        struct text name = plain_text(fields[i]);
        int column = 0;
        while (columns[column].fec_name != NULL &&
               strcasecmp(columns[column].fec_name, name.at) != 0)
            column++;
        good = columns[column].fec_name != NULL && reader->place[column] == -1;
        if (good)
            reader->place[column] = i;
        free(name.at);
    }
    return good;
}

static void take_csv(struct reader *reader, struct bytes line, bool *has_header)
{
    struct bytes fields[MOST_FIELDS];
    int count = reference_split_csv(line, fields, MOST_FIELDS);
    if (count < 0 || count == MOST_FIELDS) {
        reader->reference->unsure = true;
        return;
    }
    if (*has_header)
        take_fields(reader, fields, count);
    else if (!take_header(reader, fields, count))
        reader->reference->refused = true;
    *has_header = true;
    while (count > 0)
        free((void *)fields[--count].at);
}

/* Takes one line. Returns false if the input is refused with it, or cannot be judged. */
static bool take_line(struct reader *reader, struct bytes line, bool whole, bool allow_cut,
                      bool *has_header)
{
    struct reference *reference = reader->reference;
    struct bytes fields[MOST_FIELDS];
    bool is_csv = reader->type->member == NULL, is_row = *has_header;
    reference->lines += is_row;
    if (line.length > INPUT_LONGEST_LINE) {
        reference->refused = is_csv || (!whole && !allow_cut);
        reference->rejected++;
    } else if (is_blank(line, whole)) {
        reference->blank += is_row;
    } else if (is_row && !whole && !allow_cut) {
        /* Of CSV only if it is a row at all. */
        reference->refused = true;
    } else if (is_csv) {
        take_csv(reader, line, has_header);
    } else {
        int count = split_plain(line, fields, MOST_FIELDS);
        reference->unsure = count == MOST_FIELDS;
        take_fields(reader, fields, count);
    }
    return !reference->refused && !reference->unsure;
}

void reference_read(struct reference *reference, const struct file_type *type, struct bytes input,
                    const char *cycle, bool allow_cut)
{
    static struct reader reader;
    memset(&reader, 0, sizeof reader);
    memset(reference, 0, sizeof *reference);
    reader.reference = reference;
    reader.type = type;
    reader.cycle = cycle;
    for (int i = 0; type->columns[i].fec_name != NULL; i++) {
        reader.place[i] = i;
        reader.columns += type->columns[i].kind != COLUMN_UNUSED;
        reader.may_have_one_more |= type->columns[i].kind == COLUMN_UNUSED;
    }
    put_header(&reader);
    const char *at = input.at, *end = input.at + input.length;
    bool has_header = type->member != NULL;
    reference->refused = input.length >= 4 && memcmp(at, "PK\3\4", 4) == 0;
    if (input.length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    while (!reference->refused && at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct bytes line = {at, (size_t)((newline ? newline : end) - at)};
        if (!take_line(&reader, line, newline != NULL, allow_cut, &has_header))
            break;
        at = newline ? newline + 1 : end;
    }
    reference->refused = reference->refused || !has_header;
    reference->records = (struct bytes){reader.out.at, reader.out.length};
}
