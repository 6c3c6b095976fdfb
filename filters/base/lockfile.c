/* lockfile.c - opening a file that only one process at a time may use.
 *
 * A program that replaces such a file by renaming another one over it leaves whoever waits with a
 * lock on a file that has no name any more. So after locking, the name is looked up again, and if
 * it now means another file, everything starts again.
 */
#include "base/lockfile.h"
#include "base/cli.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_MS 20

static bool is_locked_elsewhere(void)
{
    return errno == EACCES || errno == EAGAIN;
}

static bool lock(int fd, short type, uint64_t longest_wait_ms)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};
    for (uint64_t waited = 0; fcntl(fd, F_SETLK, &whole) != 0; waited += STEP_MS) {
        if ((!is_locked_elsewhere() && errno != EINTR) || waited >= longest_wait_ms)
            return false;
        clock_pause(STEP_MS);
    }
    return true;
}

bool lockfile_lock(int fd)
{
    return lock(fd, F_WRLCK, 0);
}

/* open, but a pipe does not make it wait, and what is no regular file is refused with EINVAL. */
static int open_regular(const char *path, int flags)
{
    struct stat status;
    int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0666);
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        return fd;
    close(fd);
    errno = EINVAL;
    return -1;
}

/* True if the name means the open file. */
static bool is_named(const char *path, int fd)
{
    struct stat opened, named;
    return fstat(fd, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino &&
           opened.st_dev == named.st_dev;
}

/* Opens and locks it; *fd is -1 if it cannot be opened, else an open file that may be not locked.
 */
static bool open_locked(const char *path, int flags, uint64_t longest_wait_ms, int *fd)
{
    short type = (flags & O_ACCMODE) == O_RDONLY ? F_RDLCK : F_WRLCK;
    for (;;) {
        *fd = open_regular(path, flags);
        if (*fd < 0 || !lock(*fd, type, longest_wait_ms))
            return false;
        if (is_named(path, *fd))
            return true;
        close(*fd);
    }
}

int lockfile_open(const char *path, int flags, uint64_t longest_wait_ms)
{
    int fd;
    if (open_locked(path, flags, longest_wait_ms, &fd))
        return fd;
    int reason = is_locked_elsewhere() && fd >= 0 ? EAGAIN : errno;
    if (fd >= 0)
        close(fd);
    errno = reason;
    return -1;
}

int lockfile_hold(const char *path, const char *doing)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd;
    if (open_locked(path, O_RDWR | O_CREAT, 0, &fd))
        return fd;
    if (fd < 0)
        die(EX_CANTCREAT, "%s: %s", path, errno == EINVAL ? "not a regular file" : strerror(errno));
    if (!is_locked_elsewhere())
        die(EX_IOERR, "%s: cannot be locked: %s", path, strerror(errno));
    if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid > 0)
        die(EX_TEMPFAIL, "%s: process %ld is %s", path, (long)lock.l_pid, doing);
    die(EX_TEMPFAIL, "%s: another process is %s", path, doing);
}
