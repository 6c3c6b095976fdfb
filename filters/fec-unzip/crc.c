/* crc.c - the CRC-32 of zip, gzip and Ethernet.
 *
 * zlib takes its CRC at some 4 GB/s, which is a tenth of the time it takes to inflate the same
 * bytes. x86 processors multiply polynomials over GF(2) (PCLMULQDQ), and with that the message can
 * be folded: 16 bytes of it, multiplied by a power of x modulo the CRC's polynomial, have the same
 * effect on the CRC at a place further on, and are simply added (xor) to the bytes there. So a long
 * block becomes 16 bytes with the same CRC, of which zlib takes it. The method is that of Gopal et
 * al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009.
 *
 * Everywhere else, and for short blocks, this is zlib's crc32. Where ISA-L inflates, its CRC is
 * taken, which folds too.
 */
#include "fec-unzip/crc.h"

#ifdef FEC_INFLATE_ISAL

#include <isa-l/crc.h>

uint32_t crc_update(uint32_t crc, const void *data, size_t length)
{
    return crc32_gzip_refl(crc, data, length);
}

#else

#include <zlib.h>

#if defined(__x86_64__) && defined(__GNUC__)

#include <string.h>
#include <wmmintrin.h>

/* What is folded at once: four times 16 bytes, as the multiplications of one need not wait for
 * those of another. */
#define FOLDED 64

/* Bits are reflected in this CRC: the lowest bit of a number is the highest power of x. Each pair
 * is x^(n+32) and x^(n-32) modulo the polynomial, for n bits further on, which move the halves of
 * 16 bytes; both are reflected, and shifted by the one bit by which a product of reflected numbers
 * is short. */
#define MOVE_512_BITS _mm_set_epi64x(0x1c6e41596, 0x154442bd4)
#define MOVE_128_BITS _mm_set_epi64x(0x0ccaa009e, 0x1751997d0)

__attribute__((target("pclmul"))) static inline __m128i fold(__m128i bytes, __m128i move,
                                                             __m128i onto)
{
    __m128i low = _mm_clmulepi64_si128(bytes, move, 0x00);
    __m128i high = _mm_clmulepi64_si128(bytes, move, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), onto);
}

/* The CRC after `length` more bytes, a multiple of FOLDED and not 0. */
__attribute__((target("pclmul"))) static uint32_t
crc_folded(uint32_t crc, const unsigned char *data, size_t length)
{
    const __m128i *next = (const __m128i *)data, *end = (const __m128i *)(data + length);
    __m128i part[4];
    for (int i = 0; i < 4; i++)
        part[i] = _mm_loadu_si128(next++);
    /* The register, which is the CRC inverted, is added to the first bytes. */
    part[0] = _mm_xor_si128(part[0], _mm_cvtsi32_si128((int)~crc));
    while (next < end)
        for (int i = 0; i < 4; i++)
            part[i] = fold(part[i], MOVE_512_BITS, _mm_loadu_si128(next++));
    for (int i = 1; i < 4; i++)
        part[i] = fold(part[i - 1], MOVE_128_BITS, part[i]);

    unsigned char last[16];
    memcpy(last, &part[3], sizeof last);
    /* Inverted again this is a register of 0: what it was at first is in the bytes already. */
    return (uint32_t)crc32(0xffffffff, last, sizeof last);
}

uint32_t crc_update(uint32_t crc, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    size_t folded = length - length % FOLDED;
    if (folded > 0 && __builtin_cpu_supports("pclmul")) {
        crc = crc_folded(crc, bytes, folded);
        bytes += folded;
        length -= folded;
    }
    return (uint32_t)crc32_z(crc, bytes, length);
}

#else

uint32_t crc_update(uint32_t crc, const void *data, size_t length)
{
    return (uint32_t)crc32_z(crc, data, length);
}

#endif

#endif
