/* line.c - one line of a file as it is put together, with what its fields mean beside it
 *
 * Each field is written twice: as it is filed, with its quirk, and as the table must hold it. The
 * two are made from the same value but never from each other.
 */
#include "line.h"
#include "words.h"

#include <string.h>

void line_start(struct line *line)
{
    line->length = 0;
    line->canonical_length = 0;
    line->fields = 0;
    line->cents = 0;
    line->has_amount = false;
    line->date = DATE_ABSENT;
    line->committee = -1;
    line->quotes_all = false;
}

/* Adds a field's bytes in quotes, doubling those within (RFC 4180, section 2). */
static void put_quoted(struct line *line, const char *text, size_t length)
{
    char *to = line->filed + line->length;
    *to++ = '"';
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            *to++ = '"';
        *to++ = text[i];
    }
    *to++ = '"';
    line->length = (size_t)(to - line->filed);
}

static bool needs_quotes(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (strchr(",\"\r\n ", text[i]) != NULL)
            return true;
    return false;
}

/* Starts a field and writes it as filed. */
static void put_filed(struct line *line, const char *text, size_t length)
{
    bool is_csv = line->style >= STYLE_CSV;
    if (line->fields > 0)
        line->filed[line->length++] = is_csv ? ',' : '|';
    if (is_csv && (needs_quotes(text, length) || (line->quotes_all && length))) {
        put_quoted(line, text, length);
        return;
    }
    memcpy(line->filed + line->length, text, length);
    line->length += length;
}

static struct value put_canonical(struct line *line, const char *text, size_t length)
{
    struct value value = {(unsigned)line->canonical_length, (unsigned)length};
    memcpy(line->canonical + line->canonical_length, text, length);
    line->canonical_length += length;
    return value;
}

void line_two_texts(struct line *line, const char *filed, size_t filed_length, const char *meant,
                    size_t meant_length)
{
    put_filed(line, filed, filed_length);
    if (line->wants_canonical) {
        line->values[line->fields] = put_canonical(line, meant, meant_length);
        line->as_filed[line->fields] = (struct value){0, 0};
    }
    line->fields++;
}

void line_text(struct line *line, const char *text, size_t length)
{
    line_two_texts(line, text, length, text, length);
}

void line_string(struct line *line, const char *text)
{
    line_text(line, text, strlen(text));
}

void line_empty(struct line *line)
{
    line_text(line, "", 0);
}

void line_odd_text(struct line *line, enum odd odd, const char *text, size_t length)
{
    char filed[512], meant[512];
    size_t filed_length, meant_length;
    if (odd != ODD_NONE && length > 0 && length < sizeof filed - 8 &&
        odd_text(odd, text, length, filed, &filed_length, meant, &meant_length))
        line_two_texts(line, filed, filed_length, meant, meant_length);
    else
        line_text(line, text, length);
}

void line_number(struct line *line, uint64_t number, int zeros)
{
    char digits[64] = "00000000000000000000";
    char *start = digits + zeros;
    size_t length = (size_t)(put_number(start, number, 1) - start);
    line_two_texts(line, digits, length + (size_t)zeros, start, length);
}

void line_amount(struct line *line, int64_t cents, enum amount_form form)
{
    char text[40], *end = text;
    if (!line->has_amount)
        line->cents = cents;
    line->has_amount = true;
    uint64_t size = cents < 0 ? (uint64_t)-cents : (uint64_t)cents;
    if (cents < 0)
        *end++ = '-';
    end = put_number(end, size / 100, 1);
    *end++ = '.';
    end = put_number(end, size % 100, 2);
    size_t length = (size_t)(end - text), short_length = length;
    if (form == AMOUNT_SHORT && size % 10 == 0)
        short_length -= size % 100 == 0 ? 3 : 1;
    line_two_texts(line, text, short_length, text, length);
}

