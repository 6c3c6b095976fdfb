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
#include "fec-parse/rejects.h"
#include "records/text.h"
#include "records/file_types.h"
#include "records/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a line's column is, and where. */
struct record_column {
    const struct column_type *type;
    size_t field; /* in the line */
};

struct record_counts {
    uint64_t records;
    uint64_t undated, no_date; /* dates that are none, dates that are empty */
    uint64_t recoded_rows, control_rows;
    struct amount_sum total; /* of the first column of amounts */
};

struct record_writer {
    size_t fields;                              /* a line must have so many, */
    bool unused;                                /* or one more, which is empty */
    struct record_column key;                   /* its type is NULL if it is computed: */
    struct record_column filing, transaction;   /* of these two and a hash */
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
    struct record_counts counts;      /* of what was written */
    struct record_counts this_record; /* of the one at hand */
    struct text_faults found;         /* by who read the next line; none if nobody sets it */
    struct text_faults faults;        /* of the one at hand */
};

/* Prepares to write records of a type. `place[i]` is the field that column i of the type is in;
 * NULL if they are in the order of the type. `cycle` is a year of four digits. */
void record_open(struct record_writer *writer, const struct file_type *type, unsigned cycle,
                 const size_t *place);

/* Calls `take` with the columns of a type's records, in order: the name, the FEC's name ("-" if it
 * has none of the column) and the kind. */
void record_columns(const struct file_type *type,
                    void (*take)(void *context, const char *name, const char *fec_name,
                                 enum column_kind kind),
                    void *context);

/* Writes the line of column names. */
void record_write_header(const struct file_type *type, struct output *output);

/* Writes a line as a record; or writes nothing, leaves in writer->reason why, and returns what it
 * lacks. */
enum reject record_write(struct record_writer *writer, const struct line *line,
                         struct output *output);

void record_close(struct record_writer *writer);

#endif
