/* fake_pq.h - a PostgreSQL server that is a handful of functions with the names of libpq's. */
#ifndef FUZZ_FAKE_PQ_H
#define FUZZ_FAKE_PQ_H

#include "fuzz.h"

/* Flags: what the server does. */
enum { PQ_LOSES_ROW = 2, PQ_REFUSES = 4, PQ_GOES_AWAY = 8, PQ_KEEPS_LOCK = 16 };

/* `columns` describes the table, a line a column: name, type, t or f. What is copied goes to the
 * world's file "table". */
void fake_pq_start(struct bytes columns, unsigned flags, bool no_table);

/* Whether a COMMIT was the last word. */
bool fake_pq_committed(void);

#endif
