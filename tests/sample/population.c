/* population.c - which rows there are, and in which month each comes, changes and goes
 *
 * Nothing is kept from month to month: each month is walked from its first row, and what happens to
 * a row is drawn from its own bits. So a row is the same in every file that has it, in whatever
 * order the files are made.
 */
#include "population.h"
#include "draw.h"

/* Rows set aside, groups they are in when groups are reports, and the size of those. */
#define ASIDE_ROWS 320
#define ASIDE_GROUPS 40
#define ASIDE_GROUP_SIZE (ASIDE_ROWS / ASIDE_GROUPS)
/* After them come the small groups of which one is amended in each month. */
#define SMALL_GROUPS MOST_MONTHS
#define SMALL_GROUP_SIZE 5

#define LARGEST_GROUP 4000
#define MILLION 1000000

/* What a draw is for, so that two of them from the same bits have nothing in common. */
enum { FOR_SIZE = 1, FOR_AMENDMENT, FOR_FATE, FOR_ODD, FOR_COPY, FOR_SMALL_CHANGE, FOR_CORRECTION };

/* Half of what is withdrawn goes as whole reports, and comes again. */
static uint64_t amended_per_million(const struct population *population)
{
    return population->reports ? population->withdrawn * 500 : 0;
}

/* How many rows the fresh groups born in a month have together. */
static uint64_t fresh_rows(const struct population *population, unsigned month)
{
    if (month == 1)
        return population->rows;
    uint64_t added = population->added * 1000, amended = amended_per_million(population);
    uint64_t fresh = added > amended ? added - amended : 0;
    return (population->rows * fresh + MILLION / 2) / MILLION;
}

uint64_t population_bound(const struct population *population, unsigned months)
{
    uint64_t bound = population->rows;
    for (unsigned month = 2; month <= months; month++)
        bound += fresh_rows(population, month) +
                 (bound * amended_per_million(population) / MILLION) * 2 + 2 * LARGEST_GROUP;
    return bound;
}

static uint64_t group_size(const struct walk *walk, uint64_t bits)
{
    const struct population *population = walk->population;
    uint64_t size = 1;
    if (population->reports && walk->segment == 1 && walk->index < ASIDE_GROUPS) {
        size = ASIDE_GROUP_SIZE;
    } else if (population->reports && walk->segment == 1 &&
               walk->index < ASIDE_GROUPS + SMALL_GROUPS) {
        size = SMALL_GROUP_SIZE;
    } else if (population->reports) {
        uint64_t largest = population->rows / 200;
        largest = largest < 8 ? 8 : largest > LARGEST_GROUP ? LARGEST_GROUP : largest;
        size = 1 + zipf(mix(bits, FOR_SIZE), largest);
    }
    return size < walk->left ? size : walk->left;
}

/* The month up to `last` in which a group born in walk->segment is amended; 0 if in none. */
static unsigned amended_in(const struct walk *walk, uint64_t bits, unsigned last)
{
    uint64_t rate = amended_per_million(walk->population);
    if (rate == 0)
        return 0;
    if (walk->segment == 1 && walk->index < ASIDE_GROUPS + SMALL_GROUPS) {
        uint64_t month = walk->index >= ASIDE_GROUPS ? walk->index - ASIDE_GROUPS + 2 : 0;
        return month <= last ? (unsigned)month : 0;
    }
    for (unsigned month = walk->segment + 1; month <= last; month++)
        if (below(mix(mix(bits, FOR_AMENDMENT), month), MILLION) < rate)
            return month;
    return 0;
}

void walk_start(struct walk *walk, const struct population *population, unsigned month)
{
    *walk = (struct walk){.population = population, .month = month, .born = 1, .segment = 1};
    walk->left = fresh_rows(population, 1);
}

/* Goes to the next segment: in each month first all the earlier ones, for what is amended in it,
 * then the month's own. False when all months are done. */
static bool next_segment(struct walk *walk)
{
    if (walk->segment < walk->born) {
        walk->segment++;
    } else {
        walk->born++;
        walk->segment = walk->population->reports ? 1 : walk->born;
    }
    walk->index = 0;
    walk->left = walk->born <= walk->month ? fresh_rows(walk->population, walk->segment) : 0;
    return walk->born <= walk->month;
}

