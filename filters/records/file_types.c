/* file_types.c - the one table of the FEC's bulk files.
 *
 * What is hard here is the names. The FEC's are those of its header dictionaries; ours are the
 * API's (openFEC, webservices/common/models). The FEC describes pas2 and oth, which mix receipts
 * with disbursements, in the words that it uses for indiv, so their names are those of indiv.
 */
#include "records/file_types.h"
#include "records/csv_columns.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define TEXT COLUMN_TEXT
#define NUMBER COLUMN_NUMBER
#define AMOUNT COLUMN_AMOUNT
#define DATE COLUMN_DATE
#define COMMITTEE COLUMN_COMMITTEE_ID
#define CANDIDATE COLUMN_CANDIDATE_ID
#define FEC_ID COLUMN_FEC_ID
#define UNUSED COLUMN_UNUSED

/* Committee master */
static const struct column_type cm_columns[] = {
    {"CMTE_ID", "committee_id", COMMITTEE},
    {"CMTE_NM", "name", TEXT},
    {"TRES_NM", "treasurer_name", TEXT},
    {"CMTE_ST1", "street_1", TEXT},
    {"CMTE_ST2", "street_2", TEXT},
    {"CMTE_CITY", "city", TEXT},
    {"CMTE_ST", "state", TEXT},
    {"CMTE_ZIP", "zip", TEXT},
    {"CMTE_DSGN", "designation", TEXT},
    {"CMTE_TP", "committee_type", TEXT},
    {"CMTE_PTY_AFFILIATION", "party", TEXT},
    {"CMTE_FILING_FREQ", "filing_frequency", TEXT},
    {"ORG_TP", "organization_type", TEXT},
    {"CONNECTED_ORG_NM", "affiliated_committee_name", TEXT},
    {"CAND_ID", "candidate_id", TEXT},
    {NULL, NULL, TEXT},
};

/* Candidate master */
static const struct column_type cn_columns[] = {
    {"CAND_ID", "candidate_id", CANDIDATE},
    {"CAND_NAME", "name", TEXT},
    {"CAND_PTY_AFFILIATION", "party", TEXT},
    {"CAND_ELECTION_YR", "candidate_election_year", NUMBER},
    {"CAND_OFFICE_ST", "state", TEXT},
    {"CAND_OFFICE", "office", TEXT},
    {"CAND_OFFICE_DISTRICT", "district", TEXT},
    {"CAND_ICI", "incumbent_challenge", TEXT},
    {"CAND_STATUS", "candidate_status", TEXT},
    {"CAND_PCC", "principal_committee_id", TEXT},
    {"CAND_ST1", "address_street_1", TEXT},
    {"CAND_ST2", "address_street_2", TEXT},
    {"CAND_CITY", "address_city", TEXT},
    {"CAND_ST", "address_state", TEXT},
    {"CAND_ZIP", "address_zip", TEXT},
    {NULL, NULL, TEXT},
};

/* Candidate-committee linkage. Where a committee raises money for another one (designation J), the
 * other one's id stands in the candidate's place: 2016 has such lines. */
static const struct column_type ccl_columns[] = {
    {"CAND_ID", "candidate_id", FEC_ID},
    {"CAND_ELECTION_YR", "candidate_election_year", NUMBER},
    {"FEC_ELECTION_YR", "fec_election_year", NUMBER},
    {"CMTE_ID", "committee_id", COMMITTEE},
    {"CMTE_TP", "committee_type", TEXT},
    {"CMTE_DSGN", "committee_designation", TEXT},
    {"LINKAGE_ID", "linkage_id", NUMBER},
    {NULL, NULL, TEXT},
};

/* What indiv, pas2 and oth have in common; pas2 has one more column in the middle. */
// clang-format off
#define ITEMIZED_HEAD                                                                              \
    {"CMTE_ID", "committee_id", TEXT},                                                             \
    {"AMNDT_IND", "amendment_indicator", TEXT},                                                    \
    {"RPT_TP", "report_type", TEXT},                                                               \
    {"TRANSACTION_PGI", "election_type", TEXT},                                                    \
    {"IMAGE_NUM", "image_number", TEXT},                                                           \
    {"TRANSACTION_TP", "receipt_type", TEXT},                                                      \
    {"ENTITY_TP", "entity_type", TEXT},                                                            \
    {"NAME", "contributor_name", TEXT},                                                            \
    {"CITY", "contributor_city", TEXT},                                                            \
    {"STATE", "contributor_state", TEXT},                                                          \
    {"ZIP_CODE", "contributor_zip", TEXT},                                                         \
    {"EMPLOYER", "contributor_employer", TEXT},                                                    \
    {"OCCUPATION", "contributor_occupation", TEXT},                                                \
    {"TRANSACTION_DT", "contribution_receipt_date", DATE},                                         \
    {"TRANSACTION_AMT", "contribution_receipt_amount", AMOUNT},                                    \
    {"OTHER_ID", "other_id", TEXT}

