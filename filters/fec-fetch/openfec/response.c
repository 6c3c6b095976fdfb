/* response.c - reading a response of the API: a page of rows, or what was wrong.
 *
 * Nothing in a response is believed. JSON of a few bytes can take a hundred times as much memory,
 * so memory is bounded; a page must lead on from where we are, or we would read in circles; and
 * what a server says in an error can hold control characters, and the key that we have sent.
 */
#include "fec-fetch/openfec/response.h"
#include "base/strbuf.h"
#include "fec-fetch/openfec/key.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The memory that a response may take: so much for each byte, and so much beside. Rows take five to
 * seven bytes a byte. */
#define MEMORY_A_BYTE 10
#define MEMORY_BESIDE ((size_t)6 * 1024 * 1024)
/* What a piece takes besides its bytes, about: its size, and what malloc needs. */
#define PER_PIECE 32

/* --- memory: jansson asks here, and each piece remembers its size */

union piece {
    size_t size;
    max_align_t aligned;
};

static size_t memory_used, most_memory = MEMORY_BESIDE;
static bool memory_exceeded;

static void *take_memory(size_t size)
{
    if (size > most_memory || memory_used + size + PER_PIECE > most_memory) {
        memory_exceeded = true;
        return NULL;
    }
    union piece *piece = malloc(sizeof *piece + size);
    if (piece == NULL)
        return NULL;
    memory_used += size + PER_PIECE;
    piece->size = size;
    return piece + 1;
}

static void give_memory(void *memory)
{
    if (memory == NULL)
        return;
    union piece *piece = (union piece *)memory - 1;
    memory_used -= piece->size + PER_PIECE;
    free(piece);
}

void responses_start(void)
{
    json_set_alloc_funcs(take_memory, give_memory);
}

/* --- errors */

/* Appends a text of the server's without the key, which is overwritten in it: blanks and control
 * characters, also those above ASCII, become one blank each, and what is too long is cut between
 * two characters. */
static void append_clean(char text[REASON_SIZE], char *more)
{
    size_t used = strlen(text), most = REASON_SIZE - 8;
    const unsigned char *c = (const unsigned char *)more;
    if (used >= most)
        return;
    key_hide(more);
    for (; *c != '\0' && used < most; c++) {
        bool is_c1 = c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0;
        bool is_blank = *c <= ' ' || *c == 0x7f || is_c1;
        if (!is_blank)
            text[used++] = (char)*c;
        else if (used > 0 && text[used - 1] != ' ')
            text[used++] = ' ';
        if (is_c1)
            c++;
    }
    /* Not in the middle of a character of UTF-8. */
    if ((*c & 0xC0) == 0x80) {
        while (used > 0 && ((unsigned char)text[used - 1] & 0xC0) == 0x80)
            used--;
        used -= used > 0;
    }
    while (used > 0 && text[used - 1] == ' ')
        used--;
    text[used] = '\0';
    if (*c != '\0')
        strcpy(text + used, " ...");
}

static void append_string(char text[REASON_SIZE], const json_t *string)
{
    char *copy = string_copy(json_string_value(string));
    append_clean(text, copy);
    free(copy);
}

/* {"error": {"code": ..., "message": ...}} of api.data.gov, which guards the API, and
 * {"message": ...} of openFEC, where it can be an object with a message for each parameter. */
static void take_error(const json_t *document, char text[REASON_SIZE], bool *bad_key)
{
    const json_t *error = json_object_get(document, "error");
    const json_t *code = json_object_get(error, "code");
    const json_t *message = json_object_get(json_is_object(error) ? error : document, "message");
    if (message == NULL)
        message = error;
    if (json_is_string(code)) {
        *bad_key = strncmp(json_string_value(code), "API_KEY", strlen("API_KEY")) == 0;
        append_string(text, code);
        strcat(text, json_is_string(message) ? ": " : "");
    }
    if (json_is_string(message)) {
        append_string(text, message);
    } else if (json_is_object(message) && message != error) {
        char *dumped = json_dumps(message, JSON_COMPACT);
        if (dumped != NULL)
            append_clean(text, dumped);
        give_memory(dumped);
    }
}

/* --- pages */

/* A number of pagination that is not negative; PAGE_UNKNOWN if there is none. */
static int64_t number_of(const json_t *pagination, const char *name)
{
    const json_t *value = json_object_get(pagination, name);
    return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value)
                                                                    : PAGE_UNKNOWN;
}

/* Takes one of last_indexes. A date that is null says the same as sort_null_only. */
static bool take_index(struct indexes *indexes, const char *name, const json_t *value)
{
    char number[40];
    if (json_is_null(value))
        return strcmp(name, LAST_DATE) != 0 || indexes_set(indexes, NULL_ONLY, "true");
    if (json_is_boolean(value))
        return indexes_set(indexes, name, json_is_true(value) ? "true" : "false");
    if (json_is_integer(value))
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (!json_is_string(value) ||
             strlen(json_string_value(value)) != json_string_length(value))
        return false;
    return indexes_set(indexes, name, json_is_string(value) ? json_string_value(value) : number);
}

/* Takes last_indexes, and checks that they lead on from where we are: a page that does not is one
 * that has been read before. */
