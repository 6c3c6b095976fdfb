/* query.c - what is asked of the API, and the URL of each page of it. The order of the parameters
 * is of no account to the API, but the text of a query is: by it a cursor file is known, so it must
 * stay as it is from one version of fecpipe to the next. */
#include "fec-fetch/openfec/query.h"
#include "base/strbuf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A value, with every byte as %XX that is not unreserved (RFC 3986, section 2.3). */
static void append_escaped(struct strbuf *url, const char *value)
{
    for (; *value != '\0'; value++) {
        bool unreserved = (*value >= 'a' && *value <= 'z') || (*value >= 'A' && *value <= 'Z') ||
                          (*value >= '0' && *value <= '9') || strchr("-._~", *value) != NULL;
        strbuf_format(url, unreserved ? "%c" : "%%%02X", (unsigned)(unsigned char)*value);
    }
}

/* A parameter of the URL; nothing if the value is NULL. */
static void parameter(struct strbuf *url, const char *name, const char *value)
{
    if (value == NULL)
        return;
    strbuf_add(url, strchr(url->text, '?') == NULL ? "?" : "&");
    strbuf_add(url, name);
    strbuf_add(url, "=");
    append_escaped(url, value);
}

static void number_parameter(struct strbuf *url, const char *name, uint64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    parameter(url, name, text);
}

uint64_t query_groups(const struct query *query)
{
    return query->of_committees ? query->committees.group_count : 1;
}

/* The date from which on rows of the group are asked for: the earliest one of its committees. A
 * committee without a date has that of --min-date. NULL if rows of all dates are asked for. */
static const char *group_min_date(const struct query *query, uint64_t group)
{
    const struct committees *committees = &query->committees;
    if (!query->of_committees || group >= committees->group_count)
        return query->filters[FILTER_MIN_DATE];
    const char *earliest = NULL;
    for (size_t i = committees->groups[group]; i < committees->groups[group + 1]; i++) {
        const char *date = committees->of[i].min_date;
        if (date[0] == '\0')
            return query->filters[FILTER_MIN_DATE];
        if (earliest == NULL || strcmp(date, earliest) < 0)
            earliest = date;
    }
    return earliest;
}

bool query_takes_undated(const struct query *query, uint64_t group)
{
    return group_min_date(query, group) == NULL;
}

bool query_asks_undated_next(const struct query *query, const struct position *position)
{
    return query_pages_by_key(query) && !indexes_null_only(&position->indexes) &&
           query_takes_undated(query, position->group);
}

bool query_hides_undated(const struct query *query, const struct position *position)
{
    return query_asks_undated_next(query, position) && indexes_at_last_date(&position->indexes);
}

/* The filters beside committees and their dates. */
static void other_filters(struct strbuf *url, const struct query *query)
{
    for (int i = FILTER_MIN_DATE + 1; i < FILTERS; i++)
        parameter(url, filter_parameters[i], query->filters[i]);
}

static void group_parameters(struct strbuf *url, const struct query *query,
                             const struct position *position)
{
    if (query->of_committees && position->group < query->committees.group_count)
        for (size_t i = query->committees.groups[position->group];
             i < query->committees.groups[position->group + 1]; i++)
            parameter(url, filter_parameters[FILTER_COMMITTEE], query->committees.of[i].id);
    parameter(url, filter_parameters[FILTER_MIN_DATE], group_min_date(query, position->group));
}

static void page_parameters(struct strbuf *url, const struct query *query,
                            const struct position *position)
{
    if (!query_pages_by_key(query))
        number_parameter(url, "page", position->page + 1);
    for (int i = 0; i < position->indexes.count; i++)
        parameter(url, position->indexes.of[i].name, position->indexes.of[i].value);
    if (query_hides_undated(query, position))
        parameter(url, "sort_hide_null", "true");
}

char *query_url(const struct query *query, const char *base, const struct position *position,
                unsigned per_page)
{
    struct strbuf url = {0};
    strbuf_add(&url, base);
    strbuf_add(&url, query->endpoint->path);
    number_parameter(&url, query->endpoint->cycle_parameter, query->cycle);
    group_parameters(&url, query, position);
    other_filters(&url, query);
    parameter(&url, "sort", query->endpoint->sort);
    number_parameter(&url, "per_page", per_page);
    page_parameters(&url, query, position);
    return url.text;
}

/* FNV-1a over the list of committees. */
static uint64_t committees_hash(const struct committees *committees)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < committees->count; i++) {
        char line[40];
        snprintf(line, sizeof line, "%s\t%s\n", committees->of[i].id, committees->of[i].min_date);
        for (const char *c = line; *c != '\0'; c++)
            hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
    }
    return hash;
}

static void word(struct strbuf *line, const char *name, const char *value)
{
    if (value == NULL)
        return;
    strbuf_format(line, " %s=%s", name, value);
}

char *query_text(const struct query *query)
{
    struct strbuf line = {0};
    char text[64];
    strbuf_add(&line, query->endpoint->name);
    snprintf(text, sizeof text, "%" PRIu64, query->cycle);
    word(&line, "cycle", text);
    for (int i = 0; i < FILTERS; i++)
        word(&line, filter_parameters[i], query->filters[i]);
    if (query->of_committees) {
        snprintf(text, sizeof text, "%zu,%016" PRIx64, query->committees.count,
                 committees_hash(&query->committees));
        word(&line, "committees", text);
    }
    return line.text;
}

char *query_group_text(const struct query *query, const struct position *position)
{
    struct strbuf line = {0};
    strbuf_add(&line, "");
    if (query->of_committees && position->group < query->committees.group_count)
        for (size_t i = query->committees.groups[position->group];
             i < query->committees.groups[position->group + 1]; i++) {
            strbuf_add(&line, line.length > 0 ? "," : "");
            strbuf_add(&line, query->committees.of[i].id);
        }
    return line.text;
}