/* The date quirks: what is filed in place of a date. NULL if `odd` is another quirk. */
static const char *no_date(enum odd odd, enum line_style style)
{
    static const char *const filed[][3] = {{"02302025", "00000000", "13452025"},
                                           {"02/30/2025", "00/00/0000", "13/45/2025"},
                                           {"30-FEB-25", "00-JAN-00", "45-XXX-25"},
                                           {"02/30/2025", "00/00/0000", "13/45/2025"},
                                           {"20250230", "00000000", "99999999"}};
    switch (odd) {
    case ODD_NO_DATE:
        return "";
    case ODD_FEBRUARY_30:
        return filed[style][0];
    case ODD_ZERO_DATE:
        return filed[style][1];
    case ODD_MONTH_13:
        return filed[style][2];
    default:
        return NULL;
    }
}

void line_date(struct line *line, enum odd odd, int day)
{
    const struct day *good = &calendar[day];
    const char *bad = no_date(odd, line->style);
    const char *const forms[] = {good->mdy, good->slashes, good->oracle, good->slashes, good->ymd};
    const char *filed = bad != NULL ? bad : forms[line->style];
    if (odd == ODD_SHORT_DATE && filed[0] == '0')
        filed++;
    if (line->date == DATE_ABSENT)
        line->date = bad == NULL ? DATE_GOOD : *bad == '\0' ? DATE_EMPTY : DATE_IMPOSSIBLE;
    line_two_texts(line, filed, strlen(filed), good->iso, bad == NULL ? 10 : 0);
    if (bad != NULL && line->wants_canonical)
        line->as_filed[line->fields - 1] = put_canonical(line, bad, strlen(bad));
}

void line_end(struct line *line)
{
    line->filed[line->length++] = '\n';
}

/* Writes a value as PostgreSQL's COPY text format has it. */
static char *put_escaped(char *to, const struct line *line, struct value value)
{
    if (value.length == 0)
        return put_bytes(to, "\\N", 2);
    for (unsigned i = 0; i < value.length; i++) {
        char c = line->canonical[value.start + i];
        char letter = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\\' ? '\\' : 0;
        if (letter != 0)
            *to++ = '\\';
        *to++ = letter != 0 ? letter : c;
    }
    return to;
}

static bool is_key(const struct file_type *type, const struct column_type *column)
{
    return column->name != NULL && strcmp(column->name, type->key) == 0;
}

/* Writes a key that fec-parse computes of columns. One with a hash is only '?'. */
static char *put_computed_key(char *to, const struct line *line, const struct file_type *type)
{
    const struct computed_key *key = type->computed;
    if (key->hashed)
        return put_text(to, "?");
    for (int part = 0; part < MOST_KEY_COLUMNS && key->columns[part] != NULL; part++) {
        int i = 0;
        while (strcmp(type->columns[i].fec_name, key->columns[part]) != 0)
            i++;
        to = put_text(to, part > 0 ? "-" : "");
        to = put_bytes(to, line->canonical + line->values[i].start, line->values[i].length);
    }
    return to;
}

size_t line_record(const struct line *line, const struct file_type *type, int cycle, char *to)
{
    char *end = to;
    for (int i = 0; i < line->fields; i++)
        if (is_key(type, &type->columns[i]))
            end = put_escaped(end, line, line->values[i]);
    if (type->computed != NULL)
        end = put_computed_key(end, line, type);
    *end++ = '\t';
    end = put_number(end, (uint64_t)cycle, 4);
    for (int i = 0; i < line->fields; i++) {
        if (is_key(type, &type->columns[i]) || type->columns[i].kind == COLUMN_UNUSED)
            continue;
        *end++ = '\t';
        end = put_escaped(end, line, line->values[i]);
    }
    for (int i = 0; i < line->fields; i++) {
        if (!kind_is_date(type->columns[i].kind))
            continue;
        *end++ = '\t';
        end = put_escaped(end, line, line->as_filed[i]);
    }
    *end++ = '\n';
    return (size_t)(end - to);
}

size_t line_header(const struct file_type *type, char *to)
{
    const struct column_type *column;
    char *end = put_text(put_text(to, type->key), "\tcycle");
    for (column = type->columns; column->fec_name != NULL; column++)
        if (!is_key(type, column) && column->kind != COLUMN_UNUSED)
            end = put_text(put_text(end, "\t"), column->name);
    for (column = type->columns; column->fec_name != NULL; column++)
        if (kind_is_date(column->kind))
            end = put_text(put_text(put_text(end, "\t"), column->name), "_as_filed");
    *end++ = '\n';
    return (size_t)(end - to);
}
