/* check.h - what must be true after every run. Each ends the process with a finding if it is not.
 */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include "fuzz.h"

/* The exit status is one of those that a program can end with: 0, those of <sysexits.h> that its
 * page names, SIGPIPE. `legal` has them, ended by 0, which is always legal. A run in which reading
 * or writing failed must not end with 0, unless `may_succeed`. */
void check_status(int status, const int *legal, bool may_succeed);

/* What was said is UTF-8 without control characters, lines that begin with the program's name. */
void check_messages(const char *program);

/* Records as man/fec-records.5 describes them: UTF-8, no control characters, as many tabs in each
 * line as in the first, no empty field, only known escapes. Returns the number of lines after the
 * header. Of a run that has failed the last line may be cut. */
uint64_t check_records(struct bytes records, bool whole);

/* A count of the file "stats", which must have it. */
uint64_t check_count(const char *key);

/* The length of the character of UTF-8 at `text`; 0 if there is none. */
size_t check_utf8(const unsigned char *text, size_t left);

/* The same bytes; `what` is what they are. */
void check_same(const char *what, struct bytes a, struct bytes b);

/* Runs the program again with its input and output in one piece each, and compares the exit status
 * and, if that is 0, all that the first run wrote to `names`, ended by NULL. Does nothing if in the
 * first run reading or writing failed. */
void check_sizes(const char *const *arguments, int status, const char *const *names,
                 void (*prepare)(const struct fuzz_case *test), const struct fuzz_case *test);

#endif
