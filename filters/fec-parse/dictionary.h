/* dictionary.h - the columns that the FEC says a file has, held against the table of types.
 *
 * For a bulk file they stand in its header dictionary (data_dictionaries/NAME_header_file.csv), for
 * a CSV file in the first row. Case and blanks around a name do not matter.
 */
#ifndef FEC_PARSE_DICTIONARY_H
#define FEC_PARSE_DICTIONARY_H

#include "fec-parse/csv.h"
#include "records/file_types.h"

#include <stddef.h>

/* Reads the header dictionary in the file `path` and compares it with the columns of `type`, one by
 * one. If any is missing, new, renamed or moved, reports each and ends the program with
 * EX_DATAERR. A column that is COLUMN_UNUSED stands in no dictionary. */
void dictionary_check(const char *path, const struct file_type *type);

/* Reads the header row of `csv` and finds the columns of `type` in it, in any order: column i is
 * in field place[i]. If any is missing, new or there twice, reports each and ends the program with
 * EX_DATAERR. */
void dictionary_match(struct csvfile *csv, const struct file_type *type,
                      size_t place[MOST_COLUMNS]);

#endif
