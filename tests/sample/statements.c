/* statements.c - the lines of Form1Filer and Form2Filer: statements of organization and candidacy
 *
 * A row's ordinal is the number of its committee or candidate. Nothing is corrected: a statement is
 * what was filed.
 */
#include "statements.h"
#include "draw.h"
#include "words.h"

/* What draws are for, see population.c. */
enum { FOR_STATEMENT = 0x80, FOR_TOWN, FOR_IMAGE };

static void line_zip(struct line *line, uint64_t bits, const struct town *town)
{
    char zip[32];
    line_text(line, zip, (size_t)(put_zip(zip, bits, town) - zip));
}

/* The number of the first page. */
static void line_first_page(struct line *line, const struct row *row, int day)
{
    char text[32], *end = put_bytes(text, calendar[day].ymd, 8);
    end = put_number(end, 9000000000 + mix(row->bits, FOR_IMAGE) % 900000000, 10);
    line_text(line, text, (size_t)(end - text));
}

void form_1_line(struct line *line, const struct sample *sample, const struct report *report,
                 const struct row *row)
{
    uint64_t bits = mix(row->bits, FOR_STATEMENT);
    const struct town *town = town_of(mix(row->bits, FOR_TOWN));
    int day = (int)below(bits, CYCLE_DAYS);
    char text[160];
    (void)report;

    line->quotes_all = (bits >> 8 & 1) != 0;
    line_committee(line, sample, row);
    line_text(line, text, (size_t)(put_street(text, bits) - text));
    line_empty(line);
    line_text(line, town->name.text, town->name.length);
    line_text(line, town->state, 2);
    line_zip(line, bits, town);
    line_string(line, bits & 1 ? "NONE" : "");
    line_text(line, &"NQOVHHSP"[bits >> 16 & 7], 1);
    line_text(line, &"UUUUPPPP"[bits >> 16 & 7], 1);
    line_string(line, "Q");
    line_empty(line);
    line_text(line, text, (size_t)(put_person(text, bits) - text));
    line_date(line, row->odd, day);
    line_string(line, bits & 2 ? "treasurer@committee.example; \"deputy\"@committee.example" : "");
    line_string(line, bits & 4 ? "https://committee.example/?from=a,b" : "");
    line_first_page(line, row, day);
}

void form_2_line(struct line *line, const struct sample *sample, const struct report *report,
                 const struct row *row)
{
    static const char *const parties[4][2] = {{"DEMOCRATIC PARTY", "DEM"},
                                              {"REPUBLICAN PARTY", "REP"},
                                              {"INDEPENDENT", "IND"},
                                              {"LIBERTARIAN PARTY", "LIB"}};
    uint64_t bits = mix(row->bits, FOR_STATEMENT);
    const struct town *town = town_of(mix(row->bits, FOR_TOWN));
    int day = (int)below(bits, CYCLE_DAYS);
    char id[16], text[160];
    (void)report;
    put_candidate_id(id, sample->seed, row->ordinal);
    bool president = id[0] == 'P';

    line_text(line, id, 9);
    char *end = put_candidate_name(text, sample->seed, row->ordinal);
    line_odd_text(line, row->odd, text, (size_t)(end - text));
    line_string(line, parties[bits & 3][0]);
    line_string(line, parties[bits & 3][1]);
    line_string(line, president ? "President" : id[0] == 'S' ? "Senate" : "House");
    line_text(line, id, 1);
    line_string(line, president ? "United States" : "");
    line_text(line, president ? "US" : id + 2, 2);
    line_text(line, president ? "00" : id + 4, 2);
    line_text(line, town->name.text, town->name.length);
    line_text(line, town->state, 2);
    line_zip(line, bits, town);
    line_number(line, (uint64_t)sample->cycle, 0);
    line_date(line, row->odd, day);
    line_number(line, (uint64_t)sample->cycle - (day < 365), 0);
    line_first_page(line, row, day);
}
