/* cli.c - the one way in which the programs read options, report errors and end. A message can
 * quote what a server or a file said, so it is made safe for a terminal here, and secrets are
 * hidden before it is cut. */
#include "base/cli.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_OPTIONS 40
#define LONGEST_MESSAGE 2047
/* Long options without a letter are given numbers from here on. */
#define NO_LETTER 256

static const struct cli_program *this_program;
static const char *stats_path;
static bool progress_asked;
static void (*hide_secrets)(char *text);
static bool (*write_stats)(void);

static const struct cli_option common_options[] = {
    {0, "stats", "FILE", "write what was counted to FILE, lines of key=value", NULL, &stats_path,
     NULL},
    {0, "progress", NULL, "report progress on stderr even if it is not a terminal", &progress_asked,
     NULL, NULL},
    {'h', "help", NULL, "print this help", NULL, NULL, NULL},
    {0, "version", NULL, "print the version", NULL, NULL, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL},
};

static void print_options(const struct cli_option *option)
{
    for (; option != NULL && option->name != NULL; option++) {
        char form[64];
        snprintf(form, sizeof form, "%s%s%s", option->name, option->argument ? " " : "",
                 option->argument ? option->argument : "");
        if (option->letter != 0)
            printf("  -%c, --%-24s %s\n", option->letter, form, option->help);
        else
            printf("      --%-24s %s\n", form, option->help);
    }
}

static void print_help(void)
{
    printf("usage: %s %s\n\n%s\n\n", this_program->name, this_program->usage,
           this_program->purpose);
    print_options(this_program->options);
    print_options(common_options);
    if (!this_program->without_manual)
        printf("\nSee the manual page %s(1).\n", this_program->name);
}

/* Appends the options of `table` to what getopt_long takes. Returns the new count. */
static int add_options(const struct cli_option *table, const struct cli_option **known,
                       struct option *longs, char *letters, int count)
{
    for (; table != NULL && table->name != NULL && count < MOST_OPTIONS; table++, count++) {
        known[count] = table;
        longs[count].name = table->name;
        longs[count].has_arg = table->argument ? required_argument : no_argument;
        longs[count].flag = NULL;
        longs[count].val = NO_LETTER + count;
        if (table->letter != 0) {
            char letter[3] = {(char)table->letter, table->argument ? ':' : '\0', '\0'};
            strcat(letters, letter);
        }
    }
    return count;
}

static void take_option(const struct cli_option *option, const char *argument)
{
    if (option->flag != NULL)
        *option->flag = true;
    else if (option->text != NULL)
        *option->text = argument;
    else if (option->each != NULL)
        option->each(argument);
    else if (strcmp(option->name, "help") == 0) {
        print_help();
        exit(EX_OK);
    } else {
        printf("%s (fecpipe) %s\n", this_program->name, FECPIPE_VERSION);
        if (this_program->built != NULL)
            printf("%s\n", this_program->built());
        exit(EX_OK);
    }
}

/* If a standard descriptor is closed, the first file to be opened would take its number, and get
 * the messages or the records. /dev/null takes it instead; standard input is opened for writing and
 * standard output for reading, so that using them still fails. */
static void occupy_closed(int fd, int flags)
{
    if (fcntl(fd, F_GETFD) >= 0)
        return;
    int null = open("/dev/null", flags);
    if (null < 0 || (null != fd && (dup2(null, fd) < 0 || close(null) != 0)))
        exit(EX_OSERR);
}

