/* summaries.c - the lines of weball, webl and webk, whose amounts have no needless zeros (1234.5)
 * and whose dates have slashes
 */
#include "summaries.h"
#include "draw.h"
#include "words.h"

/* What draws are for, see population.c. */
enum { FOR_SUMMARY = 0x60, FOR_AMOUNT };

void line_sum(struct line *line, const struct row *row, int number)
{
    uint64_t bits = mix(mix(row->bits, FOR_AMOUNT), (uint64_t)number);
    int64_t cents = (int64_t)zipf(bits, 500000000);
    if (number > 0 && (bits & 3) != 0)
        cents = 0;
    for (unsigned month = 2; number == 0 && month <= last_correction(row); month++)
        if (correction(row, month) != 0)
            cents += 1 + (int64_t)(correction(row, month) >> 8 & 0xfffff);
    if (number == 0)
        cents += 1;
    line_amount(line, row->odd == ODD_NEGATIVE ? -cents : cents, AMOUNT_SHORT);
}

static void line_sums(struct line *line, const struct row *row, int from, int to)
{
    for (int number = from; number < to; number++)
        line_sum(line, row, number);
}

/* The end of the period that the summary covers: the last day of a quarter. */
static void line_covered(struct line *line, const struct row *row, uint64_t bits)
{
    static const int quarter_ends[4] = {89, 180, 272, 364};
    line_date(line, row->odd, quarter_ends[bits >> 40 & 3] + ((bits >> 44 & 3) ? 365 : 0));
}

static void candidate_summary(struct line *line, const struct sample *sample, const struct row *row,
                              uint64_t candidate)
{
    uint64_t bits = mix(row->bits, FOR_SUMMARY);
    char id[16], name[160];
    put_candidate_id(id, sample->seed, candidate);
    char *end = put_candidate_name(name, sample->seed, candidate);
    bool president = id[0] == 'P', democrat = (bits & 1) != 0;

    line_text(line, id, 9);
    line_odd_text(line, row->odd, name, (size_t)(end - name));
    line_text(line, &"CCCCCOOI"[bits >> 8 & 7], 1);
    line_string(line, democrat ? "1" : "2");
    line_string(line, democrat ? "DEM" : "REP");
    line_sums(line, row, 0, 13);
    line_text(line, president ? "00" : id + 2, 2);
    line_text(line, president ? "00" : id + 4, 2);
    for (int election = 0; election < 5; election++)
        line_empty(line);
    line_sums(line, row, 13, 15);
    line_covered(line, row, bits);
    line_sums(line, row, 15, 17);
}

void weball_line(struct line *line, const struct sample *sample, const struct report *report,
                 const struct row *row)
{
    (void)report;
    candidate_summary(line, sample, row, row->ordinal);
}

/* Candidates for president are left out: of each 16 numbers, 13 are of the House and Senate. */
void webl_line(struct line *line, const struct sample *sample, const struct report *report,
               const struct row *row)
{
    static const int congress[13] = {1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 15};
    uint64_t candidate = row->ordinal / 13 * 16 + (uint64_t)congress[row->ordinal % 13];
    (void)report;
    candidate_summary(line, sample, row, candidate);
}

void webk_line(struct line *line, const struct sample *sample, const struct report *report,
               const struct row *row)
{
    uint64_t bits = mix(row->bits, FOR_SUMMARY);
    (void)report;

    line_committee(line, sample, row);
    line_text(line, &"NNQQOVXY"[bits & 7], 1);
    line_text(line, &"UUUUUBBD"[bits >> 8 & 7], 1);
    line_text(line, &"QQQQTTMA"[bits >> 16 & 7], 1);
    line_sums(line, row, 0, 21);
    line_covered(line, row, bits);
}
