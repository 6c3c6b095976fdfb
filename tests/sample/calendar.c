/* calendar.c - the days of one two-year cycle, each written once in every form
 *
 * Rows are made by the million, and a date is in each: so the texts are made before, and a row only
 * copies one.
 */
#include "calendar.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct day calendar[CALENDAR_DAYS];

static const char month_names[12][4] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                        "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Copies a written number or date of known length; the compiler cannot know that it fits. */
static void write_day(struct day *written, int year, int month, int day)
{
    char text[64];
    snprintf(text, sizeof text, "%02d%02d%04d", month, day, year);
    memcpy(written->mdy, text, 8);
    snprintf(text, sizeof text, "%02d/%02d/%04d", month, day, year);
    memcpy(written->slashes, text, 10);
    snprintf(text, sizeof text, "%02d-%s-%02d", day, month_names[month - 1], year % 100);
    memcpy(written->oracle, text, 9);
    snprintf(text, sizeof text, "%04d%02d%02d", year, month, day);
    memcpy(written->ymd, text, 8);
    snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    memcpy(written->iso, text, 10);
    written->month = month;
}

void calendar_start(int cycle)
{
    int year = cycle - 1, month = 1, day = 1;
    for (int i = 0; i < CALENDAR_DAYS; i++) {
        write_day(&calendar[i], year, month, day);
        if (++day > days_in(year, month)) {
            day = 1;
            if (++month > 12) {
                month = 1;
                year++;
            }
        }
    }
}

int64_t noon_of(int year, int month, int day)
{
    year += (month - 1) / 12;
    month = (month - 1) % 12 + 1;
    int64_t days = day - 1;
    for (int y = 1970; y < year; y++)
        days += is_leap(y) ? 366 : 365;
    for (int m = 1; m < month; m++)
        days += days_in(year, m);
    return days * 86400 + 43200;
}