#define ITEMIZED_TAIL                                                                              \
    {"TRAN_ID", "transaction_id", TEXT},                                                           \
    {"FILE_NUM", "file_number", NUMBER},                                                           \
    {"MEMO_CD", "memo_code", TEXT},                                                                \
    {"MEMO_TEXT", "memo_text", TEXT},                                                              \
    {"SUB_ID", "sub_id", NUMBER},                                                                  \
    {NULL, NULL, TEXT}
// clang-format on

/* Contributions by individuals; any transaction from one committee to another */
static const struct column_type indiv_columns[] = {ITEMIZED_HEAD, ITEMIZED_TAIL};

/* Committees to candidates, and independent expenditures */
static const struct column_type pas2_columns[] = {
    ITEMIZED_HEAD, {"CAND_ID", "candidate_id", TEXT}, ITEMIZED_TAIL};

/* Operating expenditures. The dictionary lists 25 columns; the data has an empty 26th. */
static const struct column_type oppexp_columns[] = {
    {"CMTE_ID", "committee_id", TEXT},
    {"AMNDT_IND", "amendment_indicator", TEXT},
    {"RPT_YR", "report_year", NUMBER},
    {"RPT_TP", "report_type", TEXT},
    {"IMAGE_NUM", "image_number", TEXT},
    {"LINE_NUM", "line_number", TEXT},
    {"FORM_TP_CD", "filing_form", TEXT},
    {"SCHED_TP_CD", "schedule_type", TEXT},
    {"NAME", "recipient_name", TEXT},
    {"CITY", "recipient_city", TEXT},
    {"STATE", "recipient_state", TEXT},
    {"ZIP_CODE", "recipient_zip", TEXT},
    {"TRANSACTION_DT", "disbursement_date", DATE},
    {"TRANSACTION_AMT", "disbursement_amount", AMOUNT},
    {"TRANSACTION_PGI", "election_type", TEXT},
    {"PURPOSE", "disbursement_description", TEXT},
    {"CATEGORY", "category_code", TEXT},
    {"CATEGORY_DESC", "category_code_full", TEXT},
    {"MEMO_CD", "memo_code", TEXT},
    {"MEMO_TEXT", "memo_text", TEXT},
    {"ENTITY_TP", "entity_type", TEXT},
    {"SUB_ID", "sub_id", NUMBER},
    {"FILE_NUM", "file_number", NUMBER},
    {"TRAN_ID", "transaction_id", TEXT},
    {"BACK_REF_TRAN_ID", "back_reference_transaction_id", TEXT},
    {"", NULL, UNUSED},
    {NULL, NULL, TEXT},
};

