/* parse.c - what all targets of fec-parse have in common: options, and what must be true. */
#include "parse.h"
#include "check.h"
#include "reference.h"
#include "world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CYCLE "2024"

static void prepare(const struct fuzz_case *test)
{
    static const char *const rooms[] = {"stats", "rejects", "keys"};
    world_file("-", test->file[0]);
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        world_room(rooms[i]);
}

static uint64_t count_lines(struct bytes text)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < text.length; i++)
        lines += text.at[i] == '\n';
    return lines;
}

static void check_counts(const struct fuzz_case *test)
{
    uint64_t records = check_records(world_written("-"), true), rejected = check_count("rejected");
    if (records != check_count("records"))
        fuzz_fail("%" PRIu64 " records written, another number counted", records);
    if (check_count("lines") != records + check_count("blank_lines") + rejected)
        fuzz_fail("lines are not records, blank lines and rejected ones");
    if ((test->flags & PARSE_KEEP_REJECTS) == 0)
        return;
    uint64_t keys = count_lines(world_written("keys"));
    if (count_lines(world_written("rejects")) != rejected)
        fuzz_fail("not all rejected lines are kept");
    if (keys != 1 + rejected - check_count("rejected_without_key"))
        fuzz_fail("%" PRIu64 " keys of rejected lines are kept", keys - 1);
}

int parse_run(const struct fuzz_case *test, const char *const *operands)
{
    static const int legal[] = {65, 74, 141, 0};
    static const char *const names[] = {"-", "stats", "rejects", "keys", NULL};
    const char *arguments[20] = {"fec-parse", "--cycle", CYCLE, "--stats", "stats"};
    int count = 5;
    arguments[count++] = "--max-rejects";
    arguments[count++] = (test->flags & PARSE_ALLOW_NONE) != 0 ? "0" : "100%";
    if ((test->flags & PARSE_ALLOW_CUT) != 0)
        arguments[count++] = "--allow-cut";
    if ((test->flags & PARSE_KEEP_REJECTS) != 0) {
        arguments[count++] = "--rejects=rejects";
        arguments[count++] = "--reject-keys=keys";
    }
    for (; *operands != NULL; operands++)
        arguments[count++] = *operands;
    prepare(test);
    int status = world_run(arguments);
    check_status(status, legal, false);
    check_messages("fec-parse");
    if (status == 0)
        check_counts(test);
    else
        (void)check_records(world_written("-"), false);
    if ((test->flags & PARSE_TWICE) != 0)
        check_sizes(arguments, status, names, prepare, test);
    return status;
}

void parse_compare(const struct fuzz_case *test, const struct file_type *type)
{
    const char *operands[] = {type->name, NULL};
    struct reference reference;
    int status = parse_run(test, operands);
    reference_read(&reference, type, test->file[0], CYCLE, (test->flags & PARSE_ALLOW_CUT) != 0);
    bool too_many = (test->flags & PARSE_ALLOW_NONE) != 0 && reference.rejected > 0;
    if (!reference.unsure && !world_failed()) {
        bool refused = reference.refused || too_many;
        if (refused != (status != 0))
            fuzz_fail("exit status %d, but the reference says that the input is %s", status,
                      refused ? "refused" : "good");
        if (!refused) {
            char total[40];
            snprintf(total, sizeof total, "\namount_total=%s%lld.%02lld\n",
                     reference.cents < 0 ? "-" : "", llabs(reference.cents) / 100,
                     llabs(reference.cents) % 100);
            check_same("fec-parse and the reference", world_written("-"), reference.records);
            if (check_count("lines") != reference.lines ||
                check_count("rejected") != reference.rejected ||
                check_count("blank_lines") != reference.blank)
                fuzz_fail("%" PRIu64 " lines, %" PRIu64 " rejected, %" PRIu64
                          " blank, says the reference",
                          reference.lines, reference.rejected, reference.blank);
            char *stats = fuzz_copy(world_written("stats"));
            if (strstr(stats, total) == NULL)
                fuzz_fail("the reference has another sum:%s", total);
            free(stats);
        }
    }
    free((void *)reference.records.at);
}