int cli_start(const struct cli_program *program, int argc, char **argv)
{
    occupy_closed(STDIN_FILENO, O_WRONLY);
    occupy_closed(STDOUT_FILENO, O_RDONLY);
    occupy_closed(STDERR_FILENO, O_WRONLY);
    const struct cli_option *known[MOST_OPTIONS] = {NULL};
    struct option longs[MOST_OPTIONS + 1];
    char letters[2 * MOST_OPTIONS + 2] = ":";

    this_program = program;
    int count = add_options(program->options, known, longs, letters, 0);
    count = add_options(common_options, known, longs, letters, count);
    memset(&longs[count], 0, sizeof longs[count]);

    int found;
    while ((found = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (found == ':')
            die_usage("option %s needs an argument", argv[optind - 1]);
        int i = found - NO_LETTER;
        if (found < NO_LETTER)
            for (i = 0; i < count && known[i]->letter != found; i++)
                ;
        if (found == '?' || i < 0 || i >= count)
            die_usage("option %s is not known", argv[optind - 1]);
        take_option(known[i], optarg);
    }
    return optind;
}

const char *cli_stats_path(void)
{
    return stats_path;
}

void cli_at_end(bool (*write)(void))
{
    write_stats = write;
}

bool cli_wants_progress(void)
{
    return progress_asked || isatty(STDERR_FILENO);
}

void cli_hide_secrets(void (*hide)(char *text))
{
    hide_secrets = hide;
}

/* The bytes of the character of UTF-8 at `text`; 0 if it is malformed. Its code goes to *code. */
static size_t decode(const unsigned char *text, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80    ? 1
                    : text[0] < 0xC0  ? 0
                    : text[0] < 0xE0  ? 2
                    : text[0] < 0xF0  ? 3
                    : text[0] <= 0xF4 ? 4
                                      : 0;
    *code = length <= 1 ? text[0] : text[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (text[i] & 0x3FU);
    }
    bool no_character = (*code >= 0xD800 && *code < 0xE000) || *code > 0x10FFFF;
    return length == 0 || *code < least[length] || no_character ? 0 : length;
}

/* True for what a terminal would obey or that would show a text in another order than it has:
 * control characters, also those of 0x80 to 0x9F, marks and overrides of direction, line
 * separators. */
static bool is_harmful(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || code == 0x200E ||
           code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

/* Replaces every byte of harmful and malformed characters. */
static void make_harmless(char *message)
{
    while (*message != '\0') {
        uint32_t code;
        size_t length = decode((const unsigned char *)message, &code);
        if (length == 0 || is_harmful(code))
            memset(message, '?', length == 0 ? 1 : length);
        message += length == 0 ? 1 : length;
    }
}

/* A message is formatted in full before it is cut, because half a secret would not be recognised.
 */
static void complain_list(const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *message = length < 0 ? NULL : malloc((size_t)length + 1);
    if (message != NULL) {
        vsnprintf(message, (size_t)length + 1, format, arguments);
        if (hide_secrets != NULL)
            hide_secrets(message);
        make_harmless(message);
    }
    fprintf(stderr, "%s: %.*s\n", this_program ? this_program->name : "fecpipe", LONGEST_MESSAGE,
            message != NULL ? message : "no memory for a message");
    free(message);
}

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain_list(format, arguments);
    va_end(arguments);
}

_Noreturn void die(int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain_list(format, arguments);
    va_end(arguments);
    exit(cli_end(code));
}

_Noreturn void die_usage(const char *format, ...)
{
    va_list arguments;
    char message[1024];
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    complain("%s; see %s --help", message, this_program->name);
    exit(EX_USAGE);
}

/* A program that ends before it has counted anything leaves an empty file: an older one would be
 * taken for its own. */
static bool write_empty_stats(void)
{
    FILE *file = stats_path == NULL ? NULL : fopen(stats_path, "w");
    bool good = stats_path == NULL || (file != NULL && fclose(file) == 0);
    if (!good)
        complain("%s: %s", stats_path, strerror(errno));
    return good;
}

int cli_end(int code)
{
    bool (*write)(void) = write_stats != NULL ? write_stats : write_empty_stats;
    if (!write() && code == EX_OK)
        code = EX_IOERR;
    return code;
}

_Noreturn void cli_end_closed_pipe(void)
{
    cli_end(EX_OK);
    signal(SIGPIPE, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(SIGPIPE);
    _exit(128 + SIGPIPE);
}

uint64_t cli_number(const char *option, const char *text, uint64_t least, uint64_t most)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0 || number < least ||
        number > most)
        die_usage("%s takes a whole number from %llu to %llu, not '%s'", option,
                  (unsigned long long)least, (unsigned long long)most, text);
    return number;
}

void *cli_alloc(size_t size)
{
    return cli_realloc(NULL, size);
}

void *cli_realloc(void *memory, size_t size)
{
    memory = realloc(memory, size ? size : 1);
    if (memory == NULL)
        die(EX_OSERR, "no memory for %zu bytes", size);
    return memory;
}

void *cli_grow(void *array, size_t count, size_t *size, size_t item)
{
    if (count < *size)
        return array;
    *size = *size == 0 ? 64 : 2 * *size;
    return cli_realloc(array, *size * item);
}
