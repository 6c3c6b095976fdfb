/* api.c - the rows of schedule_a, committees and candidates, as tables of their keys
 *
 * What is hard is not the JSON but what openFEC's views make of a row: which code is which, what is
 * null, and which rows are not there at all; api.h lists it. The keys are those of openFEC's models
 * and schemas (webservices/common/models/itemized.py, committees.py, candidates.py), in
 * alphabetical order, as its server writes them.
 */
#include "api.h"
#include "api_object.h"
#include "draw.h"
#include "json.h"
#include "words.h"

#include <string.h>

/* What draws are for, see population.c. */
enum { FOR_CENTS = 0x60, FOR_NULLS };

/* Places of the fields in the lines. */
enum {
    INDIV_COMMITTEE,
    INDIV_REPORT = 2,
    INDIV_ELECTION,
    INDIV_IMAGE,
    INDIV_TYPE,
    INDIV_ENTITY,
    INDIV_NAME,
    INDIV_CITY,
    INDIV_STATE,
    INDIV_ZIP,
    INDIV_EMPLOYER,
    INDIV_OCCUPATION,
    INDIV_DATE,
    INDIV_AMOUNT,
    INDIV_OTHER,
    INDIV_TRANSACTION,
    INDIV_FILE,
    INDIV_MEMO_CODE,
    INDIV_MEMO,
    INDIV_SUB_ID
};
enum {
    CM_ID,
    CM_NAME,
    CM_TREASURER,
    CM_STATE = 6,
    CM_DESIGNATION = 8,
    CM_TYPE,
    CM_PARTY,
    CM_FREQUENCY,
    CM_ORGANIZATION,
    CM_CONNECTED,
    CM_CANDIDATE
};
enum {
    CN_ID,
    CN_NAME,
    CN_PARTY,
    CN_YEAR,
    CN_STATE,
    CN_OFFICE,
    CN_DISTRICT,
    CN_CHALLENGE,
    CN_STATUS,
    CN_COMMITTEE
};

/* --- contributions */

static uint64_t nulls_of(const struct source *source)
{
    return mix(source->row->bits, FOR_NULLS);
}

static bool is_field(const struct source *source, int field, const char *value)
{
    size_t length;
    const char *text = field_of(source, field, &length);
    return length == strlen(value) && memcmp(text, value, length) == 0;
}

static bool is_one_of(const struct source *source, int field, const char *const values[])
{
    for (; *values != NULL; values++)
        if (is_field(source, field, *values))
            return true;
    return false;
}

/* The action code: A add, C change, N no change, or null. It has nothing to do with AMNDT_IND. */
static char action_of(const struct source *source)
{
    if (source->row->corrected != 0)
        return 'C';
    if (source->row->group->before != 0)
        return 'N';
    return (nulls_of(source) & 15) == 0 ? '\0' : 'A';
}

static void write_action(const struct source *source, int field)
{
    char action = action_of(source);
    (void)field;
    json_text_or_null(source->output, &action, action != '\0' ? 1 : 0);
}

static void write_action_words(const struct source *source, int field)
{
    char action = action_of(source);
    (void)field;
    output_text(source->output, action == 'A'   ? "\"ADD\""
                                : action == 'C' ? "\"CHANGE\""
                                : action == 'N' ? "\"NO CHANGE\""
                                                : "null");
}

/* The number of the filer's is there for electronic filings only, whose SUB_ID begins with 4. */
static void write_transaction_id(const struct source *source, int field)
{
    size_t length;
    if (*field_of(source, INDIV_SUB_ID, &length) == '4')
        write_text(source, field);
    else
        output_text(source->output, "null");
}

static const char *line_of(const struct source *source)
{
    if (is_field(source, INDIV_TYPE, "15C"))
        return "11D";
    return is_field(source, INDIV_TYPE, "30T") ? "17" : "11AI";
}

static void write_line_number(const struct source *source, int field)
{
    (void)field;
    output_format(source->output, "\"%s\"", line_of(source));
}

/* Does the other side's id repeat the committee's own? */
static bool names_itself(const struct source *source)
{
    size_t length, own_length;
    const char *text = field_of(source, INDIV_OTHER, &length);
    const char *own = field_of(source, INDIV_COMMITTEE, &own_length);
    return length == own_length && memcmp(text, own, length) == 0;
}

static void write_contributor_id(const struct source *source, int field)
{
    if (names_itself(source))
        output_text(source->output, "null");
    else
        write_text(source, field);
}

static void write_own_id(const struct source *source, int field)
{
    if (names_itself(source))
        write_text(source, field);
    else
        output_text(source->output, "null");
}

static void write_contributor(const struct source *source, int field)
{
    if (names_itself(source))
        output_text(source->output, "null");
    else
        write_committee(source, field);
}

