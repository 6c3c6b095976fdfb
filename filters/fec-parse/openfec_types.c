/* openfec_types.c - the table of the API's rows, and how each column of them is merged.
 *
 * What is hard here is that a key of the API can have the name of a bulk column and mean something
 * else, or be null where the FEC knows the value. So each column says where that is decided, in
 * fecgov/openFEC at commit ee6595e: "itemized" is webservices/common/models/itemized.py, V0024 and
 * V0004 are of data/migrations, "committees", "candidates" and "schemas" of webservices. The
 * meaning of the bulk columns is that of the FEC's file descriptions.
 */
#include "fec-parse/openfec_types.h"
#include "records/columns.h"
#include "records/endpoints.h"

#include <stddef.h>
#include <string.h>

#define TEXT COLUMN_TEXT
#define NUMBER COLUMN_NUMBER
#define AMOUNT COLUMN_AMOUNT
#define DATE COLUMN_DATE

/* Rows of /schedules/schedule_a/, as indiv. The view that feeds the table is fec_fitem_sched_a_vw,
 * V0024:1012. */
static const struct api_column schedule_a_columns[] = {
    {"committee_id", "committee_id", TEXT, AS_IS}, /* cmte_id, itemized:14 */
    /* The API's amendment_indicator is an action code of the row (A add, C change, N no change),
     * often the opposite of AMNDT_IND: action_cd, V0024:1066, itemized:165. The report's indicator
     * is not in the row at all. */
    {"", "amendment_indicator", TEXT, LACKS},
    {"report_type", "report_type", TEXT, AS_IS}, /* the report's, V0024:1086, itemized:16 */
    /* election_tp, itemized:160, often null; then fec_election_type_desc and fec_election_year
     * tell, itemized:162, or nothing does. */
    {API_ELECTION_KEY, "election_type", TEXT, LACKS},
    {"image_number", "image_number", TEXT, AS_IS}, /* image_num, itemized:17 */
    /* receipt_tp, itemized:123: null until the FEC has coded the row. */
    {"receipt_type", "receipt_type", TEXT, LACKS},
    {"entity_type", "entity_type", TEXT, AS_IS},                             /* itemized:86 */
    {"contributor_name", "contributor_name", TEXT, AS_IS},                   /* itemized:99 */
    {"contributor_city", "contributor_city", TEXT, AS_IS},                   /* itemized:112 */
    {"contributor_state", "contributor_state", TEXT, AS_IS},                 /* itemized:113 */
    {"contributor_zip", "contributor_zip", TEXT, AS_IS},                     /* itemized:114 */
    {"contributor_employer", "contributor_employer", TEXT, AS_IS},           /* itemized:115 */
    {"contributor_occupation", "contributor_occupation", TEXT, AS_IS},       /* itemized:117 */
    {"contribution_receipt_date", "contribution_receipt_date", DATE, AS_IS}, /* itemized:129 */
    /* numeric(30,2), itemized:130, and a Float in the JSON, schemas:1004. */
    {"contribution_receipt_amount", "contribution_receipt_amount", AMOUNT, AS_IS},
    /* clean_contbr_id, itemized:119: null where the FEC has the committee's own id,
     * clean_repeated(contbr_id, cmte_id), V0004:2275. */
    {"contributor_id", "other_id", TEXT, LACKS},
    /* tran_id, itemized:21: null unless sub_id begins with 4, so in paper filings, V0024:1068. */
    {"transaction_id", "transaction_id", TEXT, LACKS},
    {"file_number", "file_number", NUMBER, AS_IS}, /* file_num, itemized:22 */
    {"memo_code", "memo_code", TEXT, AS_IS},       /* memo_cd, itemized:126 */
    {"memo_text", "memo_text", TEXT, AS_IS},       /* itemized:128 */
    /* An integer, itemized:171, and a Str in the JSON, schemas:1008, for it overflows a double. */
    {"sub_id", "sub_id", NUMBER, AS_IS},
    /* pg_date, itemized:170: when the FEC loaded the row. No bulk file has it. */
    {LOAD_DATE_COLUMN, LOAD_DATE_COLUMN, COLUMN_LOAD_DATE, AS_IS},
    {NULL, NULL, TEXT, AS_IS},
};

/* Rows of /committees/, as cm: each committee as it is today, committees:73. Addresses are only in
 * the rows of /committee/ID/ and of its history, committees:104 and 168. */
