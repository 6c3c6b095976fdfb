/* ledger.c - see ledger.h */
#include "fec-fetch/openfec/ledger.h"
#include "base/cli.h"

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
/* So many lines that are over are not worth writing the file anew. */
#define FEW_LINES 256
/* A lock is held for some milliseconds; who holds it for so long is stopped or dead. */
#define LONGEST_LOCK_MS 10000
#define LOCK_STEP_MS 20
/* A clock that is set back by less than this is only a correction. */
#define SMALL_STEP_MS 5000

uint64_t ledger_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* The name of the file, allocated; NULL if nothing says where. */
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
    char *path = cli_alloc(strlen(base) + strlen(rest) + 1);
    sprintf(path, "%s%s", base, rest);
    return path;
}

/* Makes the folders above the file. What goes wrong shows when the file is opened. */
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
    if (ledger->count == ledger->size) {
        ledger->size = ledger->size == 0 ? 1024 : 2 * ledger->size;
        ledger->calls = cli_realloc(ledger->calls, ledger->size * sizeof *ledger->calls);
    }
    ledger->calls[ledger->count++] = time;
}

/* Drops what is over, or cannot be: a time in the future was noted by a clock that has been set
 * back since, and nobody knows when that was. */
static void drop_old(struct ledger *ledger)
{
    uint64_t now = ledger_now(), longest = ledger->hour_ms < 3600000 ? 3600000 : ledger->hour_ms;
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

/* Takes one line; what makes no sense is passed over. */
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
 * Not over stdio: closing any descriptor of a file gives up the locks that the process has on it
 * (POSIX, fcntl). */
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
            used = 0; /* no line is so long */
    }
    return lines;
}

/* Appends lines. A disk that is full does not end the program: the calls in memory count. */
static void append(struct ledger *ledger, const char *lines, size_t length)
{
    if (ledger->fd < 0 || write(ledger->fd, lines, length) == (ssize_t)length)
        return;
    if (!ledger->useless)
        complain("the ledger of calls cannot be written, so this run counts for itself: %s",
                 strerror(errno));
    ledger->useless = true;
}

/* Each writes one line at `to`, and returns its length, which is at most LINE. */
#define LINE 80

static size_t call_line(char *to, uint64_t time)
{
    return (size_t)snprintf(to, LINE, "c %" PRIu64 "\n", time);
}

static size_t server_line(char *to, const struct ledger *ledger)
{
    return (size_t)snprintf(to, LINE, "s %" PRIu64 " %" PRId64 " %" PRId64 " %c\n",
                            ledger->server_said, ledger->server_limit, ledger->server_remaining,
                            ledger->server_by_minute ? 'm' : 'h');
}

static size_t wait_line(char *to, const struct ledger *ledger)
{
    return (size_t)snprintf(to, LINE, "w %" PRIu64 "\n", ledger->wait_until);
}

/* Writes the file anew with what still counts; in one piece, so that hardly anything can come
 * between. */
static void rewrite(struct ledger *ledger)
{
    char *lines = cli_alloc((ledger->count + 2) * LINE);
    size_t length = 0;
    for (size_t i = 0; i < ledger->count; i++)
        length += call_line(lines + length, ledger->calls[i]);
    if (ledger->server_said != 0)
        length += server_line(lines + length, ledger);
    if (ledger->wait_until != 0)
        length += wait_line(lines + length, ledger);
    if (ftruncate(ledger->fd, 0) == 0)
        append(ledger, lines, length);
    free(lines);
}

/* Opens the file with the flags; -1 and errno if it can't be a ledger. */
static int open_file(const char *path, int flags)
{
    struct stat status;
    /* Not to wait at a pipe. */
    int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0666);
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        return fd;
    close(fd);
    errno = EINVAL;
    return -1;
}

static bool lock(int fd, short type)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};
    struct timespec step = {0, LOCK_STEP_MS * 1000000L};
    for (int waited = 0; fcntl(fd, F_SETLK, &whole) != 0; waited += LOCK_STEP_MS) {
        if ((errno != EACCES && errno != EAGAIN && errno != EINTR) || waited >= LONGEST_LOCK_MS)
            return false;
        nanosleep(&step, NULL);
    }
    return true;
}

static const char *why_unusable(void)
{
    return errno == EACCES || errno == EAGAIN ? "another process keeps it locked, or it is not ours"
                                              : strerror(errno);
}

/* Opens and locks it for appending. Returns false if there is none to be had. */
static bool open_locked(struct ledger *ledger)
{
    char *path = ledger_path();
    if (path != NULL) {
        make_folders(path);
        ledger->fd = open_file(path, O_RDWR | O_CREAT | O_APPEND);
    }
    if (ledger->fd >= 0 && !lock(ledger->fd, F_WRLCK)) {
        int reason = errno;
        close(ledger->fd);
        ledger->fd = -1;
        errno = reason;
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
    if (fstat(ledger->fd, &status) == 0 && status.st_size > LONGEST_FILE)
        (void)ftruncate(ledger->fd, 0);
    size_t lines = read_lines(ledger, &whole);
    drop_old(ledger);
    if (!whole)
        append(ledger, "\n", 1);
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
    ledger->fd = path == NULL ? -1 : open_file(path, O_RDONLY);
    if (ledger->fd >= 0 && !lock(ledger->fd, F_RDLCK)) {
        complain("%s: the ledger of calls cannot be locked, so this may not be all: %s", path,
                 why_unusable());
        ledger->useless = true;
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
    char line[LINE];
    keep_call(ledger, time);
    append(ledger, line, call_line(line, time));
}

void ledger_note_server(struct ledger *ledger, uint64_t time, int64_t limit, int64_t remaining,
                        bool by_minute)
{
    char line[LINE];
    ledger->server_said = time;
    ledger->server_limit = limit;
    ledger->server_remaining = remaining;
    ledger->server_by_minute = by_minute;
    append(ledger, line, server_line(line, ledger));
}

void ledger_note_wait(struct ledger *ledger, uint64_t until)
{
    char line[LINE];
    ledger->wait_until = until;
    append(ledger, line, wait_line(line, ledger));
}

void ledger_unlock(struct ledger *ledger)
{
    if (ledger->fd >= 0)
        close(ledger->fd);
    ledger->fd = -1;
}
