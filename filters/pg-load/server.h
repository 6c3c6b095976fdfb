/* server.h - the one connection to PostgreSQL, and what its failures mean. */
#ifndef PG_LOAD_SERVER_H
#define PG_LOAD_SERVER_H

#include "base/strbuf.h"

#include <libpq-fe.h>
#include <stdbool.h>

/* Connects as `conninfo` says, NULL for libpq's environment alone; EX_UNAVAILABLE if that fails. */
void server_connect(const char *conninfo);
void server_disconnect(void);

/* The connection, for COPY. */
PGconn *server_connection(void);

/* Runs a query with up to two text parameters, which can be NULL; ends the program if it fails.
 * `what` begins the message. */
PGresult *server_query(const char *what, const char *sql, const char *first, const char *second);
void server_execute(const char *what, const char *sql);

/* Locks a table against everybody else, within a transaction; returns false if somebody uses it who
 * does not give way within 3 s. */
bool server_lock(const char *table);

/* Adds a quoted identifier to SQL text. */
void server_add_identifier(struct strbuf *text, const char *name);

/* The exit status for a SQLSTATE; NULL if there is none, because the connection is gone. */
int server_exit_code(const char *sqlstate);

/* The first line of a message of libpq's, which end in newlines. Valid until the next call. */
const char *server_message(const char *message);

/* Ends the program because of a result, or of the connection if that is NULL. */
_Noreturn void server_die(const char *what, const PGresult *result);

#endif
