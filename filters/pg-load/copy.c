/* copy.c - the records, by COPY.
 *
 * What is hard is to say which record was wrong. libpq tells of an error only when all data have
 * been sent, and the server counts its lines without the header line; so the line and the column
 * are taken from its message.
 */
#include "pg-load/copy.h"
#include "base/cli.h"
#include "base/progress.h"
#include "base/strbuf.h"
#include "pg-load/server.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void start_copy(const char *table, const struct columns *columns, bool freeze)
{
    struct strbuf sql = {0};
    strbuf_add(&sql, "COPY ");
    strbuf_add(&sql, table);
    for (int i = 0; i < columns->count; i++) {
        strbuf_add(&sql, i == 0 ? " (" : ", ");
        server_add_identifier(&sql, columns->name[i]);
    }
    strbuf_add(&sql, freeze ? ") FROM STDIN WITH (FREEZE)" : ") FROM STDIN");
    PGresult *result = PQexec(server_connection(), sql.text);
    if (PQresultStatus(result) != PGRES_COPY_IN)
        server_die(table, result);
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
        server_die(table, result);
    int code = server_exit_code(sqlstate);
    const char *line_text = context ? strstr(context, ", line ") : NULL;
    unsigned long long line = line_text ? strtoull(line_text + 7, NULL, 10) : 0;
    const char *column = line_text ? strstr(line_text, ", column ") : NULL;
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
    if (PQputCopyEnd(server_connection(), NULL) != 1)
        complain("%s: %s", table, server_message(PQerrorMessage(server_connection())));
    while ((result = PQgetResult(server_connection())) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            die_copy(table, result);
        rows = strtoull(PQcmdTuples(result), NULL, 10);
        PQclear(result);
    }
    if (PQstatus(server_connection()) != CONNECTION_OK)
        server_die(table, NULL);
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
static void copy_records(struct input *input, struct copy_counts *counts)
{
    char last = '\n';
    while (input_unread(input) > 0 || input_more(input)) {
        const char *block = input_bytes(input);
        size_t length = input_unread(input);
        if (PQputCopyData(server_connection(), block, (int)length) != 1 ||
            PQconsumeInput(server_connection()) != 1)
            return;
        counts->records += count_lines(block, length);
        counts->bytes += length;
        last = block[length - 1];
        input_consume(input, length);
        progress_at(counts->bytes, counts->records);
    }
    if (last != '\n')
        die(EX_DATAERR,
            "standard input: line %" PRIu64 ": no newline at its end: the input is cut "
            "short",
            counts->records + 2);
}

void copy_all(const char *table, const struct columns *columns, bool freeze, struct input *input,
              struct copy_counts *counts)
{
    start_copy(table, columns, freeze);
    progress_start("pg-load", 0);
    copy_records(input, counts);
    uint64_t rows = end_copy(table);
    progress_end();
    /* A line that is only "\." would end the data for the server, and for nobody else. */
    if (rows != counts->records)
        die(EX_DATAERR, "standard input: %" PRIu64 " records, but the server took %" PRIu64,
            counts->records, rows);
}
