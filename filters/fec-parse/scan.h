/* scan.h - which of 64 bytes end a field or a line, and which need care, as bit masks.
 *
 * The FEC's files have no quoting, so a field ends at the next '|' or newline and nothing else has
 * to be known to find it. Sixteen bytes are compared at once where the processor has SSE2, which
 * every x86-64 has; scan_plain does the same by eight bytes and is what other processors run
 * (and x86-64 too, compiled with -DFEC_NO_SIMD). tests/unit/value.c holds the two together.
 */
#ifndef FEC_PARSE_SCAN_H
#define FEC_PARSE_SCAN_H

#include "records/bytes.h"

#include <stdint.h>

#if defined(__SSE2__) && !defined(FEC_NO_SIMD)
#define SCAN_SSE2 1
#include <emmintrin.h>
#endif

#define SCAN_WIDTH 64
#define SCAN_SEPARATOR '|'

/* Bit i stands for byte i. */
struct scan {
    uint64_t ends;     /* separators and newlines */
    uint64_t newlines; /* newlines alone */
    uint64_t specials; /* bytes that cannot be copied to a record as they are: control characters
                          (but the newlines), DEL, backslash, and all that is not ASCII */
};

/* In what follows a byte of eight is marked by its highest bit, 0x80. */
#define SCAN_HIGH (0x80 * EACH_BYTE)

/* Marks the bytes equal to `c`: those that become 0 by an exclusive or with it, and only 0 has no
 * bit set in its low seven, nor its eighth. No carry leaves a byte. */
static inline uint64_t scan_equal(uint64_t bytes, unsigned char c)
{
    uint64_t zero = bytes ^ (c * EACH_BYTE);
    return ~(((zero & ~SCAN_HIGH) + ~SCAN_HIGH) | zero) & SCAN_HIGH;
}

/* Gathers the marks of eight bytes in eight bits. The product adds up copies of the marks, shifted
 * so that each of them comes to stand in the highest byte once, at its own place. */
static inline uint64_t scan_gather(uint64_t marked)
{
    return ((marked >> 7) * (uint64_t)0x0102040810204080) >> 56;
}

/* Looks at SCAN_WIDTH bytes, all of which must be readable. */
static inline struct scan scan_plain(const char *text)
{
    struct scan scan = {0, 0, 0};
    for (int i = 0; i < SCAN_WIDTH; i += 8) {
        uint64_t bytes = eight_bytes(text + i);
        uint64_t newline = scan_equal(bytes, '\n');
        uint64_t end = newline | scan_equal(bytes, SCAN_SEPARATOR);
        /* Seven bits and 0x60 reach the eighth bit unless they are below 0x20. */
        uint64_t special = bytes | ~((bytes & ~SCAN_HIGH) + 0x60 * EACH_BYTE);
        special |= scan_equal(bytes, '\\') | scan_equal(bytes, 0x7f);
        scan.ends |= scan_gather(end) << i;
        scan.newlines |= scan_gather(newline) << i;
        scan.specials |= scan_gather(special & SCAN_HIGH & ~newline) << i;
    }
    return scan;
}

#ifdef SCAN_SSE2
static inline struct scan scan_64(const char *bytes)
{
    struct scan scan = {0, 0, 0};
    for (int i = 0; i < SCAN_WIDTH; i += 16) {
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i));
        __m128i newline = _mm_cmpeq_epi8(b, _mm_set1_epi8('\n'));
        __m128i end = _mm_or_si128(newline, _mm_cmpeq_epi8(b, _mm_set1_epi8(SCAN_SEPARATOR)));
        /* As signed numbers the bytes from 0x80 on are negative, so one comparison finds both
         * them and the control characters. */
        __m128i special = _mm_cmplt_epi8(b, _mm_set1_epi8(0x20));
        special = _mm_or_si128(special, _mm_cmpeq_epi8(b, _mm_set1_epi8('\\')));
        special = _mm_or_si128(special, _mm_cmpeq_epi8(b, _mm_set1_epi8(0x7f)));
        scan.ends |= (uint64_t)(unsigned)_mm_movemask_epi8(end) << i;
        scan.newlines |= (uint64_t)(unsigned)_mm_movemask_epi8(newline) << i;
        scan.specials |= (uint64_t)(unsigned)_mm_movemask_epi8(special) << i;
    }
    scan.specials &= ~scan.newlines;
    return scan;
}
#else
static inline struct scan scan_64(const char *bytes)
{
    return scan_plain(bytes);
}
#endif

#endif
