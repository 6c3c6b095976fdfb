/* header.h - the columns of a type's records, in order, and the header line made of them. */
#ifndef FEC_PARSE_HEADER_H
#define FEC_PARSE_HEADER_H

#include "base/output.h"
#include "records/file_types.h"

/* Calls `take` with the columns of a type's records, in order: the name, the column of the file
 * that it is made of (NULL if there is none) and the kind of its values. */
void header_columns(const struct file_type *type,
                    void (*take)(void *context, const char *name, const struct column_type *column,
                                 enum column_kind kind),
                    void *context);

/* Writes the line of column names. */
void header_write(const struct file_type *type, struct output *output);

#endif
