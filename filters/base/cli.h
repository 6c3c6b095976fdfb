/* cli.h - the one way in which the programs read options, report errors and end.
 *
 * A program describes itself in a struct cli_program, calls cli_start, and from then on ends by
 * returning from main through cli_end, or by die. Both write the --stats file, so that the
 * counts of a failed run are known too. Exit codes are those of <sysexits.h>.
 */
#ifndef BASE_CLI_H
#define BASE_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sysexits.h>

#ifndef FECPIPE_VERSION
#define FECPIPE_VERSION "unknown"
#endif

#if defined(__GNUC__)
#define CLI_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define CLI_PRINTF(text, first)
#endif

/* One option. `flag` is set to true, or `text` to the option's argument; an option that may be
 * given several times sets `each` instead, which is called with every argument. Exactly one of
 * the three is not NULL. */
struct cli_option {
    int letter;           /* short form, 0 if it has none */
    const char *name;     /* long form, without the dashes */
    const char *argument; /* what the argument is called in --help, NULL for a flag */
    const char *help;     /* a line for --help */
    bool *flag;
    const char **text;
    void (*each)(const char *argument);
};

struct cli_program {
    const char *name;                 /* "fec-unzip" */
    const char *usage;                /* what follows the name in the usage line */
    const char *purpose;              /* what the program does, a sentence or two for --help */
    const struct cli_option *options; /* ended by one without a name; may be NULL */
    bool without_manual;              /* --help does not point to a manual page */
    const char *(*built)(void);       /* NULL, or what --version says of how it was built */
};

/* Opens /dev/null for what is closed of the three standard descriptors. Then reads the options:
 * those of the program, and -h/--help, --version, --stats FILE and --progress, which all programs
 * have. Returns the index in argv of the first operand. Ends with EX_USAGE on an unknown option,
 * with 0 after --help and --version. */
int cli_start(const struct cli_program *program, int argc, char **argv);

/* The argument of --stats, NULL without it. What writes that file (base/stats.h) says so with
 * cli_at_end; it is then called once, however the program ends, and returns false if it failed. */
const char *cli_stats_path(void);
void cli_at_end(bool (*write_stats)(void));

/* True if --progress was given, or stderr is a terminal. */
bool cli_wants_progress(void);

/* Prints "program: message" on stderr, one line. A message can quote a server or a file, so control
 * characters, overrides of the direction of text and malformed UTF-8 are shown as '?'. */
void complain(const char *format, ...) CLI_PRINTF(1, 2);

/* From now on every message is handed to `hide` before it is shown. It can overwrite secrets in it.
 */
void cli_hide_secrets(void (*hide)(char *text));

/* complain, write the --stats file, exit with `code`. */
_Noreturn void die(int code, const char *format, ...) CLI_PRINTF(2, 3);

/* die with EX_USAGE, and name --help. */
_Noreturn void die_usage(const char *format, ...) CLI_PRINTF(1, 2);

/* Writes the --stats file and returns `code`: `return cli_end(EX_OK);` at the end of main. */
int cli_end(int code);

/* Ends a program whose output has no reader any more: writes the --stats file and ends by SIGPIPE,
 * even if that signal is ignored, as it is under systemd. Prints nothing. */
_Noreturn void cli_end_closed_pipe(void);

/* A whole number in decimal, at least `least` and at most `most`, or EX_USAGE naming the option. */
uint64_t cli_number(const char *option, const char *text, uint64_t least, uint64_t most);

/* malloc and realloc that end the program with EX_OSERR instead of returning NULL. */
void *cli_alloc(size_t size);
void *cli_realloc(void *memory, size_t size);

/* An array of `count` items of `item` bytes, with room for one more: as it is, or moved to where it
 * has twice the room. `*size` is how many it has room for, 0 at first. */
void *cli_grow(void *array, size_t count, size_t *size, size_t item);

#endif
