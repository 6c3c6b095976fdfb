/* calendar.h - the days of one two-year cycle, written in each form that the FEC's files use. */
#ifndef SAMPLE_CALENDAR_H
#define SAMPLE_CALENDAR_H

#include <stdint.h>

/* Days are numbered from 0, January 1 of the odd year. The table goes on a while after the cycle,
 * since reports are filed after the period they cover. */
#define CYCLE_DAYS 730
#define CALENDAR_DAYS 900

struct day {
    char mdy[9];      /* 01312025, in most files */
    char slashes[11]; /* 01/31/2025, in the summaries */
    char oracle[10];  /* 31-JAN-25, in independent_expenditure */
    char ymd[9];      /* 20250131, in image numbers and names of members */
    char iso[11];     /* 2025-01-31, in records */
    int month;        /* 1 to 12 */
};

extern struct day calendar[CALENDAR_DAYS];

/* Fills the table for the cycle that ends with the even year `cycle`. */
void calendar_start(int cycle);

/* Seconds since 1970 of noon UTC on a date; months beyond 12 run on into the following years. */
int64_t noon_of(int year, int month, int day);

#endif
