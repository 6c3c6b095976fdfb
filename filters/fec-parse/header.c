/* header.c - the columns of a type's records, in order, and the header line made of them.
 *
 * The order is the one that man/fec-records.5 promises, and record.c writes the values in it. Two
 * things make it differ from the order of the file: the key comes first, and what is not a column
 * of the file by itself (the dates as filed, the load date) comes last.
 */
#include "fec-parse/header.h"

#include <stdio.h>
#include <string.h>

void header_columns(const struct file_type *type,
                    void (*take)(void *context, const char *name, const struct column_type *column,
                                 enum column_kind kind),
                    void *context)
{
    const struct column_type *key = type->columns, *load_date = NULL;
    while (key->fec_name != NULL && (key->name == NULL || strcmp(key->name, type->key) != 0))
        key++;
    bool computed = key->fec_name == NULL;
    take(context, type->key, computed ? NULL : key, computed ? COLUMN_TEXT : key->kind);
    take(context, "cycle", NULL, COLUMN_NUMBER);
    for (const struct column_type *column = type->columns; column->fec_name != NULL; column++) {
        if (column->kind == COLUMN_LOAD_DATE)
            load_date = column;
        else if (column != key && column->kind != COLUMN_UNUSED)
            take(context, column->name, column, column->kind);
    }
    for (const struct column_type *column = type->columns; column->fec_name != NULL; column++) {
        char name[128];
        if (!kind_is_date(column->kind))
            continue;
        snprintf(name, sizeof name, "%s_as_filed", column->name);
        take(context, name, column, COLUMN_TEXT);
    }
    if (load_date != NULL)
        take(context, load_date->name, load_date, load_date->kind);
}

struct header_line {
    struct output *output;
    const char *before; /* the next name */
};

static void write_name(void *context, const char *name, const struct column_type *column,
                       enum column_kind kind)
{
    struct header_line *line = context;
    (void)column;
    (void)kind;
    output_text(line->output, line->before);
    output_text(line->output, name);
    line->before = "\t";
}

void header_write(const struct file_type *type, struct output *output)
{
    struct header_line line = {output, ""};
    header_columns(type, write_name, &line);
    output_text(output, "\n");
}
