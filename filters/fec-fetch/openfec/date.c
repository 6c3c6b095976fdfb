/* date.c - dates of the API's parameters. They are checked before the first call, because the API
 * refuses a wrong one only after the call has been counted. */
#include "fec-fetch/openfec/date.h"
#include "records/value.h"

#include <string.h>

bool date_is_valid(const char *text)
{
    char padded[DATE_TEXT + VALUE_PADDING] = "", date[VALUE_ROOM];
    if (strlen(text) != DATE_TEXT - 1)
        return false;
    memcpy(padded, text, DATE_TEXT - 1);
    char *end = value_date((struct span){padded, DATE_TEXT - 1}, date);
    return end != NULL && end - date == DATE_TEXT - 1 && memcmp(date, text, DATE_TEXT - 1) == 0;
}