static bool take_indexes(struct page *page, const json_t *indexes, const struct indexes *before,
                         char reason[REASON_SIZE])
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)indexes, name, value)
    {
        if (!take_index(&page->next, name, value))
            return page_fails(reason, "last_indexes has an entry that can't be one");
    }
    if (indexes_get(&page->next, LAST_DATE) == NULL && indexes_null_only(before) &&
        !indexes_set(&page->next, NULL_ONLY, "true"))
        return page_fails(reason, "last_indexes has too many entries");
    if (indexes_get(&page->next, LAST_INDEX) == NULL ||
        (indexes_get(&page->next, LAST_DATE) == NULL && !indexes_null_only(&page->next)))
        return page_fails(reason, "last_indexes does not say where the next page begins");
    if (!indexes_advance(before, &page->next))
        return page_fails(reason, "a page that has been read before, it ends at record %s",
                          indexes_get(&page->next, LAST_INDEX));
    page->has_next = true;
    return true;
}

/* {"error": ...} or {"message": ...} in place of a page, with the status of a good one. */
static bool says_error(const json_t *document, char reason[REASON_SIZE])
{
    static const char intro[] = "an error in place of a page: ";
    char said[REASON_SIZE] = "";
    bool bad_key = false;
    take_error(document, said, &bad_key);
    if (said[0] != '\0')
        snprintf(reason, REASON_SIZE, "%s%.*s", intro, REASON_SIZE - (int)sizeof intro, said);
    return said[0] != '\0';
}

static bool take_page(struct page *page, const struct query *query, const struct position *position,
                      char reason[REASON_SIZE])
{
    const json_t *pagination = json_object_get(page->document, "pagination"), *row;
    size_t i;
    page->rows = json_object_get(page->document, "results");
    if ((!json_is_object(pagination) || !json_is_array(page->rows)) &&
        says_error(page->document, reason))
        return false;
    if (!json_is_object(pagination))
        return page_fails(reason, "the response has no object 'pagination'");
    if (!json_is_array(page->rows))
        return page_fails(reason, "the response has no array 'results'");
    json_array_foreach(page->rows, i, row)
    {
        if (!json_is_object(row))
            return page_fails(reason, "row %zu of the response is not an object", i + 1);
    }
    page->row_count = json_array_size(page->rows);
    page->count = number_of(pagination, "count");
    /* Where there is no keyset, pages are numbered by the count, so it is exact if nothing is said.
     */
    const json_t *exact = json_object_get(pagination, "is_count_exact");
    page->is_exact = query_pages_by_key(query) ? json_is_true(exact) : !json_is_false(exact);
    page->pages = number_of(pagination, "pages");
    int64_t per_page = number_of(pagination, "per_page");
    page->per_page = per_page > 0 ? (size_t)per_page : PER_PAGE;
    int64_t number = number_of(pagination, "page");
    if (!query_pages_by_key(query) && number != PAGE_UNKNOWN &&
        (uint64_t)number != position->page + 1)
        return page_fails(reason, "page %" JSON_INTEGER_FORMAT " came, page %llu was asked for",
                          (json_int_t)number, (unsigned long long)position->page + 1);
    if (page->row_count == 0)
        return page_ends(page, query, position, reason);
    if (!query_pages_by_key(query))
        return true;
    const json_t *indexes = json_object_get(pagination, "last_indexes");
    if (json_is_object(indexes))
        return take_indexes(page, indexes, &position->indexes, reason);
    return (page->row_count < page->per_page &&
            page_counts_all(page, position->rows + page->row_count)) ||
           page_fails(reason, "a page with rows came without last_indexes");
}

/* How much of jansson's text comes before what it quotes, which can be a part of the key. */
static int length_without_quote(const char *text)
{
    const char *quote = strstr(text, " near '");
    return quote != NULL ? (int)(quote - text) : (int)strlen(text);
}

bool response_read(struct page *page, const struct query *query, const struct position *position,
                   const char *body, size_t length, char reason[REASON_SIZE])
{
    json_error_t error;
    *page = (struct page){0};
    memory_exceeded = false;
    most_memory = MEMORY_BESIDE + MEMORY_A_BYTE * length;
    page->document = json_loadb(body, length, JSON_ALLOW_NUL, &error);
    bool good = page->document != NULL;
    page->is_too_large = memory_exceeded;
    if (memory_exceeded)
        good =
            page_fails(reason, "the response needs more than %zu MB of memory", most_memory >> 20);
    else if (!good)
        page_fails(reason, "malformed JSON at byte %d of %zu: %.*s", error.position, length,
                   length_without_quote(error.text), error.text);
    else if (!json_is_object(page->document))
        good = page_fails(reason, "the response is not a JSON object");
    else
        good = take_page(page, query, position, reason);
    if (!good)
        page_free(page);
    return good;
}

void response_error(const struct response *response, char text[REASON_SIZE], bool *bad_key)
{
    json_error_t error;
    text[0] = '\0';
    *bad_key = response->status == 401;
    most_memory = MEMORY_BESIDE + MEMORY_A_BYTE * response->error_length;
    json_t *document = json_loadb(response->error_body, response->error_length, 0, &error);
    if (json_is_object(document))
        take_error(document, text, bad_key);
    json_decref(document);
}
