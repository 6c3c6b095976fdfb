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
#include "records/columns.h"
#include "base/input.h"
#include "base/progress.h"
#include "base/stats.h"
#include "base/strbuf.h"
#include "pg-load/service.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIVE_SCHEMA "fec"

static const char *conninfo, *model, *service_path;
static bool replace;

static PGconn *connection;
static uint64_t records, bytes;

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

static void add_identifier(struct strbuf *text, const char *name)
{
    char *quoted = PQescapeIdentifier(connection, name, strlen(name));
    if (quoted == NULL)
        die(EX_DATAERR, "%s: %s", name, PQerrorMessage(connection));
    strbuf_add(text, quoted);
    PQfreemem(quoted);
}

/* What a failure of the server means for the caller, from its SQLSTATE (PostgreSQL, appendix A). */
static int exit_code_of(const char *sqlstate)
{
    if (sqlstate == NULL)
        return EX_UNAVAILABLE; /* the connection is gone */
    if (strncmp(sqlstate, "22", 2) == 0 || strncmp(sqlstate, "23", 2) == 0)
        return EX_DATAERR;
    if (strncmp(sqlstate, "53", 2) == 0)
        return EX_IOERR; /* disk full, out of memory */
    if (strncmp(sqlstate, "42501", 5) == 0)
        return EX_NOPERM;
    return EX_UNAVAILABLE;
}

