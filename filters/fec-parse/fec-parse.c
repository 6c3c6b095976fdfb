/* fec-parse - turns the FEC's bulk files, and the rows of its API, into records.
 *
 * Reads one file of a type in records/file_types.c from standard input, and writes it as
 * man/fec-records.5 says: UTF-8, tabs, ISO dates, amounts with two decimals, \N for NULL. Or reads
 * rows of the API, a JSON object on each line, of a type in openfec_types.c, and writes the same
 * records.
 *
 * What is hard comes from the data being what they are. A bad date does not lose a row, for the row
 * still carries money. A line that cannot be a record is put aside, and the run fails only if there
 * are more of them than a filer's slips explain. A text that ends within a line is refused, since
 * nobody knows how much is missing. A column that the FEC has added, renamed or moved stops
 * everything before the first record is written.
 *
 * The way of a line: fields.c (or csv.c) reads and splits it, record.c converts and writes it
 * with records/text.c and records/value.c, rejects.c takes it if that fails. Between the two,
 * openfec_row.c makes a line of fields from a line of JSON.
 */
#include "fec-parse/openfec_row.h"
#include "base/cli.h"
#include "fec-parse/csv.h"
#include "fec-parse/dictionary.h"
#include "fec-parse/fields.h"
#include "fec-parse/header.h"
#include "base/input.h"
#include "base/output.h"
#include "base/progress.h"
#include "base/samefile.h"
#include "fec-parse/record.h"
#include "fec-parse/rejects.h"
#include "base/stats.h"
#include "records/endpoints.h"
#include "records/file_types.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_MAX_REJECTS "0.1%"
#define FIRST_CYCLE 1976 /* the FEC began in 1975 */
#define LAST_CYCLE 9998
#define LINES_A_LOOK 4096 /* the clock and the limits are looked at after this number of lines */

static const char *cycle_text, *header_path;
static struct reject_options reject_options = {.limit = DEFAULT_MAX_REJECTS, .least = "0"};
static bool allow_cut, list_types, list_columns;

static const struct file_type *type;
static const struct api_type *api; /* NULL if it is a bulk file */
static struct input input;
static struct fields fields; /* of a bulk file; of a file of JSON the lines */
static struct apirow apirow; /* of a line of JSON */
static struct csvfile csv;   /* of a CSV file */
static struct record_writer writer;
static struct output output;
static struct rejects rejects;
static uint64_t lines, blank_lines;

