/* check.c - what must be true after every run, whatever the program was given. */
#include "check.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COMPARED 6

void check_status(int status, const int *legal, bool may_succeed)
{
    if (world_failed() && status == 0 && !may_succeed)
        fuzz_fail("exit status 0 although reading or writing failed");
    for (; status != *legal; legal++)
        if (*legal == 0)
            fuzz_fail("exit status %d", status);
}

size_t check_utf8(const unsigned char *text, size_t left)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80 ? 1 : text[0] < 0xc0 ? 0 : text[0] < 0xe0 ? 2 : 3;
    length += text[0] >= 0xf0;
    if (length == 0 || text[0] > 0xf4 || length > left)
        return 0;
    uint32_t code = length == 1 ? text[0] : text[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3fu);
    }
    bool surrogate = code >= 0xd800 && code < 0xe000;
    return code < least[length] || code > 0x10ffff || surrogate ? 0 : length;
}

/* UTF-8 without control characters but those of `allowed`. */
static void check_text(const char *what, struct bytes text, const char *allowed)
{
    for (size_t i = 0, length; i < text.length; i += length) {
        const unsigned char *c = (const unsigned char *)text.at + i;
        length = check_utf8(c, text.length - i);
        if (length == 0)
            fuzz_fail("%s: byte %zu is no UTF-8: %02x", what, i, *c);
        bool control = *c < 0x20 || *c == 0x7f || (c[0] == 0xc2 && c[1] < 0xa0);
        if (control && (*c == '\0' || strchr(allowed, *c) == NULL))
            fuzz_fail("%s: byte %zu is a control character: %02x", what, i, *c);
    }
}

void check_messages(const char *program)
{
    struct bytes said = world_written("!");
    size_t length = strlen(program);
    /* A message is cut after a number of bytes, which may be within a character. */
    bool cut = false;
    const char *line = said.at, *end = said.at + said.length;
    while (line < end) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        if (newline == NULL || (size_t)(newline - line) < length + 2 ||
            memcmp(line, program, length) != 0 || memcmp(line + length, ": ", 2) != 0)
            fuzz_fail("a message that is no line of %s's", program);
        cut = newline - line > 2000;
        if (!cut)
            check_text("a message", (struct bytes){line, (size_t)(newline - line)}, "");
        line = newline + 1;
    }
}

/* One field: not empty, NULL or a text with known escapes. */
static void check_field(uint64_t line, const char *field, const char *end)
{
    if (field == end)
        fuzz_fail("line %llu has an empty field", (unsigned long long)line);
    if (end - field == 2 && field[0] == '\\' && field[1] == 'N')
        return;
    for (; field < end; field++)
        if (*field == '\\' && (++field == end || strchr("tnr\\", *field) == NULL))
            fuzz_fail("line %llu has an unknown escape", (unsigned long long)line);
}

uint64_t check_records(struct bytes records, bool whole)
{
    uint64_t lines = 0, tabs_of_header = 0;
    const char *end = records.at + records.length;
    if (!whole)
        while (end > records.at && end[-1] != '\n')
            end--;
    check_text("the records", (struct bytes){records.at, (size_t)(end - records.at)}, "\t\n");
    for (const char *line = records.at; line < end; lines++) {
        const char *newline = memchr(line, '\n', (size_t)(end - line)), *field = line;
        uint64_t tabs = 0;
        if (newline == NULL)
            fuzz_fail("line %llu has no newline", (unsigned long long)lines + 1);
        for (const char *c = line; c <= newline; c++)
            if (*c == '\t' || *c == '\n') {
                check_field(lines + 1, field, c);
                field = c + 1;
                tabs += *c == '\t';
            }
        if (lines == 0)
            tabs_of_header = tabs;
        if (tabs != tabs_of_header)
            fuzz_fail("line %llu has %llu tabs", (unsigned long long)lines + 1,
                      (unsigned long long)tabs);
        line = newline + 1;
    }
    return lines == 0 ? 0 : lines - 1;
}

uint64_t check_count(const char *key)
{
    char *stats = fuzz_copy(world_written("stats"));
    char name[64];
    snprintf(name, sizeof name, "%s=", key);
    const char *line = stats;
    while (line != NULL && strncmp(line, name, strlen(name)) != 0) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL)
        fuzz_fail("the statistics have no %s", key);
    uint64_t count = strtoull(line + strlen(name), NULL, 10);
    free(stats);
    return count;
}

void check_same(const char *what, struct bytes a, struct bytes b)
{
    size_t least = a.length < b.length ? a.length : b.length, at = 0;
    while (at < least && a.at[at] == b.at[at])
        at++;
    if (at < least || a.length != b.length)
        fuzz_fail("%s differ at byte %zu (%zu and %zu bytes):\n--- one\n%.*s\n--- the other\n%.*s",
                  what, at, a.length, b.length, (int)a.length, a.at, (int)b.length, b.at);
}

void check_sizes(const char *const *arguments, int status, const char *const *names,
                 void (*prepare)(const struct fuzz_case *test), const struct fuzz_case *test)
{
    struct bytes before[MOST_COMPARED];
    int count = 0;
    if (world_failed())
        return;
    for (; names[count] != NULL; count++) {
        before[count] = world_written(names[count]);
        before[count].at = fuzz_copy(before[count]);
    }
    world_start(0, 0);
    prepare(test);
    int again = world_run(arguments);
    if (again != status)
        fuzz_fail("exit status %d, and %d when all comes in one piece", status, again);
    for (int i = 0; i < count; i++) {
        if (status == 0)
            check_same(names[i], before[i], world_written(names[i]));
        free((void *)before[i].at);
    }
}
