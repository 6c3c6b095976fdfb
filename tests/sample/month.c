/* month.c - one month's tree: each dataset in one pass over its rows
 *
 * A row is made once and goes to all that want it: the member, the plain text, the expected record,
 * the API's rows, the counts. What is hard is to say whether a row has changed since the month
 * before: only its record tells, so that is made twice.
 */
#include "month.h"
#include "api.h"
#include "base/cli.h"
#include "base/progress.h"
#include "sink.h"
#include "tally.h"
#include "transaction.h"
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_SIZE 4096
/* More bytes than the lines of any file have on average, to tell what may be over 4 GiB. */
#define LONG_LINE 360

/* Which rows of a file are wanted: all, those of some days, or those that have no date. */
enum piece_kind { PIECE_ALL, PIECE_DAYS, PIECE_UNDATED };

struct piece {
    enum piece_kind kind;
    int from, to;
};

/* One pass over the rows of a file. */
struct pass {
    const struct plan *plan;
    const struct dataset *dataset;
    const struct file_type *type;
    unsigned month;
    struct piece piece;
    struct sink sink;
    struct tally *tally;     /* NULL if this pass is not counted */
    struct output *expected; /* NULL if no records are wanted */
    struct output *api;      /* NULL if no rows of the API are wanted */
    uint64_t broken;         /* lines of that kind still to be written */
    uint64_t broken_every;   /* rows from one to the next */
    struct line line;
};

static void path_of(char path[PATH_SIZE], const struct plan *plan, unsigned month,
                    const char *format, ...) CLI_PRINTF(4, 5);

static void path_of(char path[PATH_SIZE], const struct plan *plan, unsigned month,
                    const char *format, ...)
{
    int length = snprintf(path, PATH_SIZE, "%s/month-%u/", plan->folder, month);
    va_list arguments;
    va_start(arguments, format);
    if (length >= 0 && length < PATH_SIZE)
        length += vsnprintf(path + length, PATH_SIZE - (size_t)length, format, arguments);
    va_end(arguments);
    if (length < 0 || length >= PATH_SIZE)
        die(EX_CANTCREAT, "%s: the path is too long", plan->folder);
}

/* Makes the folder that `path`, which ends in a file's name or '/', is in, and those above it. */
static void make_folders(char *path)
{
    for (char *slash = path + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            die(EX_CANTCREAT, "%s: %s", path, strerror(errno));
        *slash = '/';
    }
}

/* The archives are of the first day of a month, the first one's of February of the cycle. */
static void set_time(const char *path, const struct plan *plan, unsigned month)
{
    struct timespec times[2];
    times[0].tv_sec = (time_t)noon_of(plan->sample.cycle, 1 + (int)month, 1);
    times[0].tv_nsec = 0;
    times[1] = times[0];
    if (utimensat(AT_FDCWD, path, times, 0) != 0)
        die(EX_IOERR, "%s: %s", path, strerror(errno));
}

/* The archive's members have the same date, at 05:43, in MS-DOS's form. */
static void set_zip_time(struct zip_writer *zip, const struct plan *plan, unsigned month)
{
    unsigned year = (unsigned)plan->sample.cycle + month / 12 - 1980;
    zip->date = (uint16_t)(year << 9 | (month % 12 + 1) << 5 | 1);
    zip->time = 5 << 11 | 43 << 5;
}

static bool has_no_date(enum odd odd)
{
    return (ODDS_DATE & ODD_BIT(odd)) != 0;
}

static bool is_in_piece(const struct piece *piece, const struct report *report,
                        const struct row *row)
{
    if (piece->kind == PIECE_ALL)
        return true;
    if (has_no_date(row->odd) || piece->kind == PIECE_UNDATED)
        return has_no_date(row->odd) == (piece->kind == PIECE_UNDATED);
    int day = transaction_day(report, row);
    return day >= piece->from && day <= piece->to;
}

/* Can any row of the report be in the piece? */
static bool may_be_in_piece(const struct piece *piece, const struct report *report)
{
    return piece->kind != PIECE_DAYS || (transaction_first_day(report) <= piece->to &&
                                         transaction_last_day(report) >= piece->from);
}

static void make_line(struct pass *pass, const struct report *report, const struct row *row,
                      bool wants_canonical)
{
    pass->line.wants_canonical = wants_canonical;
    line_start(&pass->line);
    pass->dataset->line(&pass->line, &pass->plan->sample, report, row);
    line_end(&pass->line);
}

