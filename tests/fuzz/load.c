/* load.c - fuzzes what pg-load makes of records: fake_pq.c is the server.
 *
 * All bytes after the header line must reach the server once and in order, and the transaction must
 * be committed only if they end with a newline and the server counts as many rows as there were
 * lines. The first file has the records, the second one what the server says of the table, a line a
 * column: name, tab, type, tab, t if it has a default.
 *
 * kind: 0 as it is, 1 --replace, 2 --like of a table that is not there. flags: 1 again in one
 * piece, 2 the server takes one row less, 4 it refuses line 2, 8 it goes away, 16 a lock is kept.
 */
#include "check.h"
#include "fake_pq.h"
#include "world.h"

#include <string.h>

const int fuzz_files = 2;

enum { TWICE = 1 };

static void prepare(const struct fuzz_case *test)
{
    world_file("-", test->file[0]);
    world_room("stats");
    world_room("table");
    fake_pq_start(test->file[1], test->flags, test->kind % 3 == 2);
}

static void check_loaded(const struct fuzz_case *test)
{
    struct bytes records = test->file[0], loaded = world_written("table");
    const char *newline = memchr(records.at, '\n', records.length);
    size_t head = newline == NULL ? records.length : (size_t)(newline + 1 - records.at);
    uint64_t lines = 0;
    for (size_t i = 0; i < loaded.length; i++)
        lines += loaded.at[i] == '\n';
    check_same("the records and what the server got", loaded,
               (struct bytes){records.at + head, records.length - head});
    if (lines != check_count("records") || loaded.length != check_count("bytes"))
        fuzz_fail("%zu bytes and %llu lines were loaded, not what was counted", loaded.length,
                  (unsigned long long)lines);
    if (loaded.length > 0 && loaded.at[loaded.length - 1] != '\n')
        fuzz_fail("a line that is cut was committed");
}

void fuzz_target(const struct fuzz_case *test)
{
    static const int legal[] = {64, 65, 69, 71, 74, 75, 77, 141, 0};
    static const char *const names[] = {"table", "stats", "!", NULL};
    static const char *const options[] = {NULL, "--replace", "--like=model"};
    const char *arguments[] = {"pg-load", "--stats", "stats", "t", options[test->kind % 3], NULL};
    prepare(test);
    int status = world_run(arguments);
    check_status(status, legal, false);
    check_messages("pg-load");
    if (fake_pq_committed() != (status == 0))
        fuzz_fail("exit status %d, but the transaction was %scommitted", status,
                  status == 0 ? "not " : "");
    if (status == 0)
        check_loaded(test);
    /* When the server goes away depends on how much was sent at once. */
    if ((test->flags & TWICE) != 0 && (test->flags & PQ_GOES_AWAY) == 0)
        check_sizes(arguments, status, names, prepare, test);
}
