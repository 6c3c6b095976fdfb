/* pipe.c - what reading from and writing to a pipe has in common: signals, descriptors that do not
 * block, and a reader that goes away while we wait for something else. */
#ifdef __linux__
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#endif
#include "base/pipe.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

void pipe_widen(int fd)
{
#ifdef F_SETPIPE_SZ
    (void)fcntl(fd, F_SETPIPE_SZ, 1024 * 1024);
#else
    (void)fd;
#endif
}

/* After a read or write that failed: true if it can be tried again now. */
static bool can_try_again(int fd, short events)
{
    struct pollfd ready = {fd, events, 0};
    if (errno == EINTR)
        return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
    (void)poll(&ready, 1, -1);
    return true;
}

ssize_t pipe_read(int fd, void *bytes, size_t size)
{
    ssize_t n;
    do
        n = read(fd, bytes, size);
    while (n < 0 && can_try_again(fd, POLLIN));
    return n;
}

ssize_t pipe_write(int fd, const void *bytes, size_t length)
{
    ssize_t n;
    do
        n = write(fd, bytes, length);
    while (n < 0 && can_try_again(fd, POLLOUT));
    return n;
}

bool pipe_pause(int fd, uint64_t milliseconds)
{
    /* POLLERR, which is always reported, is how poll says that a pipe has no reader. */
    struct pollfd pipe = {fd, 0, 0};
    uint64_t start = clock_time_ms();
    if (poll(&pipe, 1, (int)milliseconds) == 0)
        return true;
    if ((pipe.revents & POLLERR) != 0)
        return false;
    uint64_t gone = clock_time_ms() - start;
    clock_pause(gone < milliseconds ? milliseconds - gone : 0);
    return true;
}
