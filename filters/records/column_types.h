/* column_types.h - what a column of a bulk file is: its names and the kind of its values. */
#ifndef RECORDS_COLUMN_TYPES_H
#define RECORDS_COLUMN_TYPES_H

#include <stdbool.h>

/* What a value is, and so what its canonical form in a record is. */
enum column_kind {
    COLUMN_TEXT,     /* UTF-8, no control characters but tab and line ends, no blanks around it */
    COLUMN_NUMBER,   /* a whole number that fits 64 bits, without leading zeros */
    COLUMN_AMOUNT,   /* dollars, always with two decimals: -12.00 */
    COLUMN_DATE,     /* YYYY-MM-DD; what is no date is NULL, and goes to the column NAME_as_filed */
    COLUMN_YMD_DATE, /* the same; eight digits in the file are YYYYMMDD, not MMDDYYYY */
    COLUMN_COMMITTEE_ID, /* a text: 'C' and 8 digits. A line with anything else is rejected. */
    COLUMN_CANDIDATE_ID, /* a text: 'H', 'S' or 'P' and 8 capitals or digits */
    COLUMN_FEC_ID,       /* a text: one of the two */
    COLUMN_LOAD_DATE,    /* a text that stands last and is no part of the row's hash */
    COLUMN_UNUSED,       /* a field that no dictionary lists: it may be missing, and is dropped */
};

struct column_type {
    const char *fec_name; /* in the FEC's header dictionary or CSV header; "" if it has no name */
    const char *name;     /* the API's name of it, in records and tables; NULL if dropped */
    enum column_kind kind;
};

/* A date of either kind. */
static inline bool kind_is_date(enum column_kind kind)
{
    return kind == COLUMN_DATE || kind == COLUMN_YMD_DATE;
}

#endif
