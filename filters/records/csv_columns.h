/* csv_columns.h - the columns of the bulk files that are true CSV, for file_types.c. Each table is
 * in the order of the file as it was last seen, and ended by a column without fec_name. */
#ifndef RECORDS_CSV_COLUMNS_H
#define RECORDS_CSV_COLUMNS_H

#include "records/column_types.h"

extern const struct column_type independent_expenditure_columns[];
extern const struct column_type committee_summary_columns[];
extern const struct column_type candidate_summary_columns[];
extern const struct column_type communication_costs_columns[];
extern const struct column_type electioneering_columns[];
extern const struct column_type form_1_columns[];
extern const struct column_type form_2_columns[];

#endif