/* Is one of the two ways to name the election, or both, left out? */
static bool has_no_election_type(const struct source *source)
{
    return (nulls_of(source) >> 8 & 3) == 0;
}

static bool has_no_election(const struct source *source)
{
    return has_no_election_type(source) && (nulls_of(source) >> 10 & 3) == 0;
}

static void write_election_type(const struct source *source, int field)
{
    if (has_no_election_type(source))
        output_text(source->output, "null");
    else
        write_text(source, field);
}

static void write_election_words(const struct source *source, int field)
{
    size_t length;
    const char *text = field_of(source, field, &length);
    if (length == 0 || has_no_election(source))
        output_text(source->output, "null");
    else
        output_text(source->output, *text == 'P' ? "\"PRIMARY\"" : "\"GENERAL\"");
}

static void write_election_year(const struct source *source, int field)
{
    size_t length;
    const char *text = field_of(source, field, &length);
    bool is_null = length == 0 || has_no_election(source);
    json_text_or_null(source->output, text + 1, is_null ? 0 : length - 1);
}

static int64_t cents_of(const struct source *source)
{
    uint64_t bits = mix(source->row->bits, FOR_CENTS);
    int64_t cents = source->line->cents;
    if (cents % 100 == 0 && bits % 5 < 2)
        cents += (cents < 0 ? -1 : 1) * (int64_t)(1 + (bits >> 8) % 99);
    return cents;
}

/* The FEC's rule: by the code, or below $200 on a line for individuals. */
static void write_is_individual(const struct source *source, int field)
{
    static const char *const types[] = {"10",  "10J", "11",  "11J", "15",  "15E", "15J",
                                        "30",  "30E", "30J", "30T", "31",  "31E", "31J",
                                        "31T", "32",  "32E", "32J", "32T", NULL};
    bool is_small = cents_of(source) < 20000 && strcmp(line_of(source), "11D") != 0;
    output_text(source->output, is_small || is_one_of(source, field, types) ? "true" : "false");
}

static void write_amount(const struct source *source, int field)
{
    int64_t cents = cents_of(source);
    (void)field;
    uint64_t size = cents < 0 ? (uint64_t)-cents : (uint64_t)cents;
    char text[40], *end = text;
    if (cents < 0)
        *end++ = '-';
    end = put_number(end, size / 100, 1);
    *end++ = '.';
    /* One decimal where that is enough, as Python writes a float. */
    end = size % 10 == 0 ? put_number(end, size % 100 / 10, 1) : put_number(end, size % 100, 2);
    output_write(source->output, text, (size_t)(end - text));
}

static void write_date(const struct source *source, int field)
{
    size_t length;
    const char *text = field_of(source, field, &length);
    /* Some copies have a time of day. */
    const char *time = (nulls_of(source) >> 12 & 7) == 0 ? "T00:00:00" : "";
    if (length == 0)
        output_text(source->output, "null");
    else
        output_format(source->output, "\"%.*s%s\"", (int)length, text, time);
}

static void write_pdf_url(const struct source *source, int field)
{
    size_t length;
    const char *text = field_of(source, field, &length);
    output_format(source->output, "\"https://docquery.fec.gov/cgi-bin/fecimg/?%.*s\"", (int)length,
                  text);
}

static void write_report_year(const struct source *source, int field)
{
    (void)field;
    output_format(source->output, "%.4s", calendar[source->report->first_day].iso);
}

static void write_is_memo(const struct source *source, int field)
{
    output_text(source->output, source->line->values[field].length > 0 ? "true" : "false");
}

/* The name before the comma, and what follows it and a blank. */
static void write_last_name(const struct source *source, int field)
{
    size_t length;
    const char *text = field_of(source, field, &length);
    const char *comma = memchr(text, ',', length);
    json_text_or_null(source->output, text, comma != NULL ? (size_t)(comma - text) : length);
}

static void write_first_name(const struct source *source, int field)
{
    size_t length;
    const char *text = field_of(source, field, &length);
    const char *comma = memchr(text, ',', length);
    size_t before = comma != NULL ? (size_t)(comma - text) + 2 : length;
    json_text_or_null(source->output, text + before, length > before ? length - before : 0);
}

/* --- the tables */

