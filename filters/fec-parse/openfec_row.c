/* openfec_row.c - a row of the API as a line of fields.
 *
 * What is hard is what JSON leaves open: a number can be a text, a date can have a time, a column
 * can be made of two members. What is not sure is rejected, never guessed.
 */
#include "fec-parse/openfec_row.h"
#include "base/cli.h"
#include "records/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DATE_LENGTH 10 /* YYYY-MM-DD */

void apirow_open(struct apirow *row, const struct api_type *type, unsigned cycle)
{
    memset(row, 0, sizeof *row);
    row->type = type;
    snprintf(row->cycle, sizeof row->cycle, "%04u", cycle % 10000);
    jsonline_open(&row->json);
    for (; type->columns[row->columns].name != NULL; row->columns++)
        jsonline_ask(&row->json, type->columns[row->columns].key);
    for (int i = 0; i < API_EXTRAS; i++)
        if (type->extras[i] != NULL)
            row->extras[i] = jsonline_ask(&row->json, type->extras[i]);
    row->values = cli_alloc(TEXT_GROWTH * INPUT_LONGEST_LINE + MOST_COLUMNS + FIELD_PADDING);
}

void apirow_close(struct apirow *row)
{
    jsonline_close(&row->json);
    free(row->values);
}

/* The extra member; NULL if rows of this type have none, or this one has null. */
static const struct member *extra(const struct apirow *row, enum api_extra which)
{
    const struct member *member = &row->json.members[row->extras[which]];
    return row->type->extras[which] == NULL || member->kind == MEMBER_NULL ? NULL : member;
}

/* Says why the row at hand is no record. Returns false, as do all that take a part of one. */
static bool refuse(struct apirow *row, enum reject kind, const char *key, const char *reason)
{
    snprintf(row->reason, sizeof row->reason, "%s is %s", key, reason);
    row->refused = kind;
    return false;
}

/* A member of a JSON type that its key cannot have. */
static bool refuse_kind(struct apirow *row, const char *key, enum member_kind kind)
{
    static const char *const names[] = {
        [MEMBER_NULL] = "null",          [MEMBER_TEXT] = "a string",
        [MEMBER_WHOLE] = "a number",     [MEMBER_REAL] = "a real number",
        [MEMBER_BOOL] = "true or false", [MEMBER_LIST] = "a list",
        [MEMBER_OBJECT] = "an object",
    };
    return refuse(row, REJECT_JSON, key, names[kind]);
}

/* Whether it is a text or can stand for one. */
static bool has_text(const struct member *member)
{
    return member->kind == MEMBER_TEXT || member->kind == MEMBER_WHOLE ||
           member->kind == MEMBER_REAL;
}

/* --- the cycle */

static bool is_cycle(const struct apirow *row, struct span text)
{
    return text.length == strlen(row->cycle) && memcmp(text.text, row->cycle, text.length) == 0;
}

/* Whether the row is of the cycle, as far as it tells. */
static bool check_period(struct apirow *row)
{
    const char *key = row->type->extras[API_PERIOD];
    const struct member *period = extra(row, API_PERIOD);
    if (period == NULL)
        return true;
    if (!has_text(period))
        return refuse_kind(row, key, period->kind);
    if (is_cycle(row, period->text))
        return true;
    char reason[64] = "of another cycle";
    size_t digits = 0;
    while (digits < period->text.length && period->text.text[digits] >= '0' &&
           period->text.text[digits] <= '9')
        digits++;
    if (digits == strlen(row->cycle) && digits == period->text.length)
        snprintf(reason, sizeof reason, "%.4s, not %s", period->text.text, row->cycle);
    return refuse(row, REJECT_CYCLE, key, reason);
}

/* Whether a committee or candidate was of the cycle, among others, as far as the row tells. */
static bool check_cycles(struct apirow *row)
{
    const char *key = row->type->extras[API_CYCLES];
    const struct member *cycles = extra(row, API_CYCLES);
    if (cycles == NULL)
        return true;
    if (cycles->kind != MEMBER_LIST)
        return refuse_kind(row, key, cycles->kind);
    size_t i;
    json_t *value;
    json_array_foreach(cycles->list, i, value)
    {
        if (json_integer_value(value) == strtol(row->cycle, NULL, 10))
            return true;
    }
    char reason[64];
    snprintf(reason, sizeof reason, "a list without %s", row->cycle);
    return refuse(row, REJECT_CYCLE, key, reason);
}

/* --- the fields */

/* Puts bytes into the field at hand. */
static void put(struct apirow *row, const char *text, size_t length)
{
    if (length > 0)
        memcpy(row->values + row->used, text, length);
    row->used += length;
}

static void end_field(struct apirow *row)
{
    row->used++;
    row->count++;
    row->marks[row->count] = (uint32_t)row->used | MARK_SPECIAL;
}

/* A date, perhaps with a time of day after it: "2017-01-03T00:00:00", which the API gives of all
 * dates, "2017-01-03 05:00:00+00:00". The FEC knows only days, so what follows the day is left out;
 * but a text that is not wholly a date remains as it is, for the column of what was filed. */
