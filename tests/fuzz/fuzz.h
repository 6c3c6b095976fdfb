/* fuzz.h - what a fuzz target is made of.
 *
 * A target gives the bytes of a test case to a program's own main, as its files and options, and
 * looks at what comes out. README.md says how targets are built and run.
 *
 * A test case begins with a line of four characters: two that choose options, which mean what the
 * target says; one for the sizes in which the program gets its input; one for those in which its
 * output is taken (world.h). After that line come the target's files, a byte 0x1e between them.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_HEAD 5 /* bytes: four characters and a newline */
#define FUZZ_BETWEEN '\x1e'
#define FUZZ_MOST_FILES 6

/* Bytes that belong to somebody else; any byte can be among them. */
struct bytes {
    const char *at;
    size_t length;
};

struct fuzz_case {
    unsigned kind, flags; /* 0 to 63 for the characters '0' to 'o' */
    struct bytes file[FUZZ_MOST_FILES];
};

/* Each target has these two. How many files a test case has: the last one takes all bytes that are
 * left, also those between files. */
extern const int fuzz_files;
void fuzz_target(const struct fuzz_case *test);

/* Runs one test case, from its bytes. */
void fuzz_run(const uint8_t *data, size_t size);

/* Ends the process: this is a finding. */
_Noreturn void fuzz_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A copy in memory of its own, so that a sanitizer sees who reads beyond it. */
char *fuzz_copy(struct bytes bytes);

#endif
