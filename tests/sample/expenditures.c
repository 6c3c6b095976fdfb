/* expenditures.c - the lines of oppexp and independent_expenditure */
#include "expenditures.h"
#include "draw.h"
#include "transaction.h"
#include "words.h"

/* What draws are for, see population.c. */
enum { FOR_PAYEE = 0x40, FOR_PURPOSE, FOR_TOWN, FOR_TOTAL };

static const char *const purposes[16] = {
    "PAYROLL",          "TRAVEL EXPENSE",   "MEDIA BUY",          "OFFICE SUPPLIES",
    "POSTAGE",          "CREDIT CARD FEES", "DIGITAL CONSULTING", "RENT",
    "FOOD & BEVERAGES", "PRINTING",         "LEGAL FEES",         "PAYROLL TAXES",
    "COMPLIANCE",       "DIRECT MAIL",      "BANK FEE",           "VOTER FILE, LICENSE"};

static const char *const categories[16][2] = {
    {"001", "Administrative/Salary/Overhead Expenses"},
    {"002", "Travel Expenses"},
    {"004", "Advertising Expenses"},
    {"001", "Administrative/Salary/Overhead Expenses"},
    {"003", "Solicitation and Fundraising Expenses"},
    {"", ""},
    {"006", "Campaign Materials"},
    {"", ""},
    {"007", "Campaign Event Expenses"},
    {"006", "Campaign Materials"},
    {"", ""},
    {"", ""},
    {"", ""},
    {"003", "Solicitation and Fundraising Expenses"},
    {"", ""},
    {"", ""},
};

/* The firm that was paid; returns the length of its name. */
static size_t put_payee(char *to, const struct row *row, uint64_t bits)
{
    unsigned number = firm_number(mix(bits, FOR_PAYEE));
    number = corrected_choice(row, CORRECTS_NAME, number, FIRMS, NULL);
    return (size_t)(put_firm(to, number) - to);
}

void line_payee(struct line *line, const struct row *row)
{
    char name[120];
    size_t length = put_payee(name, row, row->bits);
    if (row->odd == ODD_LEADING_QUOTE)
        line_string(line, "\"NOT EMPLOYED");
    else
        line_odd_text(line, row->odd, name, length);
}

void oppexp_line(struct line *line, const struct sample *sample, const struct report *report,
                 const struct row *row)
{
    uint64_t bits = mix(row->bits, FOR_PURPOSE);
    const struct town *town = town_of(mix(row->bits, FOR_TOWN));
    unsigned purpose = corrected_choice(row, CORRECTS_TEXT, bits & 15, 16, NULL);
    char zip[32];

    line->committee = (int64_t)report->committee;
    line_text(line, report->committee_id, 9);
    line_text(line, &report->amendment, 1);
    line_number(line, (uint64_t)(sample->cycle - (report->filed_day < 365)), 0);
    line_string(line, report->type);
    line_image_number(line, report, row);
    line_string(line, (report->bits & 1) ? "17" : "21B");
    line_string(line, (report->bits & 1) ? "F3" : "F3X");
    line_string(line, "SB");
    line_payee(line, row);
    line_text(line, town->name.text, town->name.length);
    line_text(line, town->state, 2);
    line_text(line, zip, (size_t)(put_zip(zip, bits, town) - zip));
    line_date(line, row->odd, transaction_day(report, row));
    line_amount(line, transaction_amount(row), AMOUNT_SHORT);
    line_text(line, report->election, report->election[0] != '\0' ? 5 : 0);
    line_string(line, purposes[purpose]);
    line_string(line, categories[purpose][0]);
    line_string(line, categories[purpose][1]);
    line_text(line, "X", (bits >> 8 & 31) == 0 ? 1 : 0);
    line_memo(line, row, "SEE MEMO ENTRIES", (bits >> 16 & 15) == 0 ? 16 : 0);
    line_string(line, (bits >> 24 & 7) == 0 ? "IND" : "ORG");
    line_sub_id(line, report, row);
    line_file_number(line, report, row);
    line_transaction_id(line, report, row);
    if (row->place > 0 && (bits >> 32 & 15) == 0) {
        struct row first = *row;
        first.place = 0;
        line_transaction_id(line, report, &first);
    } else {
        line_empty(line);
    }
    line_empty(line); /* the field that no dictionary lists */
}

void line_purpose(struct line *line, const struct row *row, uint64_t bits)
{
    unsigned purpose = corrected_choice(row, CORRECTS_TEXT, bits & 15, 16, NULL);
    char text[160], *end = text;
    if (row->odd == ODD_ONLY_BLANKS) {
        line_two_texts(line, "   ", 3, "", 0);
        return;
    }
    end = put_text(end, purposes[purpose]);
    switch (bits >> 8 & 31) {
    case 0:
        end = put_text(end, " - \"YES ON 5\", 30 SECONDS");
        break;
    case 1:
        end = put_text(end, "\nSECOND PAYMENT");
        break;
    case 2:
        end = put_text(end, ", ESTIMATE");
        break;
    default:
        break;
    }
    line_text(line, text, (size_t)(end - text));
}

/* Office and party, from the candidate's identifier and number. */
static void line_office(struct line *line, const char *id, uint64_t candidate)
{
    static const char *const parties[4] = {"DEM", "REP", "IND", "LIB"};
    bool president = id[0] == 'P';
    line_text(line, president ? "US" : id + 2, 2);
    line_text(line, president ? "00" : id + 4, 2);
    line_text(line, id, 1);
    line_string(line, parties[mix(candidate, FOR_TOTAL) & 3]);
}

void expenditure_line(struct line *line, const struct sample *sample, const struct report *report,
                      const struct row *row)
{
    uint64_t bits = mix(row->bits, FOR_PURPOSE), candidate = bits % sample->candidates;
    char id[16], name[160];
    int day = transaction_day(report, row);

    line->quotes_all = (bits >> 16 & 1) != 0;
    line->committee = (int64_t)report->committee;
    put_candidate_id(id, sample->seed, candidate);
    line_text(line, id, 9);
    line_text(line, name, (size_t)(put_candidate_name(name, sample->seed, candidate) - name));
    line_text(line, report->committee_id, 9);
    line_text(line, name, (size_t)(put_committee(name, sample->seed, report->committee) - name));
    line_text(line, report->election, report->election[0] != '\0' ? 5 : 0);
    line_office(line, id, candidate);
    line_amount(line, transaction_amount(row), AMOUNT_SHORT);
    line_date(line, row->odd, day);
    line_amount(line, (int64_t)(mix(row->bits, FOR_TOTAL) % 100000000), AMOUNT_SHORT);
    line_string(line, (bits >> 24 & 1) ? "S" : "O");
    line_purpose(line, row, bits);
    line_payee(line, row);
    line_file_number(line, report, row);
    line_text(line, &report->amendment, 1);
    line_transaction_id(line, report, row);
    line_image_number(line, report, row);
    line_date(line, ODD_NONE, report->filed_day);
    line_number(line, (uint64_t)sample->cycle, 0);
    if (report->amendment == 'A')
        line_number(line, report->file_number - 1 - (bits >> 32 & 1023), 0);
    else
        line_empty(line);
    line_date(line, (bits >> 44 & 15) == 0 ? ODD_NO_DATE : ODD_NONE, day);
}