bool walk_next(struct walk *walk, struct group *group)
{
    for (;;) {
        while (walk->left == 0)
            if (!next_segment(walk))
                return false;
        uint64_t bits = mix(mix(walk->population->seed, walk->segment), walk->index);
        uint64_t size = group_size(walk, bits);
        unsigned amended = amended_in(walk, bits, walk->month);
        uint64_t index = walk->index++;
        walk->left -= size;
        bool copy = walk->segment < walk->born;
        if (copy && amended != walk->born)
            continue;
        *group = (struct group){
            .population = walk->population,
            .bits = bits,
            .first = walk->ordinal,
            .size = size,
            .number = walk->number++,
            .born = walk->born,
            .amended = copy ? 0 : amended,
            .before = copy ? walk->segment : 0,
            .set_aside = walk->segment == 1 &&
                         index < (walk->population->reports ? ASIDE_GROUPS : ASIDE_ROWS),
        };
        walk->ordinal += size;
        return true;
    }
}

/* What happens to a row after `from` and up to `to`: fills `corrected` and `withdrawn`. */
static void row_fate(struct row *row, uint64_t bits, unsigned from, unsigned to)
{
    const struct population *population = row->group->population;
    uint64_t gone = population->withdrawn * 1000 - amended_per_million(population);
    uint64_t corrected = population->changed * 1000;
    for (unsigned month = from + 1; month <= to; month++) {
        uint32_t chance = below(mix(mix(bits, FOR_FATE), month), MILLION);
        if (chance < gone) {
            row->withdrawn = month;
            return;
        }
        if (chance < gone + corrected)
            row->corrected |= (uint64_t)1 << month;
    }
}

/* What happens to a row that is set aside. */
static void row_fate_aside(struct row *row, unsigned to)
{
    const struct population *population = row->group->population;
    uint64_t month = row->ordinal / 2;
    if (month < 2 || month > to)
        return;
    if (row->ordinal % 2 == 0 && population->withdrawn > 0)
        row->withdrawn = (unsigned)month;
    if (row->ordinal % 2 == 1 && population->changed > 0)
        row->corrected = (uint64_t)1 << month;
}

static enum odd row_odd(const struct row *row)
{
    const struct population *population = row->group->population;
    if (row->group->set_aside && population->odd > 0) {
        uint64_t number = row->ordinal < 100 ? 0 : (row->ordinal - 100) / 7;
        return row->ordinal == 100 + 7 * number && number < ODD_COUNT ? (enum odd)number : ODD_NONE;
    }
    uint64_t chance = mix(row->bits, FOR_ODD);
    if (below(chance, 1000) >= population->odd)
        return ODD_NONE;
    return (enum odd)(1 + (chance & 0xffff) % (ODD_COUNT - 1));
}

void row_of(struct row *row, const struct group *group, uint64_t place, unsigned month,
            uint64_t odds)
{
    row->group = group;
    row->place = place;
    row->ordinal = group->first + place;
    row->bits = mix(group->bits, place);
    row->corrected = 0;
    row->withdrawn = 0;
    row->never = false;
    row->odd = row_odd(row);
    if ((odds & ODD_BIT(row->odd)) == 0)
        row->odd = ODD_NONE;

    if (group->set_aside) {
        row_fate_aside(row, month);
    } else if (group->before == 0) {
        row_fate(row, row->bits, group->born, month);
    } else {
        /* A copy has what was corrected in the original before, and at times one thing more. */
        row_fate(row, row->bits, group->before, group->born);
        row->never = row->withdrawn != 0;
        row->withdrawn = 0;
        if ((mix(row->bits, FOR_SMALL_CHANGE) & 7) == 0)
            row->corrected |= (uint64_t)1 << group->born;
        row_fate(row, mix(row->bits, FOR_COPY), group->born, month);
    }
}

uint64_t correction(const struct row *row, unsigned month)
{
    if ((row->corrected >> month & 1) == 0)
        return 0;
    return mix(mix(row->bits, FOR_CORRECTION), month) | (uint64_t)1 << 63;
}
