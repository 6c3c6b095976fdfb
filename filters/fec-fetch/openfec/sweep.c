/* sweep.c - a query of the API, read to its end or as far as the caller wants, to standard output.
 *
 * A query of committees is one query for each group of them, one after the other. A group ends with
 * a page without rows, or with a page that is not full when the server counts exactly and all that
 * it counts have come, or when it says that the next page is out of range. Rows without a date come
 * last; where nobody knows how many there are they are asked for on their own.
 *
 * What is hard is that rows move while they are read, and that a run can be killed at any moment.
 * The first means that the count may never match: then the sweep ends short, and says by how much.
 * The second means that for each page the order is: note how long the output will be, write the
 * rows, make them safe, note the new position.
 */
#include "fec-fetch/openfec/sweep.h"
#include "fec-fetch/openfec/client.h"
#include "fec-fetch/openfec/cursor.h"
#include "fec-fetch/openfec/quota.h"
#include "fec-fetch/openfec/rows.h"
#include "base/progress.h"
#include "base/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sweep in batches ends rather than wait longer than this. */
#define SHORT_WAIT_MS 10000

static const struct query *query;
static struct client client;
static struct position position;
static struct rows rows;
static struct cursor cursor;
static bool has_cursor, resumed, announced;
static struct {
    uint64_t pages, rows, expected_calls, expected_seconds, complete, limit;
} count;
/* For the estimate: the calls that the groups so far have needed or will, and how many they are. */
static uint64_t calls_of_groups, groups_known = 1;

static void note_shortfall(void)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, position.shortfall);
    stats_text("short", text);
}

static void start_stats(const char *shown)
{
    char *url = string_format("%s%s", shown, query->endpoint->path);
    stats_text("url", url);
    stats_count("calls", &client.calls);
    stats_count("retries", &client.retry.total);
    stats_count("pages", &count.pages);
    stats_count("rows", &count.rows);
    stats_count("bytes", &rows.output.written);
    stats_count("expected_calls", &count.expected_calls);
    stats_count("expected_seconds", &count.expected_seconds);
    stats_count("complete", &count.complete);
    note_shortfall();
    stats_count("quota_limit", &count.limit);
    stats_text("quota_left", "");
    progress_start(url, 0);
}

/* Brings what the stats say of the quota up to date, and returns it. */
static struct quota note_quota(void)
{
    struct quota quota;
    char left[24] = "";
    quota_look(&quota);
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
    cursor_write(&cursor, &position, committees, &rows.file);
    free(committees);
}

static void start(const struct sweep *sweep)
{
    static const struct position beginning;
    struct rows_file before = {.known = false};
    query = sweep->query;
    client = (struct client){.query = query, .base = sweep->base, .shown = sweep->shown};
    retry_start(&client.retry, sweep->retries);
    client_start(&client);
    position = beginning;
    has_cursor = sweep->cursor_path != NULL;
    if (has_cursor)
        resumed = cursor_open(&cursor, sweep->cursor_path, query_text(query), &position, &before);
    client.key_has_worked = resumed && position.page > 0;
    if (!position.complete && position.group >= query_groups(query))
        die(EX_DATAERR, "%s: there is no group %" PRIu64, sweep->cursor_path, position.group);
    if (!position.complete)
        rows_open(&rows, has_cursor ? &before : NULL);
    if (has_cursor && !position.complete && !rows.noted && sweep->most_pages == 0)
        complain("%s: standard output is no regular file, so rows that its reader has not yet "
                 "taken are lost if this run and its reader are killed",
                 sweep->cursor_path);
    start_stats(sweep->shown);
}

/* --- the estimate */

