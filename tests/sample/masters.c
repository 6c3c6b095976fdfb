/* masters.c - the lines of cm, cn and ccl
 *
 * A row's ordinal is the number of its committee or candidate. Corrections are a new treasurer or
 * street, never the name, in which quirks are.
 */
#include "masters.h"
#include "draw.h"
#include "words.h"

/* What draws are for, see population.c. */
enum { FOR_MASTER = 0x50, FOR_STREET, FOR_TREASURER, FOR_TOWN, FOR_LINK };

/* Bits for what a correction changes: other ones after each. */
static uint64_t corrected_bits(const struct row *row, uint64_t what)
{
    uint64_t bits = mix(row->bits, what);
    for (unsigned month = 2; month <= last_correction(row); month++)
        if (correction(row, month) != 0)
            bits = mix(bits, correction(row, month));
    return bits;
}

static void line_street(struct line *line, uint64_t bits)
{
    char text[160];
    line_text(line, text, (size_t)(put_street(text, bits) - text));
}

/* The second line of an address: mostly empty, and nothing but blanks if that is the quirk. */
static void line_street_2(struct line *line, const struct row *row, uint64_t bits)
{
    char text[32], *end = text;
    if (row->odd == ODD_ONLY_BLANKS) {
        line_two_texts(line, "  ", 2, "", 0);
        return;
    }
    if ((bits & 3) == 0)
        end = put_number(put_text(end, "SUITE "), 100 + (bits >> 8 & 7) * 100, 1);
    line_text(line, text, (size_t)(end - text));
}

static void line_town(struct line *line, uint64_t bits)
{
    char zip[32];
    const struct town *town = town_of(bits);
    line_text(line, town->name.text, town->name.length);
    line_text(line, town->state, 2);
    /* The masters have 5 digits, and rarely 9. */
    put_zip(zip, bits, town);
    line_text(line, zip, (bits & 1023) < 50 ? 9 : 5);
}

static void line_master_candidate(struct line *line, const struct sample *sample, uint64_t number)
{
    char id[16];
    put_candidate_id(id, sample->seed, number);
    line_text(line, id, 9);
}

void cm_line(struct line *line, const struct sample *sample, const struct report *report,
             const struct row *row)
{
    static const char *const connected[4] = {"NONE", "", "", "NONE"};
    uint64_t bits = mix(row->bits, FOR_MASTER), kind = bits >> 8 & 15;
    char text[160];
    (void)report;

    line_committee(line, sample, row);
    char *end = put_person(text, corrected_bits(row, FOR_TREASURER));
    line_text(line, text, (size_t)(end - text));
    line_street(line, mix(row->bits, FOR_STREET));
    line_street_2(line, row, bits);
    line_town(line, mix(row->bits, FOR_TOWN));
    line_text(line, &"UUUUUUUPPPPPPBJD"[kind], 1);
    line_text(line, &"NNQQOVXHHHHHSPYN"[kind], 1);
    line_string(line, kind >= 7 && kind < 13 ? (bits & 64 ? "DEM" : "REP") : "");
    line_text(line, &"QQQQQQQQQQQTTTMA"[bits >> 16 & 15], 1);
    line_text(line, &"CCTMLWVC"[bits >> 24 & 7], kind < 4 ? 1 : 0);
    if (kind < 4)
        line_text(line, text,
                  (size_t)(put_word(text, &employers[bits >> 32 & (EMPLOYERS - 1)]) - text));
    else
        line_string(line, connected[kind & 3]);
    if (kind >= 7 && kind < 13 && sample->candidates > 0)
        line_master_candidate(line, sample, bits % sample->candidates);
    else
        line_empty(line);
}

void cn_line(struct line *line, const struct sample *sample, const struct report *report,
             const struct row *row)
{
    static const char *const parties[16] = {"DEM", "DEM", "DEM", "DEM", "DEM", "DEM", "REP", "REP",
                                            "REP", "REP", "REP", "REP", "IND", "LIB", "OTH", "GRE"};
    uint64_t bits = mix(row->bits, FOR_MASTER);
    char id[16], text[160];
    (void)report;

    put_candidate_id(id, sample->seed, row->ordinal);
    bool president = id[0] == 'P';
    line_text(line, id, 9);
    char *end = put_candidate_name(text, sample->seed, row->ordinal);
    line_odd_text(line, row->odd, text, (size_t)(end - text));
    line_string(line, parties[bits & 15]);
    line_number(line, (uint64_t)sample->cycle - ((bits >> 4 & 3) == 0 ? 2 : 0), 0);
    line_text(line, president ? "US" : id + 2, 2);
    line_text(line, id, 1);
    line_text(line, president ? "00" : id + 4, 2);
    line_text(line, &"CCCCCCCCCCCOOOI"[(bits >> 8) % 15], (bits >> 16 & 15) != 0 ? 1 : 0);
    line_text(line, &"NNNNNNNNCCCCCPPF"[bits >> 20 & 15], 1);
    if ((bits >> 24 & 7) != 0) {
        put_committee_id(text, sample->seed, bits % sample->committees);
        line_text(line, text, 9);
    } else {
        line_empty(line);
    }
    line_street(line, corrected_bits(row, FOR_STREET));
    line_street_2(line, row, bits >> 32 | 1);
    line_town(line, mix(row->bits, FOR_TOWN));
}

void ccl_line(struct line *line, const struct sample *sample, const struct report *report,
              const struct row *row)
{
    uint64_t bits = mix(row->bits, FOR_LINK);
    uint64_t year = (uint64_t)sample->cycle - 2 * (bits >> 8 & 1);
    char id[16];
    (void)report;

    /* A correction gives the link another year of election. */
    for (unsigned month = 2; month <= last_correction(row); month++)
        if (correction(row, month) != 0)
            year += 2;
    line_master_candidate(line, sample, row->ordinal % sample->candidates);
    line_number(line, year, 0);
    line_number(line, (uint64_t)sample->cycle, 0);
    line->committee = (int64_t)(bits % sample->committees);
    put_committee_id(id, sample->seed, (uint64_t)line->committee);
    line_text(line, id, 9);
    line_text(line, &"HHHHHHPPSSN"[(bits >> 16) % 11], 1);
    line_text(line, &"PPPPPPJA"[bits >> 24 & 7], 1);
    line_number(line, 200000 + row->ordinal * 3 + (bits >> 32) % 3,
                row->odd == ODD_LEADING_ZEROS ? 2 : 0);
}
