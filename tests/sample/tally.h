/* tally.h - what is counted while a file is written, for the manifest. */
#ifndef SAMPLE_TALLY_H
#define SAMPLE_TALLY_H

#include "datasets.h"
#include "base/output.h"

#include <stdbool.h>
#include <stdint.h>

/* More committees than a sample can have. */
#define COMMITTEE_BITS ((uint64_t)1 << 21)

struct tally {
    uint64_t lines;       /* all of them */
    uint64_t records;     /* different keys */
    uint64_t repeated;    /* lines that were there before, just so */
    uint64_t conflicting; /* lines whose key comes again with another content */
    uint64_t broken;      /* lines that cannot be a record */
    uint64_t added, changed, withdrawn, unchanged; /* against the month before */
    uint64_t undated;                              /* records whose (first) date is invalid */
    uint64_t no_date;                              /* records whose (first) date is empty */
    int64_t cents;                                 /* sum of the (first) amounts of the records */
    uint64_t committees;                           /* different ones */
    bool has_amount, has_committee;
    uint64_t seen[COMMITTEE_BITS / 64];
};

/* Counts the record that a line stands for. */
void tally_record(struct tally *tally, const struct line *line);

/* Writes the tally, as lines of NAME.key=value. */
void tally_write(const struct tally *tally, const char *name, struct output *manifest);

#endif