/* All candidates (weball), House and Senate campaigns (webl): summary */
static const struct column_type weball_columns[] = {
    {"CAND_ID", "candidate_id", CANDIDATE},
    {"CAND_NAME", "candidate_name", TEXT},
    {"CAND_ICI", "incumbent_challenge", TEXT},
    {"PTY_CD", "party_code", TEXT},
    {"CAND_PTY_AFFILIATION", "party", TEXT},
    {"TTL_RECEIPTS", "receipts", AMOUNT},
    {"TRANS_FROM_AUTH", "transfers_from_other_authorized_committee", AMOUNT},
    {"TTL_DISB", "disbursements", AMOUNT},
    {"TRANS_TO_AUTH", "transfers_to_other_authorized_committee", AMOUNT},
    {"COH_BOP", "cash_on_hand_beginning_period", AMOUNT},
    {"COH_COP", "cash_on_hand_end_period", AMOUNT},
    {"CAND_CONTRIB", "candidate_contribution", AMOUNT},
    {"CAND_LOANS", "loans_made_by_candidate", AMOUNT},
    {"OTHER_LOANS", "all_other_loans", AMOUNT},
    {"CAND_LOAN_REPAY", "repayments_loans_made_by_candidate", AMOUNT},
    {"OTHER_LOAN_REPAY", "repayments_other_loans", AMOUNT},
    {"DEBTS_OWED_BY", "debts_owed_by_committee", AMOUNT},
    {"TTL_INDIV_CONTRIB", "individual_contributions", AMOUNT},
    {"CAND_OFFICE_ST", "state", TEXT},
    {"CAND_OFFICE_DISTRICT", "district", TEXT},
    {"SPEC_ELECTION", "special_election_status", TEXT},
    {"PRIM_ELECTION", "primary_election_status", TEXT},
    {"RUN_ELECTION", "runoff_election_status", TEXT},
    {"GEN_ELECTION", "general_election_status", TEXT},
    {"GEN_ELECTION_PRECENT", "general_election_percentage", TEXT},
    {"OTHER_POL_CMTE_CONTRIB", "other_political_committee_contributions", AMOUNT},
    {"POL_PTY_CONTRIB", "political_party_committee_contributions", AMOUNT},
    {"CVG_END_DT", "coverage_end_date", DATE},
    {"INDIV_REFUNDS", "refunded_individual_contributions", AMOUNT},
    {"CMTE_REFUNDS", "refunded_other_political_committee_contributions", AMOUNT},
    {NULL, NULL, TEXT},
};

/* PAC and party summary */
static const struct column_type webk_columns[] = {
    {"CMTE_ID", "committee_id", COMMITTEE},
    {"CMTE_NM", "committee_name", TEXT},
    {"CMTE_TP", "committee_type", TEXT},
    {"CMTE_DSGN", "committee_designation", TEXT},
    {"CMTE_FILING_FREQ", "filing_frequency", TEXT},
    {"TTL_RECEIPTS", "receipts", AMOUNT},
    {"TRANS_FROM_AFF", "transfers_from_affiliated_party", AMOUNT},
    {"INDV_CONTRIB", "individual_contributions", AMOUNT},
    {"OTHER_POL_CMTE_CONTRIB", "other_political_committee_contributions", AMOUNT},
    {"CAND_CONTRIB", "candidate_contribution", AMOUNT},
    {"CAND_LOANS", "loans_made_by_candidate", AMOUNT},
    {"TTL_LOANS_RECEIVED", "loans", AMOUNT},
    {"TTL_DISB", "disbursements", AMOUNT},
    {"TRANF_TO_AFF", "transfers_to_affiliated_committee", AMOUNT},
    {"INDV_REFUNDS", "refunded_individual_contributions", AMOUNT},
    {"OTHER_POL_CMTE_REFUNDS", "refunded_other_political_committee_contributions", AMOUNT},
    {"CAND_LOAN_REPAY", "repayments_loans_made_by_candidate", AMOUNT},
    {"LOAN_REPAY", "loan_repayments_made", AMOUNT},
    {"COH_BOP", "cash_on_hand_beginning_period", AMOUNT},
    {"COH_COP", "cash_on_hand_end_period", AMOUNT},
    {"DEBTS_OWED_BY", "debts_owed_by_committee", AMOUNT},
    {"NONFED_TRANS_RECEIVED", "transfers_from_nonfed_account", AMOUNT},
    {"CONTRIB_TO_OTHER_CMTE", "fed_candidate_committee_contributions", AMOUNT},
    {"IND_EXP", "independent_expenditures", AMOUNT},
    {"PTY_COORD_EXP", "coordinated_expenditures_by_party_committee", AMOUNT},
    {"NONFED_SHARE_EXP", "shared_nonfed_operating_expenditures", AMOUNT},
    {"CVG_END_DT", "coverage_end_date", DATE},
    {NULL, NULL, TEXT},
};

/* Keys that are no column, see the files of sql/schema. */
static const struct computed_key candidate_key = {{"Cand_Id"}, false};
static const struct computed_key committee_key = {{"CMTE_ID", "FEC_ELECTION_YR", "CAND_ID"}, false};
static const struct computed_key expenditure_key = {{"file_num", "tran_id"}, true};
static const struct computed_key electioneering_key = {{"SB_IMAGE_NUM", "CANDIDATE_ID"}, true};
static const struct computed_key form_1_key = {{"COMMITTEE_ID", "BEGIN_IMAGE_NUMBER"}, true};
static const struct computed_key form_2_key = {{"CANDIDATE_ID", "BEGIN_IMAGE_NUMBER"}, true};

