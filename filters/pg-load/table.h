/* table.h - the staging table: which one it is, its columns, making it. */
#ifndef PG_LOAD_TABLE_H
#define PG_LOAD_TABLE_H

#include "records/columns.h"

#include <libpq-fe.h>
#include <stdbool.h>

/* The name with its schema, allocated: that of the table which the search path leads to, or of the
 * schema in which a new one would be made. After this the search path need not be the user's. */
char *table_qualified(const char *table);

/* The quoted name of a table that exists, allocated, or NULL; EX_USAGE if it is one that people
 * query. */
char *table_find(const char *table);

/* Columns: name, type, and whether the records may lack it. */
PGresult *table_columns(const char *table);

/* Ends the program with EX_DATAERR, naming all of them, if a column is unknown to the table or
 * missing in the records. `from_model`: the columns are those of the model of --like. */
void table_match(const struct columns *columns, const char *table, const PGresult *table_columns,
                 bool from_model);

/* Creates a table with the columns that both the records and the model have, in the model's
 * order. */
void table_create(const char *table, const struct columns *columns, const PGresult *model_columns);

/* Empties a table. Returns false if somebody reads it meanwhile, a dump say, for whom the old rows
 * must stay: then it is as if they had been deleted, and not like new. */
bool table_empty(const char *table);

#endif
