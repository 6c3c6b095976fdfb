/* api_object.h - an object of JSON as a table of its keys, and the values that several tables have.
 */
#ifndef SAMPLE_API_OBJECT_H
#define SAMPLE_API_OBJECT_H

#include "datasets.h"
#include "base/output.h"

/* What a row is made of. */
struct source {
    struct output *output;
    const struct sample *sample;
    const struct report *report;
    const struct row *row;
    const struct line *line;
};

/* A key, and what writes its value: a function, which may want the place of a field; or, without
 * one, a piece of JSON; or, with neither, null. */
struct key {
    const char *name;
    void (*write)(const struct source *source, int field);
    int field;
    const char *json;
};

/* Writes the object whose keys are in a table, which a key without a name ends. */
void write_object(const struct source *source, const struct key *keys);

/* The canonical value of a field of the line; length 0 if it is NULL. */
const char *field_of(const struct source *source, int field, size_t *length);

/* For the tables: a field's text, the number in it, a list of it, */
void write_text(const struct source *source, int field);
void write_number(const struct source *source, int field);
void write_texts(const struct source *source, int field); /* [] if it is NULL */
void write_numbers(const struct source *source, int field);

/* the cycle, a list of it, */
void write_cycle(const struct source *source, int field);
void write_cycles(const struct source *source, int field);

/* the time at which the row was loaded, the days on which a committee or candidate filed first and
 * last (api.h), */
void write_load_date(const struct source *source, int field);
void write_first_date(const struct source *source, int field);
void write_last_date(const struct source *source, int field);

/* the name of the committee whose identifier is in a field, the committee as an object, and a list
 * of that; null or [] if the field is NULL. */
void write_committee_name(const struct source *source, int field);
void write_committee(const struct source *source, int field);
void write_committees(const struct source *source, int field);

#endif
