/* reference.h - fec-parse once more, slow and plain, from man/fec-records.5: what the records of an
 * input must be. It shares the table of columns with the program, and the sizes of its buffers. */
#ifndef FUZZ_REFERENCE_H
#define FUZZ_REFERENCE_H

#include "fuzz.h"
#include "records/file_types.h"

struct reference {
    struct bytes records; /* with the header line; allocated */
    uint64_t lines, written, blank, rejected;
    int64_t cents; /* the sum of the first column of amounts */
    bool refused;  /* the whole input is, with exit status 65; nothing else is set */
    bool unsure;   /* a quote of a CSV file is open at a line's end: nothing is known */
};

/* Reads all of a bulk file: lines split at '|', or CSV if the type has no member of a zip. */
void reference_read(struct reference *reference, const struct file_type *type, struct bytes input,
                    const char *cycle, bool allow_cut);

/* Splits the rest of a line of CSV, without quotes, into at most `most` fields that the caller
 * frees. Returns their number; -1 if a quote is open at its end. */
int reference_split_csv(struct bytes line, struct bytes *fields, int most);

#endif
