/* keytable.h - one flat table of 64-bit keys with a 64-bit hash each, for fec-dedupe.
 *
 * A slot is 16 bytes and nothing else, and the slots are between 75 and 90 % full, so an entry
 * costs at most 21.4 bytes while the table grows and never more than that, growing included: it
 * grows in place.
 */
#ifndef FEC_DEDUPE_KEYTABLE_H
#define FEC_DEDUPE_KEYTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keytable_slot {
    uint64_t mixed; /* the key, mixed (a bijection); 0 in an empty slot */
    uint64_t hash;  /* the row's hash, its two low bits replaced by the flags below */
};

#define KEYTABLE_SEEN ((uint64_t)1) /* the key has come on the input */
#define KEYTABLE_TEXT ((uint64_t)2) /* the key is the hash of a text */
#define KEYTABLE_FLAGS ((uint64_t)3)

struct keytable {
    struct keytable_slot *slots;
    size_t homes; /* slots that can be a key's first choice */
    size_t size;  /* all slots: homes and some after them for the last ones' collisions */
    size_t count; /* entries */
};

/* Makes a table; `expected` entries (0 if that is not known) fit without growing. */
void keytable_open(struct keytable *table, size_t expected);
void keytable_close(struct keytable *table);

/* Makes the order of keys in tables depend on `seed`, so that nobody can choose keys that collide.
 * Before the first key is mixed, or never. */
void keytable_seed(uint64_t seed);

/* The one key that a table cannot hold. */
#define KEYTABLE_NO_KEY ((uint64_t)1 << 63)

/* Mixes a key (not KEYTABLE_NO_KEY) so that similar ones lie far apart, and back. Never 0. */
uint64_t keytable_mix(uint64_t key);
uint64_t keytable_unmix(uint64_t mixed);

/* Asks the processor to fetch the place of a mixed key, which a look-up will need soon. */
void keytable_prefetch(const struct keytable *table, uint64_t mixed);

/* The slot of a mixed key; if there is none, one is inserted with hash 0 and *inserted set. The
 * pointer is good until the next call. Ends the program with EX_OSERR if there is no memory, with
 * EX_DATAERR if the keys lie so close together that they must have been chosen. */
struct keytable_slot *keytable_slot_of(struct keytable *table, uint64_t mixed, bool *inserted);

#endif
