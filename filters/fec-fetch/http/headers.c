/* headers.c - what the header lines of a response say.
 *
 * libcurl interprets some headers itself; here are those that it does not. Each is believed only if
 * it is exactly of the form that its standard gives it: a Content-Range that makes no sense must
 * not put bytes at the wrong offset.
 */
#include "fec-fetch/http/headers.h"

#include <string.h>
#include <strings.h>

/* True if `line` is the header `name`; *value and *length are then its value, without blanks around
 * it. */
static bool header_is(const char *line, size_t line_length, const char *name, const char **value,
                      size_t *length)
{
    size_t n = strlen(name);
    if (line_length <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
        return false;
    const char *start = line + n + 1, *end = line + line_length;
    while (start < end && strchr(" \t", *start) != NULL && *start != '\0')
        start++;
    while (end > start && strchr(" \t\r\n", end[-1]) != NULL && end[-1] != '\0')
        end--;
    *value = start;
    *length = (size_t)(end - start);
    return true;
}

/* Reads a decimal number at *text, which then points to what follows it. Returns false if there is
 * no number or it is too large. */
static bool take_number(const char **text, uint64_t most, uint64_t *number)
{
    const char *c = *text;
    *number = 0;
    for (; *c >= '0' && *c <= '9'; c++) {
        if (*number > (most - (uint64_t)(*c - '0')) / 10)
            return false;
        *number = *number * 10 + (uint64_t)(*c - '0');
    }
    bool some = c > *text;
    *text = c;
    return some;
}

/* Content-Range: bytes FIRST-LAST/LENGTH; LENGTH can be '*' (RFC 9110, section 14.4). */
static void take_content_range(struct response *response, const char *value, size_t length)
{
    char text[100];
    uint64_t first, last, total;
    response->has_range = false;
    response->is.length = VALIDATORS_UNKNOWN_LENGTH;
    if (length >= sizeof text || length < 6 || strncasecmp(value, "bytes ", 6) != 0)
        return;
    memcpy(text, value, length);
    text[length] = '\0';
    const char *c = text + 6;
    if (!take_number(&c, INT64_MAX, &first) || *c++ != '-' || !take_number(&c, INT64_MAX, &last) ||
        *c++ != '/' || last < first)
        return;
    if (strcmp(c, "*") != 0) {
        if (!take_number(&c, INT64_MAX, &total) || *c != '\0' || last >= total)
            return;
        response->is.length = (int64_t)total;
    }
    response->has_range = true;
    response->range_start = first;
}

/* The value of a header that is one number; RESPONSE_UNKNOWN if it is anything else. */
static int64_t header_number(const char *value, size_t length)
{
    char text[24];
    uint64_t number;
    if (length >= sizeof text)
        return RESPONSE_UNKNOWN;
    memcpy(text, value, length);
    text[length] = '\0';
    const char *c = text;
    return take_number(&c, INT64_MAX, &number) && *c == '\0' ? (int64_t)number : RESPONSE_UNKNOWN;
}

void headers_forget(struct response *response)
{
    validators_clear(&response->is);
    response->has_range = response->has_retry_after = false;
    response->rate_limit = response->rate_remaining = RESPONSE_UNKNOWN;
}

void headers_take(struct response *response, const char *line, size_t length)
{
    const char *value;
    size_t value_length;
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0)
        headers_forget(response);
    else if (header_is(line, length, "ETag", &value, &value_length))
        validators_set_etag(&response->is, value, value_length);
    else if (header_is(line, length, "Content-Range", &value, &value_length))
        take_content_range(response, value, value_length);
    else if (header_is(line, length, "Retry-After", &value, &value_length))
        response->has_retry_after = true;
    else if (header_is(line, length, "X-RateLimit-Limit", &value, &value_length))
        response->rate_limit = header_number(value, value_length);
    else if (header_is(line, length, "X-RateLimit-Remaining", &value, &value_length))
        response->rate_remaining = header_number(value, value_length);
}
