/* datasets.c - the table of the files, and the reports that their rows come in
 *
 * What is hard is that files must agree: a committee has the same id and name wherever it is named,
 * the same rows are in pas2 and oth, and no two other files share a record number.
 */
#include "datasets.h"
#include "communications.h"
#include "draw.h"
#include "expenditures.h"
#include "itemized.h"
#include "masters.h"
#include "statements.h"
#include "summaries.h"
#include "totals.h"
#include "words.h"

#define MASTER (ODDS_TEXT | ODD_BIT(ODD_ONLY_BLANKS) | ODD_BIT(ODD_REPEAT))
#define SUMMARY (ODDS_TEXT | ODDS_DATE | ODD_BIT(ODD_NEGATIVE))
#define NOTICE (SUMMARY | ODD_BIT(ODD_LEADING_QUOTE) | ODD_BIT(ODD_ONLY_BLANKS))

/* The shares are those of fec-facts' rows in a cycle. The nine digits of record numbers are dealt
 * out in ranges, so that no two files have one in common, but for pas2 and oth.
 *
 * name, member, followed by the year?, reports?, style, share, least, quirks, record numbers and
 * the first of them, line */
const struct dataset datasets[] = {
    {"cm", "cm", false, false, STYLE_PIPE, 500, 320, MASTER | ODD_BIT(ODD_CONFLICT), 0, 0, cm_line},
    {"cn", "cn", false, false, STYLE_PIPE, 1300, 320, MASTER, 0, 0, cn_line},
    {"ccl", "ccl", false, false, STYLE_PIPE, 1300, 320, ODD_BIT(ODD_LEADING_ZEROS), 0, 0, ccl_line},
    {"indiv", "itcont", false, true, STYLE_PIPE, 1, 0, ODDS_TRANSACTION, 600000000, 0, indiv_line},
    {"pas2", "itpas2", false, true, STYLE_PIPE, 30, 0, ODDS_TRANSACTION, 30000000, 700000000,
     pas2_line},
    {"oth", "itoth", false, true, STYLE_PIPE, 4, 0, ODDS_TRANSACTION, 170000000, 730000000,
     oth_line},
    {"oppexp", "oppexp", false, true, STYLE_PIPE, 5, 0, ODDS_TRANSACTION, 95000000, 900000000,
     oppexp_line},
    {"weball", "weball", true, false, STYLE_SUMMARY, 2300, 320, SUMMARY, 0, 0, weball_line},
    {"webl", "webl", true, false, STYLE_SUMMARY, 4600, 320, SUMMARY, 0, 0, webl_line},
    {"webk", "webk", true, false, STYLE_SUMMARY, 770, 320, SUMMARY, 0, 0, webk_line},
    {"independent_expenditure", NULL, false, true, STYLE_CSV, 130, 0, NOTICE, 0, 0,
     expenditure_line},
    {"committee_summary", NULL, false, false, STYLE_CSV_YMD, 700, 320, SUMMARY, 0, 0,
     committee_totals_line},
    {"candidate_summary", NULL, false, false, STYLE_CSV_SUMMARY, 2300, 320, SUMMARY, 0, 0,
     candidate_totals_line},
    {"CommunicationCosts", NULL, false, true, STYLE_CSV_YMD, 4600, 320, ODDS_TRANSACTION, 5000000,
     995000000, communication_line},
    {"ElectioneeringComm", NULL, false, true, STYLE_CSV, 60000, 80, NOTICE, 0, 0,
     electioneering_line},
    {"Form1Filer", NULL, false, false, STYLE_CSV, 2000, 80, ODDS_TEXT | ODDS_DATE, 0, 0,
     form_1_line},
    {"Form2Filer", NULL, false, false, STYLE_CSV, 2000, 80, ODDS_TEXT | ODDS_DATE, 0, 0,
     form_2_line},
    {0},
};

/* What draws are for, see population.c. */
enum { FOR_COMMITTEE = 0x10, FOR_KIND, FOR_COPY_IMAGE, FOR_NAME };

