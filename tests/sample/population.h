/* population.h - which rows there are, and in which month each comes, changes and goes.
 *
 * A population is the rows of one dataset over all months. They come in groups: the rows of a
 * report stand together in the file, of one committee and with one file number; in the masters each
 * row is a group of its own. The groups of month 1 come first, then those of each later month, in
 * the same order in every month's file, so a row's ordinal (its place among all rows ever born)
 * stays what it is.
 *
 * When a report is amended, its rows leave and a copy of the group is born in that month, with
 * ordinals (and so with SUB_IDs) of its own.
 *
 * The first rows of month 1 are set aside for what must not be left to chance: of them, rows 2 m
 * and 2 m + 1 are withdrawn and corrected in month m, and row 100 + 7 q has the quirk q. Nothing
 * else happens to them. The groups after them are small, and one of them is amended each month.
 */
#ifndef SAMPLE_POPULATION_H
#define SAMPLE_POPULATION_H

#include "odd.h"

#include <stdbool.h>
#include <stdint.h>

#define MOST_MONTHS 40

struct population {
    uint64_t seed;  /* of this population, mixed from that of the sample */
    uint64_t rows;  /* in month 1 */
    bool reports;   /* its groups are reports, which have many rows and can be amended */
    uint64_t added; /* permille of rows that each month are added, */
    uint64_t changed, withdrawn; /* corrected, withdrawn */
    uint64_t odd;                /* have a quirk */
    uint64_t serial;             /* where its record numbers begin */
};

struct group {
    const struct population *population;
    uint64_t bits;    /* what its content is mixed from; the same for a group and its copy */
    uint64_t first;   /* ordinal of its first row */
    uint64_t size;    /* rows */
    uint64_t number;  /* place among all groups ever born */
    unsigned born;    /* month in which it came */
    unsigned amended; /* month in which it was replaced, 0 if never */
    unsigned before;  /* of a copy: the month in which the original came, else 0 */
    bool set_aside;   /* its rows are those of which the head of this file speaks */
};

struct row {
    const struct group *group;
    uint64_t place;     /* in the group, from 0 */
    uint64_t ordinal;   /* among all rows ever born */
    uint64_t bits;      /* what its content is mixed from */
    uint64_t corrected; /* bit m is set if it was corrected in month m */
    unsigned withdrawn; /* month in which it left, 0 if it has not */
    bool never;         /* of a copy: the row was withdrawn before the copy was made */
    enum odd odd;
};

/* Walks through the groups born up to a month. */
struct walk {
    const struct population *population;
    unsigned month;   /* the last one to be walked */
    unsigned born;    /* the month whose groups come now */
    unsigned segment; /* the month from which groups are taken: born, or of what is amended */
    uint64_t index;   /* of the next group within the segment */
    uint64_t left;    /* rows left of the segment */
    uint64_t ordinal, number;
};

void walk_start(struct walk *walk, const struct population *population, unsigned month);

/* The next group; false when there are no more. */
bool walk_next(struct walk *walk, struct group *group);

/* The row `place` of a group, with what happens to it up to `month`. `odds` is the set of quirks
 * that its dataset can have. */
void row_of(struct row *row, const struct group *group, uint64_t place, unsigned month,
            uint64_t odds);

/* Is the row in the file of the month? Right up to the month given to row_of. */
static inline bool row_is_there(const struct row *row, unsigned month)
{
    const struct group *group = row->group;
    return !row->never && group->born <= month && (group->amended == 0 || group->amended > month) &&
           (row->withdrawn == 0 || row->withdrawn > month);
}

/* What a correction in `month` is mixed from; 0 without one. */
uint64_t correction(const struct row *row, unsigned month);

/* The months up to which a row can have been corrected: for (m = 2; m <= last_correction(row);
 * m++). */
static inline unsigned last_correction(const struct row *row)
{
    unsigned month = 0;
    while (row->corrected >> (month + 1) != 0)
        month++;
    return month;
}

/* More ordinals than the population will ever have. */
uint64_t population_bound(const struct population *population, unsigned months);

#endif
