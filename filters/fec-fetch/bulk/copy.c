/* copy.c - the copy that fec-fetch --save keeps of the file it passes on. What is hard is that the
 * program can be killed between any two system calls; the order of these decides what the next run
 * finds. */
#include "fec-fetch/bulk/copy.h"
#include "base/cli.h"
#include "base/lockfile.h"
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct copy *this_copy;

/* At the end of the program: removes a part that no later run could resume. */
static void remove_useless_part(void)
{
    struct copy *copy = this_copy;
    bool useful = copy->part_length > 0 && validators_if_range(&copy->part) != NULL;
    if (!copy->locked || useful)
        return;
    unlink(copy->part_etag_path);
    unlink(copy->part_path);
}

/* Opens and locks the part. Returns its length. */
static uint64_t open_part(struct copy *copy)
{
    struct stat status;
    copy->part_fd = lockfile_hold(copy->part_path, "fetching it");
    copy->locked = true;
    if (fstat(copy->part_fd, &status) != 0)
        die(EX_IOERR, "%s: %s", copy->part_path, strerror(errno));
    return (uint64_t)status.st_size;
}

/* Opens FILE if it exists. It is replaced in the end, so a pipe or a device must not have that
 * name. */
static void open_whole(struct copy *copy)
{
    struct stat status;
    copy->whole_fd = open(copy->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (copy->whole_fd < 0 || fstat(copy->whole_fd, &status) != 0 || S_ISREG(status.st_mode))
        return;
    if (S_ISDIR(status.st_mode))
        die(EX_CANTCREAT, "%s: is a directory", copy->path);
    die(EX_CANTCREAT, "%s: not a regular file", copy->path);
}

/* Looks at FILE and FILE.etag. A FILE whose length is not the one noted does not count. */
static void look_at_whole(struct copy *copy)
{
    struct stat status;
    copy->is_whole = false;
    if (copy->whole_fd >= 0)
        close(copy->whole_fd);
    open_whole(copy);
    if (copy->whole_fd < 0 || fstat(copy->whole_fd, &status) != 0 || status.st_size == 0)
        return;
    copy->is_whole = validators_read(&copy->whole, copy->etag_path, copy->url) &&
                     validators_usable(&copy->whole) && copy->whole.length == status.st_size;
}

void copy_open(struct copy *copy, const char *path, const char *url)
{
    memset(copy, 0, sizeof *copy);
    copy->path = path;
    copy->url = url;
    open_whole(copy);
    copy->part_path = string_format("%s.part", path);
    copy->part_etag_path = string_format("%s.part.etag", path);
    copy->etag_path = string_format("%s.etag", path);
    uint64_t length = open_part(copy);
    this_copy = copy;
    atexit(remove_useless_part);

    bool known = validators_read(&copy->part, copy->part_etag_path, copy->url) &&
                 validators_if_range(&copy->part) != NULL;
    if (known && length > 0 && copy->part.length == (int64_t)length) {
        /* The run before got to the last byte but not to the renaming. */
        copy_finish(copy, &copy->part);
        close(copy->part_fd);
        length = open_part(copy);
    }
    if (known && (copy->part.length < 0 || length < (uint64_t)copy->part.length))
        copy->part_length = length;
    look_at_whole(copy);
}

void copy_start_over(struct copy *copy, const struct validators *version)
{
    copy->next = *version;
    copy->rewrite = true;
}

void copy_resume(struct copy *copy)
{
    copy->rewrite = false;
}

void copy_forget_part(struct copy *copy)
{
    copy->part_length = 0;
}

/* The validators of the old part go first and those of the new one come last, so that they never
 * stand beside bytes of another version. */
static void begin_new_part(struct copy *copy)
{
    copy->rewrite = false;
    copy->part_length = 0;
    if (unlink(copy->part_etag_path) != 0 && errno != ENOENT)
        die(EX_IOERR, "%s: %s", copy->part_etag_path, strerror(errno));
    if (ftruncate(copy->part_fd, 0) != 0)
        die(EX_IOERR, "%s: %s", copy->part_path, strerror(errno));
    copy->part = copy->next;
    validators_write(&copy->part, copy->part_etag_path, copy->url);
}

void copy_write(struct copy *copy, uint64_t offset, const char *bytes, size_t length)
{
    if (copy->rewrite)
        begin_new_part(copy);
    if (offset + length <= copy->part_length)
        return;
    size_t present = offset < copy->part_length ? (size_t)(copy->part_length - offset) : 0;
    bytes += present;
    length -= present;
    while (length > 0) {
        ssize_t n = pwrite(copy->part_fd, bytes, length, (off_t)copy->part_length);
        if (n >= 0) {
            bytes += n;
            length -= (size_t)n;
            copy->part_length += (uint64_t)n;
        } else if (errno != EINTR) {
            die(EX_IOERR, "%s: %s at byte %llu", copy->part_path, strerror(errno),
                (unsigned long long)copy->part_length);
        }
    }
}

/* A rename survives a crash only when the folder has been written. A file system that can't do that
 * for a folder is not a reason to fail. */
static void sync_folder(const char *path)
{
    char *name = string_copy(path);
    int folder = open(dirname(name), O_RDONLY | O_CLOEXEC);
    if (folder >= 0) {
        (void)fsync(folder);
        close(folder);
    }
    free(name);
}

void copy_finish(struct copy *copy, const struct validators *version)
{
    if (fsync(copy->part_fd) != 0)
        die(EX_IOERR, "%s: %s", copy->part_path, strerror(errno));
    validators_write(version, copy->part_etag_path, copy->url);
    if (unlink(copy->etag_path) != 0 && errno != ENOENT)
        die(EX_IOERR, "%s: %s", copy->etag_path, strerror(errno));
    if (rename(copy->part_path, copy->path) != 0)
        die(EX_CANTCREAT, "%s: %s", copy->path, strerror(errno));
    copy->locked = false; /* the name FILE.part is anybody's again */
    if (rename(copy->part_etag_path, copy->etag_path) != 0)
        die(EX_CANTCREAT, "%s: %s", copy->etag_path, strerror(errno));
    sync_folder(copy->path);
}
