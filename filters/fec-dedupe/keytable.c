/* keytable.c - one flat table of 64-bit keys with a 64-bit hash each.
 *
 * Open addressing, where the slots lie in the order of the mixed keys. A key's first choice, its
 * home, is its mixed value scaled to the number of homes, so homes are in that order too; an entry
 * stands at its home or, if smaller keys need that, a little after it. A look-up walks from the
 * home to the first slot that is empty or not smaller: at 90 % full that is some five slots, one or
 * two cache lines, for keys that are there and for keys that are not. An insertion moves the
 * entries from its place to the next empty slot up by one.
 *
 * The order is what lets the table grow in place: all entries are moved to the end of the larger
 * memory, in order, then each from the first on goes to its new home, or after the one before it.
 * What is read is never overtaken by what is written as long as the last entries fit, which the
 * slots after the homes are for. So growing takes two walks, and no second table.
 */
#ifdef __linux__
#define _GNU_SOURCE /* mremap, madvise */
#endif
#include "fec-dedupe/keytable.h"
#include "base/cli.h"

#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

#define SMALLEST ((size_t)4096)
/* After the homes. At 90 % full the longest run of 70 million random keys is some 2,000 slots. */
#define SPARE ((size_t)16384)
/* From a home to the next empty slot: keys that were chosen to collide end the program before they
 * make it slow. */
#define LONGEST_RUN ((size_t)8192)

/* An odd factor and its inverse modulo 2^64. */
static uint64_t factor = 1, inverse = 1;

/* Newton's method: each step doubles the number of bits that are right, from 3. */
void keytable_seed(uint64_t seed)
{
    factor = seed | 1;
    inverse = factor;
    for (int i = 0; i < 5; i++)
        inverse *= 2 - factor * inverse;
}

/* The finalizer of MurmurHash3 (public domain, Austin Appleby), every step of which can be undone,
 * and the factor. Without the factor, keys could be chosen that lie side by side in every table. */
uint64_t keytable_mix(uint64_t key)
{
    key ^= KEYTABLE_NO_KEY; /* the mixer maps 0 to 0, and 0 marks an empty slot */
    key ^= key >> 33;
    key *= 0xff51afd7ed558ccdULL;
    key ^= key >> 33;
    key *= 0xc4ceb9fe1a85ec53ULL;
    key ^= key >> 33;
    return key * factor;
}

uint64_t keytable_unmix(uint64_t mixed)
{
    mixed *= inverse;
    mixed ^= mixed >> 33;
    mixed *= 0x9cb4b2f8129337dbULL; /* the inverses of the two factors modulo 2^64 */
    mixed ^= mixed >> 33;
    mixed *= 0x4f74430c22a54005ULL;
    mixed ^= mixed >> 33;
    return mixed ^ KEYTABLE_NO_KEY;
}

/* floor(a * b / 2^64). In four parts, as C11 has no 128-bit integers. */
static uint64_t multiply_high(uint64_t a, uint64_t b)
{
    uint64_t a1 = a >> 32, a0 = a & 0xffffffff, b1 = b >> 32, b0 = b & 0xffffffff;
    uint64_t middle = a1 * b0 + ((a0 * b0) >> 32);
    uint64_t other = a0 * b1 + (middle & 0xffffffff);
    return a1 * b1 + (middle >> 32) + (other >> 32);
}

static size_t home_of(const struct keytable *table, uint64_t mixed)
{
    return (size_t)multiply_high(mixed, table->homes);
}

/* Makes the table's memory `bytes` long, from `old_bytes` (0 if there is none yet).
 *
 * On Linux it is mapped here rather than by malloc, for two reasons. Every look-up goes to another
 * page; with pages of 2 MB instead of 4 KB the processor finds them without walking its page tables
 * each time, and that is asked for a whole mapping. And mremap moves pages, not bytes, so that
 * there are never two tables at once; it refuses a mapping of which only a part was given such
 * advice. */
