/* rejects.h - the lines that cannot be a record: where they go, and how many are too many. */
#ifndef FEC_PARSE_REJECTS_H
#define FEC_PARSE_REJECTS_H

#include "fec-parse/fields.h"
#include "base/output.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reject {
    REJECT_NONE,   /* the line is a record */
    REJECT_FIELDS, /* it has too many fields, or too few */
    REJECT_KEY,    /* it has no key, or one that cannot be one */
    REJECT_NUMBER,
    REJECT_AMOUNT,
    REJECT_LONG,  /* more than INPUT_LONGEST_LINE bytes */
    REJECT_JSON,  /* a row of the API that is no JSON object, or has a value of a wrong type */
    REJECT_CYCLE, /* a row of the API that is of another cycle */
    REJECT_KINDS,
};

#define REJECT_REASON 128

struct rejects {
    struct output file; /* if kept */
    bool kept;
    bool percent;                   /* the limit is a share of the lines, not a number */
    uint64_t limit;                 /* a number, or millionths of a percent */
    const char *limit_text;         /* as given, for the message */
    uint64_t count;                 /* of all rejects */
    uint64_t counts[REJECT_KINDS];  /* of each kind */
    char first[REJECT_REASON + 32]; /* line number and reason of the first */
};

/* Registers the counters, and opens `path`, where the lines are kept; if that is NULL the first
 * ones are reported on stderr. `limit` is the argument of --max-rejects, a number or a percentage;
 * EX_USAGE if it is neither. */
void rejects_open(struct rejects *rejects, const char *path, const char *limit);

/* A line that is rejected, and why. */
void rejects_add(struct rejects *rejects, enum reject kind, const char *reason,
                 const struct line *line);

/* A line that is too long: all its pieces are read and kept. */
void rejects_add_long(struct rejects *rejects, struct fields *fields, const struct line *line);

/* True if it is of no use to go on after so many lines: there are more rejects than the number
 * allowed, or more than the share allowed of what came until now, and more than a thousand. */
bool rejects_hopeless(const struct rejects *rejects, uint64_t lines);

/* Closes the file and, if more were rejected than is allowed of so many lines, ends the program
 * with EX_DATAERR. */
void rejects_close(struct rejects *rejects, uint64_t lines);

#endif