/* The first line of a message of libpq's, which end in newlines. */
static const char *first_line(const char *message)
{
    static char line[1024];
    snprintf(line, sizeof line, "%s", message ? message : "unknown error");
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static _Noreturn void die_server(const char *what, const PGresult *result)
{
    const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    die(exit_code_of(sqlstate), "%s: %s", what,
        first_line(message ? message : PQerrorMessage(connection)));
}

/* Runs a query with up to two text parameters; ends the program if it fails. */
static PGresult *query(const char *what, const char *sql, const char *first, const char *second)
{
    const char *values[2] = {first, second};
    int count = second ? 2 : first ? 1 : 0;
    PGresult *result = PQexecParams(connection, sql, count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        die_server(what, result);
    return result;
}

static void execute(const char *what, const char *sql)
{
    PQclear(query(what, sql, NULL, NULL));
}

/* Notices of the server, as lines of ours. */
static void show_notice(void *unused, const char *message)
{
    (void)unused;
    complain("%s", first_line(message));
}

static void connect_to_database(void)
{
    const char *keywords[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
    const char *values[] = {conninfo, "pg-load", "UTF8", NULL};
    connection = PQconnectdbParams(keywords, values, 1);
    if (connection == NULL || PQstatus(connection) != CONNECTION_OK)
        die(EX_UNAVAILABLE, "cannot connect: %s", first_line(PQerrorMessage(connection)));
    PQsetNoticeProcessor(connection, show_notice, NULL);
}

/* The quoted name of a table that exists, or NULL; EX_USAGE if it is one that people query. */
static char *staging_table(const char *table)
{
    PGresult *result =
        query(table,
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

/* Columns: name, type, and whether the records may lack it. */
static PGresult *columns_of(const char *table)
{
    return query(table,
                 "SELECT attname, format_type(atttypid, atttypmod), atthasdef"
                 "  FROM pg_attribute"
                 " WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped"
                 " ORDER BY attnum",
                 table, NULL);
}

static int find_row(const PGresult *table_columns, const char *name)
{
    for (int i = 0; i < PQntuples(table_columns); i++)
        if (strcmp(PQgetvalue(table_columns, i, 0), name) == 0)
            return i;
    return -1;
}

/* row_hash comes from fec-dedupe, run_id and in_bulk from the reconciliation: a table that --like
 * creates for records of fec-parse has none of them. */
static bool may_lack(const PGresult *table_columns, int row)
{
    const char *name = PQgetvalue(table_columns, row, 0);
    static const char *const own[] = {HASH_COLUMN, "run_id", "in_bulk"};
    for (size_t i = 0; model != NULL && i < sizeof own / sizeof *own; i++)
        if (strcmp(name, own[i]) == 0)
            return true;
    return PQgetvalue(table_columns, row, 2)[0] == 't';
}

/* Ends with EX_DATAERR, naming all of them, if a column is unknown to the table or missing in the
 * records. */
static void match_columns(const struct columns *columns, const char *table,
                          const PGresult *table_columns)
{
    struct strbuf wrong = {0};
    for (int i = 0; i < columns->count; i++)
        if (find_row(table_columns, columns->name[i]) < 0) {
            strbuf_add(&wrong, wrong.length ? ", " : "");
            strbuf_add(&wrong, columns->name[i]);
            strbuf_add(&wrong, " is not in the table");
        }
    for (int i = 0; i < PQntuples(table_columns); i++)
        if (columns_find(columns, PQgetvalue(table_columns, i, 0)) < 0 &&
            !may_lack(table_columns, i)) {
            strbuf_add(&wrong, wrong.length ? ", " : "");
            strbuf_add(&wrong, PQgetvalue(table_columns, i, 0));
            strbuf_add(&wrong, " is missing in the records");
        }
    if (wrong.length > 0)
        die(EX_DATAERR, "standard input: line 1: columns do not match %s: %s", table, wrong.text);
}

/* CREATE TABLE with the columns that both the records and the model have, in the model's order. */
static void create_table(const char *table, const struct columns *columns,
                         const PGresult *model_columns)
{
    PGresult *name = query(table,
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
        add_identifier(&sql, PQgetvalue(model_columns, i, 0));
        strbuf_add(&sql, " ");
        strbuf_add(&sql, PQgetvalue(model_columns, i, 1));
        separator = ", ";
    }
    strbuf_add(&sql, ")");
    execute(table, sql.text);
    PQclear(name);
    free(sql.text);
}

static void start_copy(const char *table, const struct columns *columns, bool freeze)
{
    struct strbuf sql = {0};
    strbuf_add(&sql, "COPY ");
    strbuf_add(&sql, table);
    for (int i = 0; i < columns->count; i++) {
        strbuf_add(&sql, i == 0 ? " (" : ", ");
        add_identifier(&sql, columns->name[i]);
    }
    strbuf_add(&sql, freeze ? ") FROM STDIN WITH (FREEZE)" : ") FROM STDIN");
    PGresult *result = PQexec(connection, sql.text);
    if (PQresultStatus(result) != PGRES_COPY_IN)
        die_server(table, result);
    PQclear(result);
    free(sql.text);
}

/* The server says where a value was refused as "COPY table, line 5, column amount: "x"". Its line 1
 * is the first record, which is line 2 for us. In another language than English the context is
 * shown as it is. */
static _Noreturn void die_copy(const char *table, const PGresult *result)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (message == NULL)
        die_server(table, result);
    int code = exit_code_of(sqlstate);
    const char *line_text = context ? strstr(context, ", line ") : NULL;
    unsigned long long line = line_text ? strtoull(line_text + 7, NULL, 10) : 0;
    const char *column = line > 0 ? strstr(line_text, ", column ") : NULL;
    if (line > 0 && code == EX_DATAERR && column != NULL)
        die(code, "standard input: line %llu: column %.*s: %s", line + 1,
            (int)strcspn(column + 9, ":"), column + 9, message);
    if (line > 0 && code == EX_DATAERR)
        die(code, "standard input: line %llu: %s", line + 1, message);
    die(code, "%s: %s%s%.200s%s", table, message, context ? " (" : "", context ? context : "",
        context ? ")" : "");
}

/* The result of the COPY: the number of rows, or the end of the program. */
static uint64_t end_copy(const char *table)
{
    uint64_t rows = 0;
    PGresult *result;
    if (PQputCopyEnd(connection, NULL) != 1)
        complain("%s: %s", table, first_line(PQerrorMessage(connection)));
    while ((result = PQgetResult(connection)) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            die_copy(table, result);
        rows = strtoull(PQcmdTuples(result), NULL, 10);
        PQclear(result);
    }
    if (PQstatus(connection) != CONNECTION_OK)
        die_server(table, NULL);
    return rows;
}

static uint64_t count_lines(const char *block, size_t length)
{
    uint64_t lines = 0;
    for (const char *end = block + length;
         (block = memchr(block, '\n', (size_t)(end - block))) != NULL; block++)
        lines++;
    return lines;
}

/* Hands the records to the server, block by block. Stops early if the connection breaks; that the
 * server has refused a record libpq tells only when all have been sent. */
static void copy_records(struct input *input)
{
    char last = '\n';
    while (input_unread(input) > 0 || input_more(input)) {
        const char *block = input_bytes(input);
        size_t length = input_unread(input);
        if (PQputCopyData(connection, block, (int)length) != 1 || PQconsumeInput(connection) != 1)
            return;
        records += count_lines(block, length);
        bytes += length;
        last = block[length - 1];
        input_consume(input, length);
        progress_at(bytes, records);
    }
    if (last != '\n')
        die(EX_DATAERR,
            "standard input: line %" PRIu64 ": no newline at its end: the input is cut "
            "short",
            records + 2);
}

static void load(const char *operand)
{
    struct input input;
    struct columns columns;
    input_open(&input, STDIN_FILENO, "standard input");
    columns_read(&columns, &input);

    connect_to_database();
    execute("BEGIN", "BEGIN");
    char *table = staging_table(operand);
    bool created = table == NULL && model != NULL;
    if (table == NULL && !created)
        die(EX_USAGE, "there is no table %s; --like MODEL would create it", operand);
    PGresult *table_columns = columns_of(created ? model : table);
    match_columns(&columns, created ? model : table, table_columns);
    if (created) {
        create_table(operand, &columns, table_columns);
        table = staging_table(operand);
    } else if (replace) {
        struct strbuf sql = {0};
        strbuf_add(&sql, "TRUNCATE ");
        strbuf_add(&sql, table);
        execute(table, sql.text);
        free(sql.text);
    }
    PQclear(table_columns);

    start_copy(table, &columns, created || replace);
    progress_start("pg-load", 0);
    copy_records(&input);
    uint64_t rows = end_copy(table);
    progress_end();
    /* A line that is only "\." would end the data for the server, and for nobody else. */
    if (rows != records)
        die(EX_DATAERR, "standard input: %" PRIu64 " records, but the server took %" PRIu64,
            records, rows);
    execute("COMMIT", "COMMIT");
    PQfinish(connection);
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
    stats_count("records", &records);
    stats_count("bytes", &bytes);
    if (argc - operand != 1)
        die_usage("one TABLE must be named");
    load(argv[operand]);
    return cli_end(EX_OK);
}
