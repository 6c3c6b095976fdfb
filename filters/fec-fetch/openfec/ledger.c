/* ledger.c - the file in which all processes note their calls of the API.
 *
 * It is a convenience, so nothing in it may stop a run: lines that make no sense are passed over, a
 * clock that was set back is allowed for, and where the file cannot be used a process counts its
 * own calls.
 */
#include "fec-fetch/openfec/ledger.h"
#include "base/cli.h"
#include "base/clock.h"
#include "base/lockfile.h"
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A call a millisecond for an hour would not fill it. */
#define LONGEST_FILE ((off_t)8 * 1024 * 1024)
/* Expired lines tolerated before the file is compacted. */
#define FEW_LINES 256
/* A lock is held for milliseconds; a process that holds it this long is stopped or stuck. */
#define LONGEST_LOCK_MS 10000
/* A clock that is set back by less than this was only corrected. */
#define SMALL_STEP_MS 5000

/* The name of the file, allocated; NULL if no variable says where. */
static char *ledger_path(void)
{
    const char *home = getenv("FEC_HOME"), *data = getenv("XDG_DATA_HOME"), *user = getenv("HOME");
    bool has_home = home != NULL && *home != '\0', has_data = data != NULL && *data != '\0';
    if (!has_home && !has_data && (user == NULL || *user == '\0'))
        return NULL;
    const char *base = has_home ? home : has_data ? data : user;
    const char *rest = has_home   ? "/api-calls"
                       : has_data ? "/fecpipe/api-calls"
                                  : "/.local/share/fecpipe/api-calls";
    return string_format("%s%s", base, rest);
}

/* Makes the folders of the file. A failure shows when the file is opened. */
static void make_folders(char *path)
{
    for (char *c = path + 1; (c = strchr(c, '/')) != NULL; c++) {
        *c = '\0';
        (void)mkdir(path, 0777);
        *c = '/';
    }
}

