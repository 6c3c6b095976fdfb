/* ledger.c - fuzzes the file in which fec-fetch notes its calls of the API: any bytes are one.
 *
 * Nothing in it may stop `fec-fetch quota`, which prints numbers that go together. kind: the limit
 * of calls an hour, 0 for none. flags: 1 an hour of 10 seconds.
 */
#include "check.h"
#include "world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const int fuzz_files = 1;

/* The number after "key=" at the beginning of a line; UINT64_MAX if there is none. */
static uint64_t number_of(const char *text, const char *key)
{
    const char *line = text;
    size_t length = strlen(key);
    while (line != NULL && strncmp(line, key, length) != 0) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL || line[length] < '0' || line[length] > '9')
        return UINT64_MAX;
    return strtoull(line + length, NULL, 10);
}

void fuzz_target(const struct fuzz_case *test)
{
    static const int legal[] = {74, 141, 0};
    const char *arguments[] = {"fec-fetch", "quota", NULL};
    char limit[24];
    snprintf(limit, sizeof limit, "%u", test->kind);
    world_folder();
    world_real_file("api-calls", test->file[0]);
    world_file("-", (struct bytes){"", 0});
    setenv("FEC_HOME", world_folder_path(), 1);
    setenv("FEC_API_CALLS_PER_HOUR", test->kind == 0 ? "" : limit, 1);
    setenv("FEC_API_HOUR_SECONDS", (test->flags & 1) != 0 ? "10" : "3600", 1);
    int status = world_run(arguments);
    check_status(status, legal, true);
    check_messages("fec-fetch");
    if (status != 0)
        fuzz_fail("exit status %d", status);
    char *text = fuzz_copy(world_written("-"));
    uint64_t hourly = number_of(text, "limit="), used = number_of(text, "used=");
    uint64_t left = number_of(text, "left="), wait = number_of(text, "wait_seconds=");
    if (hourly == UINT64_MAX || used == UINT64_MAX || wait == UINT64_MAX)
        fuzz_fail("a number is missing:\n%s", text);
    if (hourly > 0 && left > hourly)
        fuzz_fail("%" PRIu64 " calls are left of %" PRIu64, left, hourly);
    if (wait > 4000)
        fuzz_fail("a wait of %" PRIu64 " seconds", wait);
    free(text);
}
