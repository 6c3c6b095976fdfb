/* json.h - the members of a JSON object that stands in one line: those that are asked for.
 *
 * jansson reads it. That is some 18,000 rows a second of 3.5 kB each, a hundred times what a key of
 * the API can fetch.
 */
#ifndef FEC_PARSE_JSON_H
#define FEC_PARSE_JSON_H

#include "records/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum member_kind {
    MEMBER_NULL, /* null, or the object has no such member */
    MEMBER_TEXT,
    MEMBER_WHOLE, /* a number written without point and exponent */
    MEMBER_REAL,
    MEMBER_BOOL,
    MEMBER_LIST,
    MEMBER_OBJECT,
};

#define NUMBER_TEXT 32

struct member {
    enum member_kind kind;
    struct span text;         /* of a text, decoded; of a number, in decimal */
    json_t *list;             /* of a list */
    char number[NUMBER_TEXT]; /* where the text of a number may lie */
};

#define MOST_MEMBERS 32
#define JSON_REASON 128

struct jsonline {
    const char *keys[MOST_MEMBERS]; /* asked for */
    size_t count;
    struct member members[MOST_MEMBERS]; /* as the keys */
    json_t *root;                        /* the line at hand */
    char *cleaned;                       /* a line that was no UTF-8 */
    struct text_faults faults;           /* of the line; those of its texts are not looked for */
    char reason[JSON_REASON];
};

/* Asks for no member yet. */
void jsonline_open(struct jsonline *json);

/* Asks for a member; returns its place in json->members. The key is not copied. */
size_t jsonline_ask(struct jsonline *json, const char *key);

/* Reads a line of at most INPUT_LONGEST_LINE bytes. The members are valid until the next call. Of a
 * member that is there twice, the last counts. Returns false, with json->reason in ASCII, if the
 * line is no JSON object, or has more values than can be held in constant memory. Bytes that are no
 * UTF-8, and control characters as such, are not JSON; a line that is JSON but for them is read as
 * if it were cleaned as text_clean does. */
bool jsonline_read(struct jsonline *json, const char *text, size_t length);

void jsonline_close(struct jsonline *json);

#endif
