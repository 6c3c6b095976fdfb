/* committees.c - the list of committees whose rows a query asks for.
 *
 * A call takes ten committees and one date. So those of a group share the earliest of their dates,
 * and committees with and without a date are never in the same group.
 */
#include "fec-fetch/openfec/committees.h"
#include "base/cli.h"
#include "base/input.h"

#include <stdlib.h>
#include <string.h>

#define MOST ((size_t)200000) /* a cycle has about 20,000 */
#define ID_LENGTH 9

static bool is_id(const char *text, size_t length)
{
    if (length != ID_LENGTH || text[0] != 'C')
        return false;
    for (size_t i = 1; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

/* `min_date` is a date or "". */
static void add(struct committees *committees, const char *id, const char *min_date)
{
    if (committees->count == MOST)
        die(EX_DATAERR, "more than %zu committees", MOST);
    committees->of =
        cli_grow(committees->of, committees->count, &committees->size, sizeof *committees->of);
    struct committee *committee = &committees->of[committees->count++];
    memcpy(committee->id, id, ID_LENGTH);
    committee->id[ID_LENGTH] = '\0';
    strcpy(committee->min_date, min_date);
}

void committees_add(struct committees *committees, const char *argument)
{
    for (const char *c = argument;; c++) {
        size_t length = strcspn(c, ",");
        if (!is_id(c, length))
            die_usage("--committee takes ids (C and eight digits) with commas between them, not "
                      "'%s'",
                      argument);
        add(committees, c, "");
        c += length;
        if (*c == '\0')
            return;
    }
}

void committees_add_file(struct committees *committees, const char *path)
{
    struct input input;
    char *line;
    size_t length;
    input_open_path(&input, path);
    while ((line = input_line(&input, &length, NULL)) != NULL) {
        char date[DATE_TEXT] = "";
        bool dated = false;
        if (length > 0 && line[length - 1] == '\r')
            length--;
        if (length == 0)
            continue;
        if (length == ID_LENGTH + DATE_TEXT && line[ID_LENGTH] == '\t') {
            memcpy(date, line + ID_LENGTH + 1, DATE_TEXT - 1);
            length = ID_LENGTH;
            dated = true;
        }
        if (!is_id(line, length) || (dated && !date_is_valid(date)))
            die(EX_DATAERR,
                "%s: line %llu is neither an id (C and eight digits) nor an id, a tab and a date",
                input.name, (unsigned long long)input.line);
        add(committees, line, date);
    }
    input_close(&input);
}

static int compare(const void *a, const void *b)
{
    return strcmp((*(struct committee *const *)a)->id, (*(struct committee *const *)b)->id);
}

static void refuse_repeated(const struct committees *committees)
{
    const struct committee **sorted = cli_alloc(committees->count * sizeof *sorted);
    for (size_t i = 0; i < committees->count; i++)
        sorted[i] = &committees->of[i];
    qsort(sorted, committees->count, sizeof *sorted, compare);
    for (size_t i = 1; i < committees->count; i++)
        if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0)
            die(EX_DATAERR, "committee %s is named twice", sorted[i]->id);
    free(sorted);
}

void committees_group(struct committees *committees)
{
    if (committees->count == 0)
        die(EX_DATAERR, "the list of committees is empty");
    refuse_repeated(committees);
    committees->groups = cli_alloc((committees->count + 1) * sizeof *committees->groups);
    committees->group_count = 0;
    size_t begin = 0;
    for (size_t i = 0; i < committees->count; i++) {
        bool dated = committees->of[i].min_date[0] != '\0';
        bool as_before = i > 0 && (committees->of[i - 1].min_date[0] != '\0') == dated;
        if (!as_before || i - begin == MOST_COMMITTEES_A_CALL) {
            committees->groups[committees->group_count++] = i;
            begin = i;
        }
    }
    committees->groups[committees->group_count] = committees->count;
}
