/* sweep.c - see sweep.h
 *
 * A query of committees is one query for each group of them, one after the other. A query ends with
 * a page without rows, or with a page that is not full when the server counts exactly and all that
 * it counts have come, or when it says that the next page is out of range.
 */
#include "fec-fetch/openfec/sweep.h"
#include "fec-fetch/openfec/cursor.h"
#include "fec-fetch/openfec/quota.h"
#include "fec-fetch/openfec/page.h"
#include "fec-fetch/openfec/rows.h"
#include "base/progress.h"
#include "base/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A reading in batches ends rather than wait for so long. */
#define SHORT_WAIT_MS 10000

static const struct api_query *query;
static struct api_caller caller;
static struct api_position position;
static struct api_rows rows;
static struct api_cursor cursor;
static bool has_cursor, resumed, announced;
static struct {
    uint64_t pages, rows, expected_calls, expected_seconds, complete, limit;
} count;
/* For the estimate: the calls that the groups so far have needed or will, and how many they are. */
static uint64_t calls_of_groups, groups_known = 1;

static void start_stats(const char *shown)
{
    char *url = string_format("%s%s", shown, query->endpoint->path);
    stats_text("url", url);
    stats_count("calls", &caller.calls);
    stats_count("retries", &caller.retry.total);
    stats_count("pages", &count.pages);
    stats_count("rows", &count.rows);
    stats_count("bytes", &rows.output.written);
    stats_count("expected_calls", &count.expected_calls);
    stats_count("expected_seconds", &count.expected_seconds);
    stats_count("complete", &count.complete);
    stats_count("quota_limit", &count.limit);
    stats_text("quota_left", "");
    progress_start(url, 0);
}

/* Brings what the stats say of the quota up to date, and returns it. */
static struct pace_quota note_quota(void)
{
    struct pace_quota quota;
    char left[24] = "";
    pace_look(&quota);
    count.limit = quota.limit;
    if (quota.limit > 0)
        snprintf(left, sizeof left, "%" PRIu64, quota.left);
    stats_text("quota_left", left);
    return quota;
}

static void write_cursor(void)
{
    if (!has_cursor)
        return;
    char *committees = query_group_text(query, &position);
    cursor_write(&cursor, &position, committees, &rows.place);
    free(committees);
}

static void start(const struct api_reading *reading)
{
    static const struct api_position beginning;
    struct rows_place before = {.known = false};
    query = reading->query;
    caller = (struct api_caller){.query = query, .base = reading->base, .shown = reading->shown};
    retry_start(&caller.retry, reading->retries);
    caller_start(&caller);
    position = beginning;
    has_cursor = reading->cursor_path != NULL;
    if (has_cursor)
        resumed = cursor_open(&cursor, reading->cursor_path, query_text(query), &position, &before);
    if (!position.complete && position.group >= query_groups(query))
        die(EX_DATAERR, "%s: there is no group %" PRIu64, reading->cursor_path, position.group);
    if (!position.complete)
        rows_open(&rows, has_cursor ? &before : NULL);
    if (has_cursor && !position.complete && !rows.noted && reading->most_pages == 0)
        complain("%s: standard output is no regular file, so rows that its reader has not yet "
                 "taken are lost if this run and its reader are killed",
                 reading->cursor_path);
    start_stats(reading->shown);
}

/* --- the estimate */

/* How many calls the group of the position still needs, by what its last page said. */
static uint64_t calls_of_group(const struct api_page *page)
{
    if (!query_pages_by_key(query))
        return page->pages > 0 && (uint64_t)page->pages > position.page
                   ? (uint64_t)page->pages - position.page
                   : 0;
    uint64_t all = page->count > 0 ? (uint64_t)page->count : 0;
    uint64_t calls =
        all > position.rows ? (all - position.rows + page->per_page - 1) / page->per_page : 0;
    if (!page->exact)
        calls += 1 + (uint64_t)(query_takes_undated(query, position.group) &&
                                !indexes_null_only(&position.indexes));
    return calls;
}

/* A number with commas, as "3,930"; valid until the call after next. */
static const char *grouped(uint64_t number)
{
    static char texts[2][32];
    static int next;
    char digits[24], *text = texts[next = !next];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, number), used = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = '\0';
    return text;
}

/* Reckons what is still to come: for the groups that have not begun, as many calls as those so far
 * needed on average. A reading that will not fit into this hour says so once. `of_group` is what
 * the group of the position still needs. */
