/* pg-load - records into a staging table of PostgreSQL, over COPY.
 *
 * The header line says which columns the records have; they are matched with the table's by name.
 * All or nothing: everything happens in one transaction, so a value that a column refuses, or a
 * record that is cut short, leaves the table as it was. It loads staging tables only. What people
 * query, the tables of schema fec, is changed by the reconciliation (sql/apply/dataset.sql) and
 * nothing else, so pg-load refuses them.
 *
 * A table that this transaction created or emptied is loaded with COPY ... FREEZE: its rows are
 * written once, as old as they will ever get. That matters when the staged table becomes a
 * partition of the live one: nothing has to rewrite 9 million rows later.
 */
#include "base/cli.h"
#include "base/input.h"
#include "base/stats.h"
#include "pg-load/copy.h"
#include "pg-load/server.h"
#include "pg-load/service.h"
#include "pg-load/table.h"
#include "records/columns.h"

#include <stdlib.h>
#include <unistd.h>

static const char *conninfo, *model, *service_path;
static bool replace;
static struct copy_counts counts;

static const struct cli_option options[] = {
    {'d', "dbname", "CONNINFO", "where to connect, as psql takes it; else libpq's environment",
     NULL, &conninfo, NULL},
    {'l', "like", "MODEL", "create TABLE with the columns of the table MODEL", NULL, &model, NULL},
    {'r', "replace", NULL, "empty TABLE first", &replace, NULL, NULL},
    {0, "write-service", "FILE", "only write DATABASE_URL to FILE as a service of libpq", NULL,
     &service_path, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct cli_program program = {
    .name = "pg-load",
    .usage = "[--dbname CONNINFO] [--like MODEL] [--replace] TABLE <records\n"
             "       pg-load --write-service FILE",
    .purpose =
        "Loads records into a staging table, matching columns by name; all of them, or none.",
    .options = options,
};

static void load(const char *operand)
{
    struct input input;
    struct columns columns;
    input_open(&input, STDIN_FILENO, "standard input");
    columns_read(&columns, &input);

    server_connect(conninfo);
    server_execute("BEGIN", "BEGIN");
    char *qualified = table_qualified(operand);
    char *model_qualified = model != NULL ? table_qualified(model) : NULL;
    server_execute("search_path", "SET LOCAL search_path = pg_catalog, pg_temp");
    char *table = table_find(qualified);
    bool created = table == NULL && model != NULL, is_new = created;
    if (table == NULL && !created)
        die(EX_USAGE, "there is no table %s; --like MODEL would create it", operand);
    const char *like = created ? model_qualified : table;
    PGresult *known = table_columns(like);
    table_match(&columns, like, known, model != NULL);
    if (created) {
        table_create(qualified, &columns, known);
        table = table_find(qualified);
    } else if (replace) {
        is_new = table_empty(table);
    }
    PQclear(known);
    copy_all(table, &columns, is_new, &input, &counts);
    server_execute("COMMIT", "COMMIT");
    server_disconnect();
}

int main(int argc, char **argv)
{
    int operand = cli_start(&program, argc, argv);
    if (service_path != NULL) {
        if (argc != operand || conninfo != NULL || model != NULL || replace)
            die_usage("--write-service stands alone");
        service_write(service_path);
        return cli_end(EX_OK);
    }
    stats_count("records", &counts.records);
    stats_count("bytes", &counts.bytes);
    if (argc - operand != 1)
        die_usage("one TABLE must be named");
    load(argv[operand]);
    return cli_end(EX_OK);
}
