/* tally.c - what is counted while a file is written, for the manifest
 *
 * Committees are counted by a bit each, since a file has too many rows to keep their names.
 */
#include "tally.h"

#include <inttypes.h>

void tally_record(struct tally *tally, const struct line *line)
{
    tally->records++;
    tally->undated += line->date == DATE_IMPOSSIBLE;
    tally->no_date += line->date == DATE_EMPTY;
    if (line->has_amount) {
        tally->has_amount = true;
        tally->cents += line->cents;
    }
    if (line->committee >= 0) {
        uint64_t number = (uint64_t)line->committee % COMMITTEE_BITS;
        uint64_t bit = (uint64_t)1 << number % 64, *word = &tally->seen[number / 64];
        tally->has_committee = true;
        tally->committees += (*word & bit) == 0;
        *word |= bit;
    }
}

void tally_write(const struct tally *tally, const char *name, struct output *manifest)
{
    const struct {
        const char *key;
        uint64_t count;
    } counts[] = {
        {"lines", tally->lines},         {"records", tally->records},
        {"repeated", tally->repeated},   {"conflicting", tally->conflicting},
        {"broken", tally->broken},       {"new", tally->added},
        {"changed", tally->changed},     {"withdrawn", tally->withdrawn},
        {"unchanged", tally->unchanged}, {"undated", tally->undated},
        {"no_date", tally->no_date},
    };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        output_format(manifest, "%s.%s=%" PRIu64 "\n", name, counts[i].key, counts[i].count);
    if (tally->has_amount) {
        uint64_t size = tally->cents < 0 ? (uint64_t)-tally->cents : (uint64_t)tally->cents;
        output_format(manifest, "%s.amount_total=%s%" PRIu64 ".%02" PRIu64 "\n", name,
                      tally->cents < 0 ? "-" : "", size / 100, size % 100);
    }
    if (tally->has_committee)
        output_format(manifest, "%s.committees=%" PRIu64 "\n", name, tally->committees);
}
