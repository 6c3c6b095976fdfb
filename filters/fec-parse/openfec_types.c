/* openfec_types.c - the table of the API's rows, see openfec_types.h
 *
 * Source of the keys: fecgov/openFEC, webservices/common/models/itemized.py, committees.py and
 * candidates.py, with what webservices/schemas.py changes of them; their meaning in the bulk files:
 * the FEC's file descriptions. A row without a key that stands here has NULL in that column.
 */
#include "fec-parse/openfec_types.h"

#include <stddef.h>
#include <string.h>

#define TEXT COLUMN_TEXT
#define NUMBER COLUMN_NUMBER
#define AMOUNT COLUMN_AMOUNT
#define DATE COLUMN_DATE

/* Rows of /schedules/schedule_a/, as indiv. */
static const struct column_type schedule_a_columns[] = {
    {"committee_id", "committee_id", TEXT},
    {"amendment_indicator", "amendment_indicator", TEXT},
    {"report_type", "report_type", TEXT},
    /* election_tp; often null, and then fec_election_type_desc and fec_election_year tell. */
    {API_ELECTION_KEY, "election_type", TEXT},
    {"image_number", "image_number", TEXT},
    {"receipt_type", "receipt_type", TEXT},
    {"entity_type", "entity_type", TEXT},
    {"contributor_name", "contributor_name", TEXT},
    {"contributor_city", "contributor_city", TEXT},
    {"contributor_state", "contributor_state", TEXT},
    {"contributor_zip", "contributor_zip", TEXT},
    {"contributor_employer", "contributor_employer", TEXT},
    {"contributor_occupation", "contributor_occupation", TEXT},
    {"contribution_receipt_date", "contribution_receipt_date", DATE},
    /* A Float in the schema, of numeric(30,2) in the FEC's database. */
    {"contribution_receipt_amount", "contribution_receipt_amount", AMOUNT},
    /* clean_contbr_id: the contributor's id, null where it is the committee's own. */
    {"contributor_id", "other_id", TEXT},
    {"transaction_id", "transaction_id", TEXT},
    {"file_number", "file_number", NUMBER},
    {"memo_code", "memo_code", TEXT},
    {"memo_text", "memo_text", TEXT},
    /* An integer in the FEC's database, a Str in the schema, for it overflows a double. */
    {"sub_id", "sub_id", NUMBER},
    {NULL, NULL, TEXT},
};

/* Rows of /committees/, as cm. Addresses are only in the rows of /committee/ID/ and of its history.
 */
static const struct column_type committee_columns[] = {
    {"committee_id", "committee_id", TEXT},
    {"name", "name", TEXT},
    {"treasurer_name", "treasurer_name", TEXT},
    {"street_1", "street_1", TEXT},
    {"street_2", "street_2", TEXT},
    {"city", "city", TEXT},
    {"state", "state", TEXT},
    {"zip", "zip", TEXT},
    {"designation", "designation", TEXT},
    {"committee_type", "committee_type", TEXT},
    {"party", "party", TEXT},
    {"filing_frequency", "filing_frequency", TEXT},
    {"organization_type", "organization_type", TEXT},
    {"affiliated_committee_name", "affiliated_committee_name", TEXT},
    /* A list of all candidates that the committee ever was linked to. */
    {API_CANDIDATES_KEY, "candidate_id", TEXT},
    {NULL, NULL, TEXT},
};

/* Rows of /candidates/, as cn. The year of the election is only in the rows of
 * /candidate/ID/history/, addresses in those and of /candidate/ID/, the principal committee's id in
 * none that openFEC has today. */
static const struct column_type candidate_columns[] = {
    {"candidate_id", "candidate_id", TEXT},
    {"name", "name", TEXT},
    {"party", "party", TEXT},
    {"candidate_election_year", "candidate_election_year", NUMBER},
    {"state", "state", TEXT},
    {"office", "office", TEXT},
    {"district", "district", TEXT},
    {"incumbent_challenge", "incumbent_challenge", TEXT},
    {"candidate_status", "candidate_status", TEXT},
    {"principal_committee_id", "principal_committee_id", TEXT},
    {"address_street_1", "address_street_1", TEXT},
    {"address_street_2", "address_street_2", TEXT},
    {"address_city", "address_city", TEXT},
    {"address_state", "address_state", TEXT},
    {"address_zip", "address_zip", TEXT},
    {NULL, NULL, TEXT},
};

/* The rows of the histories are of one cycle, and say so under names of their own. */
const struct api_type all_api_types[] = {
    {{.name = "committees",
      .table = "committee",
      .key = "committee_id",
      .columns = committee_columns},
     {[API_PERIOD] = "cycle", [API_CYCLES] = "cycles"}},
    {{.name = "candidates",
      .table = "candidate",
      .key = "candidate_id",
      .columns = candidate_columns},
     {[API_PERIOD] = "two_year_period", [API_CYCLES] = "cycles"}},
    {{.name = "schedule_a",
      .table = "contribution",
      .key = "sub_id",
      .columns = schedule_a_columns},
     {[API_PERIOD] = "two_year_transaction_period",
      [API_ELECTION_DESC] = "fec_election_type_desc",
      [API_ELECTION_YEAR] = "fec_election_year"}},
    {{.name = NULL}, {NULL}},
};

const struct api_type *api_type_find(const char *name)
{
    for (const struct api_type *type = all_api_types; type->records.name != NULL; type++)
        if (strcmp(type->records.name, name) == 0)
            return type;
    return NULL;
}
