/* itemized.c - the lines of indiv, pas2 and oth
 *
 * The lengths of the fields, the shares of empty ones, the usual amounts and the forms of
 * transaction ids are those of the FEC's itcont.txt of 2018.
 */
#include "itemized.h"
#include "draw.h"
#include "transaction.h"
#include "words.h"

/* What draws are for, see population.c. */
enum { FOR_DONOR = 0x30, FOR_HOME, FOR_WORK, FOR_ROW, FOR_OTHER, FOR_TOWN };

/* Who gave or received, and what is said about it; the texts that a line is made of. */
struct party {
    char name[160], employer[120], trade[120], other_id[16], memo[80];
    size_t name_length, employer_length, trade_length, other_length, memo_length;
    const struct town *town;
    uint64_t zip; /* bits for put_zip */
    const char *type, *entity;
    bool memo_mark;
};

/* The person who gave: in one row of four that of the row before, as when somebody gives often. */
static uint64_t donor_of(const struct sample *sample, const struct row *row)
{
    uint64_t place = row->place;
    while (place % 8 != 0 && (mix(row->group->bits, place) >> 20 & 3) == 0)
        place--;
    uint64_t bits = mix(mix(row->group->bits, place), FOR_DONOR);
    return mix(mix(sample->seed, FOR_DONOR), bits % sample->donors);
}

static void put_donor_name(struct party *party, const struct row *row, uint64_t donor)
{
    unsigned given = (unsigned)(donor >> 12) % GIVEN_NAMES;
    given = corrected_choice(row, CORRECTS_NAME, given, GIVEN_NAMES, NULL);
    donor = (donor & ~((uint64_t)(GIVEN_NAMES - 1) << 12)) | (uint64_t)given << 12;
    party->name_length = (size_t)(put_person(party->name, donor) - party->name);
}

/* Payroll deductions come from one firm's people; of the others 4 of 9 have no employer, and say so
 * in one of many ways, or not at all. */
static void put_work(struct party *party, const struct report *report, const struct row *row,
                     uint64_t bits)
{
    static const char *const none[8] = {"NOT EMPLOYED", "RETIRED",       "N/A",  "SELF-EMPLOYED",
                                        "NONE",         "SELF EMPLOYED", "SELF", "NOT-EMPLOYED"};
    bool payroll = (report->bits & 3) == 0, has_none = !payroll && (bits & 63) < 28;
    unsigned number =
        payroll ? (unsigned)(report->bits >> 16) % EMPLOYERS : firm_number(mix(bits, 1));
    unsigned corrected;
    number = corrected_choice(row, CORRECTS_TEXT, number, FIRMS, &corrected);

    char *end = party->trade;
    if (!has_none)
        end = put_trade(end, mix(bits, 2));
    else if ((bits & 63) >= 2)
        end = put_text(end, bits >> 8 & 1 ? "RETIRED" : "NOT EMPLOYED");
    party->trade_length = (size_t)(end - party->trade);

    end = party->employer;
    if (!has_none || corrected > 0)
        end = put_firm(end, number);
    else if ((bits & 63) >= 2)
        end = put_text(end, none[bits >> 16 & 7]);
    party->employer_length = (size_t)(end - party->employer);
}

static void put_donor_memo(struct party *party, const struct report *report, uint64_t bits)
{
    static const char *const often[4] = {"BI-WEEKLY", "MONTHLY", "SEMI-MONTHLY", "WEEKLY"};
    char *end = party->memo;
    unsigned chance = bits >> 8 & 1023;
    party->type = "15";
    if ((report->bits & 3) == 0) {
        end = put_number(put_text(end, "P/R DEDUCTION ($"), 20 + (bits >> 24 & 255), 1);
        end = put_number(put_text(end, "."), (report->bits & 8) ? 0 : bits >> 40 & 63, 2);
        end = put_text(put_text(end, " "), often[report->bits >> 4 & 3]);
        end = put_text(end, ")");
    } else if ((report->bits & 31) == 1) {
        end = put_text(end, "* EARMARKED CONTRIBUTION: SEE BELOW");
        party->type = "15E";
    } else if (chance < 40) {
        end = put_text(end, chance < 20 ? "NON-CONTRIBUTION ACCOUNT" : "REATTRIBUTION TO SPOUSE");
        party->type = chance < 20 ? "10" : "15";
        party->memo_mark = chance >= 36;
    } else if (chance < 80) {
        static const char *const rare[20] = {"22Y", "22Y", "22Y", "22Y", "22Y", "21Y", "42Y",
                                             "24T", "24T", "24T", "24T", "24I", "24I", "15C",
                                             "15C", "15I", "15T", "19",  "11",  "30T"};
        party->type = rare[(chance - 40) / 2];
    }
    party->memo_length = (size_t)(end - party->memo);
}

/* A row that the API has and indiv has not: most are not coded, others a share of what a joint
 * fundraiser got, or a committee's. */
static void put_api_only(struct party *party, uint64_t bits)
{
    static const char *const types[16] = {"", "", "", "", "",    "",    "",    "",
                                          "", "", "", "", "15J", "15J", "10J", "18K"};
    party->type = types[bits >> 12 & 15];
    party->memo_mark = party->type[0] == '1' && party->type[2] == 'J';
    char *end = party->memo;
    if (party->memo_mark)
        end = put_text(end, "JOINT FUNDRAISER SHARE");
    party->memo_length = (size_t)(end - party->memo);
}

