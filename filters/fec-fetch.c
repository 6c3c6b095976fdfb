/* fec-fetch - write a file of the Federal Election Commission to standard output.
 *
 * The files are large and the lines between are not always good, so the program is built around
 * one promise: a reader of its output sees the bytes of one version of the file, each once and in
 * order, or the program ends with an error. What happens on the way (a broken connection, a busy
 * server, a stalled one) is only a pause.
 *
 * This file knows what the FEC's files are called, and the options. Below it lie, each in a file of
 * filters/lib: the transfer with its retries and its going on after a break (fetch_transfer), one
 * request (fetch_request), where the bytes go (fetch_sink), the copy on disk (fetch_copy), and what
 * tells one version of a file from another (fetch_validators).
 */
#include "cli.h"
#include "fetch_request.h"
#include "fetch_transfer.h"
#include "types.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* https://www.fec.gov/campaign-finance-data/browse-data/?tab=bulk-data */
#define BULK_URL "https://www.fec.gov/files/bulk-downloads"
#define RETRIES 5

static const char *save_path, *etag_path, *retries_text;
static bool info;

static struct transfer transfer;
static struct sink sink;
static struct copy copy;

static const struct cli_option options[] = {
    {'i', "info", NULL, "fetch nothing, print what the server says of the file", &info, NULL, NULL},
    {'s', "save", "FILE", "keep a copy in FILE; go on with one that was cut off", NULL, &save_path,
     NULL},
    {'e', "etag", "FILE", "write nothing if the version is that of FILE, else note it there", NULL,
     &etag_path, NULL},
    {'r', "retries", "NUMBER", "bear so many failures in a row (5)", NULL, &retries_text, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct cli_program program = {
    .name = "fec-fetch",
    .usage = "[options] bulk NAME CYCLE | header NAME",
    .purpose =
        "Writes a bulk file of the FEC, or the header dictionary of one, to standard output.",
    .options = options,
};

/* The URL of a file below FEC_BULK_URL; ends with EX_USAGE if that is not a URL. */
static char *bulk_url(const char *path)
{
    const char *base = getenv("FEC_BULK_URL");
    if (base == NULL || *base == '\0')
        base = BULK_URL;
    size_t length = strlen(base);
    while (length > 0 && base[length - 1] == '/')
        length--;
    char *url = cli_alloc(length + strlen(path) + 2), *shown;
    sprintf(url, "%.*s/%s", (int)length, base, path);
    /* What is not a URL could still hold a password, so it is not repeated here. */
    if (!request_url(url, &shown))
        die_usage("FEC_BULK_URL is not a URL of http, https or file");
    transfer.shown = shown;
    return url;
}

/* Prints what --info promises, a line each. */
static void print_info(void)
{
    const char *effective = transfer_ask(&transfer);
    printf("url=%s\neffective_url=%s\netag=%s\nlast_modified=%s\nlength=%s\n", transfer.shown,
           effective, transfer.is.etag, transfer.is.last_modified,
           validators_length_text(&transfer.is));
    if (fflush(stdout) != 0) {
        if (errno == EPIPE)
            cli_end_closed_pipe();
        die(EX_IOERR, "standard output: %s", strerror(errno));
    }
}

/* Fetches the file `path` below FEC_BULK_URL as the options say. */
static void fetch(const char *path, enum sink_content content)
{
    static struct validators known;
    requests_start();
    transfer.url = bulk_url(path);
    transfer.sink = &sink;
    retry_start(&transfer.retry,
                retries_text == NULL ? RETRIES : cli_number("--retries", retries_text, 0, 1000000));
    transfer_stats(&transfer);
    if (etag_path != NULL && validators_read(&known, etag_path) && validators_usable(&known))
        transfer.known = &known;
    if (save_path != NULL) {
        copy_open(&copy, save_path);
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
        validators_write(&transfer.is, etag_path);
}

static const struct file_type *type_named(const char *name)
{
    const struct file_type *type = type_find(name);
    if (type == NULL)
        die_usage("there is no bulk file named '%s'", name);
    return type;
}

static void fetch_bulk(char **operands)
{
    const struct file_type *type = type_named(operands[0]);
    uint64_t cycle = cli_number("CYCLE", operands[1], 1976, 2100);
    char path[100];
    if (cycle % 2 != 0)
        die_usage("CYCLE is the even year that ends a two-year period, not %s", operands[1]);
    if (type->member == NULL)
        snprintf(path, sizeof path, "%d/%s_%d.csv", (int)cycle, type->name, (int)cycle);
    else
        snprintf(path, sizeof path, "%d/%s%02d.zip", (int)cycle, type->name, (int)cycle % 100);
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

static const struct subcommand {
    const char *name;
    int operand_count;
    const char *operands;
    void (*run)(char **operands);
} subcommands[] = {
    {"bulk", 2, "NAME CYCLE", fetch_bulk},
    {"header", 1, "NAME", fetch_header},
    {NULL, 0, NULL, NULL},
};

/* Signals that would end the program where an error of write() is to be reported. */
static void ignore_signals_of_write(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

int main(int argc, char **argv)
{
    int first = cli_start(&program, argc, argv);
    ignore_signals_of_write();
    /* Without it the first file to be opened would become the output. */
    if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
        die(EX_IOERR, "standard output is closed");
    if (info && (save_path != NULL || etag_path != NULL))
        die_usage("--info fetches nothing, so it goes with neither --save nor --etag");
    if (save_path != NULL && etag_path != NULL && strcmp(save_path, etag_path) == 0)
        die_usage("--save and --etag need two files");
    if (first == argc)
        die_usage("what is to be fetched?");
    const struct subcommand *sub = subcommands;
    while (sub->name != NULL && strcmp(sub->name, argv[first]) != 0)
        sub++;
    if (sub->name == NULL)
        die_usage("there is no subcommand '%s'", argv[first]);
    if (argc - first - 1 != sub->operand_count)
        die_usage("%s takes %s", sub->name, sub->operands);
    sub->run(argv + first + 1);
    return cli_end(EX_OK);
}
