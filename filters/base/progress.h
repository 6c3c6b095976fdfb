/* progress.h - a line on stderr that says how far a long work has come.
 *
 * On a terminal one line is written over and over, twice a second; elsewhere (--progress under
 * cron) a new line every ten seconds. Without --progress or a terminal, nothing.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdint.h>

/* `total` is the number of bytes that the whole work has, 0 if that is not known. */
void progress_start(const char *what, uint64_t total);

/* Says how far the work is: bytes done, and records, 0 if there are none. Cheap enough to be
 * called for every block of a file (it looks at the clock, nothing more, most of the time). */
void progress_at(uint64_t bytes, uint64_t records);

/* Ends the line on a terminal. */
void progress_end(void);

#endif