static const struct cli_option options[] = {
    {'c', "cycle", "YYYY", "the two-year period, the even year that ends it", NULL, &cycle_text,
     NULL},
    {'H', "header", "FILE", "first check the FEC's header dictionary FILE", NULL, &header_path,
     NULL},
    {'r', "rejects", "FILE", "write the lines that cannot be a record to FILE", NULL,
     &reject_options.path, NULL},
    {0, "reject-keys", "FILE", "write the keys that such lines still show to FILE", NULL,
     &reject_options.keys_path, NULL},
    {'m', "max-rejects", "N|P%", "fail if more are rejected (" DEFAULT_MAX_REJECTS ")", NULL,
     &reject_options.limit, NULL},
    {0, "min-rejects", "N", "a percentage allows fewer rejected lines than N (0)", NULL,
     &reject_options.least, NULL},
    {0, "allow-cut", NULL, "accept a text that ends within a line", &allow_cut, NULL, NULL},
    {0, "types", NULL, "list the datasets and endpoints", &list_types, NULL, NULL},
    {0, "columns", NULL, "list the columns of TYPE", &list_columns, NULL, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct cli_program program = {
    .name = "fec-parse",
    .usage =
        "TYPE --cycle YYYY [--header FILE] [--rejects FILE] [--reject-keys FILE]\n"
        "                 [--max-rejects N|P%] [--min-rejects N] [--allow-cut] <lines >records\n"
        "       fec-parse api schedule_a|committees|candidates --cycle YYYY [--rejects FILE]\n"
        "                 [--reject-keys FILE] [--max-rejects N|P%] [--min-rejects N]\n"
        "                 [--allow-cut] <json-lines >records\n"
        "       fec-parse --types\n"
        "       fec-parse --columns TYPE|api NAME",
    .purpose =
        "Turns a bulk file of the FEC, or rows of its API, into records: text, tabs between\n"
        "fields, a header line.",
    .options = options,
};

/* A bulk file that is not in a zip is true CSV. */
static bool type_is_csv(const struct file_type *of)
{
    return api == NULL && of->member == NULL;
}

/* A line of --types. An endpoint's records are those of its bulk type. */
static void print_type(const char *name, const char *kind, const struct file_type *of,
                       bool is_endpoint)
{
    output_format(&output, "%s\t%s\t%s\t%s\t%s\t%d\t%u\t%s\t%s\n", name, kind, of->table, of->key,
                  is_endpoint || of->member == NULL ? "-" : of->member,
                  of->has_header && !is_endpoint, of->since, of->name, of->label);
}

static void print_types(void)
{
    for (const struct file_type *each = all_types; each->name != NULL; each++)
        print_type(each->name, "bulk", each, false);
    for (const struct endpoint *each = all_endpoints; each->name != NULL; each++)
        print_type(each->name, "api", type_find(each->bulk), true);
}

static const char *kind_name(enum column_kind kind)
{
    switch (kind) {
    case COLUMN_NUMBER:
        return "number";
    case COLUMN_AMOUNT:
        return "amount";
    case COLUMN_DATE:
    case COLUMN_YMD_DATE:
        return "date";
    default:
        return "text";
    }
}

/* A line of --columns. Of a column of the API it also says how it is merged. */
static void print_column(void *context, const char *name, const struct column_type *column,
                         enum column_kind kind)
{
    bool unnamed = column == NULL || column->fec_name[0] == '\0';
    output_format(context, "%s\t%s\t%s", name, unnamed ? "-" : column->fec_name, kind_name(kind));
    if (api != NULL)
        output_format(context, "\t%s", api_lacks(api, name) ? "lacks" : "as_is");
    output_text(context, "\n");
}

/* Lines and bytes that the input had, and the sum of what was written, as counters of --stats. */
static void register_counters(void)
{
    char named[64];
    snprintf(named, sizeof named, "%s%s", api ? "api " : "", type->name);
    stats_text("type", named);
    stats_text("cycle", cycle_text);
    stats_count("bytes", &input.offset);
    stats_count("lines", &lines);
    stats_count("records", &writer.counts.records);
    stats_count("blank_lines", &blank_lines);
    stats_count("alike", &writer.counts.alike);
    stats_count("undated", &writer.counts.undated);
    stats_count("no_date", &writer.counts.no_date);
    stats_count("recoded_rows", &writer.counts.recoded_rows);
    stats_count("control_rows", &writer.counts.control_rows);
    stats_text("amount_total", "0.00");
}

/* Brings the progress line and the sum in --stats up to date. */
static void report(void)
{
    char total[SUM_TEXT];
    amount_text(&writer.counts.total, total);
    stats_text("amount_total", total);
    progress_at(input.offset, writer.counts.records);
}

/* An archive that nobody has unpacked would be rejected line by line; say what it is instead. */
static void refuse_zip(void)
{
    static const char signature[] = {'P', 'K', 3, 4};
    while (input_unread(&input) < sizeof signature && input_more(&input))
        ;
    if (input_unread(&input) >= sizeof signature &&
        memcmp(input_bytes(&input), signature, sizeof signature) == 0)
        die(EX_DATAERR, "standard input: this is a zip archive; fec-unzip unpacks it");
}

/* Opens the input and the writer. A CSV file's own header row is checked here. */
static void open_input(unsigned cycle)
{
    input_open(&input, STDIN_FILENO, "standard input");
    refuse_zip();
    if (api != NULL)
        apirow_open(&apirow, api, cycle);
    if (type_is_csv(type)) {
        size_t place[MOST_COLUMNS];
        csvfile_open(&csv, &input);
        dictionary_match(&csv, type, place);
        record_open(&writer, type, cycle, place);
        csv.fields = writer.fields;
    } else {
        fields_open(&fields, &input);
        record_open(&writer, type, cycle, NULL);
    }
}

static enum line_status next_line(struct line *line)
{
    return type_is_csv(type) ? csvfile_next(&csv, line) : fields_next(&fields, line);
}

/* Writes a row of the API as a record, or rejects it. */
static void take_row(const struct line *json)
{
    struct line line;
    enum reject reject = apirow_read(&apirow, json, &line);
    if (reject != REJECT_NONE) {
        rejects_add(&rejects, reject, apirow.reason, json, (struct span){"", 0});
        return;
    }
    writer.found = apirow.json.faults;
    reject = record_write(&writer, &line, &output);
    if (reject != REJECT_NONE)
        rejects_add(&rejects, reject, writer.reason, json, record_key(&writer, &line));
}

/* All texts of the FEC end with a line end. */
static void check_whole(const struct line *line)
{
    if (!line->whole && !allow_cut)
        die(EX_DATAERR,
            "standard input: line %" PRIu64 ": no newline at its end: the text is cut short; "
            "--allow-cut reads it all the same",
            line->number);
}

/* Only after all of a line that is too long has been read is it known whether it ends. */
static void take_long(struct line *line)
{
    rejects_add_long(&rejects, &fields, line);
    line->whole = !fields.cut;
    check_whole(line);
}

static void take_stray(const struct line *line)
{
    check_whole(line);
    rejects_add(&rejects, REJECT_FIELDS, "a quote is opened and not closed in this line", line,
                (struct span){"", 0});
}

static void take_line(const struct line *line)
{
    if (line->count == 1 && line_is_blank(line)) {
        blank_lines++;
        return;
    }
    check_whole(line);
    if (api != NULL) {
        take_row(line);
        return;
    }
    enum reject reject = record_write(&writer, line, &output);
    if (reject != REJECT_NONE)
        rejects_add(&rejects, reject, writer.reason, line, record_key(&writer, line));
}

/* Writes all lines as records, or until it is of no use to go on. */
static void parse(void)
{
    struct line line;
    enum line_status status;
    progress_start("fec-parse", 0);
    while ((status = next_line(&line)) != LINE_NONE) {
        lines++;
        if (status == LINE_TOO_LONG)
            take_long(&line);
        else if (status == LINE_STRAY)
            take_stray(&line);
        else
            take_line(&line);
        if (lines % LINES_A_LOOK == 0) {
            report();
            if (rejects_hopeless(&rejects, lines))
                break;
        }
    }
    report();
    progress_end();
}

/* Sets the type that the operands name: a bulk file's, or api and one of the API's. */
static void set_type(char **operands, int count)
{
    if (count > 0 && strcmp(operands[0], "api") == 0) {
        if (count != 2)
            die_usage("one of schedule_a, committees and candidates must be named after api");
        api = api_type_find(operands[1]);
        if (api == NULL)
            die_usage("there is no type 'api %s', but schedule_a, committees and candidates",
                      operands[1]);
        type = api_records(api);
        return;
    }
    if (count != 1)
        die_usage("one TYPE must be named");
    type = type_find(operands[0]);
    if (type == NULL)
        die_usage("there is no type '%s'; --types lists them", operands[0]);
}

/* What --types and --columns print. */
static int list(char **operands, int count)
{
    if (list_types && count > 0)
        die_usage("--types takes no operand");
    if (!list_types)
        set_type(operands, count);
    output_open(&output, STDOUT_FILENO, "standard output");
    if (list_types)
        print_types();
    else
        header_columns(type, print_column, &output);
    output_close(&output);
    return cli_end(EX_OK);
}

static void check_file(const char *option, const char *path)
{
    if (path != NULL && strcmp(path, "-") == 0)
        die_usage("%s takes a file, because standard output is for the records", option);
    refuse_same_file(option, path, STDIN_FILENO, "standard input");
    refuse_same_path(option, path, "--header", header_path);
}

int main(int argc, char **argv)
{
    int operand = cli_start(&program, argc, argv);
    if (list_types || list_columns)
        return list(argv + operand, argc - operand);

    set_type(argv + operand, argc - operand);
    if (cycle_text == NULL)
        die_usage("--cycle must be given");
    unsigned cycle = (unsigned)cli_number("--cycle", cycle_text, FIRST_CYCLE, LAST_CYCLE);
    if (cycle % 2 != 0)
        die_usage("--cycle takes the even year that ends the period, not %u", cycle);
    if (header_path != NULL && api != NULL)
        die_usage("rows of the API have no header, so --header is of no use");
    if (header_path != NULL && type_is_csv(type))
        die_usage("%s has its header in its first row, so --header is of no use", type->name);
    check_file("--rejects", reject_options.path);
    check_file("--reject-keys", reject_options.keys_path);
    if (reject_options.path != NULL && reject_options.keys_path != NULL &&
        strcmp(reject_options.path, reject_options.keys_path) == 0)
        die_usage("--rejects and --reject-keys must be two files");

    register_counters();
    if (header_path != NULL)
        dictionary_check(header_path, type);
    rejects_open(&rejects, &reject_options, type->key);
    output_open(&output, STDOUT_FILENO, "standard output");
    open_input(cycle);
    header_write(type, &output);
    /* At once, so that the next program can check the columns before hours of download. */
    output_flush(&output);
    parse();
    output_close(&output);
    rejects_close(&rejects, lines);
    return cli_end(EX_OK);
}
