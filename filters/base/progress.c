/* progress.c - a line on stderr that says how far a long task has come. */
#include "base/progress.h"
#include "base/cli.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const char *what_is_done;
static uint64_t total_bytes;
static bool wanted, on_terminal, printed;
static double started, last_time;

void progress_start(const char *what, uint64_t total)
{
    wanted = cli_wants_progress();
    on_terminal = isatty(STDERR_FILENO);
    what_is_done = what;
    total_bytes = total;
    started = last_time = clock_seconds();
}

void progress_at(uint64_t bytes, uint64_t records)
{
    if (!wanted)
        return;
    double time = clock_seconds();
    if (time - last_time < (on_terminal ? 0.5 : 10.0))
        return;
    last_time = time;
    fprintf(stderr, "%s%s: %.1f MB", on_terminal ? "\r" : "", what_is_done, (double)bytes / 1e6);
    if (total_bytes > 0)
        fprintf(stderr, " of %.1f (%.0f %%)", (double)total_bytes / 1e6,
                100.0 * (double)bytes / (double)total_bytes);
    if (records > 0)
        fprintf(stderr, ", %" PRIu64 " records", records);
    fprintf(stderr, ", %.1f MB/s%s", (double)bytes / 1e6 / (time - started),
            on_terminal ? "\033[K" : "\n");
    fflush(stderr);
    printed = true;
}

void progress_end(void)
{
    if (printed && on_terminal)
        fputc('\n', stderr);
    printed = false;
}