static void *resize(void *memory, size_t old_bytes, size_t bytes)
{
#ifdef __linux__
    memory = old_bytes == 0
                 ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                 : mremap(memory, old_bytes, bytes, MREMAP_MAYMOVE);
    if (memory == MAP_FAILED)
        die(EX_OSERR, "no memory for %zu bytes", bytes);
#ifdef MADV_HUGEPAGE
    (void)madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    return memory;
#else
    (void)old_bytes;
    return cli_realloc(memory, bytes);
#endif
}

static void set_size(struct keytable *table, size_t homes)
{
    size_t size = homes + SPARE;
    if (size > SIZE_MAX / sizeof *table->slots)
        die(EX_OSERR, "no memory for %zu keys", homes);
    table->slots =
        resize(table->slots, table->size * sizeof *table->slots, size * sizeof *table->slots);
    table->homes = homes;
    table->size = size;
}

void keytable_open(struct keytable *table, size_t expected)
{
    memset(table, 0, sizeof *table);
    if (expected > SIZE_MAX / 64)
        die(EX_OSERR, "no memory for %zu keys", expected);
    /* A little more than asked for, so that the rows that are new fit as well: 85 % full. */
    size_t homes = expected / 17 * 20 + 20;
    set_size(table, homes > SMALLEST ? homes : SMALLEST);
    memset(table->slots, 0, table->size * sizeof *table->slots);
}

void keytable_close(struct keytable *table)
{
#ifdef __linux__
    munmap(table->slots, table->size * sizeof *table->slots);
#else
    free(table->slots);
#endif
    memset(table, 0, sizeof *table);
}

static _Noreturn void die_of_collisions(void)
{
    die(EX_DATAERR, "the keys collide too often: they cannot be the FEC's");
}

/* Makes a fifth more homes (75 % full after growing at 90 %). */
static void grow(struct keytable *table)
{
    size_t old_size = table->size;
    set_size(table, table->homes + table->homes / 5);

    struct keytable_slot *slots = table->slots;
    size_t to = table->size;
    for (size_t from = old_size; from-- > 0;)
        if (slots[from].mixed != 0)
            slots[--to] = slots[from];
    memset(slots, 0, to * sizeof *slots);

    size_t next = 0;
    for (size_t from = to; from < table->size; from++) {
        struct keytable_slot entry = slots[from];
        memset(&slots[from], 0, sizeof slots[from]);
        size_t home = home_of(table, entry.mixed);
        if (next < home)
            next = home;
        if (next > from)
            die_of_collisions();
        slots[next++] = entry;
    }
}

void keytable_prefetch(const struct keytable *table, uint64_t mixed)
{
#if defined(__GNUC__)
    __builtin_prefetch(&table->slots[home_of(table, mixed)]);
#else
    (void)table;
    (void)mixed;
#endif
}

struct keytable_slot *keytable_slot_of(struct keytable *table, uint64_t mixed, bool *inserted)
{
    struct keytable_slot *slots = table->slots;
    size_t home = home_of(table, mixed), place = home;
    while (slots[place].mixed != 0 && slots[place].mixed < mixed)
        place++;
    *inserted = slots[place].mixed != mixed;
    if (!*inserted)
        return &slots[place];

    size_t empty = place;
    while (empty < table->size && slots[empty].mixed != 0)
        empty++;
    if (table->count >= table->homes / 10 * 9) {
        grow(table);
        return keytable_slot_of(table, mixed, inserted);
    }
    /* The last slot stays empty: it ends every walk. A table that is not full never gets there, nor
     * has it long runs, unless somebody has chosen the keys; and growing would not help. */
    if (empty >= table->size - 1 || empty - home > LONGEST_RUN)
        die_of_collisions();
    memmove(&slots[place + 1], &slots[place], (empty - place) * sizeof *slots);
    slots[place].mixed = mixed;
    slots[place].hash = 0;
    table->count++;
    return &slots[place];
}
