/* rejects.h - the lines that cannot be a record: where they go, and how many are too many. */
#ifndef FEC_PARSE_REJECTS_H
#define FEC_PARSE_REJECTS_H

#include "fec-parse/fields.h"
#include "base/output.h"
#include "records/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reject {
    REJECT_NONE,   /* the line is a record */
    REJECT_FIELDS, /* it has too many fields, or too few */
    REJECT_KEY,    /* it has no key, or an id that is no id of the FEC */
    REJECT_NUMBER,
    REJECT_AMOUNT,
    REJECT_LONG,  /* more than INPUT_LONGEST_LINE bytes */
    REJECT_JSON,  /* a row of the API that is no JSON object, or has a value of a wrong type */
    REJECT_CYCLE, /* a row of the API that is of another cycle */
    REJECT_KINDS,
};

#define REJECT_REASON 128

/* What the command line says of rejected lines. */
struct reject_options {
    const char *path;      /* where the lines are kept; NULL to report the first ones on stderr */
    const char *keys_path; /* where the keys of those that show one go; NULL for nowhere */
    const char *limit;     /* of --max-rejects, a number or a percentage */
    const char *least;     /* of --min-rejects */
};

struct rejects {
    struct output file, keys; /* if kept */
    bool kept, keys_kept;
    bool percent;                   /* the limit is a share of the lines, not a number */
    uint64_t limit;                 /* a number, or millionths of a percent */
    uint64_t least;                 /* a share says nothing of fewer rejects than this */
    uint64_t without_key;           /* rejects of which the key cannot be read */
    const char *limit_text;         /* as given, for the message */
    uint64_t count;                 /* of all rejects */
    uint64_t counts[REJECT_KINDS];  /* of each kind */
    char first[REJECT_REASON + 32]; /* line number and reason of the first */
};

/* Registers the counters and opens the files. `key_column` is the header line of the file of keys.
 * EX_USAGE if the limit is neither a number nor a percentage. */
void rejects_open(struct rejects *rejects, const struct reject_options *options,
                  const char *key_column);

/* A line that is rejected, why, and its key; of length 0 if that cannot be read. Its first 64 KiB
 * are kept. */
void rejects_add(struct rejects *rejects, enum reject kind, const char *reason,
                 const struct line *line, struct span key);

/* A line that is too long: all its pieces are read, and the first 64 KiB are kept. */
void rejects_add_long(struct rejects *rejects, struct fields *fields, const struct line *line);

/* True if it is of no use to go on after `lines` lines: there are more rejects than the number
 * allowed, or more than the share allowed of what came until now, and more than a thousand. */
bool rejects_hopeless(const struct rejects *rejects, uint64_t lines);

/* Closes the files and, if more of the `lines` lines were rejected than is allowed, ends the
 * program with EX_DATAERR and says which limit would have allowed them. */
void rejects_close(struct rejects *rejects, uint64_t lines);

#endif
