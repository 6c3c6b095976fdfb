/* sizes.h - how large the buffers are that all programs read into and write from.
 *
 * tests/fuzz compiles them small (FEC_SMALL_BUFFERS, in bytes), so that a short input reaches every
 * edge of a buffer. What depends on these sizes is derived from them.
 */
#ifndef BASE_SIZES_H
#define BASE_SIZES_H

#include <stddef.h>

#ifdef FEC_SMALL_BUFFERS
#define INPUT_LONGEST_LINE ((size_t)FEC_SMALL_BUFFERS)
#define OUTPUT_SIZE ((size_t)FEC_SMALL_BUFFERS)
#else
#define INPUT_LONGEST_LINE ((size_t)1024 * 1024)
#define OUTPUT_SIZE ((size_t)256 * 1024)
#endif

#endif
