/* stats.h - the --stats file: what a program counted, as lines of key=value, in the order in which
 * they were registered.
 *
 * Counters are registered once by address and read when the file is written, so they are right
 * however the program ends.
 */
#ifndef BASE_STATS_H
#define BASE_STATS_H

#include <stdint.h>

/* Registers a counter. `key` and `*value` must live until the program ends. */
void stats_count(const char *key, const uint64_t *value);

/* Registers a text (copied; line ends in it become blanks). A second call with a key replaces it.
 */
void stats_text(const char *key, const char *value);

#endif
