/* copy.h - the records, by COPY. */
#ifndef PG_LOAD_COPY_H
#define PG_LOAD_COPY_H

#include "base/input.h"
#include "records/columns.h"

#include <stdbool.h>
#include <stdint.h>

/* What has been handed to the server. */
struct copy_counts {
    uint64_t records, bytes;
};

/* Copies all records of `input` into a table whose name is quoted. Ends the program if the server
 * refuses one, or if the input is cut short. */
void copy_all(const char *table, const struct columns *columns, bool freeze, struct input *input,
              struct copy_counts *counts);

#endif
