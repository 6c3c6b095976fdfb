/* parse.h - what all targets of fec-parse have in common. */
#ifndef FUZZ_PARSE_H
#define FUZZ_PARSE_H

#include "fuzz.h"
#include "records/file_types.h"

/* flags of a test case */
enum { PARSE_TWICE = 1, PARSE_ALLOW_CUT = 2, PARSE_KEEP_REJECTS = 4, PARSE_ALLOW_NONE = 8 };

/* Runs fec-parse with these operands, ended by NULL, on file[0], and checks all that is always
 * true. Returns the exit status. */
int parse_run(const struct fuzz_case *test, const char *const *operands);

/* Runs it on a type of bulk file, and compares with the reference. */
void parse_compare(const struct fuzz_case *test, const struct file_type *type);

#endif
