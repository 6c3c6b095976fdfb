/* dictionary.c - fuzzes fec-parse --header: any bytes are a header dictionary of the FEC.
 *
 * It must be accepted only if it has the names of the columns, and rightly refused otherwise; no
 * record is ever written then. kind: the number of the dataset in all_types.
 */
#include "check.h"
#include "records/file_types.h"
#include "reference.h"
#include "value.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MOST_FIELDS 200

const int fuzz_files = 1;

/* True if the dictionary has just one line that is not blank, and the right names in it; *unsure if
 * a quote is open at a line's end. */
static bool is_right(struct bytes dictionary, const struct file_type *type, bool *unsure)
{
    const char *at = dictionary.at, *end = dictionary.at + dictionary.length;
    int lines = 0;
    bool good = true;
    if (dictionary.length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    while (at < end) {
        struct bytes fields[MOST_FIELDS];
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct bytes line = {at, (size_t)((newline ? newline : end) - at)};
        const char *blanks = newline ? " \t\r" : " \t\r\x1a";
        at = newline ? newline + 1 : end;
        size_t blank = 0;
        while (blank < line.length && line.at[blank] != '\0' &&
               strchr(blanks, line.at[blank]) != NULL)
            blank++;
        if (blank == line.length)
            continue;
        lines++;
        int count = reference_split_csv(line, fields, MOST_FIELDS);
        *unsure = *unsure || count < 0;
        int expected = 0;
        while (type->columns[expected].fec_name != NULL &&
               type->columns[expected].kind != COLUMN_UNUSED)
            expected++;
        good = good && count == expected;
        for (int i = 0; i < count; i++) {
            struct text name = plain_text(fields[i]);
            good = good && strcasecmp(name.at, type->columns[i].fec_name) == 0;
            free(name.at);
            free((void *)fields[i].at);
        }
    }
    return good && lines == 1;
}

static void prepare(const struct fuzz_case *test)
{
    world_file("header.csv", test->file[0]);
    world_file("-", (struct bytes){"", 0});
}

void fuzz_target(const struct fuzz_case *test)
{
    static const int legal[] = {65, 74, 141, 0};
    static const char *const names[] = {"-", "!", NULL};
    unsigned count = 0;
    bool unsure = false;
    while (all_types[count].name != NULL && all_types[count].member != NULL)
        count++;
    const struct file_type *type = &all_types[test->kind % count];
    const char *arguments[] = {"fec-parse", type->name,   "--cycle", "2024",
                               "--header",  "header.csv", NULL};
    prepare(test);
    int status = world_run(arguments);
    check_status(status, legal, false);
    check_messages("fec-parse");
    uint64_t records = check_records(world_written("-"), status == 0);
    if (records > 0)
        fuzz_fail("records, but the input was empty");
    bool right = is_right(test->file[0], type, &unsure);
    if (!unsure && !world_failed() && right != (status == 0))
        fuzz_fail("exit status %d of a dictionary that is %s", status, right ? "right" : "wrong");
    if ((test->flags & 1) != 0)
        check_sizes(arguments, status, names, prepare, test);
}
