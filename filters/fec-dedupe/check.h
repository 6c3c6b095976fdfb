/* check.h - records that have their row_hash: whether it is the hash of what they say. For
 * fec-dedupe --check.
 */
#ifndef FEC_DEDUPE_CHECK_H
#define FEC_DEDUPE_CHECK_H

#include "records/columns.h"

#include <stdint.h>

struct check_counts {
    uint64_t records, passed;
};

/* Reads the records in `input`, whose header line is `columns`, to the end, and writes to standard
 * output those whose row_hash is not the hash of the columns before it: the column number `key`,
 * row_hash, and the columns after that, below a header line. Counts in *counts. Ends with
 * EX_DATAERR if there is no column row_hash after the key, or if a line is cut short, has no such
 * column or no number in it. */
void check_hashes(struct input *input, const struct columns *columns, int key,
                  struct check_counts *counts);

#endif
