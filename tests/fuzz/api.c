/* api.c - fuzzes fec-fetch with the API: its responses, the cursor file, the ledger of calls, the
 * list of committees, rows that are there already. fake_curl.c is the server.
 *
 * The files of a test case: the ledger, the cursor, standard output, committees, the responses.
 * kind: the number of the endpoint in all_endpoints, plus 4 for --pages 2. flags: 1 --cursor and
 * standard output is a regular file, 2 the cursor is there, 4 --committees, 8 no limit of calls.
 */
#include "check.h"
#include "fake_curl.h"
#include "records/endpoints.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY "KeyOfNobody0123456789"

const int fuzz_files = 5;

enum { WITH_CURSOR = 1, CURSOR_IS_THERE = 2, WITH_COMMITTEES = 4, NO_LIMIT = 8 };

static void prepare(const struct fuzz_case *test)
{
    world_folder();
    setenv("FEC_HOME", world_folder_path(), 1);
    setenv("FEC_API_KEY", KEY, 1);
    setenv("FEC_API_URL", "https://api.example/v1", 1);
    setenv("FEC_API_CALLS_PER_HOUR", (test->flags & NO_LIMIT) != 0 ? "" : "7", 1);
    world_real_file("api-calls", test->file[0]);
    if ((test->flags & WITH_CURSOR) != 0 && (test->flags & CURSOR_IS_THERE) != 0)
        world_real_file("cursor", test->file[1]);
    if ((test->flags & WITH_CURSOR) != 0)
        world_real_output(test->file[2]);
    world_real_file("committees", test->file[3]);
    world_file("-", (struct bytes){"", 0});
    world_room("stats");
    fake_curl_start(test->file[4]);
}

/* Rows are lines of JSON objects, after what was there. */
static void check_rows(struct bytes out, struct bytes before)
{
    size_t from = out.length < before.length ? out.length : before.length;
    if (from > 0 && memcmp(out.at, before.at, from) != 0)
        fuzz_fail("what was there has changed");
    bool at_start = true;
    for (size_t i = before.length; i < out.length; i++) {
        if (at_start && out.at[i] != '{')
            fuzz_fail("byte %zu of the output is no object", i);
        at_start = out.at[i] == '\n';
    }
    if (out.length > before.length && !at_start)
        fuzz_fail("the last row has no newline");
}

void fuzz_target(const struct fuzz_case *test)
{
    static const int legal[] = {64, 65, 66, 69, 73, 74, 75, 78, 141, 0};
    char cursor[200], committees[200];
    const char *arguments[20] = {"fec-fetch",   "--stats", "stats",
                                 "--retries=2", "api",     "--cycle=2024"};
    int count = 6;
    unsigned endpoints = 0;
    while (all_endpoints[endpoints].name != NULL)
        endpoints++;
    prepare(test);
    snprintf(cursor, sizeof cursor, "--cursor=%s/cursor", world_folder_path());
    snprintf(committees, sizeof committees, "--committees=%s/committees", world_folder_path());
    arguments[count++] = all_endpoints[test->kind % 4 % endpoints].name;
    if ((test->kind & 4) != 0)
        arguments[count++] = "--pages=2";
    if ((test->flags & WITH_CURSOR) != 0)
        arguments[count++] = cursor;
    if ((test->flags & WITH_COMMITTEES) != 0)
        arguments[count++] = committees;
    int status = world_run(arguments);
    check_status(status, legal, true);
    check_messages("fec-fetch");
    char *text = fuzz_copy(world_written("!"));
    if (strstr(text, KEY) != NULL)
        fuzz_fail("the key is shown");
    free(text);
    if (status != 0 || world_failed())
        return;
    if ((test->flags & WITH_CURSOR) == 0) {
        check_rows(world_written("-"), (struct bytes){"", 0});
        if (check_count("bytes") != world_written("-").length)
            fuzz_fail("%zu bytes written, another number counted", world_written("-").length);
    }
    if ((test->flags & WITH_CURSOR) != 0 && world_real_read("cursor.tmp").at != NULL)
        fuzz_fail("the file cursor.tmp is left");
}
