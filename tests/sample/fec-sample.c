/* fec-sample - makes a piece of the FEC's download tree, of any size, for any number of months.
 *
 * The demo, the tests and the benchmarks load what this program writes, since the rows of real
 * contributors must not be passed on. Its files have the shape of the real ones (fields, lengths,
 * shares of empty values, committees of all sizes, the quirks), its people and firms are made up.
 *
 *     DIR/month-K/{cycle}/{name}{yy}.zip and so on    usable as FEC_BULK_URL=file://DIR/month-K
 *     DIR/month-K/data_dictionaries/                  the FEC's header files
 *     DIR/month-K/expected/{name}.tsv                 with --expect: what the tables must hold
 *     DIR/month-K/text/                               with --text: the members, not packed
 *     DIR/month-K/api/{name}.jsonl                    with --api: the same rows as the API has them
 *     DIR/month-K/manifest                            counts, key=value a line
 *
 * The expected records come from the values that the rows are made of, not from reading the files,
 * so that a test compares two ways to the same table. population.h says how months differ, odd.h
 * which quirks there are, api.h how the API's rows differ. The same options give the same bytes.
 */
#include "base/cli.h"
#include "draw.h"
#include "month.h"
#include "tally.h"
#include "words.h"

#include <string.h>

#define MOST_ROWS 150000000
/* The record numbers between those of indiv and of pas2, see datasets.c. */
#define API_ONLY_SERIAL 600000000
#define API_ONLY_NUMBER 16 /* what its rows are mixed from */

static const char *folder, *cycle_text, *rows_text = "20000", *months_text = "2";
static const char *seed_text = "1", *datasets_text, *level_text = "6", *broken_text = "0";
static const char *changed_text = "5", *added_text = "20", *withdrawn_text = "4", *odds_text = "2";
static bool no_by_date;
static struct plan plan = {.by_date = true};
static bool has_size[MOST_DATASETS];

static int dataset_find(const char *name, size_t length)
{
    for (int i = 0; datasets[i].name != NULL; i++)
        if (strlen(datasets[i].name) == length && memcmp(datasets[i].name, name, length) == 0)
            return i;
    die_usage("there is no dataset '%.*s'", (int)length, name);
}

/* --size NAME=ROWS */
static void take_size(const char *argument)
{
    size_t length = strcspn(argument, "=");
    if (argument[length] == '\0')
        die_usage("--size takes NAME=ROWS, not '%s'", argument);
    int i = dataset_find(argument, length);
    has_size[i] = true;
    plan.populations[i].rows = cli_number("--size", argument + length + 1, 0, MOST_ROWS);
}