/* Is the row's record another one than the month before? A correction usually makes it so. */
static bool has_changed(struct pass *pass, const struct report *report, const struct row *row)
{
    static char now[RECORD_SIZE], then[RECORD_SIZE];
    uint64_t this_month = (uint64_t)1 << pass->month;
    if ((row->corrected & this_month) == 0)
        return false;
    struct row before = *row;
    before.corrected &= ~this_month;
    int cycle = pass->plan->sample.cycle;
    make_line(pass, report, &before, true);
    size_t length = line_record(&pass->line, pass->type, cycle, then);
    make_line(pass, report, row, true);
    return line_record(&pass->line, pass->type, cycle, now) != length ||
           memcmp(now, then, length) != 0;
}

/* Lines that cannot be a record: by turns too few fields, and no SUB_ID. */
static void write_broken(struct pass *pass)
{
    struct line *line = &pass->line;
    uint64_t number = pass->broken--;
    const char *format = number % 2 == 0
                             ? "C00000059|N|Q1|P|20250101%010u|15|IND|BROKEN, LINE\n"
                             : "C00000059|N|Q1|P|20250101%010u|15|IND|BROKEN, LINE|NOWHERE|ZZ|"
                               "00000|NONE|NONE|01012025|100||B1|1||NO NUMBER|\n";
    line->length = (size_t)snprintf(line->filed, sizeof line->filed, format, (unsigned)number);
    sink_line(&pass->sink, line);
    if (pass->tally != NULL)
        pass->tally->broken++;
}

/* Writes the line or lines of a row, and its record if that is wanted. */
static void write_row(struct pass *pass, const struct report *report, const struct row *row)
{
    struct tally *tally = pass->tally;
    if (row->odd == ODD_CONFLICT) {
        struct row other = *row;
        other.bits = ~row->bits;
        make_line(pass, report, &other, false);
        sink_line(&pass->sink, &pass->line);
    }
    make_line(pass, report, row, pass->expected != NULL || pass->api != NULL);
    if (row->odd != ODD_CONFLICT)
        sink_line(&pass->sink, &pass->line);
    if (row->odd == ODD_CONFLICT || row->odd == ODD_REPEAT)
        sink_line_late(&pass->sink, &pass->line);
    if (pass->expected != NULL) {
        char *to = output_room(pass->expected, RECORD_SIZE);
        pass->expected->used += line_record(&pass->line, pass->type, pass->plan->sample.cycle, to);
    }
    if (pass->api != NULL)
        api_write(pass->api, pass->dataset, &pass->plan->sample, report, row, &pass->line);
    if (tally != NULL) {
        tally_record(tally, &pass->line);
        tally->repeated += row->odd == ODD_REPEAT;
        tally->conflicting += row->odd == ODD_CONFLICT;
        if (pass->broken > 0 && tally->records % pass->broken_every == 0)
            write_broken(pass);
    }
}

/* Compares with the month before. */
static void compare_row(struct pass *pass, const struct report *report, const struct row *row)
{
    bool now = row_is_there(row, pass->month);
    bool then = pass->month > 1 && row_is_there(row, pass->month - 1);
    if (!now)
        pass->tally->withdrawn += then;
    else if (!then)
        pass->tally->added++;
    else if (has_changed(pass, report, row))
        pass->tally->changed++;
    else
        pass->tally->unchanged++;
}

static void write_population(struct pass *pass, const struct population *population)
{
    struct walk walk;
    struct group group;
    struct report report;
    struct row row;
    walk_start(&walk, population, pass->month);
    while (walk_next(&walk, &group)) {
        report_of(&report, &pass->plan->sample, &group);
        if (!may_be_in_piece(&pass->piece, &report))
            continue;
        for (uint64_t place = 0; place < group.size; place++) {
            row_of(&row, &group, place, pass->month, pass->dataset->odds);
            if (pass->tally != NULL)
                compare_row(pass, &report, &row);
            if (row_is_there(&row, pass->month) && is_in_piece(&pass->piece, &report, &row))
                write_row(pass, &report, &row);
        }
    }
}

