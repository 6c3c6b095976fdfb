/* page.c - one page of rows, and what it says of the rows that are still to come.
 *
 * The count on a page is that of the whole query, so it can tell whether an end is true. But rows
 * move while they are read: a corrected date or an amended report takes rows from ahead of the
 * cursor to before it, or away, and a page can come from a cache that is hours old. So a count that
 * does not match is a reason to ask again, and never a reason to fail for good.
 */
#include "fec-fetch/openfec/page.h"
#include "base/cli.h"

#include <stdarg.h>
#include <stdio.h>

bool page_fails(char reason[REASON_SIZE], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, REASON_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

/* True if the page has an exact count. Where `rows` have come before it, an empty page that counts
 * nothing says nothing. */
static bool has_count(const struct page *page, uint64_t rows)
{
    return page->is_exact && page->count >= 0 &&
           (page->count > 0 || page->row_count > 0 || rows == 0);
}

bool page_ends(struct page *page, const struct query *query, const struct position *position,
               char reason[REASON_SIZE])
{
    struct position counted = *position;
    /* The rows without a date are still to be asked for. */
    if (query_asks_undated_next(query, position))
        return true;
    if (has_count(page, position->rows))
        position_count(&counted, (uint64_t)page->count);
    else if (!page->is_out_of_range)
        counted.counted = false;
    page->is_short = true;
    if (counted.counted && counted.count > position->rows)
        return page_fails(reason, "the rows end, but of %llu that the server counts %llu have come",
                          (unsigned long long)counted.count, (unsigned long long)position->rows);
    if (!query_pages_by_key(query) && page->is_exact && page->pages >= 0 &&
        (uint64_t)page->pages > position->page)
        return page_fails(reason, "the rows end, but of %llu pages %llu have come",
                          (unsigned long long)page->pages, (unsigned long long)position->page);
    page->is_short = false;
    return true;
}

bool page_counts_all(const struct page *page, uint64_t rows)
{
    return has_count(page, rows) && rows >= (uint64_t)page->count;
}

void page_note_count(const struct page *page, struct position *position)
{
    if (has_count(page, position->rows))
        position_count(position, (uint64_t)page->count);
}

int64_t page_shortfall(const struct page *page, const struct position *position)
{
    if (has_count(page, position->rows))
        return page->count - (int64_t)position->rows;
    return position->counted ? (int64_t)position->count - (int64_t)position->rows : 0;
}

void page_free(struct page *page)
{
    json_decref(page->document);
    page->document = page->rows = NULL;
    page->row_count = 0;
}
