/* fec-fetch - write a file of the Federal Election Commission, or rows of its API, to standard
 * output.
 *
 * The files are large and the connections are not always good, so the program keeps one promise: a
 * reader of its output sees the bytes of one version of the file, each once and in order, or the
 * program ends with an error. Whatever happens on the way (a broken connection, a busy server, a
 * stalled one) is only a pause.
 *
 * This file has the options and the names of the FEC's files. Its folders have the rest:
 *
 *   http/     one request, what its response says, when to ask again
 *   bulk/     one file: the transfer, where its bytes go, the copy on disk
 *   openfec/  rows of the API, which come in pages of 100 and need a key that is rate-limited per
 *             hour: a sweep of all pages, the client that asks for one, the query, the cursor file
 * by which a killed run is resumed, the quota of calls
 */
#include "fec-fetch/openfec/key.h"
#include "fec-fetch/openfec/quota.h"
#include "fec-fetch/openfec/sweep.h"
#include "base/cli.h"
#include "base/strbuf.h"
#include "fec-fetch/http/request.h"
#include "fec-fetch/http/url.h"
#include "fec-fetch/bulk/transfer.h"
#include "records/endpoints.h"
#include "records/file_types.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* https://www.fec.gov/campaign-finance-data/browse-data/?tab=bulk-data */
#define BULK_URL "https://www.fec.gov/files/bulk-downloads"
#define RETRIES 5

/* https://api.open.fec.gov/developers/ */
#define API_URL "https://api.open.fec.gov/v1"

static const char *save_path, *etag_path, *retries_text;
static const char *cycle_text, *committees_path, *cursor_path, *pages_text;
static bool info, only_individuals;

static struct transfer transfer;
static struct sink sink;
static struct copy copy;
static struct query query;

static void add_committees(const char *argument)
{
    query.of_committees = true;
    committees_add(&query.committees, argument);
}

