/* url.c - what fec-fetch needs to know of a URL. A URL can hold credentials, so this is also the
 * one place that decides how much of it a message may show. */
#include "fec-fetch/http/url.h"
#include "base/strbuf.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

bool url_has_scheme(const char *url, const char *scheme)
{
    size_t length = strlen(scheme);
    return strncasecmp(url, scheme, length) == 0 && strncmp(url + length, "://", 3) == 0;
}

bool url_is_local(const char *url)
{
    return url_has_scheme(url, "file");
}

static bool has_known_scheme(const char *url)
{
    return url_has_scheme(url, "https") || url_has_scheme(url, "http") || url_is_local(url);
}

char *url_shown(const char *url)
{
    static const CURLUPart hidden[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                       CURLUPART_QUERY, CURLUPART_FRAGMENT};
    CURLU *parts = curl_url();
    char *text = NULL, *shown = NULL;
    bool good = parts != NULL && has_known_scheme(url) &&
                curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK;
    for (size_t i = 0; good && i < sizeof hidden / sizeof *hidden; i++)
        good = curl_url_set(parts, hidden[i], NULL, 0) == CURLUE_OK;
    if (good && curl_url_get(parts, CURLUPART_URL, &text, 0) == CURLUE_OK)
        shown = string_copy(text);
    curl_free(text);
    curl_url_cleanup(parts);
    return shown;
}

static bool same_part(CURLU *a, CURLU *b, CURLUPart part)
{
    char *of_a = NULL, *of_b = NULL;
    bool same = curl_url_get(a, part, &of_a, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                curl_url_get(b, part, &of_b, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                strcasecmp(of_a, of_b) == 0;
    curl_free(of_a);
    curl_free(of_b);
    return same;
}

bool url_same_origin(const char *a, const char *b)
{
    CURLU *of_a = curl_url(), *of_b = curl_url();
    bool same = of_a != NULL && of_b != NULL &&
                curl_url_set(of_a, CURLUPART_URL, a, 0) == CURLUE_OK &&
                curl_url_set(of_b, CURLUPART_URL, b, 0) == CURLUE_OK &&
                same_part(of_a, of_b, CURLUPART_SCHEME) && same_part(of_a, of_b, CURLUPART_HOST) &&
                same_part(of_a, of_b, CURLUPART_PORT);
    curl_url_cleanup(of_a);
    curl_url_cleanup(of_b);
    return same;
}

/* 127.0.0.0/8: four numbers, so that 127.example.org is not one. */
static bool is_loopback_address(const char *host)
{
    return strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host);
}

bool url_is_loopback(const char *url)
{
    CURLU *parts = curl_url();
    char *host = NULL;
    bool is = parts != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
              (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
               is_loopback_address(host));
    curl_free(host);
    curl_url_cleanup(parts);
    return is;
}