static void estimate(uint64_t of_group, const struct api_reading *reading)
{
    struct pace_quota quota = note_quota();
    uint64_t to_come = query_groups(query) - position.group - 1;
    uint64_t known = calls_of_groups + of_group;
    count.expected_calls = of_group;
    if (to_come > 0)
        count.expected_calls += (to_come * known + groups_known / 2) / groups_known;
    count.expected_seconds = pace_seconds_for(count.expected_calls);
    if (announced || quota.limit == 0)
        return;
    announced = true;
    if (count.expected_calls <= quota.left || (resumed && reading->most_pages > 0))
        return;
    progress_end();
    complain("about %s calls, %s of them can be made in this hour: about %s",
             grouped(count.expected_calls), quota.left > 0 ? grouped(quota.left) : "none",
             pace_duration(count.expected_seconds));
}

/* --- reading */

/* What comes behind a page whose rows have been counted. */
enum next { NEXT_PAGE, NEXT_UNDATED, NEXT_GROUP };

/* The rows without a date are asked for on their own if those with one have ended, nobody knows how
 * many there are, and none without one has come behind them. */
static enum next next_of(const struct api_page *page)
{
    if (!query_pages_by_key(query))
        return page->out_of_range || page->row_count == 0 ||
                       (page->exact && page->pages >= 0 && position.page >= (uint64_t)page->pages)
                   ? NEXT_GROUP
                   : NEXT_PAGE;
    bool all_counted = !page->out_of_range && page_counts_all(page, position.rows);
    if (page->row_count > 0)
        return page->row_count < page->per_page && all_counted ? NEXT_GROUP : NEXT_PAGE;
    return !all_counted && !indexes_null_only(&position.indexes) &&
                   query_takes_undated(query, position.group)
               ? NEXT_UNDATED
               : NEXT_GROUP;
}

static void write_rows(const struct api_page *page)
{
    if (page->row_count == 0)
        return;
    if (rows.noted) {
        rows_expect(&rows, page->rows);
        write_cursor();
    }
    rows_write(&rows, page->rows);
    position.page++;
    position.rows += page->row_count;
    position.total_rows += page->row_count;
    count.rows += page->row_count;
    count.pages++;
}

/* Goes to where the next page begins, and reckons. */
static void advance(const struct api_page *page, const struct api_reading *reading)
{
    enum next next = next_of(page);
    if (page->exact && page->count >= 0)
        position_count(&position, (uint64_t)page->count);
    if (page->has_next)
        position.indexes = page->next;
    switch (next) {
    case NEXT_PAGE:
        estimate(calls_of_group(page), reading);
        break;
    case NEXT_UNDATED:
        position.indexes.count = 0;
        indexes_set(&position.indexes, NULL_ONLY, "true");
        estimate(1, reading);
        break;
    case NEXT_GROUP:
        estimate(0, reading);
        if (position.group + 1 == query_groups(query)) {
            position.complete = true;
        } else {
            position_next_group(&position);
            groups_known++;
        }
        break;
    }
}

/* Reads, writes and notes one page. Returns false if the next call would have to wait too long. */
static bool read_page(const struct api_reading *reading)
{
    struct api_page page;
    bool in_batches = reading->most_pages > 0 && count.pages > 0;
    if (!caller_ask(&caller, &position, in_batches ? SHORT_WAIT_MS : UINT64_MAX, &page))
        return false;
    calls_of_groups++;
    write_rows(&page);
    rows_make_safe(&rows);
    progress_at(rows.output.written, count.rows);
    advance(&page, reading);
    page_free(&page);
    write_cursor();
    return true;
}

void api_read(const struct api_reading *reading)
{
    start(reading);
    if (position.complete) {
        complain("%s: says that all has been read, %" PRIu64 " rows", reading->cursor_path,
                 position.total_rows);
        count.complete = 1;
        return;
    }
    /* Before the first page, so that a part of it can be cut off. */
    write_cursor();
    while (!position.complete && (reading->most_pages == 0 || count.pages < reading->most_pages) &&
           read_page(reading))
        ;
    progress_end();
    note_quota();
    count.complete = position.complete;
    /* What was written is whole, and the caller's: it need not be there the next time. */
    rows.place.known = false;
    write_cursor();
    rows_close(&rows);
}