static struct span day_of(struct span date)
{
    char day[DATE_LENGTH + VALUE_PADDING] = "", as_date[VALUE_ROOM];
    if (date.length < DATE_LENGTH + 2 || date.text[4] != '-' ||
        (date.text[DATE_LENGTH] != 'T' && date.text[DATE_LENGTH] != ' '))
        return date;
    for (size_t i = DATE_LENGTH + 1; i < date.length; i++)
        if (date.text[i] == '\0' || strchr("0123456789:.+-Z", date.text[i]) == NULL)
            return date;
    memcpy(day, date.text, DATE_LENGTH);
    bool good = value_date((struct span){day, DATE_LENGTH}, as_date) != NULL;
    return (struct span){date.text, good ? DATE_LENGTH : date.length};
}

/* Puts what TRANSACTION_PGI is if election_type has nothing: a letter for the kind of election and
 * its year. Letters: the FEC's file description of itcont.txt. */
static bool put_election(struct apirow *row)
{
    static const struct {
        const char *description;
        char letter;
    } kinds[] = {
        {"PRIMARY", 'P'},    {"GENERAL", 'G'}, {"SPECIAL", 'S'}, {"RUNOFF", 'R'},
        {"CONVENTION", 'C'}, {"OTHER", 'O'},   {"RECOUNT", 'E'},
    };
    const struct member *description = extra(row, API_ELECTION_DESC);
    const struct member *year = extra(row, API_ELECTION_YEAR);
    if (description == NULL)
        return true;
    if (description->kind != MEMBER_TEXT)
        return refuse_kind(row, row->type->extras[API_ELECTION_DESC], description->kind);
    if (year != NULL && !has_text(year))
        return refuse_kind(row, row->type->extras[API_ELECTION_YEAR], year->kind);
    struct span text = text_trim_spaces(description->text);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strlen(kinds[i].description) != text.length ||
            strncasecmp(kinds[i].description, text.text, text.length) != 0)
            continue;
        put(row, &kinds[i].letter, 1);
        if (year != NULL) {
            struct span digits = text_trim_spaces(year->text);
            put(row, digits.text, digits.length);
        }
    }
    return true;
}

/* Puts the candidate of a committee that has just one: of several, the bulk file names the one whom
 * the FEC holds for the committee's, which the API does not tell. */
static bool put_only_candidate(struct apirow *row, const struct member *candidates)
{
    if (candidates->kind != MEMBER_LIST)
        return refuse_kind(row, API_CANDIDATES_KEY, candidates->kind);
    json_t *only = json_array_get(candidates->list, 0);
    if (json_array_size(candidates->list) != 1 || json_is_null(only))
        return true;
    if (!json_is_string(only))
        return refuse(row, REJECT_JSON, API_CANDIDATES_KEY, "a list of what is no text");
    put(row, json_string_value(only), json_string_length(only));
    return true;
}

/* Puts the value of a column. */
static bool put_value(struct apirow *row, const struct api_column *column,
                      const struct member *member)
{
    if (member->kind == MEMBER_NULL)
        return true;
    /* A number where a text should be is as good as the text, but not a real one: fifteen digits
     * are not enough for an image's number. */
    bool is_number = column->kind == COLUMN_NUMBER || column->kind == COLUMN_AMOUNT;
    if (!has_text(member) || (member->kind == MEMBER_REAL && !is_number))
        return refuse_kind(row, column->key, member->kind);
    struct span text = text_trim_spaces(member->text);
    if (column->kind == COLUMN_DATE)
        text = day_of(text);
    put(row, text.text, text.length);
    return true;
}

static bool put_field(struct apirow *row, const struct api_column *column,
                      const struct member *member)
{
    if (column->key[0] == '\0')
        return true;
    if (strcmp(column->key, API_CANDIDATES_KEY) == 0 && member->kind != MEMBER_NULL)
        return put_only_candidate(row, member);
    if (!put_value(row, column, member))
        return false;
    bool empty = row->used == (row->marks[row->count] & MARK_PLACE);
    if (empty && strcmp(column->key, API_ELECTION_KEY) == 0)
        return put_election(row);
    return true;
}

/* Hands out the fields. With its length record.c and row->values reckon: what is in the fields is
 * no longer than the line, or the line in UTF-8 if it was something else, for an escape is longer
 * than what it stands for, and a number gains less by being written out than its key takes. */
static void set_line(const struct apirow *row, const struct line *json, struct line *line)
{
    *line = *json;
    line->base = row->values;
    line->marks = row->marks;
    line->count = row->count;
}

enum reject apirow_read(struct apirow *row, const struct line *json, struct line *line)
{
    if (!jsonline_read(&row->json, json->text, json->length)) {
        snprintf(row->reason, sizeof row->reason, "%s", row->json.reason);
        return REJECT_JSON;
    }
    row->used = row->count = 0;
    row->marks[0] = 0;
    if (!check_period(row) || !check_cycles(row))
        return row->refused;
    for (size_t i = 0; i < row->columns; i++) {
        if (!put_field(row, &row->type->columns[i], &row->json.members[i]))
            return row->refused;
        end_field(row);
    }
    set_line(row, json, line);
    return REJECT_NONE;
}
