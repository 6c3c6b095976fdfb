/* api_object.c - an object of JSON as a table of its keys, and the values that several tables have
 *
 * A value is written by a function that finds it in the line's canonical fields, so the tables say
 * only which field it is. What is hard is the time of loading: it must be in the month in which the
 * row came or was corrected last, and stay what it is in every later month's file.
 */
#include "api_object.h"
#include "draw.h"
#include "json.h"
#include "words.h"

#include <string.h>

/* What the draws are for, see population.c; api.c has those before. */
enum { FOR_LOAD = 0x68 };

const char *field_of(const struct source *source, int field, size_t *length)
{
    *length = source->line->values[field].length;
    return source->line->canonical + source->line->values[field].start;
}

void write_text(const struct source *source, int field)
{
    size_t length;
    const char *text = field_of(source, field, &length);
    json_text_or_null(source->output, text, length);
}

void write_number(const struct source *source, int field)
{
    size_t length;
    const char *text = field_of(source, field, &length);
    output_write(source->output, length > 0 ? text : "null", length > 0 ? length : 4);
}

/* A list of one number. */
void write_numbers(const struct source *source, int field)
{
    output_text(source->output, "[");
    write_number(source, field);
    output_text(source->output, "]");
}

/* A list of one value, or an empty one where the field is NULL. */
static void write_list(const struct source *source, int field,
                       void (*write)(const struct source *, int))
{
    output_text(source->output, "[");
    if (source->line->values[field].length > 0)
        write(source, field);
    output_text(source->output, "]");
}

void write_texts(const struct source *source, int field)
{
    write_list(source, field, write_text);
}

void write_cycle(const struct source *source, int field)
{
    (void)field;
    output_format(source->output, "%d", source->sample->cycle);
}

void write_cycles(const struct source *source, int field)
{
    (void)field;
    output_format(source->output, "[%d]", source->sample->cycle);
}

void write_object(const struct source *source, const struct key *keys)
{
    for (const struct key *key = keys; key->name != NULL; key++) {
        output_text(source->output, key == keys ? "{\"" : ",\"");
        output_text(source->output, key->name);
        output_text(source->output, "\":");
        if (key->write != NULL)
            key->write(source, key->field);
        else
            output_text(source->output, key->json != NULL ? key->json : "null");
    }
    output_text(source->output, "}");
}

/* --- dates */

static unsigned loaded_month(const struct row *row)
{
    unsigned corrected = last_correction(row);
    return corrected > row->group->born ? corrected : row->group->born;
}

static void write_day(const struct source *source, unsigned month, const char *time)
{
    uint64_t bits = mix(mix(source->row->bits, FOR_LOAD), month);
    output_format(source->output, "\"%04d-%02u-%02u%s\"",
                  source->sample->cycle + (int)(month - 1) / 12, (month - 1) % 12 + 1,
                  1 + below(bits, 28), time);
}

void write_load_date(const struct source *source, int field)
{
    char time[16] = "T02:", *end = time + 4;
    uint64_t bits = mix(source->row->bits, FOR_LOAD);
    (void)field;
    *(end = put_number(end, bits % 60, 2)) = ':';
    *put_number(end + 1, (bits >> 8) % 60, 2) = '\0';
    write_day(source, loaded_month(source->row), time);
}

void write_last_date(const struct source *source, int field)
{
    (void)field;
    write_day(source, loaded_month(source->row), "");
}

void write_first_date(const struct source *source, int field)
{
    uint64_t bits = mix(source->row->bits, FOR_LOAD);
    (void)field;
    if (source->row->group->born > 1)
        write_day(source, source->row->group->born, "");
    else
        output_format(source->output, "\"%d-%02u-%02u\"",
                      source->sample->cycle - 2 - (int)below(bits, 20), 1 + below(mix(bits, 1), 12),
                      1 + below(mix(bits, 2), 28));
}

/* --- committees within other rows */

void write_committee_name(const struct source *source, int field)
{
    size_t length;
    char name[160], *end = name;
    const char *id = field_of(source, field, &length);
    if (length > 0)
        end = put_committee(end, source->sample->seed, committee_of_id(id));
    json_text_or_null(source->output, name, (size_t)(end - name));
}

/* The committee whose identifier is in a field; null if that is empty. The table is made for the
 * field, which it holds wherever the identifier goes in. */
void write_committee(const struct source *source, int field)
{
    const struct key keys[] = {
        {"affiliated_committee_name", NULL, 0, NULL},
        {"candidate_ids", NULL, 0, "[]"},
        {"city", NULL, 0, "\"SPRINGFIELD\""},
        {"committee_id", write_text, field, NULL},
        {"committee_type", NULL, 0, "\"H\""},
        {"committee_type_full", NULL, 0, "\"House\""},
        {"cycle", write_cycle, 0, NULL},
        {"cycles", write_cycles, 0, NULL},
        {"cycles_has_activity", write_cycles, 0, NULL},
        {"cycles_has_financial", write_cycles, 0, NULL},
        {"designated_agent_name", NULL, 0, NULL},
        {"designated_agent_state", NULL, 0, NULL},
        {"designation", NULL, 0, "\"P\""},
        {"designation_full", NULL, 0, "\"Principal campaign committee\""},
        {"filing_frequency", NULL, 0, "\"Q\""},
        {"first_f1_date", NULL, 0, "\"2017-01-03\""},
        {"first_file_date", NULL, 0, "\"2017-01-03\""},
        {"is_active", NULL, 0, "true"},
        {"last_f1_date", NULL, 0, "\"2017-01-03\""},
        {"last_file_date", NULL, 0, "\"2017-01-03\""},
        {"name", write_committee_name, field, NULL},
        {"organization_type", NULL, 0, NULL},
        {"organization_type_full", NULL, 0, NULL},
        {"party", NULL, 0, NULL},
        {"party_full", NULL, 0, NULL},
        {"state", NULL, 0, "\"IL\""},
        {"state_full", NULL, 0, "\"Illinois\""},
        {"street_1", NULL, 0, "\"1 MAIN ST\""},
        {"street_2", NULL, 0, NULL},
        {"treasurer_name", NULL, 0, "\"DOE, JOHN\""},
        {"zip", NULL, 0, "\"62701\""},
        {NULL, NULL, 0, NULL},
    };
    if (source->line->values[field].length > 0)
        write_object(source, keys);
    else
        output_text(source->output, "null");
}

void write_committees(const struct source *source, int field)
{
    write_list(source, field, write_committee);
}
