/* month.h - writes one month's tree: the archives, the expected records, the manifest. */
#ifndef SAMPLE_MONTH_H
#define SAMPLE_MONTH_H

#include "datasets.h"

#define MOST_DATASETS 24

/* What was asked for. */
struct plan {
    const char *folder;
    struct sample sample;
    unsigned months;
    int level;
    uint64_t broken; /* lines in itcont.txt that cannot be a record */
    bool expect, text, api, by_date;
    bool zip64, descriptors;
    bool wanted[MOST_DATASETS]; /* as in the table of datasets */
    struct population populations[MOST_DATASETS];
    struct population api_only; /* rows that the API has beside those of indiv */
};

/* Writes DIR/month-K. Ends the program if it cannot. */
void month_write(const struct plan *plan, unsigned month);

#endif
