/* rejects.c - the lines that cannot be a record: where they go, and how many are too many.
 *
 * A filer's slip must not stop a file of 70 million lines, and a file in another format must not
 * pass as an empty one, so a share of the lines is allowed. What is hard is that a share says
 * little of few lines: one bad line of 20 is 5 %. So there is a least number below which it says
 * nothing.
 */
#include "fec-parse/rejects.h"
#include "base/cli.h"
#include "base/stats.h"
#include "records/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_REPORTED 10   /* on stderr */
#define EARLIEST_STOP 1000 /* rejects that must have come before a share of the lines can stop */
#define MILLIONTHS 1000000
#define MOST_PERCENT 100
/* Of a line that is kept, 64 KiB: nobody reads more of it, and a line can be longer than the disk.
 * Escaped it is twice as long, and must fit the output's buffer. */
#define MOST_KEPT (OUTPUT_SIZE / 4)

/* Sets the limit from a number ("5") or a percentage with up to six decimals ("0.1%"). */
static void set_limit(struct rejects *rejects, const char *text)
{
    rejects->limit_text = text;
    size_t length = strlen(text);
    rejects->percent = length > 0 && text[length - 1] == '%';
    if (!rejects->percent) {
        rejects->limit = cli_number("--max-rejects", text, 0, UINT64_MAX);
        return;
    }
    uint64_t whole = 0, unit = MILLIONTHS;
    bool good = length > 1 && text[0] != '.', decimals = false;
    for (const char *c = text; *c != '%'; c++) {
        if (*c == '.' && !decimals) {
            decimals = true;
        } else if (*c >= '0' && *c <= '9' && whole <= MOST_PERCENT * (uint64_t)MILLIONTHS &&
                   unit > (decimals ? 1 : 0)) {
            whole = whole * 10 + (uint64_t)(*c - '0');
            unit /= decimals ? 10 : 1;
        } else {
            good = false;
            break;
        }
    }
    rejects->limit = whole * unit;
    if (!good || rejects->limit > MOST_PERCENT * (uint64_t)MILLIONTHS)
        die_usage("--max-rejects takes a number or a percentage such as 0.1%%, not '%s'", text);
}

static void register_counters(struct rejects *rejects)
{
    static const char *const keys[REJECT_KINDS] = {
        [REJECT_FIELDS] = "reject_fields", [REJECT_KEY] = "reject_key",
        [REJECT_NUMBER] = "reject_number", [REJECT_AMOUNT] = "reject_amount",
        [REJECT_LONG] = "reject_long",     [REJECT_JSON] = "reject_json",
        [REJECT_CYCLE] = "reject_cycle",
    };
    stats_count("rejected", &rejects->count);
    for (int i = REJECT_NONE + 1; i < REJECT_KINDS; i++)
        stats_count(keys[i], &rejects->counts[i]);
    stats_count("rejected_without_key", &rejects->without_key);
}

void rejects_open(struct rejects *rejects, const struct reject_options *options,
                  const char *key_column)
{
    memset(rejects, 0, sizeof *rejects);
    set_limit(rejects, options->limit);
    rejects->least = cli_number("--min-rejects", options->least, 0, UINT64_MAX);
    register_counters(rejects);
    rejects->kept = options->path != NULL;
    if (rejects->kept)
        output_create(&rejects->file, options->path);
    rejects->keys_kept = options->keys_path != NULL;
    if (rejects->keys_kept) {
        output_create(&rejects->keys, options->keys_path);
        output_text(&rejects->keys, key_column);
        output_text(&rejects->keys, "\n");
    }
}

/* Writes bytes in the escaped form of a record's field, as many as may be kept after the first
 * `before` of the line. Returns how many. */
static size_t keep(struct rejects *rejects, const char *text, size_t length, size_t before)
{
    if (length > MOST_KEPT - before)
        length = MOST_KEPT - before;
    char *to = output_room(&rejects->file, 2 * length);
    char *end = text_escape((struct span){text, length}, to);
    rejects->file.used += (size_t)(end - to);
    return length;
}

/* Counts a reject and writes or reports all but the line itself. */
static void begin(struct rejects *rejects, enum reject kind, const char *reason, uint64_t number)
{
    if (rejects->count == 0)
        snprintf(rejects->first, sizeof rejects->first, "line %" PRIu64 ": %s", number, reason);
    rejects->count++;
    rejects->counts[kind]++;
    if (rejects->kept)
        output_format(&rejects->file, "%" PRIu64 "\t%s\t", number, reason);
    else if (rejects->count <= MOST_REPORTED)
        complain("standard input: line %" PRIu64 ": rejected: %s", number, reason);
}

static void keep_key(struct rejects *rejects, struct span key)
{
    rejects->without_key += key.length == 0;
    if (rejects->keys_kept && key.length > 0) {
        output_write(&rejects->keys, key.text, key.length);
        output_text(&rejects->keys, "\n");
    }
}

void rejects_add(struct rejects *rejects, enum reject kind, const char *reason,
                 const struct line *line, struct span key)
{
    begin(rejects, kind, reason, line->number);
    if (rejects->kept) {
        (void)keep(rejects, line->text, line->length, 0);
        output_text(&rejects->file, "\n");
    }
    keep_key(rejects, key);
}

void rejects_add_long(struct rejects *rejects, struct fields *fields, const struct line *line)
{
    char reason[REJECT_REASON];
    snprintf(reason, sizeof reason, "longer than %zu bytes", INPUT_LONGEST_LINE);
    begin(rejects, REJECT_LONG, reason, line->number);
    rejects->without_key++;
    size_t length, kept = 0;
    for (const char *piece; (piece = fields_long_piece(fields, &length)) != NULL;)
        if (rejects->kept)
            kept += keep(rejects, piece, length, kept);
    if (rejects->kept)
        output_text(&rejects->file, "\n");
}

static bool too_many(const struct rejects *rejects, uint64_t lines)
{
    if (!rejects->percent)
        return rejects->count > rejects->limit;
    return rejects->count >= rejects->least &&
           rejects->count * 100 * MILLIONTHS > rejects->limit * lines;
}

bool rejects_hopeless(const struct rejects *rejects, uint64_t lines)
{
    return too_many(rejects, lines) && (!rejects->percent || rejects->count > EARLIEST_STOP);
}

/* Ends the program. Of a share, the one that would have been enough is rounded up to hundredths. */
static _Noreturn void die_too_many(const struct rejects *rejects, uint64_t lines)
{
    char enough[32];
    uint64_t hundredths = (rejects->count * 10000 + lines - 1) / lines;
    if (rejects->percent)
        snprintf(enough, sizeof enough, "%" PRIu64 ".%02" PRIu64 "%%", hundredths / 100,
                 hundredths % 100);
    else
        snprintf(enough, sizeof enough, "%" PRIu64, rejects->count);
    die(EX_DATAERR,
        "standard input: %" PRIu64 " of %" PRIu64 " lines rejected, more than %s; the first "
        "is %s; --max-rejects %s (FEC_MAX_REJECTS) would allow them",
        rejects->count, lines, rejects->limit_text, rejects->first, enough);
}

void rejects_close(struct rejects *rejects, uint64_t lines)
{
    if (rejects->keys_kept)
        output_close(&rejects->keys);
    if (rejects->kept)
        output_close(&rejects->file);
    else if (rejects->count > MOST_REPORTED)
        complain("standard input: %" PRIu64 " more lines rejected", rejects->count - MOST_REPORTED);
    if (too_many(rejects, lines))
        die_too_many(rejects, lines);
}