static void donor_party(struct party *party, const struct sample *sample,
                        const struct report *report, const struct row *row)
{
    uint64_t donor = donor_of(sample, row);
    party->memo_mark = false;
    party->entity = (donor >> 40 & 511) == 0 ? "ORG" : "IND";
    party->town = town_of(mix(donor, FOR_HOME));
    party->zip = mix(donor, FOR_TOWN);
    put_donor_name(party, row, donor);
    put_work(party, report, row, mix(donor, FOR_WORK));
    put_donor_memo(party, report, mix(row->bits, FOR_ROW));
    if (row->group->population == sample->api_only)
        put_api_only(party, mix(row->bits, FOR_ROW));
    char *end = party->other_id;
    if ((report->bits & 31) == 1)
        end = put_committee_id(end, sample->seed, report->bits % sample->committees);
    else if ((report->bits & 15) == 2) /* some name themselves */
        end = put_bytes(end, report->committee_id, 9);
    party->other_length = (size_t)(end - party->other_id);
}

/* The committee at the other side, in pas2 and oth. */
static void committee_party(struct party *party, const struct sample *sample, const struct row *row,
                            const char *const types[4])
{
    uint64_t bits = mix(row->bits, FOR_OTHER);
    unsigned count = (unsigned)(sample->committees > 2 ? sample->committees : 2);
    unsigned other = (unsigned)zipf(bits, count), town;
    other = corrected_choice(row, CORRECTS_NAME, other, count, NULL);
    town = town_number(mix(bits, FOR_TOWN));
    town = corrected_choice(row, CORRECTS_TEXT, town, TOWNS, NULL);
    party->town = &towns[town];
    party->zip = mix(bits, FOR_HOME);
    party->entity = (bits & 15) < 9 ? "CCM" : (bits & 15) < 14 ? "PAC" : "PTY";
    party->type = types[bits >> 8 & 3];
    party->trade_length = 0;
    party->employer_length = 0;
    party->memo_mark = (bits >> 16 & 31) == 0;
    char *end = put_committee(party->name, sample->seed, other);
    party->name_length = (size_t)(end - party->name);
    end = put_committee_id(party->other_id, sample->seed, other);
    party->other_length = (size_t)(end - party->other_id);
    end = party->memo;
    if ((bits >> 20 & 7) == 0)
        end = put_text(end, party->memo_mark ? "IN-KIND: POSTAGE" : "CONTRIBUTION");
    party->memo_length = (size_t)(end - party->memo);
}

static void line_employer(struct line *line, const struct row *row, const struct party *party)
{
    if (row->odd == ODD_LEADING_QUOTE)
        line_string(line, "\"NOT EMPLOYED");
    else
        line_text(line, party->employer, party->employer_length);
}

/* The columns of indiv and oth, and CAND_ID among them in pas2. */
static void itemized_line(struct line *line, const struct report *report, const struct row *row,
                          const struct party *party, const char *candidate_id)
{
    char zip[32];
    line->committee = (int64_t)report->committee;
    line_text(line, report->committee_id, 9);
    line_text(line, &report->amendment, 1);
    line_string(line, report->type);
    line_text(line, report->election, report->election[0] != '\0' ? 5 : 0);
    line_image_number(line, report, row);
    line_string(line, party->type);
    line_string(line, party->entity);
    line_odd_text(line, row->odd, party->name, party->name_length);
    line_text(line, party->town->name.text, party->town->name.length);
    line_text(line, party->town->state, 2);
    bool no_zip = (party->zip >> 40 & 127) == 0;
    line_text(line, zip, no_zip ? 0 : (size_t)(put_zip(zip, party->zip, party->town) - zip));
    line_employer(line, row, party);
    line_text(line, party->trade, party->trade_length);
    line_date(line, row->odd, transaction_day(report, row));
    /* What is not coded is below $200. */
    int64_t cents = transaction_amount(row);
    line_amount(line, party->type[0] == '\0' ? cents / 100 % 200 * 100 : cents, AMOUNT_SHORT);
    line_text(line, party->other_id, party->other_length);
    if (candidate_id != NULL)
        line_text(line, candidate_id, 9);
    line_transaction_id(line, report, row);
    line_file_number(line, report, row);
    line_text(line, "X", party->memo_mark ? 1 : 0);
    line_memo(line, row, party->memo, party->memo_length);
    line_sub_id(line, report, row);
}

void indiv_line(struct line *line, const struct sample *sample, const struct report *report,
                const struct row *row)
{
    struct party party;
    donor_party(&party, sample, report, row);
    itemized_line(line, report, row, &party, NULL);
}

static const char *const pas2_types[4] = {"24K", "24K", "24E", "24A"};
static const char *const oth_types[4] = {"18G", "15J", "24G", "18K"};

void pas2_line(struct line *line, const struct sample *sample, const struct report *report,
               const struct row *row)
{
    struct party party;
    char candidate_id[16];
    committee_party(&party, sample, row, pas2_types);
    put_candidate_id(candidate_id, sample->seed, row->bits % sample->candidates);
    itemized_line(line, report, row, &party, candidate_id);
}

/* Rows that are in pas2 stand in oth with all but the candidate. */
void oth_line(struct line *line, const struct sample *sample, const struct report *report,
              const struct row *row)
{
    struct party party;
    bool is_pas2 = row->group->population == sample->pas2;
    committee_party(&party, sample, row, is_pas2 ? pas2_types : oth_types);
    itemized_line(line, report, row, &party, NULL);
}
