/* stats.h - the --stats file: what a program counted, as lines of key=value.
 *
 * Counters are registered once by address and read when the file is written, so they are right
 * however the program ends.
 */
#ifndef BASE_STATS_H
#define BASE_STATS_H

#include <stdbool.h>
#include <stdint.h>

/* Where to write; without a call stats_write does nothing. `path` is not copied. */
void stats_file(const char *path);

/* Registers a counter. `key` and `*value` must live until the program ends. */
void stats_count(const char *key, const uint64_t *value);

/* Registers a text (copied; line ends in it become blanks). A second call with a key replaces it.
 */
void stats_text(const char *key, const char *value);

/* Writes the file, in the order of registration; a second call does nothing. Returns false after
 * complaining if it could not be written. */
bool stats_write(void);

#endif