static const struct cli_option options[] = {
    {'i', "info", NULL, "fetch nothing, print what the server says of the file", &info, NULL, NULL},
    {'s', "save", "FILE", "keep a copy in FILE; resume one that was cut off", NULL, &save_path,
     NULL},
    {'e', "etag", "FILE", "write nothing if FILE notes this version; else note it there", NULL,
     &etag_path, NULL},
    {'r', "retries", "NUMBER", "consecutive failures tolerated (5)", NULL, &retries_text, NULL},
    {'c', "cycle", "YYYY", "api: the two-year period that ends in this year", NULL, &cycle_text,
     NULL},
    {0, "committee", "ID[,ID...]", "api: rows of these committees; may be repeated", NULL, NULL,
     add_committees},
    {0, "committees", "FILE", "api: rows of the committees in FILE, with their dates", NULL,
     &committees_path, NULL},
    {0, "min-date", "DATE", "api: rows received on this day or later", NULL,
     &query.filters[FILTER_MIN_DATE], NULL},
    {0, "min-load-date", "DATE", "api: rows that the FEC loaded on this day or later", NULL,
     &query.filters[FILTER_MIN_LOAD_DATE], NULL},
    {0, "is-individual", NULL, "api: only contributions by individuals", &only_individuals, NULL,
     NULL},
    {0, "min-first-file-date", "DATE", "api: those that first filed on this day or later", NULL,
     &query.filters[FILTER_MIN_FIRST_FILE_DATE], NULL},
    {0, "min-last-file-date", "DATE", "api: those that last filed on this day or later", NULL,
     &query.filters[FILTER_MIN_LAST_FILE_DATE], NULL},
    {0, "cursor", "FILE", "api: note in FILE how far rows are read; resume there", NULL,
     &cursor_path, NULL},
    {0, "pages", "NUMBER", "api: end after NUMBER pages, or when the quota is used up", NULL,
     &pages_text, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct cli_program program = {
    .name = "fec-fetch",
    .usage = "[options] bulk DATASET CYCLE | header DATASET | api ENDPOINT --cycle YYYY | quota",
    .purpose = "Writes a bulk file of the FEC, the header dictionary of one, or rows of its API\n"
               "(schedule_a, committees, candidates) as JSON lines, to standard output.",
    .options = options,
};

/* The URL in the environment variable `name`, or `usual`, without slashes at its end. Allocated. */
static char *base_url(const char *name, const char *usual)
{
    const char *base = getenv(name);
    if (base == NULL || *base == '\0')
        base = usual;
    size_t length = strlen(base);
    while (length > 0 && base[length - 1] == '/')
        length--;
    return string_format("%.*s", (int)length, base);
}

/* The URL of a file below FEC_BULK_URL; ends with EX_USAGE if that is not a URL. */
static char *bulk_url(const char *path)
{
    char *base = base_url("FEC_BULK_URL", BULK_URL);
    char *url = string_format("%s/%s", base, path);
    free(base);
    transfer.shown = url_shown(url);
    /* A malformed URL can still hold a password, so the message does not repeat it. */
    if (transfer.shown == NULL)
        die_usage("FEC_BULK_URL is not a URL of http, https or file");
    return url;
}

/* After the last line on stdout. */
static void flush_lines(void)
{
    if (fflush(stdout) == 0)
        return;
    if (errno == EPIPE)
        cli_end_closed_pipe();
    die(EX_IOERR, "standard output: %s", strerror(errno));
}

static uint64_t retries(void)
{
    return retries_text == NULL ? RETRIES : cli_number("--retries", retries_text, 0, 1000000);
}

static uint64_t even_cycle(const char *what, const char *text)
{
    uint64_t cycle = cli_number(what, text, 1976, 2100);
    if (cycle % 2 != 0)
        die_usage("%s is the even year that ends a two-year period, not %s", what, text);
    return cycle;
}

/* Prints what --info promises, a line each. */
static void print_info(void)
{
    const char *effective = transfer_ask(&transfer);
    printf("url=%s\neffective_url=%s\netag=%s\nlast_modified=%s\nlength=%s\n", transfer.shown,
           effective, transfer.is.etag, transfer.is.last_modified,
           validators_length_text(&transfer.is));
    flush_lines();
}

/* Fetches the file `path` below FEC_BULK_URL as the options say. */
static void fetch(const char *path, enum sink_content content)
{
    static struct validators known;
    requests_start();
    transfer.url = bulk_url(path);
    transfer.sink = &sink;
    retry_start(&transfer.retry, retries());
    transfer_stats(&transfer);
    if (etag_path != NULL && validators_read(&known, etag_path, transfer.shown) &&
        validators_usable(&known))
        transfer.known = &known;
    if (save_path != NULL) {
        copy_open(&copy, save_path, transfer.shown);
        transfer.copy = &copy;
    }
    sink_open(&sink, transfer.shown, content, transfer.copy);
    if (info) {
        print_info();
        return;
    }
    transfer_file(&transfer);
    if (transfer.not_modified) {
        complain("%s: not modified since %s", transfer.shown,
                 transfer.is.last_modified[0] != '\0' ? transfer.is.last_modified
                                                      : transfer.is.etag);
        return;
    }
    if (save_path != NULL && !transfer.from_copy)
        copy_finish(&copy, &transfer.is);
    if (etag_path != NULL)
        validators_write(&transfer.is, etag_path, transfer.shown);
}

static const struct file_type *type_named(const char *name)
{
    const struct file_type *type = type_find(name);
    if (type == NULL)
        die_usage("there is no dataset named '%s'", name);
    return type;
}

static void fetch_bulk(char **operands)
{
    const struct file_type *type = type_named(operands[0]);
    uint64_t cycle = even_cycle("CYCLE", operands[1]);
    char path[TYPE_PATH];
    type_path(type, (unsigned)cycle, path);
    fetch(path, type->member == NULL ? SINK_CSV : SINK_ZIP);
}

static void fetch_header(char **operands)
{
    const struct file_type *type = type_named(operands[0]);
    char path[100];
    if (!type->has_header)
        die_usage("the FEC publishes no header dictionary of '%s'", type->name);
    snprintf(path, sizeof path, "data_dictionaries/%s_header_file.csv", type->name);
    fetch(path, SINK_CSV);
}

static bool is_date_filter(enum endpoint_filter filter)
{
    return strncmp(filter_parameters[filter], "min_", 4) == 0;
}

/* The option of a filter, valid until the next call. */
static const char *option_of(enum endpoint_filter filter)
{
    static char option[64];
    snprintf(option, sizeof option, "--%s", filter_parameters[filter]);
    for (char *c = option; *c != '\0'; c++)
        if (*c == '_')
            *c = '-';
    return option;
}

static void check_filters(void)
{
    for (int i = 0; i < FILTERS; i++) {
        const char *value = query.filters[i];
        if (value == NULL)
            continue;
        if (!endpoint_takes(query.endpoint, i))
            die_usage("%s does not go with api %s", option_of(i), query.endpoint->name);
        if (is_date_filter(i) && !date_is_valid(value))
            die_usage("%s takes a date, YYYY-MM-DD, not '%s'", option_of(i), value);
    }
    if (query.of_committees && !endpoint_takes(query.endpoint, FILTER_COMMITTEE))
        die_usage("%s does not go with api %s",
                  committees_path != NULL ? "--committees" : "--committee", query.endpoint->name);
}

static _Noreturn void die_unknown_endpoint(const char *name)
{
    struct strbuf names = {0};
    for (const struct endpoint *endpoint = all_endpoints; endpoint->name != NULL; endpoint++)
        strbuf_format(&names, "%s%s", names.length > 0 ? ", " : "", endpoint->name);
    die_usage("api knows %s, not '%s'", names.text, name);
}

/* Completes the query, whose other members the options have set. */
static void complete_query(const char *name)
{
    query.endpoint = endpoint_find(name);
    if (query.endpoint == NULL)
        die_unknown_endpoint(name);
    if (only_individuals)
        query.filters[FILTER_IS_INDIVIDUAL] = "true";
    query.of_committees = query.of_committees || committees_path != NULL;
    check_filters();
    if (cycle_text == NULL)
        die_usage("api needs --cycle");
    query.cycle = even_cycle("--cycle", cycle_text);
    if (committees_path != NULL)
        committees_add_file(&query.committees, committees_path);
    if (query.of_committees)
        committees_group(&query.committees);
}

static void fetch_api(char **operands)
{
    struct sweep sweep = {.query = &query, .cursor_path = cursor_path};
    char *base = base_url("FEC_API_URL", API_URL), *shown = url_shown(base);
    complete_query(operands[0]);
    if (pages_text != NULL)
        sweep.most_pages = cli_number("--pages", pages_text, 1, 1000000000);
    sweep.retries = retries();
    /* A malformed URL can still hold a password, so the message does not repeat it. */
    if (shown == NULL || url_is_local(base) || strpbrk(base, "?#") != NULL)
        die_usage("FEC_API_URL is not a URL of http or https without a query");
    if (!url_has_scheme(base, "https") && !url_is_loopback(base))
        die_usage(
            "FEC_API_URL: over http the key would cross the network in plain text; use https");
    shown[strlen(shown) - (shown[strlen(shown) - 1] == '/')] = '\0';
    sweep.base = base;
    sweep.shown = shown;
    quota_start();
    key_header();
    requests_start();
    sweep_run(&sweep);
}

/* Prints what is left of the hour's calls, one value a line; an empty value means no limit. */
static void print_quota(char **operands)
{
    struct quota quota;
    (void)operands;
    quota_start();
    quota_look(&quota);
    printf("limit=%" PRIu64 "\nused=%" PRIu64 "\nleft=", quota.limit, quota.used);
    if (quota.limit > 0)
        printf("%" PRIu64, quota.left);
    printf("\nwait_seconds=%" PRIu64 "\n", (quota.wait_ms + 999) / 1000);
    if (quota.server_limit >= 0)
        printf("server_limit=%" PRId64 "\n", quota.server_limit);
    if (quota.server_remaining >= 0)
        printf("server_remaining=%" PRId64 "\n", quota.server_remaining);
    time_t said = (time_t)quota.server_said_at;
    struct tm utc;
    char text[32];
    if (said > 0 && gmtime_r(&said, &utc) != NULL &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0)
        printf("server_said_at=%s\n", text);
    flush_lines();
}

static bool any_filter(void)
{
    bool any = only_individuals || query.of_committees || committees_path != NULL;
    for (int i = 0; i < FILTERS; i++)
        any = any || query.filters[i] != NULL;
    return any;
}

/* Which options go with which subcommands; filters are looked at once more with the endpoint. */
static void check_options(const char *subcommand)
{
    enum { FILES = 1, API = 2, QUOTA = 4 };
    const struct {
        const char *name;
        bool given;
        unsigned goes_with;
    } given[] = {
        {"--info", info, FILES},
        {"--save", save_path != NULL, FILES},
        {"--etag", etag_path != NULL, FILES},
        {"--retries", retries_text != NULL, FILES | API},
        {"--cycle", cycle_text != NULL, API},
        {"--cursor", cursor_path != NULL, API},
        {"--pages", pages_text != NULL, API},
        {"an option that selects rows", any_filter(), API},
    };
    unsigned purpose = strcmp(subcommand, "quota") == 0 ? QUOTA
                       : strcmp(subcommand, "api") == 0 ? API
                                                        : FILES;
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (given[i].given && (given[i].goes_with & purpose) == 0)
            die_usage("%s does not go with %s", given[i].name, subcommand);
    if (info && (save_path != NULL || etag_path != NULL))
        die_usage("--info fetches nothing, so it goes with neither --save nor --etag");
    if (save_path != NULL && etag_path != NULL && strcmp(save_path, etag_path) == 0)
        die_usage("--save and --etag need two files");
}

static const struct subcommand {
    const char *name;
    int operand_count;
    const char *operands;
    void (*run)(char **operands);
} subcommands[] = {
    {"bulk", 2, "DATASET CYCLE", fetch_bulk},
    {"header", 1, "DATASET", fetch_header},
    {"api", 1, "ENDPOINT --cycle YYYY", fetch_api},
    {"quota", 0, "no operands", print_quota},
    {NULL, 0, NULL, NULL},
};

/* These signals would end the program before it can report that write failed. */
static void ignore_signals_of_write(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

int main(int argc, char **argv)
{
    int first = cli_start(&program, argc, argv);
    ignore_signals_of_write();
    if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY)
        die(EX_IOERR, "standard output is closed, or cannot be written");
    if (first == argc)
        die_usage("a subcommand is missing");
    const struct subcommand *sub = subcommands;
    while (sub->name != NULL && strcmp(sub->name, argv[first]) != 0)
        sub++;
    if (sub->name == NULL)
        die_usage("there is no subcommand '%s'", argv[first]);
    if (argc - first - 1 != sub->operand_count)
        die_usage("%s takes %s", sub->name, sub->operands);
    check_options(sub->name);
    sub->run(argv + first + 1);
    return cli_end(EX_OK);
}
