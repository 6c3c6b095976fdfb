/* server.c - the one connection to PostgreSQL, and what its failures mean.
 *
 * What a failure means to a script shows in the exit status, and that depends on the SQLSTATE alone
 * (PostgreSQL, appendix A), never on the words of a message.
 */
#include "pg-load/server.h"
#include "base/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static PGconn *connection;

const char *server_message(const char *message)
{
    static char line[1024];
    snprintf(line, sizeof line, "%s", message ? message : "unknown error");
    line[strcspn(line, "\n")] = '\0';
    return line;
}

int server_exit_code(const char *sqlstate)
{
    if (sqlstate == NULL)
        return EX_UNAVAILABLE; /* the connection is gone */
    if (strncmp(sqlstate, "22", 2) == 0 || strncmp(sqlstate, "23", 2) == 0)
        return EX_DATAERR;
    if (strncmp(sqlstate, "53", 2) == 0)
        return EX_IOERR; /* disk full, out of memory */
    if (strncmp(sqlstate, "55P03", 5) == 0)
        return EX_TEMPFAIL; /* a lock was not given free in time */
    if (strncmp(sqlstate, "42501", 5) == 0)
        return EX_NOPERM;
    return EX_UNAVAILABLE;
}

_Noreturn void server_die(const char *what, const PGresult *result)
{
    const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    die(server_exit_code(sqlstate), "%s: %s", what,
        server_message(message ? message : PQerrorMessage(connection)));
}

PGresult *server_query(const char *what, const char *sql, const char *first, const char *second)
{
    const char *values[2] = {first, second};
    int count = second ? 2 : first ? 1 : 0;
    PGresult *result = PQexecParams(connection, sql, count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        server_die(what, result);
    return result;
}

void server_execute(const char *what, const char *sql)
{
    PQclear(server_query(what, sql, NULL, NULL));
}

void server_add_identifier(struct strbuf *text, const char *name)
{
    char *quoted = PQescapeIdentifier(connection, name, strlen(name));
    if (quoted == NULL)
        die(EX_DATAERR, "%s: %s", name, PQerrorMessage(connection));
    strbuf_add(text, quoted);
    PQfreemem(quoted);
}

bool server_lock(const char *table)
{
    server_execute(table, "SAVEPOINT before_lock");
    /* Longer than deadlock_timeout: by then an autovacuum has given way, a dump has not. With the
     * lock there is nothing more to wait for; without it ROLLBACK TO takes the setting back. */
    server_execute(table, "SET LOCAL lock_timeout = '3s'");
    char *sql = string_format("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", table);
    PGresult *result = PQexec(connection, sql);
    free(sql);
    bool locked = PQresultStatus(result) == PGRES_COMMAND_OK;
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (!locked && (sqlstate == NULL || strcmp(sqlstate, "55P03") != 0))
        server_die(table, result);
    PQclear(result);
    server_execute(table, locked ? "RELEASE before_lock" : "ROLLBACK TO before_lock");
    return locked;
}

/* Notices of the server, as lines of ours. */
static void show_notice(void *unused, const char *message)
{
    (void)unused;
    complain("%s", server_message(message));
}

/* Whatever the role or the database has as its default: a limit must not cut a COPY that takes
 * hours, nor an isolation level make it dearer. (As options of the connection pgbouncer would
 * refuse them.) */
static void make_settings(void)
{
    server_execute("settings", "SET default_transaction_isolation = 'read committed'");
    server_execute("settings", "SELECT pg_catalog.set_config(name, '0', false)"
                               "  FROM pg_catalog.pg_settings"
                               " WHERE name OPERATOR(pg_catalog.=) ANY ('{statement_timeout,"
                               "transaction_timeout,idle_in_transaction_session_timeout}')");
}

void server_connect(const char *conninfo)
{
    const char *keywords[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
    const char *values[] = {conninfo, "pg-load", "UTF8", NULL};
    connection = PQconnectdbParams(keywords, values, 1);
    if (connection == NULL || PQstatus(connection) != CONNECTION_OK)
        die(EX_UNAVAILABLE, "cannot connect: %s", server_message(PQerrorMessage(connection)));
    PQsetNoticeProcessor(connection, show_notice, NULL);
    make_settings();
}

void server_disconnect(void)
{
    PQfinish(connection);
    connection = NULL;
}

PGconn *server_connection(void)
{
    return connection;
}
