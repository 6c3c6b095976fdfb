/* date.h - dates of the API's parameters. */
#ifndef FEC_FETCH_OPENFEC_DATE_H
#define FEC_FETCH_OPENFEC_DATE_H

#include <stdbool.h>

#define DATE_TEXT 11 /* YYYY-MM-DD and a NUL */

/* True if the text is a date of the calendar, YYYY-MM-DD. */
bool date_is_valid(const char *text);

#endif
