/* progress.h - a line on stderr that says how far a long task has come.
 *
 * On a terminal one line is overwritten twice a second. Elsewhere (--progress under cron) a new
 * line is written every ten seconds. Without --progress or a terminal, nothing is written.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdint.h>

/* `total` is the number of bytes of the whole task, 0 if that is not known. */
void progress_start(const char *what, uint64_t total);

/* Says how far the task has come: bytes done, and records, or 0. Cheap enough to be called for
 * every block of a file: most of the time it only looks at the clock. */
void progress_at(uint64_t bytes, uint64_t records);

/* Ends the line on a terminal. */
void progress_end(void);

#endif
