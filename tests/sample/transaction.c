/* transaction.c - the day, the amount and the numbers that all itemized files have
 *
 * What is hard are the corrections: each month's file must have the row as it was corrected up to
 * that month, and a correction must make another record of it.
 */
#include "transaction.h"
#include "draw.h"
#include "words.h"

/* What draws are for, see population.c. */
enum { FOR_AMOUNT = 0x20, FOR_TRANSACTION_ID, FOR_SUB_ID };

/* The commonest amounts of 2018, about as often as they came. */
static const short usual_dollars[64] = {
    250, 250, 250, 250, 500,  500,  500,  500,  208, 208, 300, 300, 1000, 1000, 1000, 1000,
    416, 750, 750, 192, 384,  25,   25,   25,   25,  100, 100, 100, 100,  104,  50,   50,
    50,  50,  10,  10,  10,   5,    5,    20,   20,  35,  15,  200, 200,  400,  600,  1500,
    150, 40,  75,  30,  2500, 2700, 3300, 5000, 60,  3,   1,   125, 230,  260,  375,  2000};

enum corrects correction_of(const struct row *row, unsigned month)
{
    uint64_t bits = correction(row, month);
    if (bits == 0)
        return CORRECTS_NOTHING;
    return row->odd != ODD_NONE ? CORRECTS_AMOUNT : CORRECTS_AMOUNT + (enum corrects)(bits & 3);
}

unsigned corrected_choice(const struct row *row, enum corrects kind, unsigned number,
                          unsigned count, unsigned *times)
{
    unsigned found = 0;
    for (unsigned month = 2; month <= last_correction(row); month++) {
        if (correction_of(row, month) != kind)
            continue;
        number = (number + 1 + below(correction(row, month), count - 1)) % count;
        found++;
    }
    if (times != NULL)
        *times = found;
    return number;
}

int transaction_day(const struct report *report, const struct row *row)
{
    int day = report->first_day + (int)((row->bits & 0xffff) % (uint64_t)report->days);
    /* Payroll deductions are mostly of the period's last day. */
    if ((report->bits & 3) == 0 && (row->bits >> 16 & 3) != 0)
        day = report->first_day + report->days - 1;
    for (unsigned month = 2; month <= last_correction(row); month++) {
        if (correction_of(row, month) != CORRECTS_DATE)
            continue;
        uint64_t bits = correction(row, month);
        int days = 1 + (int)(bits >> 8 & 7);
        bool back = (bits >> 16 & 1) != 0;
        day += (back && day >= days) || day + days >= CYCLE_DAYS ? -days : days;
    }
    /* Only the months up to September have one digit. */
    if (row->odd == ODD_SHORT_DATE)
        while (calendar[day].month > 9)
            day -= LONGEST_PERIOD;
    return day;
}

/* A date moves by at most 8 days in each of the months, and a short one goes back. */
int transaction_first_day(const struct report *report)
{
    return report->first_day - 8 * MOST_MONTHS - LONGEST_PERIOD;
}

int transaction_last_day(const struct report *report)
{
    return report->first_day + report->days + 8 * MOST_MONTHS;
}

int64_t transaction_amount(const struct row *row)
{
    uint64_t bits = mix(row->bits, FOR_AMOUNT);
    int64_t dollars = usual_dollars[bits >> 8 & 63];
    if ((bits & 7) == 0)
        dollars = 1 + below(bits, (bits & 56) == 0 ? 5000 : 700);
    for (unsigned month = 2; month <= last_correction(row); month++)
        if (correction_of(row, month) == CORRECTS_AMOUNT)
            dollars += 1 + (int64_t)(correction(row, month) >> 8 & 127);
    int64_t cents = dollars * 100;
    if (row->odd == ODD_CENTS)
        cents += 1 + (int64_t)(bits >> 16) % 99;
    return row->odd == ODD_NEGATIVE ? -cents : cents;
}

void line_image_number(struct line *line, const struct report *report, const struct row *row)
{
    char text[32], *end = put_bytes(text, calendar[report->filed_day].ymd, 8);
    end = put_number(end, report->image + row->place / 3, 10);
    line_text(line, text, (size_t)(end - text));
}

void line_transaction_id(struct line *line, const struct report *report, const struct row *row)
{
    uint64_t bits = mix(row->bits, FOR_TRANSACTION_ID);
    uint64_t running = (report->bits >> 20 & 0xfffff) + row->group->number * 50 + row->place;
    char text[64], *end = text;
    switch (report->bits >> 8 & 7) {
    case 0:
    case 1:
        end = put_number(put_text(end, "PR"), running * 16 + (bits & 15), 8);
        end = put_number(end, report->bits >> 40 & 0xffff, 5);
        break;
    case 2:
        end = put_number(put_text(end, "SA11AI."), running, 4);
        break;
    case 3:
        *end++ = 'A';
        for (int i = 0; i < 19; i++, bits = i == 12 ? mix(bits, 1) : bits >> 4)
            *end++ = "0123456789ABCDEF"[bits & 15];
        break;
    case 4:
        end = put_bytes(end, calendar[report->filed_day].ymd, 8);
        end = put_number(end, report->bits >> 30 & 0xfffff, 6);
        *end++ = '-';
        end = put_number(end, row->place + 1, 1);
        break;
    case 5:
        *end++ = 'C';
        /* fall through */
    default:
        end = put_number(end, running * 3 + (bits & 1), 7);
        break;
    }
    line_text(line, text, (size_t)(end - text));
}

void line_file_number(struct line *line, const struct report *report, const struct row *row)
{
    line_number(line, report->file_number, row->odd == ODD_LEADING_ZEROS ? 3 : 0);
}

/* One committee of sixteen. */
static bool is_on_paper(const struct report *report)
{
    return (report->bits >> 12 & 15) == 5;
}

void line_sub_id(struct line *line, const struct report *report, const struct row *row)
{
    uint64_t serial = row->group->population->serial + 3 * row->ordinal;
    serial += mix(row->bits, FOR_SUB_ID) % 3;
    if (row->odd == ODD_LARGE_KEY) {
        line_number(line, (uint64_t)INT64_MAX - serial, 0);
        return;
    }
    char text[40], *end = text;
    *end++ = is_on_paper(report) ? '2' : '4';
    end = put_bytes(end, calendar[report->filed_day].mdy, 8);
    *end++ = '1';
    end = put_number(end, serial, 9);
    line_text(line, text, (size_t)(end - text));
}

void line_memo(struct line *line, const struct row *row, const char *text, size_t length)
{
    if (row->odd == ODD_ONLY_BLANKS)
        line_two_texts(line, "   ", 3, "", 0);
    else
        line_text(line, text, length);
}
