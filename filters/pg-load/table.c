/* table.c - the staging table: which one it is, its columns, making it.
 *
 * What is hard is to be sure that it is a staging table. What people query, the tables of schema
 * fec with their partitions and views, is changed by the reconciliation and nothing else, so a
 * table that could be one of those is refused.
 */
#include "pg-load/table.h"
#include "base/cli.h"
#include "base/strbuf.h"
#include "pg-load/server.h"

#include <stdlib.h>
#include <string.h>

#define LIVE_SCHEMA "fec"

/* Who may create functions in a schema of the search path could give them the names of those that
 * are called here (CVE-2018-1058). So every name in these statements is qualified. */
char *table_qualified(const char *table)
{
    PGresult *result = server_query(
        table,
        "SELECT pg_catalog.format('%I.%I', coalesce(n.nspname, pg_catalog.current_schema()),"
        "                         coalesce(c.relname, part[pg_catalog.array_upper(part, 1)])),"
        "       c.oid IS NULL AND pg_catalog.array_upper(part, 1) OPERATOR(pg_catalog.>) 1"
        "  FROM pg_catalog.parse_ident($1::pg_catalog.text) AS part"
        "  LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=)"
        "       pg_catalog.to_regclass($1::pg_catalog.text)"
        "  LEFT JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace",
        table, NULL);
    bool as_it_is = PQgetvalue(result, 0, 1)[0] == 't';
    char *name = string_copy(as_it_is ? table : PQgetvalue(result, 0, 0));
    PQclear(result);
    return name;
}

char *table_find(const char *table)
{
    PGresult *result =
        server_query(table,
                     "SELECT format('%I.%I', n.nspname, c.relname),"
                     "       n.nspname = '" LIVE_SCHEMA "' OR c.relispartition OR c.relkind <> 'r'"
                     "  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                     " WHERE c.oid = to_regclass($1)",
                     table, NULL);
    char *name = NULL;
    if (PQntuples(result) > 0) {
        name = string_copy(PQgetvalue(result, 0, 0));
        if (PQgetvalue(result, 0, 1)[0] == 't')
            die(EX_USAGE,
                "%s is no staging table: pg-load never touches a live table, a partition "
                "or a view",
                name);
    }
    PQclear(result);
    return name;
}

PGresult *table_columns(const char *table)
{
    return server_query(table,
                        "SELECT attname, format_type(atttypid, atttypmod), atthasdef"
                        "  FROM pg_attribute"
                        " WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped"
                        " ORDER BY attnum",
                        table, NULL);
}

static int find_row(const PGresult *in, const char *name)
{
    for (int i = 0; i < PQntuples(in); i++)
        if (strcmp(PQgetvalue(in, i, 0), name) == 0)
            return i;
    return -1;
}

/* row_hash comes from fec-dedupe, run_id and in_bulk from the reconciliation: a table that --like
 * creates for records of fec-parse has none of them. A seal is made in the database, if at all. */
static bool may_lack(const PGresult *in, int row, bool from_model)
{
    const char *name = PQgetvalue(in, row, 0);
    static const char *const own[] = {HASH_COLUMN, "run_id", "in_bulk"};
    for (size_t i = 0; from_model && i < sizeof own / sizeof *own; i++)
        if (strcmp(name, own[i]) == 0)
            return true;
    return PQgetvalue(in, row, 2)[0] == 't' || strcmp(name, "seal") == 0;
}

void table_match(const struct columns *columns, const char *table, const PGresult *in,
                 bool from_model)
{
    struct strbuf wrong = {0};
    for (int i = 0; i < columns->count; i++)
        if (find_row(in, columns->name[i]) < 0) {
            strbuf_add(&wrong, wrong.length ? ", " : "");
            strbuf_add(&wrong, columns->name[i]);
            strbuf_add(&wrong, " is not in the table");
        }
    for (int i = 0; i < PQntuples(in); i++)
        if (columns_find(columns, PQgetvalue(in, i, 0)) < 0 && !may_lack(in, i, from_model)) {
            strbuf_add(&wrong, wrong.length ? ", " : "");
            strbuf_add(&wrong, PQgetvalue(in, i, 0));
            strbuf_add(&wrong, " is missing in the records");
        }
    if (wrong.length > 0)
        die(EX_DATAERR, "standard input: line 1: columns do not match %s: %s", table, wrong.text);
}

void table_create(const char *table, const struct columns *columns, const PGresult *model_columns)
{
    PGresult *name =
        server_query(table,
                     "SELECT string_agg(quote_ident(part), '.' ORDER BY place)"
                     "  FROM unnest(parse_ident($1)) WITH ORDINALITY AS p (part, place)",
                     table, NULL);
    struct strbuf sql = {0};
    strbuf_add(&sql, "CREATE TABLE ");
    strbuf_add(&sql, PQgetvalue(name, 0, 0));
    const char *separator = " (";
    for (int i = 0; i < PQntuples(model_columns); i++) {
        if (columns_find(columns, PQgetvalue(model_columns, i, 0)) < 0)
            continue;
        strbuf_add(&sql, separator);
        server_add_identifier(&sql, PQgetvalue(model_columns, i, 0));
        strbuf_add(&sql, " ");
        strbuf_add(&sql, PQgetvalue(model_columns, i, 1));
        separator = ", ";
    }
    strbuf_add(&sql, ")");
    server_execute(table, sql.text);
    PQclear(name);
    free(sql.text);
}

bool table_empty(const char *table)
{
    bool locked = server_lock(table);
    char *sql = string_format("%s %s", locked ? "TRUNCATE" : "DELETE FROM", table);
    server_execute(table, sql);
    free(sql);
    return locked;
}
