/* occurrences.c - how many times a hash has come.
 *
 * Rows of independent expenditures that are alike in every column are as many expenditures. Their
 * computed keys would be the same, so each after the first gets its number. What is hard is that
 * this needs memory for every row of the file, so an entry holds a hash and a number and nothing
 * else. The largest file has some 100,000 rows.
 */
#include "fec-parse/occurrences.h"
#include "base/cli.h"

#include <stdlib.h>
#include <string.h>

#define SMALLEST ((size_t)1024)

/* The slot of a hash, or the empty one where it belongs. A hash is its own first choice. */
static struct occurrence *find(const struct occurrences *table, uint64_t hash)
{
    size_t place = (size_t)hash & (table->size - 1);
    while (table->slots[place].times != 0 && table->slots[place].hash != hash)
        place = (place + 1) & (table->size - 1);
    return &table->slots[place];
}

static void grow(struct occurrences *table)
{
    struct occurrences larger = {NULL, table->size ? table->size * 2 : SMALLEST, table->count};
    larger.slots = cli_alloc(larger.size * sizeof *larger.slots);
    memset(larger.slots, 0, larger.size * sizeof *larger.slots);
    for (size_t i = 0; i < table->size; i++)
        if (table->slots[i].times != 0)
            *find(&larger, table->slots[i].hash) = table->slots[i];
    free(table->slots);
    *table = larger;
}

uint64_t occurrences_add(struct occurrences *table, uint64_t hash)
{
    if (table->count * 2 >= table->size)
        grow(table);
    struct occurrence *slot = find(table, hash);
    if (slot->times == 0) {
        slot->hash = hash;
        table->count++;
    }
    return ++slot->times;
}

void occurrences_free(struct occurrences *table)
{
    free(table->slots);
    memset(table, 0, sizeof *table);
}