/* How many calls the group of the position still needs, by what its last page said. */
static uint64_t calls_of_group(const struct page *page)
{
    if (!query_pages_by_key(query))
        return page->pages > 0 && (uint64_t)page->pages > position.page
                   ? (uint64_t)page->pages - position.page
                   : 0;
    uint64_t all = page->count > 0 ? (uint64_t)page->count : 0;
    uint64_t calls =
        all > position.rows ? (all - position.rows + page->per_page - 1) / page->per_page : 0;
    if (!page->is_exact)
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
static void estimate(uint64_t of_group, const struct sweep *sweep)
{
    struct quota quota = note_quota();
    uint64_t to_come = query_groups(query) - position.group - 1;
    uint64_t known = calls_of_groups + of_group;
    count.expected_calls = of_group;
    if (to_come > 0)
        count.expected_calls += (to_come * known + groups_known / 2) / groups_known;
    count.expected_seconds = quota_seconds_for(count.expected_calls);
    if (announced || quota.limit == 0)
        return;
    announced = true;
    if (count.expected_calls <= quota.left || (resumed && sweep->most_pages > 0))
        return;
    progress_end();
    complain("about %s calls, %s of them can be made in this hour: about %s",
             grouped(count.expected_calls), quota.left > 0 ? grouped(quota.left) : "none",
             quota_duration(count.expected_seconds));
}

/* --- reading */

/* What comes after a page whose rows have been counted. */
enum next { NEXT_PAGE, NEXT_UNDATED, NEXT_GROUP };

static enum next next_of(const struct page *page)
{
    if (!query_pages_by_key(query))
        return page->is_out_of_range || page->row_count == 0 ||
                       (page->is_exact && page->pages >= 0 &&
                        position.page >= (uint64_t)page->pages)
                   ? NEXT_GROUP
                   : NEXT_PAGE;
    bool all_counted = !page->is_out_of_range && page_counts_all(page, position.rows) &&
                       !query_hides_undated(query, &position);
    if (page->has_next)
        return page->row_count < page->per_page && all_counted ? NEXT_GROUP : NEXT_PAGE;
    return !all_counted && query_asks_undated_next(query, &position) ? NEXT_UNDATED : NEXT_GROUP;
}

static void write_rows(const struct page *page)
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
static void advance(const struct page *page, const struct sweep *sweep)
{
    enum next next = next_of(page);
    if (!query_hides_undated(query, &position))
        page_note_count(page, &position);
    if (page->has_next)
        position.indexes = page->next;
    switch (next) {
    case NEXT_PAGE:
        estimate(calls_of_group(page), sweep);
        break;
    case NEXT_UNDATED:
        position.indexes.count = 0;
        indexes_set(&position.indexes, NULL_ONLY, "true");
        estimate(1, sweep);
        break;
    case NEXT_GROUP:
        estimate(0, sweep);
        position.shortfall += page_shortfall(page, &position);
        if (position.group + 1 == query_groups(query)) {
            position.complete = true;
        } else {
            position_next_group(&position);
            groups_known++;
        }
        break;
    }
}

static void say_shortfall(void)
{
    bool more = position.shortfall > 0;
    if (position.shortfall != 0)
        complain(
            "complete, but the server counts %s row%s %s than have come: rows moved while they "
            "were read",
            grouped((uint64_t)(more ? position.shortfall : -position.shortfall)),
            position.shortfall == 1 || position.shortfall == -1 ? "" : "s",
            more ? "more" : "fewer");
}

/* Reads, writes and notes one page. Returns false if the next call would have to wait too long. */
static bool read_page(const struct sweep *sweep)
{
    struct page page;
    bool in_batches = sweep->most_pages > 0 && count.pages > 0;
    if (!client_ask(&client, &position, in_batches ? SHORT_WAIT_MS : UINT64_MAX, &page))
        return false;
    calls_of_groups++;
    if (page.is_refused) {
        complain("the server does not take the cursor any more, so its %" PRIu64
                 " rows are read again",
                 position.rows);
        position_restart_group(&position);
        write_cursor();
        return true;
    }
    write_rows(&page);
    rows_make_safe(&rows);
    progress_at(rows.output.written, count.rows);
    advance(&page, sweep);
    page_free(&page);
    write_cursor();
    return true;
}

void sweep_run(const struct sweep *sweep)
{
    start(sweep);
    if (position.complete) {
        complain("%s: says that all has been read, %" PRIu64 " rows", sweep->cursor_path,
                 position.total_rows);
        count.complete = 1;
        note_shortfall();
        return;
    }
    /* Before the first page, so that a part of it can be cut off. */
    write_cursor();
    while (!position.complete && (sweep->most_pages == 0 || count.pages < sweep->most_pages) &&
           read_page(sweep))
        ;
    progress_end();
    note_quota();
    count.complete = position.complete;
    note_shortfall();
    if (position.complete)
        say_shortfall();
    /* What was written is whole, and the client's: it need not be there the next time. */
    rows.file.known = false;
    write_cursor();
    rows_close(&rows);
}
