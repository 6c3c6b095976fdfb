/* totals.c - the lines of committee_summary and candidate_summary
 *
 * Most of their columns are sums, some of them blank, so these are made in a loop over the columns
 * that fec-parse knows. What is hard is the committee with two candidates: it has two rows, which
 * must be alike but for the candidate, although a row knows of no other. So such a committee's sums
 * are mixed from its number, and nothing corrects them.
 */
#include "totals.h"
#include "draw.h"
#include "summaries.h"
#include "words.h"

#include <string.h>

/* What draws are for, see population.c. */
enum { FOR_TOTALS = 0x70, FOR_CANDIDATE, FOR_BLANK, FOR_ADDRESS };

/* Of each 40 rows, the one at 21 is of the same committee as the one before. Quirks and corrections
 * that must come stand at other places. */
#define PERIOD 40
#define SECOND 21

static uint64_t committee_of(uint64_t ordinal)
{
    return ordinal - (ordinal + PERIOD - SECOND) / PERIOD;
}

static bool has_two_candidates(uint64_t ordinal)
{
    return ordinal % PERIOD == SECOND || ordinal % PERIOD == SECOND - 1;
}

static void line_link(struct line *line, const char *what, const char *id, uint64_t cycle)
{
    char text[100], *end = put_text(text, "https://www.fec.gov/data/");
    end = put_bytes(put_text(put_text(end, what), "/"), id, 9);
    end = put_number(put_text(end, "/?cycle="), cycle, 4);
    line_text(line, text, (size_t)(end - text));
}

/* Part `part` of an address: street, second line, city, state, ZIP code. */
static void line_address(struct line *line, uint64_t bits, int part)
{
    const struct town *town = town_of(bits);
    char text[160], *end = text;
    if (part == 0)
        end = put_street(text, bits);
    else if (part == 2)
        end = put_word(text, &town->name);
    else if (part == 3)
        end = put_bytes(text, town->state, 2);
    else if (part == 4)
        end = put_zip(text, bits, town);
    line_text(line, text, (size_t)(end - text));
}

/* The columns from `first` on: sums, of which the first is never blank, dates, an address. */
static void line_rest(struct line *line, const char *dataset, const struct row *row, int first)
{
    const struct column_type *columns = type_find(dataset)->columns;
    uint64_t bits = mix(row->bits, FOR_TOTALS);
    int sums = 0, dates = 0, texts = 0;
    for (int i = first; columns[i].fec_name != NULL; i++) {
        if (kind_is_date(columns[i].kind)) {
            line_date(line, dates == 0 ? row->odd : ODD_NONE, dates == 0 ? 0 : 364);
            dates++;
        } else if (strcmp(columns[i].fec_name, "ORG_TP") == 0) {
            line_text(line, &"CLMTVW"[bits % 6], (bits >> 8 & 3) == 0 ? 1 : 0);
        } else if (columns[i].kind == COLUMN_TEXT) {
            line_address(line, mix(bits, FOR_ADDRESS), texts++);
        } else {
            if (sums > 0 && (mix(mix(bits, FOR_BLANK), (uint64_t)sums) & 7) == 0)
                line_empty(line);
            else
                line_sum(line, row, sums);
            sums++;
        }
    }
}

void committee_totals_line(struct line *line, const struct sample *sample,
                           const struct report *report, const struct row *row)
{
    uint64_t committee = committee_of(row->ordinal);
    struct row content = *row, of_committee = *row;
    char text[160];
    (void)report;
    of_committee.ordinal = committee;
    if (has_two_candidates(row->ordinal)) {
        content.bits = mix(sample->seed, committee);
        content.corrected = 0;
    }
    uint64_t bits = mix(content.bits, FOR_TOTALS);

    put_committee_id(text, sample->seed, committee);
    line_link(line, "committee", text, (uint64_t)sample->cycle);
    line_committee(line, sample, &of_committee);
    line_text(line, &"NNQQOVHHHSPYXZCE"[bits & 15], 1);
    line_text(line, &"UUUUUBBDPPPPPUUU"[bits & 15], 1);
    line_text(line, &"QQQQTTMA"[bits >> 16 & 7], 1);
    for (int part = 0; part < 5; part++)
        line_address(line, bits, part);
    line_text(line, text, (size_t)(put_person(text, bits) - text));
    if (has_two_candidates(row->ordinal) || (bits & 15) >= 6) {
        put_candidate_id(text, sample->seed, row->ordinal % sample->candidates);
        line_text(line, text, 9);
    } else {
        line_empty(line);
    }
    line_number(line, (uint64_t)sample->cycle, 0);
    line_rest(line, "committee_summary", &content, 14);
}

void candidate_totals_line(struct line *line, const struct sample *sample,
                           const struct report *report, const struct row *row)
{
    uint64_t bits = mix(row->bits, FOR_CANDIDATE);
    char id[16], name[160];
    put_candidate_id(id, sample->seed, row->ordinal);
    char *end = put_candidate_name(name, sample->seed, row->ordinal);
    bool president = id[0] == 'P';
    (void)report;

    line_link(line, "candidate", id, (uint64_t)sample->cycle);
    line_odd_text(line, row->odd, name, (size_t)(end - name));
    line_text(line, id, 9);
    line_text(line, id, 1);
    line_text(line, president ? "US" : id + 2, 2);
    line_text(line, president ? "00" : id + 4, 2);
    line_string(line, bits & 1 ? "DEM" : "REP");
    line_string(line, bits & 2 ? "CHALLENGER" : bits & 4 ? "OPEN" : "INCUMBENT");
    line_rest(line, "candidate_summary", row, 8);
}
