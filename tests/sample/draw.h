/* draw.h - numbers that look random and are not: each is a function of what it is drawn for.
 *
 * Nothing in the sample is remembered from one row to the next. A row's content, the month in
 * which it is corrected, its quirk: each is mixed from the seed and the row's identity, so any part
 * of any month can be written alone and is always the same.
 */
#ifndef SAMPLE_DRAW_H
#define SAMPLE_DRAW_H

#include <stdint.h>

/* 64 bits that depend on all bits of both numbers. */
static inline uint64_t mix(uint64_t a, uint64_t b)
{
    a += (b + 1) * 0x9e3779b97f4a7c15u;
    a = (a ^ (a >> 30)) * 0xbf58476d1ce4e5b9u;
    a = (a ^ (a >> 27)) * 0x94d049bb133111ebu;
    return a ^ (a >> 31);
}

/* A number below `limit` (under 2^32) out of the high half of mixed bits. */
static inline uint32_t below(uint64_t bits, uint32_t limit)
{
    return (uint32_t)(((bits >> 32) * limit) >> 32);
}

/* A number below `limit` by Zipf's law, nearly: each power of two is as likely as the next, so the
 * first numbers come often and the many last ones seldom. */
static inline uint64_t zipf(uint64_t bits, uint64_t limit)
{
    unsigned powers = 0;
    while (powers < 63 && (limit >> powers) != 0)
        powers++;
    if (powers == 0)
        return 0;
    uint64_t least = (uint64_t)1 << below(bits, powers);
    uint64_t number = least + (bits & 0xffffffff) % least;
    return number <= limit ? number - 1 : number % limit;
}

#endif
