/* cursor.c - the cursor file: how far a query has been read, so that another run can go on.
 *
 * What is hard is the lock. The file is replaced by renaming another one over it, and the new one
 * must be locked before it has the name; else another run could come between.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "fec-fetch/openfec/cursor.h"
#include "base/cli.h"
#include "base/lockfile.h"
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A cursor file has a dozen short lines. */
#define LONGEST_FILE 16384

/* A whole number; *text then points to what follows it. */
static bool take_number(const char **text, uint64_t *number)
{
    char *end;
    if (**text < '0' || **text > '9')
        return false;
    errno = 0;
    *number = strtoull(*text, &end, 10);
    *text = end;
    return errno == 0;
}

static bool is_number(const char *text, uint64_t *number)
{
    return take_number(&text, number) && *text == '\0';
}

/* A whole number that can be negative. */
static bool take_shortfall(const char *text, int64_t *shortfall)
{
    uint64_t number;
    bool negative = *text == '-';
    bool good = is_number(text + negative, &number) && number <= INT64_MAX;
    *shortfall = !good ? 0 : negative ? -(int64_t)number : (int64_t)number;
    return good;
}

/* INODE:LENGTH:MOST */
static bool is_file(const char *text, struct rows_file *file)
{
    file->known = take_number(&text, &file->inode) && *text++ == ':' &&
                  take_number(&text, &file->length) && *text++ == ':' &&
                  take_number(&text, &file->most) && *text == '\0';
    return file->known && file->length <= file->most && file->most <= INT64_MAX;
}

/* Takes one line. Returns false if a cursor file has no such line. */
static bool take_line(const struct cursor *cursor, const char *key, const char *value,
                      struct position *position, struct rows_file *file)
{
    if (strcmp(key, "query") == 0) {
        if (strcmp(value, cursor->query) != 0)
            die_usage("%s: this is the cursor of another query (%s)", cursor->path, value);
        return true;
    }
    if (strcmp(key, "group") == 0)
        return is_number(value, &position->group);
    if (strcmp(key, "page") == 0)
        return is_number(value, &position->page);
    if (strcmp(key, "rows") == 0)
        return is_number(value, &position->rows);
    if (strcmp(key, "total_rows") == 0)
        return is_number(value, &position->total_rows);
    if (strcmp(key, "short") == 0)
        return take_shortfall(value, &position->shortfall);
    if (strcmp(key, "count") == 0) {
        position->counted = true;
        return is_number(value, &position->count);
    }
    if (strcmp(key, "output") == 0)
        return is_file(value, file);
    if (strcmp(key, "state") == 0) {
        position->complete = strcmp(value, "complete") == 0;
        return position->complete || strcmp(value, "reading") == 0;
    }
    return strcmp(key, "committees") == 0 || indexes_set(&position->indexes, key, value);
}

/* Reads all lines of the text. The first one must be the query and the last one the state, so that
 * a file that was cut short is refused. */
static void read_lines(const struct cursor *cursor, char *text, struct position *position,
                       struct rows_file *file)
{
    int number = 0;
    bool ended = false;
    while (*text != '\0') {
        char *end = strchr(text, '\n'), *value = strchr(text, '=');
        number++;
        if (end == NULL || value == NULL || value > end || ended ||
            (number == 1) != (strncmp(text, "query=", 6) == 0))
            break;
        *end = *value++ = '\0';
        ended = strcmp(text, "state") == 0;
        if (!take_line(cursor, text, value, position, file)) {
            ended = false;
            break;
        }
        text = end + 1;
    }
    if (*text != '\0' || !ended)
        die(EX_DATAERR, "%s: line %d is not what a cursor file has there", cursor->path,
            number == 0 ? 1 : number);
}

/* Removes the temporary file of a run that was killed, and nothing of anybody else's: ours is empty
 * or begins like a cursor file. */
static void remove_temporary(const struct cursor *cursor)
{
    char head[7] = "";
    struct stat status;
    int fd = open(cursor->temporary, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return;
    bool is_ours = fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                   read(fd, head, sizeof head - 1) >= 0 &&
                   strncmp(head, "query=", strlen(head)) == 0;
    if (fd >= 0)
        close(fd);
    if (!is_ours)
        die(EX_CANTCREAT, "%s: is in the way, and was not made by fec-fetch", cursor->temporary);
    (void)unlink(cursor->temporary);
}

bool cursor_open(struct cursor *cursor, const char *path, const char *query,
                 struct position *position, struct rows_file *file)
{
    char text[LONGEST_FILE];
    size_t length = 0;
    ssize_t n;
    *cursor = (struct cursor){.path = path, .query = query};
    *position = (struct position){0};
    *file = (struct rows_file){0};
    cursor->fd = lockfile_hold(path, "using it");
    cursor->real = realpath(path, NULL);
    if (cursor->real == NULL)
        die(EX_IOERR, "%s: %s", path, strerror(errno));
    cursor->temporary = string_format("%s.tmp", cursor->real);
    remove_temporary(cursor);
    while ((n = read(cursor->fd, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)n;
    if (n < 0)
        die(EX_IOERR, "%s: %s", path, strerror(errno));
    text[length] = '\0';
    if (strlen(text) != length || length == sizeof text - 1)
        die(EX_DATAERR, "%s: this is not a cursor file", path);
    if (length == 0)
        return false;
    read_lines(cursor, text, position, file);
    return true;
}

static void print(FILE *stream, const struct cursor *cursor, const struct position *position,
                  const char *committees, const struct rows_file *file)
{
    fprintf(stream, "query=%s\ngroup=%" PRIu64 "\n", cursor->query, position->group);
    if (committees[0] != '\0')
        fprintf(stream, "committees=%s\n", committees);
    for (int i = 0; i < position->indexes.count; i++)
        fprintf(stream, "%s=%s\n", position->indexes.of[i].name, position->indexes.of[i].value);
    fprintf(stream, "page=%" PRIu64 "\nrows=%" PRIu64 "\ntotal_rows=%" PRIu64 "\n", position->page,
            position->rows, position->total_rows);
    if (position->counted)
        fprintf(stream, "count=%" PRIu64 "\n", position->count);
    if (position->shortfall != 0)
        fprintf(stream, "short=%" PRId64 "\n", position->shortfall);
    if (file->known)
        fprintf(stream, "output=%" PRIu64 ":%" PRIu64 ":%" PRIu64 "\n", file->inode, file->length,
                file->most);
    fprintf(stream, "state=%s\n", position->complete ? "complete" : "reading");
}

void cursor_write(struct cursor *cursor, const struct position *position, const char *committees,
                  const struct rows_file *file)
{
    int fd = open(cursor->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    int copy = fd < 0 ? -1 : dup(fd);
    FILE *stream = copy < 0 ? NULL : fdopen(copy, "w");
    if (stream == NULL)
        die(EX_CANTCREAT, "%s: %s", cursor->temporary, strerror(errno));
    print(stream, cursor, position, committees, file);
    bool good = fflush(stream) == 0 && !ferror(stream) && fsync(fd) == 0;
    good = fclose(stream) == 0 && good;
    /* Closing any descriptor of a file gives up the lock of the process (POSIX, fcntl), so the lock
     * comes last. The folder is not synchronised: if the machine crashes now and the old cursor is
     * back, it is still true, and what was written since is cut off or written again. */
    if (!good || !lockfile_lock(fd) || rename(cursor->temporary, cursor->real) != 0) {
        int reason = errno;
        unlink(cursor->temporary);
        die(EX_IOERR, "%s: %s", cursor->path, strerror(reason));
    }
    close(cursor->fd);
    cursor->fd = fd;
}
