/* position.c - how far a query has been read.
 *
 * What the server gives for the next call is passed back as it is, so its form is checked: it goes
 * into a URL and into the cursor file. And it must lead on, or the same page would be read for
 * ever.
 */
#include "fec-fetch/openfec/position.h"

#include <stdio.h>
#include <string.h>

static bool is_name(const char *name)
{
    return (strncmp(name, "last_", 5) == 0 || strncmp(name, "sort_", 5) == 0) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name) &&
           strlen(name) < INDEX_NAME;
}

static bool is_digits(const char *text)
{
    return strspn(text, "0123456789") == strlen(text);
}

/* YYYY-MM-DD, and anything after it. */
static bool begins_with_date(const char *text)
{
    const char *form = "0000-00-00";
    for (; *form != '\0'; form++, text++)
        if (*form == '-' ? *text != '-' : *text < '0' || *text > '9')
            return false;
    return true;
}

static bool is_value(const char *name, const char *value)
{
    size_t length = 0;
    for (; value[length] != '\0'; length++)
        if ((unsigned char)value[length] < ' ' || value[length] == 0x7f)
            return false;
    if (length == 0 || length >= INDEX_VALUE)
        return false;
    if (strcmp(name, LAST_INDEX) == 0)
        return is_digits(value);
    return strcmp(name, LAST_DATE) != 0 || begins_with_date(value);
}

bool indexes_set(struct indexes *indexes, const char *name, const char *value)
{
    int i = 0;
    while (i < indexes->count && strcmp(indexes->of[i].name, name) != 0)
        i++;
    if (i == MOST_INDEXES || !is_name(name) || !is_value(name, value))
        return false;
    snprintf(indexes->of[i].name, INDEX_NAME, "%s", name);
    snprintf(indexes->of[i].value, INDEX_VALUE, "%s", value);
    if (i == indexes->count)
        indexes->count++;
    return true;
}

const char *indexes_get(const struct indexes *indexes, const char *name)
{
    for (int i = 0; i < indexes->count; i++)
        if (strcmp(indexes->of[i].name, name) == 0)
            return indexes->of[i].value;
    return NULL;
}

bool indexes_null_only(const struct indexes *indexes)
{
    const char *value = indexes_get(indexes, NULL_ONLY);
    return value != NULL && strcmp(value, "true") == 0;
}

bool indexes_at_last_date(const struct indexes *indexes)
{
    const char *date = indexes_get(indexes, LAST_DATE);
    return date != NULL && strncmp(date, "9999-12-31", 10) == 0;
}

/* Compares two record numbers, which can have more digits than any integer of C. NULL, as before
 * the first page, is less than all. */
static int compare_numbers(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    a += strspn(a, "0");
    b += strspn(b, "0");
    size_t length_a = strlen(a), length_b = strlen(b);
    if (length_a != length_b)
        return length_a < length_b ? -1 : 1;
    return strcmp(a, b);
}

/* Compares two dates, which come with and without a time of day. */
static int compare_dates(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strncmp(a, b, strlen("YYYY-MM-DD"));
}

bool indexes_advance(const struct indexes *before, const struct indexes *after)
{
    int order = (int)indexes_null_only(after) - (int)indexes_null_only(before);
    if (order == 0)
        order = compare_dates(indexes_get(after, LAST_DATE), indexes_get(before, LAST_DATE));
    if (order == 0)
        order = compare_numbers(indexes_get(after, LAST_INDEX), indexes_get(before, LAST_INDEX));
    return order > 0;
}

static void go_to_beginning(struct position *position)
{
    position->indexes.count = 0;
    position->page = position->rows = 0;
    position->counted = false;
}

void position_restart_group(struct position *position)
{
    uint64_t rows = position->rows;
    position->total_rows -= rows < position->total_rows ? rows : position->total_rows;
    go_to_beginning(position);
}

void position_next_group(struct position *position)
{
    position->group++;
    go_to_beginning(position);
}

void position_count(struct position *position, uint64_t count)
{
    if (!position->counted || count < position->count)
        position->count = count;
    position->counted = true;
}
