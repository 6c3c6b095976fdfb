/* fake_pq.c - a PostgreSQL server that is a handful of functions with the names of libpq's.
 *
 * It answers by the beginning of a statement, and knows one table. What is hard is only to be as
 * pg-load sees the real one: an error of COPY comes when all data have been sent, and after an
 * error nothing but ROLLBACK is done.
 */
#include "fake_pq.h"
#include "world.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 120
#define LONGEST 64

/* The program frees its results; these are static, and freeing them does nothing. */
struct pg_result {
    ExecStatusType status;
    int rows;
    char cell[MOST_COLUMNS][3][LONGEST];
    const char *sqlstate, *context;
    char tuples[24];
};

static struct pg_result columns, name, table, plain, lock_refused, copying, copied;
static unsigned flags;
static bool no_table, committed, copy_ended, gone;
static uint64_t rows;

void fake_pq_start(struct bytes lines, unsigned with_flags, bool without_table)
{
    char *text = fuzz_copy(lines), *line = text, *next;
    memset(&columns, 0, sizeof columns);
    columns.status = PGRES_TUPLES_OK;
    for (; line != NULL && *line != '\0' && columns.rows < MOST_COLUMNS; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        for (int i = 0; i < 3; i++) {
            size_t length = strcspn(line, "\t");
            snprintf(columns.cell[columns.rows][i], LONGEST, "%.*s", (int)length, line);
            line += length + (line[length] == '\t');
        }
        columns.rows++;
    }
    free(text);
    name = table = (struct pg_result){.status = PGRES_TUPLES_OK, .rows = 1};
    strcpy(name.cell[0][0], "public.t");
    strcpy(name.cell[0][1], "f");
    strcpy(table.cell[0][0], "public.t");
    strcpy(table.cell[0][1], "f");
    table.rows = !without_table;
    plain = (struct pg_result){.status = PGRES_COMMAND_OK};
    copying = (struct pg_result){.status = PGRES_COPY_IN};
    lock_refused = (struct pg_result){.status = PGRES_FATAL_ERROR, .sqlstate = "55P03"};
    flags = with_flags;
    no_table = without_table;
    committed = copy_ended = gone = false;
    rows = 0;
}

bool fake_pq_committed(void)
{
    return committed;
}

static PGresult *answer(const char *sql)
{
    committed = strcmp(sql, "COMMIT") == 0;
    if (strncmp(sql, "CREATE TABLE", 12) == 0) {
        table.rows = 1;
        return &plain;
    }
    if (strncmp(sql, "COPY", 4) == 0)
        return &copying;
    if (strncmp(sql, "LOCK", 4) == 0 && (flags & PQ_KEEPS_LOCK) != 0)
        return &lock_refused;
    if (strstr(sql, "parse_ident") != NULL)
        return &name;
    if (strstr(sql, "pg_attribute") != NULL)
        return &columns;
    if (strstr(sql, "pg_class") != NULL)
        return &table;
    return &plain;
}

PGconn *PQconnectdbParams(const char *const *keywords, const char *const *values, int expand)
{
    (void)keywords, (void)values, (void)expand;
    return (PGconn *)&flags;
}

ConnStatusType PQstatus(const PGconn *connection)
{
    (void)connection;
    return gone ? CONNECTION_BAD : CONNECTION_OK;
}

PQnoticeProcessor PQsetNoticeProcessor(PGconn *connection, PQnoticeProcessor processor, void *arg)
{
    (void)connection, (void)processor, (void)arg;
    return NULL;
}

PGresult *PQexecParams(PGconn *connection, const char *sql, int count, const Oid *types,
                       const char *const *values, const int *lengths, const int *formats, int form)
{
    (void)connection, (void)count, (void)types, (void)values, (void)lengths, (void)formats;
    (void)form;
    return answer(sql);
}

PGresult *PQexec(PGconn *connection, const char *sql)
{
    (void)connection;
    return answer(sql);
}

ExecStatusType PQresultStatus(const PGresult *result)
{
    return result == NULL ? PGRES_FATAL_ERROR : result->status;
}

char *PQgetvalue(const PGresult *result, int row, int column)
{
    if (row < 0 || row >= result->rows || column < 0 || column > 2)
        fuzz_fail("row %d, column %d of a result of %d rows", row, column, result->rows);
    return (char *)result->cell[row][column];
}

int PQntuples(const PGresult *result)
{
    return result->rows;
}

void PQclear(PGresult *result)
{
    (void)result;
}

char *PQresultErrorField(const PGresult *result, int field)
{
    return (char *)(result->status != PGRES_FATAL_ERROR ? NULL
                    : field == PG_DIAG_SQLSTATE         ? result->sqlstate
                    : field == PG_DIAG_CONTEXT          ? result->context
                                                        : "it is refused\nDETAIL");
}

char *PQerrorMessage(const PGconn *connection)
{
    (void)connection;
    return (char *)(gone ? "the server is gone\n" : "");
}

char *PQcmdTuples(PGresult *result)
{
    return result->tuples;
}

char *PQescapeIdentifier(PGconn *connection, const char *text, size_t length)
{
    (void)connection;
    char *quoted = malloc(2 * length + 3), *to = quoted;
    *to++ = '"';
    for (size_t i = 0; i < length && text[i] != '\0'; i++) {
        if (text[i] == '"')
            *to++ = '"';
        *to++ = text[i];
    }
    strcpy(to, "\"");
    return quoted;
}

void PQfreemem(void *memory)
{
    free(memory);
}

void PQfinish(PGconn *connection)
{
    (void)connection;
}

int PQputCopyData(PGconn *connection, const char *bytes, int length)
{
    (void)connection;
    struct world_stream *stream = world_stream_named("table");
    if (length < 0)
        fuzz_fail("%d bytes are sent", length);
    gone = gone || ((flags & PQ_GOES_AWAY) != 0 && stream->written > 100);
    if (gone)
        return -1;
    world_add(stream, bytes, (size_t)length);
    for (int i = 0; i < length; i++)
        rows += bytes[i] == '\n';
    return 1;
}

int PQconsumeInput(PGconn *connection)
{
    (void)connection;
    return !gone;
}

int PQputCopyEnd(PGconn *connection, const char *error)
{
    (void)connection, (void)error;
    return gone ? -1 : 1;
}

PGresult *PQgetResult(PGconn *connection)
{
    (void)connection;
    if (copy_ended || gone)
        return NULL;
    copy_ended = true;
    copied = (struct pg_result){.status = PGRES_COMMAND_OK};
    if ((flags & PQ_LOSES_ROW) != 0 && rows > 0)
        rows--;
    if ((flags & PQ_REFUSES) != 0) {
        copied.status = PGRES_FATAL_ERROR;
        copied.sqlstate = "22P02";
        copied.context = "COPY t, line 2, column a: \"x\"";
    }
    snprintf(copied.tuples, sizeof copied.tuples, "%llu", (unsigned long long)rows);
    return &copied;
}