/* Committees' numbers are not handed out without gaps. */
#define FIRST_COMMITTEE 59
#define COMMITTEE_STEP 37

char *put_committee_id(char *to, uint64_t seed, uint64_t committee)
{
    uint64_t step = COMMITTEE_STEP;
    uint64_t number = FIRST_COMMITTEE + committee * step + mix(seed, committee) % step;
    return put_number(put_text(to, "C"), number, 8);
}

void line_committee(struct line *line, const struct sample *sample, const struct row *row)
{
    char text[160];
    line->committee = (int64_t)row->ordinal;
    put_committee_id(text, sample->seed, row->ordinal);
    line_text(line, text, 9);
    char *end = put_committee(text, sample->seed, row->ordinal);
    line_odd_text(line, row->odd, text, (size_t)(end - text));
}

uint64_t committee_of_id(const char *id)
{
    uint64_t number = 0;
    for (int i = 1; i < 9; i++)
        number = number * 10 + (uint64_t)(id[i] - '0');
    return (number - FIRST_COMMITTEE) / COMMITTEE_STEP;
}

/* The letter of the office: H, S or P. */
static char candidate_office(uint64_t candidate)
{
    static const char offices[] = "PHHSHPHHHHPSHHHH"; /* as in the master of 2018, nearly */
    return offices[candidate % 16];
}

/* H and S: a digit of the year, the state, the district (00 for the Senate), a number of three
 * digits. The digit and the number make 10,000; beyond these the state differs. */
char *put_candidate_id(char *to, uint64_t seed, uint64_t candidate)
{
    char office = candidate_office(candidate);
    uint64_t low = candidate % 10000, bits = mix(mix(seed, 0xca), low);
    *to++ = office;
    *to++ = (char)('0' + low / 1000);
    if (office == 'P')
        return put_number(to, candidate / 10000 * 1000 + low % 1000, 7);
    to = put_bytes(to, states[(bits + candidate / 10000) % STATES], 2);
    to = put_number(to, office == 'S' ? 0 : 1 + (bits >> 40) % 28, 2);
    return put_number(to, low % 1000, 3);
}

char *put_candidate_name(char *to, uint64_t seed, uint64_t candidate)
{
    return put_person(to, mix(mix(seed, FOR_NAME), candidate));
}

void report_of(struct report *report, const struct sample *sample, const struct group *group)
{
    static const char types[16][4] = {"Q1", "Q2", "Q3", "YE", "M2", "M3",  "M4",  "M5",
                                      "M6", "M7", "M8", "M9", "MY", "12G", "30G", "TER"};
    uint64_t bits = group->bits, kind = mix(bits, FOR_KIND);
    bool copy = group->before != 0;

    report->committee = zipf(mix(bits, FOR_COMMITTEE), sample->committees);
    put_committee_id(report->committee_id, sample->seed, report->committee);
    report->bits = mix(mix(sample->seed, FOR_COMMITTEE), report->committee);
    report->amendment = copy ? 'A' : (kind & 63) == 0 ? 'T' : (kind & 7) == 1 ? 'A' : 'N';
    put_bytes(report->type, types[(kind >> 8) % 16], 4);
    unsigned election = (kind >> 16) & 15;
    report->election[0] = election < 12 ? 'P' : election < 15 ? 'G' : '\0';
    put_number(report->election + 1, (uint64_t)sample->cycle, 4);
    report->election[5] = '\0';

    report->days = (kind >> 20) & 1 ? 30 : LONGEST_PERIOD;
    /* A month's new reports are of the cycle's end, those of the first month of any time in it. */
    report->first_day =
        group->born == 1 || copy ? (int)below(kind, 638) : 560 + (int)below(kind, 78);
    report->filed_day = report->first_day + report->days + 15 + (copy ? 60 : 0);
    report->image = 9000000000 + mix(bits, copy ? FOR_COPY_IMAGE : FOR_KIND) % 900000000;
    report->file_number = 1100000 + group->number * 2 + (bits & 1);
}
