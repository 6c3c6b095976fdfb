/* bytes.h - eight bytes at a time in an ordinary register, for what is done with text by the
 * million and has to be fast on any processor.
 */
#ifndef RECORDS_BYTES_H
#define RECORDS_BYTES_H

#include <stdint.h>
#include <string.h>

#define EACH_BYTE ((uint64_t)0x0101010101010101) /* times a byte: that byte eight times */

/* The eight bytes at `text`, the first of them lowest. */
static inline uint64_t eight_bytes(const char *text)
{
    uint64_t bytes;
    memcpy(&bytes, text, sizeof bytes);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    return bytes;
}

#endif
