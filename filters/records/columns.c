/* columns.c - the header line of a stream of records.
 *
 * It is also where a stream of something else is noticed, before anything is made of it.
 */
#include "records/columns.h"
#include "base/cli.h"

#include <inttypes.h>
#include <string.h>

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

static void check_name(const struct columns *columns, int i, const char *input_name)
{
    const char *name = columns->name[i];
    if (*name == '\0' || name[strspn(name, NAME_LETTERS)] != '\0')
        die(EX_DATAERR, "%s: line 1: '%s' is no column name; is this a stream of records?",
            input_name, name);
    if (columns_find(columns, name) != i)
        die(EX_DATAERR, "%s: line 1: column %s occurs twice", input_name, name);
}

void columns_read(struct columns *columns, struct input *input)
{
    size_t length;
    bool whole;
    char *line = input_line(input, &length, &whole);
    if (line == NULL || !whole)
        die(EX_DATAERR, "%s: no header line: the input is empty or cut short", input->name);
    if (memchr(line, '\0', length) != NULL)
        die(EX_DATAERR, "%s: line 1: there is a NUL in it; is this a stream of records?",
            input->name);
    columns->text = cli_alloc(length + 1);
    memcpy(columns->text, line, length);
    columns->text[length] = '\0';
    columns->length = length;
    columns->count = 0;
    for (char *name = columns->text; name != NULL;) {
        if (columns->count == MOST_COLUMNS)
            die(EX_DATAERR, "%s: line 1: more than %d columns", input->name, MOST_COLUMNS);
        columns->name[columns->count++] = name;
        name = strchr(name, '\t');
        if (name != NULL)
            *name++ = '\0';
    }
    for (int i = 0; i < columns->count; i++)
        check_name(columns, i, input->name);
}

int columns_find(const struct columns *columns, const char *name)
{
    for (int i = 0; i < columns->count; i++)
        if (strcmp(columns->name[i], name) == 0)
            return i;
    return -1;
}

void columns_end(const struct input *input, uint64_t line)
{
    if (!input->at_end)
        die(EX_DATAERR, "line %" PRIu64 ": longer than %zu bytes", line, INPUT_LONGEST_LINE);
    if (input_unread(input) > 0)
        die(EX_DATAERR, "line %" PRIu64 ": no newline at its end: the input is cut short", line);
}
