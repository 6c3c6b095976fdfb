/* datasets.h - the FEC's files: how large each is in proportion, and how a line of each is made. */
#ifndef SAMPLE_DATASETS_H
#define SAMPLE_DATASETS_H

#include "line.h"
#include "population.h"

/* What all datasets have in common. The seed alone says who a committee, a candidate or a donor is:
 * the same ones are in every cycle. */
struct sample {
    uint64_t seed;
    int cycle;
    uint64_t committees, candidates;   /* in the masters of month 1 */
    uint64_t donors;                   /* different people who give */
    const struct population *pas2;     /* whose rows are in oth, too */
    const struct population *api_only; /* whose rows the API has and indiv has not */
};

/* Reports cover a month or a quarter. */
#define LONGEST_PERIOD 92

/* What the rows of a group have in common: the report they were filed in. */
struct report {
    uint64_t committee;
    char committee_id[9];
    char amendment;   /* N, A or T */
    char type[4];     /* Q1, M2, 12P, YE ... */
    char election[6]; /* P2026 */
    int first_day;    /* the period it covers */
    int days;
    int filed_day;
    uint64_t image; /* number of its first page, without the date */
    uint64_t file_number;
    uint64_t bits; /* of the committee: it is always the same kind of filer */
};

/* One file of the FEC's. `line` writes row `row`, whose group was filed as `report`, to `line`. */
struct dataset {
    const char *name;
    const char *text; /* the member's name without the cycle's digits, "itcont"; NULL for CSV */
    bool has_year;    /* and whether these follow: weball26.txt */
    bool reports;
    enum line_style style;
    uint64_t share; /* it has rows of indiv / share rows, */
    uint64_t least; /* but not fewer than this */
    uint64_t odds;
    uint64_t serials; /* record numbers it may use, and the first of them; 0 if it uses none */
    uint64_t first_serial;
    void (*line)(struct line *line, const struct sample *sample, const struct report *report,
                 const struct row *row);
};

extern const struct dataset datasets[]; /* ended by one without a name */

/* The report of a group. */
void report_of(struct report *report, const struct sample *sample, const struct group *group);

/* Writes an identifier of 9 characters; returns the end of it. */
char *put_committee_id(char *to, uint64_t seed, uint64_t committee);
uint64_t committee_of_id(const char *id); /* the number of a committee that was so written */
char *put_candidate_id(char *to, uint64_t seed, uint64_t candidate);

/* Adds the id and the name of the committee that a row is about. */
void line_committee(struct line *line, const struct sample *sample, const struct row *row);

/* SURNAME, GIVEN of a candidate; 100 bytes are enough. */
char *put_candidate_name(char *to, uint64_t seed, uint64_t candidate);

#endif