static const struct cli_option options[] = {
    {'o', "out", "DIR", "the folder to write to", NULL, &folder, NULL},
    {'c', "cycle", "YYYY", "the two-year cycle, by the even year that ends it", NULL, &cycle_text,
     NULL},
    {'n', "rows", "N", "rows of indiv in month 1 (20000); the others in proportion", NULL,
     &rows_text, NULL},
    {'m', "months", "M", "how many months (2)", NULL, &months_text, NULL},
    {'s', "seed", "S", "another seed gives other rows (1)", NULL, &seed_text, NULL},
    {'d', "datasets", "NAMES", "only these, with commas between", NULL, &datasets_text, NULL},
    {0, "size", "NAME=ROWS", "rows of one dataset in month 1; may be repeated", NULL, NULL,
     take_size},
    {'e', "expect", NULL, "write the records that the tables must hold", &plan.expect, NULL, NULL},
    {'t', "text", NULL, "write the members as plain files, too", &plan.text, NULL, NULL},
    {'a', "api", NULL, "write the rows of indiv, cm and cn as the API gives them, too", &plan.api,
     NULL, NULL},
    {0, "no-by-date", NULL, "leave out the second copy of the rows in indiv", &no_by_date, NULL,
     NULL},
    {'l', "level", "1..9", "how hard to compress (6)", NULL, &level_text, NULL},
    {0, "new", "PERMILLE", "rows added each month (20)", NULL, &added_text, NULL},
    {0, "change", "PERMILLE", "rows corrected each month (5)", NULL, &changed_text, NULL},
    {0, "withdraw", "PERMILLE", "rows withdrawn each month (4)", NULL, &withdrawn_text, NULL},
    {0, "odd", "PERMILLE", "rows with a quirk (2); 0 for none at all", NULL, &odds_text, NULL},
    {0, "broken", "N", "lines in indiv that cannot be a record (0)", NULL, &broken_text, NULL},
    {0, "zip64", NULL, "zip64 fields also where they are not needed", &plan.zip64, NULL, NULL},
    {0, "descriptors", NULL, "lengths in data descriptors, as if streamed", &plan.descriptors, NULL,
     NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct cli_program program = {
    .name = "fec-sample",
    .usage = "--out DIR --cycle YYYY [options]",
    .purpose = "Writes a made-up piece of the FEC's download tree, a folder month-1, month-2 ... "
               "for each month.",
    .options = options,
};

static void choose_datasets(void)
{
    if (datasets_text == NULL)
        for (int i = 0; datasets[i].name != NULL; i++)
            plan.wanted[i] = true;
    for (const char *name = datasets_text; name != NULL;) {
        size_t length = strcspn(name, ",");
        plan.wanted[dataset_find(name, length)] = true;
        name = name[length] == ',' ? name + length + 1 : NULL;
    }
}

/* Rows of a dataset by those of indiv: its share, but not fewer than `least`; and where there
 * are rows at all, enough for every quirk to come once if indiv has as many. */
static uint64_t rows_for(const struct dataset *dataset, uint64_t rows)
{
    uint64_t share = rows / dataset->share, most = rows < 320 ? rows : 320;
    uint64_t least = dataset->least > most ? dataset->least : most;
    return share > least ? share : least;
}

/* What happens to the rows of a population, and what it is mixed from: `number`. */
static void settle_population(struct population *population, uint64_t number)
{
    population->seed = mix(mix(plan.sample.seed, (uint64_t)plan.sample.cycle), number);
    population->added = cli_number("--new", added_text, 0, 1000);
    population->changed = cli_number("--change", changed_text, 0, 500);
    population->withdrawn = cli_number("--withdraw", withdrawn_text, 0, 500);
    population->odd = cli_number("--odd", odds_text, 0, 1000);
}

static void size_population(int i, uint64_t rows)
{
    const struct dataset *dataset = &datasets[i];
    struct population *population = &plan.populations[i];
    if (!has_size[i])
        population->rows = rows_for(dataset, rows);
    settle_population(population, (uint64_t)i);
    population->reports = dataset->reports;
    population->serial = dataset->first_serial;
    if (dataset->serials > 0 && population_bound(population, plan.months) > dataset->serials / 3)
        die_usage("too many rows: %s has record numbers for %llu over all months", dataset->name,
                  (unsigned long long)dataset->serials / 3);
}

static void size_populations(void)
{
    struct sample *sample = &plan.sample;
    uint64_t rows = cli_number("--rows", rows_text, 0, MOST_ROWS);
    int pas2 = dataset_find("pas2", 4), oth = dataset_find("oth", 3);
    for (int i = 0; datasets[i].name != NULL; i++)
        size_population(i, rows);
    /* The rows of pas2 are the first ones of oth. */
    struct population *others = &plan.populations[oth];
    uint64_t shared = plan.populations[pas2].rows;
    others->rows = others->rows > shared ? others->rows - shared : 0;

    plan.api_only.rows = plan.populations[dataset_find("indiv", 5)].rows / 4;
    plan.api_only.reports = true;
    plan.api_only.serial = API_ONLY_SERIAL;
    settle_population(&plan.api_only, API_ONLY_NUMBER);
    sample->api_only = &plan.api_only;
    sample->pas2 = &plan.populations[pas2];
    sample->committees = plan.populations[dataset_find("cm", 2)].rows;
    sample->candidates = plan.populations[dataset_find("cn", 2)].rows;
    if (sample->committees == 0 || sample->committees > COMMITTEE_BITS / 2)
        die_usage("cm takes 1 to %llu rows", (unsigned long long)COMMITTEE_BITS / 2);
    if (sample->candidates == 0)
        die_usage("cn takes at least 1 row");
    sample->donors = rows * 2 + 50;
}

int main(int argc, char **argv)
{
    int first = cli_start(&program, argc, argv);
    if (first < argc)
        die_usage("'%s' is one argument too many", argv[first]);
    if (folder == NULL || *folder == '\0' || cycle_text == NULL)
        die_usage("--out and --cycle are needed");
    uint64_t cycle = cli_number("--cycle", cycle_text, 1980, 2098);
    if (cycle % 2 != 0)
        die_usage("a cycle is an even year, not %llu", (unsigned long long)cycle);

    plan.folder = folder;
    plan.by_date = !no_by_date;
    plan.sample.cycle = (int)cycle;
    plan.sample.seed = mix(cli_number("--seed", seed_text, 0, UINT64_MAX), 0);
    plan.months = (unsigned)cli_number("--months", months_text, 1, MOST_MONTHS);
    plan.level = (int)cli_number("--level", level_text, 1, 9);
    plan.broken = cli_number("--broken", broken_text, 0, 1000000);
    choose_datasets();
    size_populations();
    calendar_start(plan.sample.cycle);
    words_start();
    for (unsigned month = 1; month <= plan.months; month++)
        month_write(&plan, month);
    return cli_end(EX_OK);
}