static const struct key schedule_a_keys[] = {
    {"amendment_indicator", write_action, 0, NULL},
    {"amendment_indicator_desc", write_action_words, 0, NULL},
    {"back_reference_schedule_name", NULL, 0, NULL},
    {"back_reference_transaction_id", NULL, 0, NULL},
    {"candidate_first_name", NULL, 0, NULL},
    {"candidate_id", NULL, 0, NULL},
    {"candidate_last_name", NULL, 0, NULL},
    {"candidate_middle_name", NULL, 0, NULL},
    {"candidate_name", NULL, 0, NULL},
    {"candidate_office", NULL, 0, NULL},
    {"candidate_office_district", NULL, 0, NULL},
    {"candidate_office_full", NULL, 0, NULL},
    {"candidate_office_state", NULL, 0, NULL},
    {"candidate_office_state_full", NULL, 0, NULL},
    {"candidate_prefix", NULL, 0, NULL},
    {"candidate_suffix", NULL, 0, NULL},
    {"committee", write_committee, INDIV_COMMITTEE, NULL},
    {"committee_id", write_text, INDIV_COMMITTEE, NULL},
    {"committee_name", write_committee_name, INDIV_COMMITTEE, NULL},
    {"conduit_committee_city", NULL, 0, NULL},
    {"conduit_committee_id", NULL, 0, NULL},
    {"conduit_committee_name", NULL, 0, NULL},
    {"conduit_committee_state", NULL, 0, NULL},
    {"conduit_committee_street1", NULL, 0, NULL},
    {"conduit_committee_street2", NULL, 0, NULL},
    {"conduit_committee_zip", NULL, 0, NULL},
    {"contribution_receipt_amount", write_amount, 0, NULL},
    {"contribution_receipt_date", write_date, INDIV_DATE, NULL},
    {"contributor", write_contributor, INDIV_OTHER, NULL},
    {"contributor_aggregate_ytd", write_amount, 0, NULL},
    {"contributor_city", write_text, INDIV_CITY, NULL},
    {"contributor_employer", write_text, INDIV_EMPLOYER, NULL},
    {"contributor_first_name", write_first_name, INDIV_NAME, NULL},
    {"contributor_id", write_contributor_id, INDIV_OTHER, NULL},
    {"contributor_last_name", write_last_name, INDIV_NAME, NULL},
    {"contributor_middle_name", NULL, 0, NULL},
    {"contributor_name", write_text, INDIV_NAME, NULL},
    {"contributor_occupation", write_text, INDIV_OCCUPATION, NULL},
    {"contributor_prefix", NULL, 0, NULL},
    {"contributor_state", write_text, INDIV_STATE, NULL},
    {"contributor_street_1", NULL, 0, NULL},
    {"contributor_street_2", NULL, 0, NULL},
    {"contributor_suffix", NULL, 0, NULL},
    {"contributor_zip", write_text, INDIV_ZIP, NULL},
    {"donor_committee_name", NULL, 0, NULL},
    {"election_type", write_election_type, INDIV_ELECTION, NULL},
    {"election_type_full", NULL, 0, NULL},
    {"entity_type", write_text, INDIV_ENTITY, NULL},
    {"entity_type_desc", NULL, 0, NULL},
    {"fec_election_type_desc", write_election_words, INDIV_ELECTION, NULL},
    {"fec_election_year", write_election_year, INDIV_ELECTION, NULL},
    {"file_number", write_number, INDIV_FILE, NULL},
    {"filing_form", NULL, 0, "\"F3\""},
    {"image_number", write_text, INDIV_IMAGE, NULL},
    {"increased_limit", NULL, 0, NULL},
    {"is_individual", write_is_individual, INDIV_TYPE, NULL},
    {"line_number", write_line_number, 0, NULL},
    {"line_number_label", NULL, 0, "\"Contributions From Individuals\""},
    {"link_id", write_number, INDIV_FILE, NULL},
    {"load_date", write_load_date, 0, NULL},
    {"memo_code", write_text, INDIV_MEMO_CODE, NULL},
    {"memo_code_full", NULL, 0, NULL},
    {"memo_text", write_text, INDIV_MEMO, NULL},
    {"memoed_subtotal", write_is_memo, INDIV_MEMO_CODE, NULL},
    {"national_committee_nonfederal_account", NULL, 0, NULL},
    {"original_sub_id", NULL, 0, NULL},
    {"pdf_url", write_pdf_url, INDIV_IMAGE, NULL},
    {"receipt_type", write_text, INDIV_TYPE, NULL},
    {"receipt_type_desc", NULL, 0, NULL},
    {"receipt_type_full", NULL, 0, NULL},
    {"recipient_committee_designation", NULL, 0, "\"P\""},
    {"recipient_committee_org_type", NULL, 0, NULL},
    {"recipient_committee_type", NULL, 0, "\"H\""},
    {"report_type", write_text, INDIV_REPORT, NULL},
    {"report_year", write_report_year, 0, NULL},
    {"schedule_type", NULL, 0, "\"SA\""},
    {"schedule_type_full", NULL, 0, "\"ITEMIZED RECEIPTS\""},
    {"sub_id", write_text, INDIV_SUB_ID, NULL},
    {"transaction_id", write_transaction_id, INDIV_TRANSACTION, NULL},
    {"two_year_transaction_period", write_cycle, 0, NULL},
    {"unused_contbr_id", write_own_id, INDIV_OTHER, NULL},
    {NULL, NULL, 0, NULL},
};