/* Since when: the list of the FEC's page of bulk data. */
const struct file_type all_types[] = {
    {"cm", "committees", "cm{yy}.zip", "cm.txt", "committee", "committee_id", 1980, true,
     cm_columns, NULL},
    {"cn", "candidates", "cn{yy}.zip", "cn.txt", "candidate", "candidate_id", 1980, true,
     cn_columns, NULL},
    {"ccl", "candidate-committee links", "ccl{yy}.zip", "ccl.txt", "candidate_committee_link",
     "linkage_id", 2000, true, ccl_columns, NULL},
    {"indiv", "contributions", "indiv{yy}.zip", "itcont.txt", "contribution", "sub_id", 1980, true,
     indiv_columns, NULL},
    {"pas2", "contributions to candidates", "pas2{yy}.zip", "itpas2.txt", "committee_contribution",
     "sub_id", 1980, true, pas2_columns, NULL},
    {"oth", "committee transactions", "oth{yy}.zip", "itoth.txt", "committee_transaction", "sub_id",
     1980, true, indiv_columns, NULL},
    {"oppexp", "operating expenditures", "oppexp{yy}.zip", "oppexp.txt", "operating_expenditure",
     "sub_id", 2004, true, oppexp_columns, NULL},
    {"weball", "candidate summaries", "weball{yy}.zip", "weball[0-9][0-9].txt", "candidate_summary",
     "candidate_id", 1980, false, weball_columns, NULL},
    {"webl", "congressional summaries", "webl{yy}.zip", "webl[0-9][0-9].txt",
     "congressional_summary", "candidate_id", 1996, false, weball_columns, NULL},
    {"webk", "committee summaries", "webk{yy}.zip", "webk[0-9][0-9].txt", "committee_summary",
     "committee_id", 1996, false, webk_columns, NULL},
    {"independent_expenditure", "independent expenditures", "independent_expenditure_{cycle}.csv",
     NULL, "independent_expenditure", "record_key", 2010, false, independent_expenditure_columns,
     &expenditure_key},
    {"committee_summary", "committee totals", "committee_summary_{cycle}.csv", NULL,
     "committee_totals", "record_key", 2008, false, committee_summary_columns, &committee_key},
    {"candidate_summary", "candidate totals", "candidate_summary_{cycle}.csv", NULL,
     "candidate_totals", "record_key", 2008, false, candidate_summary_columns, &candidate_key},
    {"CommunicationCosts", "communication costs", "CommunicationCosts_{cycle}.csv", NULL,
     "communication_cost", "sub_id", 2010, false, communication_costs_columns, NULL},
    {"ElectioneeringComm", "electioneering communications", "ElectioneeringComm_{cycle}.csv", NULL,
     "electioneering_communication", "record_key", 2010, false, electioneering_columns,
     &electioneering_key},
    {"Form1Filer", "statements of organization", "Form1Filer_{cycle}.csv", NULL,
     "statement_of_organization", "record_key", 2010, false, form_1_columns, &form_1_key},
    {"Form2Filer", "statements of candidacy", "Form2Filer_{cycle}.csv", NULL,
     "statement_of_candidacy", "record_key", 2008, false, form_2_columns, &form_2_key},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, false, NULL, NULL},
};

const struct file_type *type_find(const char *name)
{
    for (const struct file_type *type = all_types; type->name != NULL; type++)
        if (strcmp(type->name, name) == 0)
            return type;
    return NULL;
}

void type_path(const struct file_type *type, unsigned cycle, char path[TYPE_PATH])
{
    size_t length = (size_t)snprintf(path, TYPE_PATH, "%u/", cycle);
    for (const char *c = type->file; *c != '\0' && length < TYPE_PATH; c++) {
        size_t left = TYPE_PATH - length;
        if (strncmp(c, "{cycle}", 7) == 0) {
            length += (size_t)snprintf(path + length, left, "%u", cycle);
            c += 6;
        } else if (strncmp(c, "{yy}", 4) == 0) {
            length += (size_t)snprintf(path + length, left, "%02u", cycle % 100);
            c += 3;
        } else {
            length += (size_t)snprintf(path + length, left, "%c", *c);
        }
    }
}
