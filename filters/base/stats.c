/* stats.c - the --stats file. It is written once, however the program ends: cli_end calls back. */
#include "base/stats.h"
#include "base/cli.h"
#include "base/strbuf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_STATS 40

static struct {
    const char *key;
    const uint64_t *count; /* NULL for a text */
    char *text;
} entries[MOST_STATS];
static int entry_count;

static bool write_file(void)
{
    static bool written;
    const char *path = cli_stats_path();
    if (path == NULL || written)
        return true;
    written = true;
    FILE *file = fopen(path, "w");
    bool good = file != NULL;
    for (int i = 0; good && i < entry_count; i++) {
        if (entries[i].count != NULL)
            fprintf(file, "%s=%llu\n", entries[i].key, (unsigned long long)*entries[i].count);
        else
            fprintf(file, "%s=%s\n", entries[i].key, entries[i].text);
    }
    if (file != NULL && (ferror(file) || fclose(file) != 0))
        good = false;
    if (!good)
        complain("%s: %s", path, strerror(errno));
    return good;
}

/* The place of `key`, a new one if it has none; NULL if the table is full. */
static int place_of(const char *key)
{
    int i = 0;
    cli_at_end(write_file);
    while (i < entry_count && strcmp(entries[i].key, key) != 0)
        i++;
    if (i == MOST_STATS)
        die(EX_SOFTWARE, "more than %d counters", MOST_STATS);
    if (i == entry_count)
        entry_count++;
    entries[i].key = key;
    return i;
}

void stats_count(const char *key, const uint64_t *value)
{
    entries[place_of(key)].count = value;
}

void stats_text(const char *key, const char *value)
{
    int i = place_of(key);
    free(entries[i].text);
    entries[i].text = string_copy(value);
    for (char *c = entries[i].text; *c != '\0'; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
}
