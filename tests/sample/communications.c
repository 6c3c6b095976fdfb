/* communications.c - the lines of CommunicationCosts (Form 7) and ElectioneeringComm (Form 9) */
#include "communications.h"
#include "draw.h"
#include "expenditures.h"
#include "transaction.h"
#include "words.h"

/* What draws are for, see population.c. */
enum { FOR_COMMUNICATION = 0x90, FOR_TOWN };

/* Candidate and office. */
static void line_candidate(struct line *line, const struct sample *sample, uint64_t candidate,
                           char id[16])
{
    char name[160];
    bool president;
    put_candidate_id(id, sample->seed, candidate);
    president = id[0] == 'P';
    line_text(line, id, 9);
    line_text(line, name, (size_t)(put_candidate_name(name, sample->seed, candidate) - name));
    line_text(line, id, 1);
    line_text(line, president ? "US" : id + 2, 2);
    line_text(line, president ? "00" : id + 4, 2);
}

/* The committee that filed the report, its name with the row's quirk. */
static void line_filer(struct line *line, const struct sample *sample, const struct report *report,
                       const struct row *row)
{
    char name[160];
    char *end = put_committee(name, sample->seed, report->committee);
    line->committee = (int64_t)report->committee;
    line_text(line, report->committee_id, 9);
    line_odd_text(line, row->odd, name, (size_t)(end - name));
}

void communication_line(struct line *line, const struct sample *sample, const struct report *report,
                        const struct row *row)
{
    uint64_t bits = mix(row->bits, FOR_COMMUNICATION);
    bool against = (bits >> 24 & 1) != 0;
    char id[16];

    line_filer(line, sample, report, row);
    line_candidate(line, sample, bits % sample->candidates, id);
    line_string(line, bits >> 16 & 1 ? "DEM" : "REP");
    line_date(line, row->odd, transaction_day(report, row));
    line_amount(line, transaction_amount(row), AMOUNT_SHORT);
    line_string(line, against ? "24N" : "24F");
    line_string(line, bits >> 25 & 1 ? "DM" : "TP");
    line_text(line, &"MES"[(bits >> 26) % 3], 1);
    line_string(line, against ? "O" : "S");
    line_image_number(line, report, row);
    line_empty(line);
    line_string(line, "F7");
    line_string(line, "F76");
    line_transaction_id(line, report, row);
    line_sub_id(line, report, row);
    line_file_number(line, report, row);
    line_number(line, (uint64_t)(sample->cycle - (report->filed_day < 365)), 0);
    line_empty(line);
    line_string(line, bits >> 16 & 1 ? "Democratic Party" : "Republican Party");
    line_empty(line);
}

void electioneering_line(struct line *line, const struct sample *sample,
                         const struct report *report, const struct row *row)
{
    uint64_t bits = mix(row->bits, FOR_COMMUNICATION), candidates = 1 + (bits >> 16 & 3);
    const struct town *town = town_of(mix(row->bits, FOR_TOWN));
    int day = transaction_day(report, row);
    int64_t cents = transaction_amount(row);
    char id[16], street[160];

    line->quotes_all = (bits >> 20 & 1) != 0;
    if ((bits >> 24 & 7) == 0)
        for (int column = 0; column < 5; column++)
            line_empty(line);
    else
        line_candidate(line, sample, bits % sample->candidates, id);
    line_filer(line, sample, report, row);
    line_image_number(line, report, row);
    line_payee(line, row);
    line_text(line, street, (size_t)(put_street(street, bits) - street));
    line_text(line, town->name.text, town->name.length);
    line_text(line, town->state, 2);
    line_purpose(line, row, bits);
    line_date(line, row->odd, day);
    line_date(line, ODD_NONE, day);
    line_date(line, ODD_NONE, report->filed_day);
    line_amount(line, cents, AMOUNT_SHORT);
    line_number(line, candidates, 0);
    line_amount(line, cents / (int64_t)candidates, AMOUNT_SHORT);
}
