/* lockfile.h - opening a file that only one process at a time may use.
 *
 * The locks are those of fcntl. Closing any descriptor of a file gives up the locks that the
 * process has on it (POSIX, fcntl), so a locked file must not be opened a second time.
 */
#ifndef BASE_LOCKFILE_H
#define BASE_LOCKFILE_H

#include <stdbool.h>
#include <stdint.h>

/* Opens the regular file `path` with the flags of open (O_CREAT makes it with mode 0666) and locks
 * it, for reading if the flags are O_RDONLY, else for writing; waits for the lock, but not longer
 * than that. Returns the descriptor, or -1 and errno: EINVAL if it is no regular file, EAGAIN if
 * another process keeps the lock. */
int lockfile_open(const char *path, int flags, uint64_t longest_wait_ms);

/* Opens the file for reading and writing, making it if need be, and locks it. If another process
 * has the lock the program ends with EX_TEMPFAIL and "path: process 123 is `doing`", if it cannot
 * be opened with EX_CANTCREAT. */
int lockfile_hold(const char *path, const char *doing);

/* Locks a file that is open for writing, without waiting. Returns false and errno. */
bool lockfile_lock(int fd);

#endif
