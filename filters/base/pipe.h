/* pipe.h - what reading from and writing to a pipe has in common.
 *
 * A descriptor can be non-blocking because another process that has it open made it so; these
 * functions then wait, as a blocking one would.
 */
#ifndef BASE_PIPE_H
#define BASE_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Makes a pipe hold 1 MiB where the system can (Linux), so that the programs on both its ends
 * switch less often. For anything but a pipe it does nothing. */
void pipe_widen(int fd);

/* read and write that wait where they would fail with EAGAIN, and go on after a signal. */
ssize_t pipe_read(int fd, void *bytes, size_t size);
ssize_t pipe_write(int fd, const void *bytes, size_t length);

/* Sleeps, but not longer than the pipe `fd` has a reader. Returns false as soon as it has none. */
bool pipe_pause(int fd, uint64_t milliseconds);

#endif
