/* openfec_row.h - a row of the API, JSON in a line, as a line of fields like those of a bulk file.
 *
 * The fields are in the order of the bulk file's columns and not yet in their canonical form: that
 * is record.c's work for both, so that a row has one form wherever it comes from.
 */
#ifndef FEC_PARSE_OPENFEC_ROW_H
#define FEC_PARSE_OPENFEC_ROW_H

#include "fec-parse/openfec_types.h"
#include "records/columns.h"
#include "fec-parse/fields.h"
#include "fec-parse/json.h"
#include "fec-parse/rejects.h"

#include <stddef.h>
#include <stdint.h>

struct apirow {
    const struct api_type *type;
    char cycle[8]; /* as text */
    struct jsonline json;
    size_t columns; /* members 0 to columns - 1 of json are those of the columns */
    size_t extras[API_EXTRAS];
    char *values; /* of the fields, a byte after each of them */
    size_t used;  /* of that */
    uint32_t marks[MOST_COLUMNS + 1];
    size_t count;               /* of the fields of the row at hand */
    enum reject refused;        /* why the last row was rejected, */
    char reason[REJECT_REASON]; /* and in words */
};

/* Prepares to read rows of a type. `cycle` is a year of four digits. */
void apirow_open(struct apirow *row, const struct api_type *type, unsigned cycle);

/* Makes a line of fields of a line of JSON, valid until the next call; or leaves in row->reason why
 * it cannot, and returns what is wrong. All fields are flagged special. `json` must be of
 * fields_next. */
enum reject apirow_read(struct apirow *row, const struct line *json, struct line *line);

void apirow_close(struct apirow *row);

#endif