static const struct api_column committee_columns[] = {
    {"committee_id", "committee_id", COLUMN_COMMITTEE_ID, AS_IS}, /* committees:65 */
    {"name", "name", TEXT, AS_IS},                                /* committees:27 */
    {"treasurer_name", "treasurer_name", TEXT, AS_IS},            /* committees:30 */
    {"street_1", "street_1", TEXT, LACKS},
    {"street_2", "street_2", TEXT, LACKS},
    {"city", "city", TEXT, LACKS},
    {"state", "state", TEXT, AS_IS}, /* committees:42 */
    {"zip", "zip", TEXT, LACKS},
    {"designation", "designation", TEXT, AS_IS},                             /* committees:35 */
    {"committee_type", "committee_type", TEXT, AS_IS},                       /* committees:32 */
    {"party", "party", TEXT, AS_IS},                                         /* committees:40 */
    {"filing_frequency", "filing_frequency", TEXT, AS_IS},                   /* committees:34 */
    {"organization_type", "organization_type", TEXT, AS_IS},                 /* committees:37 */
    {"affiliated_committee_name", "affiliated_committee_name", TEXT, AS_IS}, /* committees:39 */
    /* A list of all candidates that the committee was ever linked to, committees:66. */
    {API_CANDIDATES_KEY, "candidate_id", TEXT, LACKS},
    {NULL, NULL, TEXT, AS_IS},
};

/* Rows of /candidates/, as cn: each candidate as of today, candidates:79. The year of the election
 * is only in the rows of /candidate/ID/history/, candidates:145, addresses in those and of
 * /candidate/ID/, candidates:107 and 148; the principal committee's id is in none of them. */
static const struct api_column candidate_columns[] = {
    {"candidate_id", "candidate_id", COLUMN_CANDIDATE_ID, AS_IS}, /* candidates:76 */
    {"name", "name", TEXT, AS_IS},                                /* candidates:36 */
    {"party", "party", TEXT, AS_IS},                              /* candidates:39 */
    {"candidate_election_year", "candidate_election_year", NUMBER, LACKS},
    {"state", "state", TEXT, AS_IS},                             /* candidates:41 */
    {"office", "office", TEXT, AS_IS},                           /* candidates:37 */
    {"district", "district", TEXT, AS_IS},                       /* candidates:42 */
    {"incumbent_challenge", "incumbent_challenge", TEXT, AS_IS}, /* candidates:50 */
    {"candidate_status", "candidate_status", TEXT, AS_IS},       /* candidates:49 */
    {"principal_committee_id", "principal_committee_id", TEXT, LACKS},
    {"address_street_1", "address_street_1", TEXT, LACKS},
    {"address_street_2", "address_street_2", TEXT, LACKS},
    {"address_city", "address_city", TEXT, LACKS},
    {"address_state", "address_state", TEXT, LACKS},
    {"address_zip", "address_zip", TEXT, LACKS},
    {NULL, NULL, TEXT, AS_IS},
};

/* The rows of the histories are of one cycle, and say so under names of their own. Ended by one
 * without a name. */
static const struct api_type all_api_types[] = {
    {"committees", committee_columns, {[API_PERIOD] = "cycle", [API_CYCLES] = "cycles"}},
    {"candidates", candidate_columns, {[API_PERIOD] = "two_year_period", [API_CYCLES] = "cycles"}},
    {"schedule_a",
     schedule_a_columns,
     {[API_PERIOD] = "two_year_transaction_period",
      [API_ELECTION_DESC] = "fec_election_type_desc",
      [API_ELECTION_YEAR] = "fec_election_year"}},
    {NULL, NULL, {NULL}},
};

const struct api_type *api_type_find(const char *name)
{
    for (const struct api_type *type = all_api_types; type->name != NULL; type++)
        if (strcmp(type->name, name) == 0)
            return type;
    return NULL;
}

const struct file_type *api_records(const struct api_type *type)
{
    static struct file_type records;
    static struct column_type columns[MOST_COLUMNS + 1];
    records = *type_find(endpoint_find(type->name)->bulk);
    records.name = type->name;
    records.columns = columns;
    int i = 0;
    for (; type->columns[i].name != NULL; i++)
        columns[i] = (struct column_type){type->columns[i].key, type->columns[i].name,
                                          type->columns[i].kind};
    columns[i] = (struct column_type){NULL, NULL, TEXT};
    return &records;
}

bool api_lacks(const struct api_type *type, const char *column)
{
    for (const struct api_column *each = type->columns; each->name != NULL; each++)
        if (strcmp(each->name, column) == 0)
            return each->rule == LACKS;
    return strstr(column, "_as_filed") != NULL;
}
