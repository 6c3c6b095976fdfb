/* occurrences.h - how many times a hash has come: a table that grows, 16 bytes an entry. */
#ifndef FEC_PARSE_OCCURRENCES_H
#define FEC_PARSE_OCCURRENCES_H

#include <stddef.h>
#include <stdint.h>

struct occurrence {
    uint64_t hash;
    uint64_t times; /* 0 in an empty slot */
};

/* All zeros is an empty table. */
struct occurrences {
    struct occurrence *slots;
    size_t size, count; /* slots, a power of two; those that are used */
};

/* Counts the hash once more, and returns how many times it has come, from 1. */
uint64_t occurrences_add(struct occurrences *table, uint64_t hash);

void occurrences_free(struct occurrences *table);

#endif
