/* json.c - the members of a JSON object that stands in one line.
 *
 * What is hard is to stay in constant memory whatever a line holds, and to give numbers as the
 * texts that they were, because a double holds 15 digits of them.
 */
#include "fec-parse/json.h"
#include "base/cli.h"
#include "base/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A value takes jansson up to some 250 bytes, so that this many take 5 MB. A row of the API has
 * some 200 values. */
#define MOST_VALUES 20000

void jsonline_open(struct jsonline *json)
{
    memset(json, 0, sizeof *json);
    json->cleaned = cli_alloc(TEXT_GROWTH * INPUT_LONGEST_LINE);
}

void jsonline_close(struct jsonline *json)
{
    json_decref(json->root);
    free(json->cleaned);
}

size_t jsonline_ask(struct jsonline *json, const char *key)
{
    json->keys[json->count] = key;
    return json->count++;
}

/* Sets a real number. Fifteen digits are what a double holds of any decimal; an amount has at most
 * 14, and what has more is better refused than changed: with an exponent nothing takes it. */
static void set_real(struct member *member, double real)
{
    int length = snprintf(member->number, sizeof member->number, "%.15g", real);
    member->kind = MEMBER_REAL;
    member->text = (struct span){member->number, (size_t)length};
}

/* Sets a member from what jansson read. */
static void set_member(struct member *member, json_t *value)
{
    int length;
    switch (json_typeof(value)) {
    case JSON_NULL:
        member->kind = MEMBER_NULL;
        break;
    case JSON_STRING:
        member->kind = MEMBER_TEXT;
        member->text = (struct span){json_string_value(value), json_string_length(value)};
        break;
    case JSON_INTEGER:
        member->kind = MEMBER_WHOLE;
        length = snprintf(member->number, sizeof member->number, "%" JSON_INTEGER_FORMAT,
                          json_integer_value(value));
        member->text = (struct span){member->number, (size_t)length};
        break;
    case JSON_REAL:
        set_real(member, json_real_value(value));
        break;
    case JSON_ARRAY:
        member->kind = MEMBER_LIST;
        member->list = value;
        break;
    case JSON_OBJECT:
        member->kind = MEMBER_OBJECT;
        break;
    default:
        member->kind = MEMBER_BOOL;
        break;
    }
}

static bool refuse(struct jsonline *json, const char *reason)
{
    snprintf(json->reason, sizeof json->reason, "%s", reason);
    return false;
}

/* Refuses a line for what jansson says of it, which can quote any bytes of it. */
static bool refuse_line(struct jsonline *json, const json_error_t *error)
{
    snprintf(json->reason, sizeof json->reason, "no JSON at byte %d: %.96s", error->position,
             error->text);
    for (char *c = json->reason; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return false;
}

/* Whether jansson can read it in constant memory: brackets and commas are what values need. */
static bool has_many_values(const char *text, size_t length)
{
    size_t values = 0;
    for (size_t i = 0; i < length; i++)
        values += text[i] == ',' || text[i] == '[' || text[i] == '{';
    return values > MOST_VALUES;
}

bool jsonline_read(struct jsonline *json, const char *text, size_t length)
{
    const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
    json_error_t error;
    json_decref(json->root);
    json->root = NULL;
    json->faults = (struct text_faults){false, false};
    if (has_many_values(text, length))
        return refuse(json, "more values than a row can have");
    json->root = json_loadb(text, length, flags, &error);
    if (json->root == NULL) {
        struct span clean = text_clean((struct span){text, length}, json->cleaned, &json->faults);
        if (json->faults.recoded || json->faults.control)
            json->root = json_loadb(clean.text, clean.length, flags, NULL);
        if (json->root == NULL)
            return refuse_line(json, &error);
    }
    if (!json_is_object(json->root))
        return refuse(json, "no JSON object");
    for (size_t i = 0; i < json->count; i++) {
        json_t *value = json_object_get(json->root, json->keys[i]);
        json->members[i].kind = MEMBER_NULL;
        if (value != NULL)
            set_member(&json->members[i], value);
    }
    return true;
}
