/* record.h - from a line of fields to a record.
 *
 * man/fec-records.5 describes what is written: the key, cycle, the other columns in the order of
 * the file, then for each date the text that was filed, if it was no date.
 */
#ifndef FEC_PARSE_RECORD_H
#define FEC_PARSE_RECORD_H

#include "records/columns.h"
#include "fec-parse/fields.h"
#include "base/output.h"
#include "fec-parse/occurrences.h"
#include "fec-parse/rejects.h"
#include "records/text.h"
#include "records/file_types.h"
#include "records/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_KEY 128

/* What a line's column is, and where. */
struct record_column {
    const struct column_type *type;
    size_t field; /* in the line */
};

struct record_counts {
    uint64_t records;
    uint64_t undated, no_date; /* invalid dates, empty dates */
    uint64_t recoded_rows, control_rows;
    uint64_t alike; /* with a computed key that is numbered, since another record is alike */
    struct amount_sum total; /* of the first column of amounts */
};

struct record_writer {
    size_t fields;                                    /* a line must have this many, */
    bool unused;                                      /* or one more, which is empty */
    struct record_column key;                         /* its type is NULL if it is computed: */
    struct record_column key_parts[MOST_KEY_COLUMNS]; /* of these, */
    size_t key_part_count;
    bool key_hashed;                            /* of a hash of the record, if it is hashed, */
    struct occurrences occurrences;             /* and the number of those that are alike */
    struct record_column load_date;             /* its type is NULL if there is none */
    struct record_column columns[MOST_COLUMNS]; /* in the order of the record */
    size_t column_count;
    struct record_column dates[MOST_COLUMNS];
    size_t date_count;
    const struct column_type *total;  /* the column that is summed up, or NULL */
    char cycle[32];                   /* as written; so long that it can be copied as a block */
    char *cleaned;                    /* a field's canonical text, where it is not the field */
    char *longest;                    /* a record too long for the output's buffer */
    char *computed;                   /* all of a record but its key, where that is computed */
    enum reject refused;              /* why the last line was rejected, */
    char reason[REJECT_REASON];       /* and in words */
    char key_text[RECORD_KEY];        /* a key that record_key tries, */
    char found_key[RECORD_KEY];       /* and the one that it has found */
    struct record_counts counts;      /* of what was written */
    struct record_counts this_record; /* of the one at hand */
    struct text_faults found;         /* by who read the next line; none if nobody sets it */
    struct text_faults faults;        /* of the one at hand */
};

/* Prepares to write records of a type. `place[i]` is the field that column i of the type is in;
 * NULL if they are in the order of the type. `cycle` is a year of four digits. */
void record_open(struct record_writer *writer, const struct file_type *type, unsigned cycle,
                 const size_t *place);

/* Writes a line as a record; or writes nothing, leaves in writer->reason why, and returns what it
 * lacks. */
enum reject record_write(struct record_writer *writer, const struct line *line,
                         struct output *output);

/* The key of a line that was just rejected, in its canonical form, as far as it can be read; of
 * length 0 if it cannot. Valid until the next call.
 *
 * In a line with too many or too few fields the key stands where it would if the fields after it
 * were wrong, or where it would if those before it were. Where both have something that can be a
 * key, the longer one counts, because no other number in a row is as long as a record number; of
 * two that are as long, nobody can know. */
struct span record_key(struct record_writer *writer, const struct line *line);

void record_close(struct record_writer *writer);

#endif