/* Writes the rows that only the API has. */
static void write_api_only(struct pass *pass)
{
    struct walk walk;
    struct group group;
    struct report report;
    struct row row;
    walk_start(&walk, &pass->plan->api_only, pass->month);
    while (walk_next(&walk, &group)) {
        report_of(&report, &pass->plan->sample, &group);
        for (uint64_t place = 0; place < group.size; place++) {
            row_of(&row, &group, place, pass->month, 0);
            if (!row_is_there(&row, pass->month))
                continue;
            make_line(pass, &report, &row, true);
            api_write(pass->api, pass->dataset, &pass->plan->sample, &report, &row, &pass->line);
        }
    }
}

/* Writes the rows of a pass; those of pas2 are in oth, too, and come first. */
static void write_rows(struct pass *pass)
{
    const struct plan *plan = pass->plan;
    const struct population *population = &plan->populations[pass->dataset - datasets];
    pass->broken_every = population->rows / (pass->broken + 1) + 1;
    if (strcmp(pass->dataset->name, "oth") == 0)
        write_population(pass, plan->sample.pas2);
    write_population(pass, population);
    while (pass->broken > 0)
        write_broken(pass);
    if (pass->api != NULL && strcmp(pass->dataset->name, "indiv") == 0)
        write_api_only(pass);
}

/* Writes one member of an archive. */
static void write_member(struct pass *pass, struct zip_writer *zip, struct output *plain,
                         const char *name)
{
    const struct plan *plan = pass->plan;
    uint64_t rows =
        population_bound(&plan->populations[pass->dataset - datasets], pass->month) + pass->broken;
    if (strcmp(pass->dataset->name, "oth") == 0)
        rows += population_bound(plan->sample.pas2, pass->month);
    zip_begin(zip, name, rows > UINT32_MAX / LONG_LINE);
    sink_open(&pass->sink, zip, plain);
    write_rows(pass);
    sink_close(&pass->sink);
    zip_end(zip);
    if (pass->tally != NULL)
        pass->tally->lines = pass->sink.lines;
}

/* Writes the members that hold the rows of itcont.txt again: a quarter of a year each, and one for
 * those without a date, in which the lines that are no records are, too. */
static void write_by_date(struct pass *pass, struct zip_writer *zip)
{
    char name[ZIP_NAME];
    int cycle = pass->plan->sample.cycle, from = 0;
    for (int day = 0, quarters = 0; quarters < 8; day++) {
        if (calendar[day].month == calendar[day + 1].month || calendar[day].month % 3 != 0)
            continue;
        pass->piece = (struct piece){PIECE_DAYS, from, day};
        snprintf(name, sizeof name, "by_date/itcont_%d_%s_%s.txt", cycle, calendar[from].ymd,
                 calendar[day].ymd);
        write_member(pass, zip, NULL, name);
        from = day + 1;
        quarters++;
    }
    pass->piece = (struct piece){.kind = PIECE_UNDATED};
    pass->broken = pass->plan->broken;
    snprintf(name, sizeof name, "by_date/itcont_%d_invalid_dates.txt", cycle);
    write_member(pass, zip, NULL, name);
}

/* The name of a file's member: weball26.txt. */
static void name_member(char name[ZIP_NAME], const struct dataset *dataset, int cycle)
{
    char year[16] = "";
    if (dataset->has_year)
        snprintf(year, sizeof year, "%02d", cycle % 100);
    snprintf(name, ZIP_NAME, "%s%s.txt", dataset->text, year);
}

/* Writes the first member, which has all rows, and with --text the same as a plain file. */
static void write_first_member(struct pass *pass, struct zip_writer *zip)
{
    char path[PATH_SIZE], name[ZIP_NAME];
    struct output text;
    name_member(name, pass->dataset, pass->plan->sample.cycle);
    pass->piece = (struct piece){.kind = PIECE_ALL};
    if (!pass->plan->text) {
        write_member(pass, zip, NULL, name);
        return;
    }
    path_of(path, pass->plan, pass->month, "text/%s", name);
    make_folders(path);
    output_create(&text, path);
    write_member(pass, zip, &text, name);
    output_close(&text);
}

static void write_archive(struct pass *pass)
{
    const struct plan *plan = pass->plan;
    char path[PATH_SIZE];
    struct zip_writer zip = {.descriptors = plan->descriptors, .zip64 = plan->zip64};

    path_of(path, plan, pass->month, "%d/%s%02d.zip", plan->sample.cycle, pass->dataset->name,
            plan->sample.cycle % 100);
    make_folders(path);
    set_zip_time(&zip, plan, pass->month);
    zip_create(&zip, path, plan->level);
    write_first_member(pass, &zip);
    if (plan->by_date && strcmp(pass->dataset->name, "indiv") == 0) {
        pass->tally = NULL;
        pass->expected = NULL;
        pass->api = NULL;
        write_by_date(pass, &zip);
    }
    zip_close(&zip);
    set_time(path, plan, pass->month);
}

