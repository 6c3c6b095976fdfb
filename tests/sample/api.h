/* api.h - the rows of indiv, cm and cn as the API gives them, a JSON object a line.
 *
 * They say the same as the lines of the bulk files, and differ where the API does:
 *
 * - Rows of Schedule B (refunds) are not there. Others are there that indiv does not have: one for
 *   each four of its rows, most of them not coded (receipt_type is null) and below $200, some a
 *   participant's share of what a joint fundraiser got (15J, 10J), some from committees (18K).
 * - is_individual follows from type, amount and line.
 * - amendment_indicator is an action code: A (add), C (change), N (no change) or null.
 * - transaction_id is null where SUB_ID does not begin with 4, as of reports on paper.
 * - contributor_id is null where it is the committee's own; then unused_contbr_id has it.
 * - Of the contributions whose amount is of whole dollars, two in five have cents in the API, from
 *   which the bulk file's amount is cut.
 * - election_type is null in one row of four; what it says is in fec_election_type_desc and
 *   fec_election_year then, or, in one of sixteen, nowhere.
 * - An invalid date is null; texts are what is meant, not what the bulk file makes of it.
 * - Committees and candidates have no address but the state.
 *
 * A row is loaded in the month in which it came or was last corrected: month K is the calendar
 * month K of the cycle's even year (13 is January after it), of which the archive of month K, dated
 * the first of the next month, is the state at the end. load_date is some day of it up to the 28th,
 * in the small hours. last_file_date of the masters is made in the same way; their first_file_date
 * is in the month in which they came, or before the cycle if that was month 1.
 */
#ifndef SAMPLE_API_H
#define SAMPLE_API_H

#include "datasets.h"
#include "base/output.h"

/* The name that the API has for a dataset, "schedule_a"; NULL if it is not one of these three. */
const char *api_name(const struct dataset *dataset);

/* Writes a row as JSON, with a line end, or nothing if the API does not have it. `line` is that of
 * the bulk file, with its canonical values. */
void api_write(struct output *output, const struct dataset *dataset, const struct sample *sample,
               const struct report *report, const struct row *row, const struct line *line);

#endif