static const struct key committee_keys[] = {
    {"affiliated_committee_name", write_text, CM_CONNECTED, NULL},
    {"candidate_ids", write_texts, CM_CANDIDATE, NULL},
    {"committee_id", write_text, CM_ID, NULL},
    {"committee_type", write_text, CM_TYPE, NULL},
    {"committee_type_full", NULL, 0, NULL},
    {"cycles", write_cycles, 0, NULL},
    {"designated_agent_city", NULL, 0, NULL},
    {"designated_agent_name", NULL, 0, NULL},
    {"designated_agent_state", NULL, 0, NULL},
    {"designated_agent_zip", NULL, 0, NULL},
    {"designation", write_text, CM_DESIGNATION, NULL},
    {"designation_full", NULL, 0, NULL},
    {"filing_frequency", write_text, CM_FREQUENCY, NULL},
    {"first_f1_date", write_first_date, 0, NULL},
    {"first_file_date", write_first_date, 0, NULL},
    {"last_f1_date", write_last_date, 0, NULL},
    {"last_file_date", write_last_date, 0, NULL},
    {"name", write_text, CM_NAME, NULL},
    {"organization_type", write_text, CM_ORGANIZATION, NULL},
    {"organization_type_full", NULL, 0, NULL},
    {"party", write_text, CM_PARTY, NULL},
    {"party_full", NULL, 0, NULL},
    {"sponsor_candidate_ids", NULL, 0, NULL},
    {"sponsor_candidate_list", NULL, 0, "[]"},
    {"state", write_text, CM_STATE, NULL},
    {"treasurer_name", write_text, CM_TREASURER, NULL},
    {NULL, NULL, 0, NULL},
};

static const struct key candidate_keys[] = {
    {"active_through", write_number, CN_YEAR, NULL},
    {"candidate_id", write_text, CN_ID, NULL},
    {"candidate_inactive", NULL, 0, "false"},
    {"candidate_status", write_text, CN_STATUS, NULL},
    {"cycles", write_cycles, 0, NULL},
    {"district", write_text, CN_DISTRICT, NULL},
    {"district_number", NULL, 0, NULL},
    {"election_districts", write_texts, CN_DISTRICT, NULL},
    {"election_years", write_numbers, CN_YEAR, NULL},
    {"federal_funds_flag", NULL, 0, "false"},
    {"first_file_date", write_first_date, 0, NULL},
    {"has_raised_funds", NULL, 0, "true"},
    {"inactive_election_years", NULL, 0, NULL},
    {"incumbent_challenge", write_text, CN_CHALLENGE, NULL},
    {"incumbent_challenge_full", NULL, 0, NULL},
    {"last_f2_date", write_last_date, 0, NULL},
    {"last_file_date", write_last_date, 0, NULL},
    {"load_date", write_load_date, 0, NULL},
    {"name", write_text, CN_NAME, NULL},
    {"office", write_text, CN_OFFICE, NULL},
    {"office_full", NULL, 0, NULL},
    {"party", write_text, CN_PARTY, NULL},
    {"party_full", NULL, 0, NULL},
    {"principal_committees", write_committees, CN_COMMITTEE, NULL},
    {"state", write_text, CN_STATE, NULL},
    {NULL, NULL, 0, NULL},
};

static const struct {
    const char *dataset, *name;
    const struct key *keys;
} tables[] = {
    {"indiv", "schedule_a", schedule_a_keys},
    {"cm", "committees", committee_keys},
    {"cn", "candidates", candidate_keys},
};

/* The index of a dataset's table, -1 without one. */
static int table_of(const struct dataset *dataset)
{
    for (int i = 0; i < (int)(sizeof tables / sizeof tables[0]); i++)
        if (strcmp(tables[i].dataset, dataset->name) == 0)
            return i;
    return -1;
}

const char *api_name(const struct dataset *dataset)
{
    int table = table_of(dataset);
    return table >= 0 ? tables[table].name : NULL;
}

/* Refunds are of Schedule B, which is another endpoint; so is money that a conduit gave back. */
static bool is_schedule_b(const struct source *source)
{
    static const char *const types[] = {"20Y", "21Y", "22Y", "40T", "40Y",
                                        "41T", "41Y", "42T", "42Y", NULL};
    return is_one_of(source, INDIV_TYPE, types) ||
           (source->line->cents < 0 && is_field(source, INDIV_TYPE, "24T"));
}

void api_write(struct output *output, const struct dataset *dataset, const struct sample *sample,
               const struct report *report, const struct row *row, const struct line *line)
{
    const struct source source = {output, sample, report, row, line};
    const struct key *keys = tables[table_of(dataset)].keys;
    if (keys == schedule_a_keys && is_schedule_b(&source))
        return;
    write_object(&source, keys);
    output_text(output, "\n");
}