/* A file that is not in an archive, and has a header line. */
static void write_csv(struct pass *pass)
{
    const struct plan *plan = pass->plan;
    const struct column_type *column = pass->type->columns;
    char path[PATH_SIZE];
    struct output file;
    path_of(path, plan, pass->month, "%d/%s_%d.csv", plan->sample.cycle, pass->dataset->name,
            plan->sample.cycle);
    make_folders(path);
    output_create(&file, path);
    for (bool first = true; column->fec_name != NULL; column++, first = false)
        output_format(&file, "%s%s", first ? "" : ",", column->fec_name);
    output_text(&file, "\n");

    sink_open(&pass->sink, NULL, &file);
    pass->piece = (struct piece){.kind = PIECE_ALL};
    write_rows(pass);
    sink_close(&pass->sink);
    pass->tally->lines = pass->sink.lines;
    output_close(&file);
    set_time(path, plan, pass->month);
}

/* The FEC's dictionary of the columns: one line, CRLF at its end. */
static void write_dictionary(const struct plan *plan, unsigned month, const struct file_type *type)
{
    char path[PATH_SIZE];
    struct output file;
    path_of(path, plan, month, "data_dictionaries/%s_header_file.csv", type->name);
    make_folders(path);
    output_create(&file, path);
    for (const struct column_type *column = type->columns; column->fec_name != NULL; column++)
        if (column->kind != COLUMN_UNUSED)
            output_format(&file, "%s%s", column == type->columns ? "" : ",", column->fec_name);
    output_text(&file, "\r\n");
    output_close(&file);
    set_time(path, plan, month);
}

/* Opens the file of expected records and writes its header line. The path is good until the next
 * call. */
static void open_expected(struct output *expected, const struct pass *pass)
{
    static char path[PATH_SIZE], header[RECORD_SIZE];
    path_of(path, pass->plan, pass->month, "expected/%s.tsv", pass->dataset->name);
    make_folders(path);
    output_create(expected, path);
    output_write(expected, header, line_header(pass->type, header));
}

/* Opens the file of the API's rows. The path is good until the next call. */
static void open_api(struct output *api, const struct pass *pass)
{
    static char path[PATH_SIZE];
    path_of(path, pass->plan, pass->month, "api/%s.jsonl", api_name(pass->dataset));
    make_folders(path);
    output_create(api, path);
}

static void write_dataset(const struct plan *plan, unsigned month, const struct dataset *dataset,
                          struct output *manifest)
{
    static struct tally tally;
    static struct pass pass;
    struct output expected, api;
    bool wants_api = plan->api && api_name(dataset) != NULL;
    memset(&tally, 0, sizeof tally);
    memset(&pass, 0, sizeof pass);
    pass.plan = plan;
    pass.dataset = dataset;
    pass.type = type_find(dataset->name);
    pass.month = month;
    pass.tally = &tally;
    pass.line.style = dataset->style;
    pass.broken = strcmp(dataset->name, "indiv") == 0 ? plan->broken : 0;
    if (plan->expect) {
        open_expected(&expected, &pass);
        pass.expected = &expected;
    }
    if (wants_api) {
        open_api(&api, &pass);
        pass.api = &api;
    }
    progress_start(dataset->name, 0);
    if (dataset->text != NULL)
        write_archive(&pass);
    else
        write_csv(&pass);
    progress_end();
    if (plan->expect)
        output_close(&expected);
    if (wants_api)
        output_close(&api);
    if (pass.type->has_header)
        write_dictionary(plan, month, pass.type);
    tally_write(&tally, dataset->name, manifest);
}

void month_write(const struct plan *plan, unsigned month)
{
    char path[PATH_SIZE];
    struct output manifest;
    path_of(path, plan, month, "manifest");
    make_folders(path);
    output_create(&manifest, path);
    output_format(&manifest, "cycle=%d\nmonth=%u\n", plan->sample.cycle, month);
    for (int i = 0; datasets[i].name != NULL; i++)
        if (plan->wanted[i])
            write_dataset(plan, month, &datasets[i], &manifest);
    output_close(&manifest);
}