static int compare_times(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void keep_call(struct ledger *ledger, uint64_t time)
{
    ledger->calls = cli_grow(ledger->calls, ledger->count, &ledger->size, sizeof *ledger->calls);
    ledger->calls[ledger->count++] = time;
}

/* Drops what has expired, and what lies in the future: that was noted by a clock that has been set
 * back since, and nobody knows when. */
static void drop_old(struct ledger *ledger)
{
    uint64_t now = clock_time_ms(), longest = ledger->hour_ms < 3600000 ? 3600000 : ledger->hour_ms;
    size_t kept = 0;
    bool sorted = true;
    for (size_t i = 0; i < ledger->count; i++) {
        uint64_t time = ledger->calls[i];
        if (time + ledger->hour_ms + LEDGER_MARGIN_MS < now || time > now + SMALL_STEP_MS)
            continue;
        sorted = sorted && (kept == 0 || ledger->calls[kept - 1] <= time);
        ledger->calls[kept++] = time;
    }
    ledger->count = kept;
    if (!sorted)
        qsort(ledger->calls, kept, sizeof *ledger->calls, compare_times);
    if (ledger->server_said + ledger->hour_ms < now || ledger->server_said > now + SMALL_STEP_MS) {
        ledger->server_limit = ledger->server_remaining = -1;
        ledger->server_said = 0;
        ledger->server_by_minute = false;
    }
    if (ledger->wait_until < now || ledger->wait_until > now + longest + SMALL_STEP_MS)
        ledger->wait_until = 0;
}

/* Takes one line, or passes over it. */
static void take_line(struct ledger *ledger, const char *line)
{
    uint64_t time;
    int64_t limit, remaining;
    char kind, unit, more;
    int found = sscanf(line, "%c %15" SCNu64 " %12" SCNd64 " %12" SCNd64 " %c%c", &kind, &time,
                       &limit, &remaining, &unit, &more);
    if (found == 2 && kind == 'c') {
        keep_call(ledger, time);
    } else if (found == 2 && kind == 'w') {
        ledger->wait_until = time;
    } else if (found == 5 && kind == 's' && (unit == 'h' || unit == 'm')) {
        ledger->server_said = time;
        ledger->server_limit = limit;
        ledger->server_remaining = remaining;
        ledger->server_by_minute = unit == 'm';
    }
}

/* Reads the open file. Returns the number of its lines; *whole is false if the last one has no end.
 */
static size_t read_lines(struct ledger *ledger, bool *whole)
{
    static char block[32 * 1024 + 1];
    size_t lines = 0, used = 0;
    off_t offset = 0;
    ssize_t n;
    *whole = true;
    ledger->count = 0;
    ledger->server_said = ledger->wait_until = 0;
    while ((n = pread(ledger->fd, block + used, sizeof block - 1 - used, offset)) > 0) {
        offset += n;
        used += (size_t)n;
        *whole = block[used - 1] == '\n';
        char *line = block, *end;
        while ((end = memchr(line, '\n', used - (size_t)(line - block))) != NULL) {
            *end = '\0';
            take_line(ledger, line);
            line = end + 1;
            lines++;
        }
        used -= (size_t)(line - block);
        memmove(block, line, used);
        if (used == sizeof block - 1)
            used = 0; /* no line of ours is that long */
    }
    return lines;
}

/* Appends lines, and frees them. A full disk does not end the program: the calls in memory count.
 */
static void append(struct ledger *ledger, struct strbuf *lines)
{
    ssize_t written = (ssize_t)lines->length;
    if (ledger->fd >= 0 && lines->length > 0)
        written = write(ledger->fd, lines->text, lines->length);
    bool good = written == (ssize_t)lines->length;
    free(lines->text);
    if (good)
        return;
    if (written >= 0)
        errno = ENOSPC; /* what fits is written, and nothing is said */
    if (!ledger->useless)
        complain("the ledger of calls cannot be written, so this run counts for itself: %s",
                 strerror(errno));
    ledger->useless = true;
}

static void call_line(struct strbuf *lines, uint64_t time)
{
    strbuf_format(lines, "c %" PRIu64 "\n", time);
}

static void server_line(struct strbuf *lines, const struct ledger *ledger)
{
    strbuf_format(lines, "s %" PRIu64 " %" PRId64 " %" PRId64 " %c\n", ledger->server_said,
                  ledger->server_limit, ledger->server_remaining,
                  ledger->server_by_minute ? 'm' : 'h');
}

static void wait_line(struct strbuf *lines, const struct ledger *ledger)
{
    strbuf_format(lines, "w %" PRIu64 "\n", ledger->wait_until);
}

/* Writes the file again with what still counts, by one call of write. */
static void rewrite(struct ledger *ledger)
{
    struct strbuf lines = {0};
    for (size_t i = 0; i < ledger->count; i++)
        call_line(&lines, ledger->calls[i]);
    if (ledger->server_said != 0)
        server_line(&lines, ledger);
    if (ledger->wait_until != 0)
        wait_line(&lines, ledger);
    if (ftruncate(ledger->fd, 0) == 0)
        append(ledger, &lines);
    else
        free(lines.text);
}

static const char *why_unusable(void)
{
    return errno == EAGAIN ? "another process keeps it locked" : strerror(errno);
}

/* Opens and locks it for appending. Returns false after complaining if that is not possible. */
static bool open_locked(struct ledger *ledger)
{
    char *path = ledger_path();
    if (path != NULL) {
        make_folders(path);
        ledger->fd = lockfile_open(path, O_RDWR | O_CREAT | O_APPEND, LONGEST_LOCK_MS);
    }
    if (ledger->fd < 0)
        complain("%s: the ledger of calls cannot be used, so this run counts for itself: %s",
                 path == NULL ? "FEC_HOME" : path, path == NULL ? "is not set" : why_unusable());
    free(path);
    return ledger->fd >= 0;
}

void ledger_lock(struct ledger *ledger)
{
    struct stat status;
    bool whole;
    ledger->fd = -1;
    if (ledger->useless || !open_locked(ledger)) {
        ledger->useless = true;
        drop_old(ledger);
        return;
    }
    if (fstat(ledger->fd, &status) == 0 && status.st_size > LONGEST_FILE &&
        ftruncate(ledger->fd, 0) != 0)
        complain("the ledger of calls is too long and cannot be cut: %s", strerror(errno));
    size_t lines = read_lines(ledger, &whole);
    drop_old(ledger);
    if (!whole) {
        struct strbuf end = {0};
        strbuf_add(&end, "\n");
        append(ledger, &end);
    }
    if (lines > 2 * ledger->count + FEW_LINES)
        rewrite(ledger);
}

void ledger_look(struct ledger *ledger)
{
    bool whole;
    if (ledger->useless) {
        drop_old(ledger);
        return;
    }
    char *path = ledger_path();
    ledger->fd = path == NULL ? -1 : lockfile_open(path, O_RDONLY, LONGEST_LOCK_MS);
    if (ledger->fd < 0 && path != NULL && errno != ENOENT) {
        bool locked_elsewhere = errno == EAGAIN;
        complain("%s: the ledger of calls cannot be locked, so this may not be all: %s", path,
                 why_unusable());
        ledger->useless = true;
        if (locked_elsewhere)
            ledger->fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    free(path);
    if (ledger->fd < 0)
        return;
    read_lines(ledger, &whole);
    drop_old(ledger);
    ledger_unlock(ledger);
}

void ledger_add_call(struct ledger *ledger, uint64_t time)
{
    struct strbuf line = {0};
    keep_call(ledger, time);
    call_line(&line, time);
    append(ledger, &line);
}

void ledger_note_server(struct ledger *ledger, uint64_t time, int64_t limit, int64_t remaining,
                        bool by_minute)
{
    struct strbuf line = {0};
    ledger->server_said = time;
    ledger->server_limit = limit;
    ledger->server_remaining = remaining;
    ledger->server_by_minute = by_minute;
    server_line(&line, ledger);
    append(ledger, &line);
}

void ledger_note_wait(struct ledger *ledger, uint64_t until)
{
    struct strbuf line = {0};
    ledger->wait_until = until;
    wait_line(&line, ledger);
    append(ledger, &line);
}

void ledger_unlock(struct ledger *ledger)
{
    if (ledger->fd >= 0)
        close(ledger->fd);
    ledger->fd = -1;
}
