/* validators.c - how a server tells one version of a file from another, and the small files in
 * which they are noted. All of it comes from a server or a disk, so nothing is taken that is not
 * exactly of the form that its standard gives it. */
#include "fec-fetch/http/validators.h"
#include "base/cli.h"
#include "base/random.h"
#include "base/strbuf.h"

#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Of a file of validators; a URL can be long. */
#define LONGEST_LINE 8192
/* The name of a file that is being written: the file's own, this, and random hexadecimal digits. */
#define TEMPORARY ".tmp."
#define RANDOM_DIGITS 16
#define LEFTOVER_SECONDS 600

void validators_clear(struct validators *validators)
{
    validators->etag[0] = '\0';
    validators->last_modified[0] = '\0';
    validators->length = VALIDATORS_UNKNOWN_LENGTH;
}

/* entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE; etagc is any visible character but the quote, and
 * bytes from 0x80 on (RFC 9110, section 8.8.3). */
static bool is_entity_tag(const char *text, size_t length)
{
    if (length >= 2 && memcmp(text, "W/", 2) == 0) {
        text += 2;
        length -= 2;
    }
    if (length < 2 || text[0] != '"' || text[length - 1] != '"')
        return false;
    for (size_t i = 1; i < length - 1; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= ' ' || c == '"' || c == 0x7f)
            return false;
    }
    return true;
}

void validators_set_etag(struct validators *validators, const char *text, size_t length)
{
    validators->etag[0] = '\0';
    if (length >= sizeof validators->etag || !is_entity_tag(text, length))
        return;
    memcpy(validators->etag, text, length);
    validators->etag[length] = '\0';
}

void validators_set_time(struct validators *validators, time_t seconds)
{
    struct tm utc;
    validators->last_modified[0] = '\0';
    if (seconds < 0 || gmtime_r(&seconds, &utc) == NULL)
        return;
    /* No program here calls setlocale, so the names are in English, as HTTP wants. */
    if (strftime(validators->last_modified, sizeof validators->last_modified,
                 "%a, %d %b %Y %H:%M:%S GMT", &utc) == 0)
        validators->last_modified[0] = '\0';
}

bool validators_usable(const struct validators *validators)
{
    return validators->etag[0] != '\0' || validators->last_modified[0] != '\0';
}

const char *validators_if_range(const struct validators *validators)
{
    if (validators->etag[0] == '"')
        return validators->etag;
    return validators->last_modified[0] != '\0' ? validators->last_modified : NULL;
}

static bool lengths_differ(const struct validators *a, const struct validators *b)
{
    return a->length >= 0 && b->length >= 0 && a->length != b->length;
}

static bool texts_differ(const char *a, const char *b)
{
    return a[0] != '\0' && b[0] != '\0' && strcmp(a, b) != 0;
}

bool validators_same(const struct validators *a, const struct validators *b)
{
    if (lengths_differ(a, b))
        return false;
    if (a->etag[0] != '\0' && b->etag[0] != '\0')
        return strcmp(a->etag, b->etag) == 0;
    return a->last_modified[0] != '\0' && strcmp(a->last_modified, b->last_modified) == 0;
}

bool validators_differ(const struct validators *a, const struct validators *b)
{
    return lengths_differ(a, b) || texts_differ(a->etag, b->etag) ||
           texts_differ(a->last_modified, b->last_modified);
}

bool validators_identical(const struct validators *a, const struct validators *b)
{
    return validators_usable(a) && a->length == b->length && strcmp(a->etag, b->etag) == 0 &&
           strcmp(a->last_modified, b->last_modified) == 0;
}

/* A length in decimal; anything else is unknown. */
static int64_t length_of(const char *text)
{
    char *end;
    errno = 0;
    long long length = strtoll(text, &end, 10);
    bool good = *text >= '0' && *text <= '9' && *end == '\0' && errno == 0;
    return good ? (int64_t)length : VALIDATORS_UNKNOWN_LENGTH;
}

/* Opens a regular file for reading; NULL if it does not exist. A pipe must not make us wait, and
 * would be replaced later. */
static FILE *open_regular(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && fstat(fd, &status) == 0 && !S_ISREG(status.st_mode))
        die(EX_CANTCREAT, "%s: not a regular file", path);
    return fd < 0 ? NULL : fdopen(fd, "r");
}

bool validators_read(struct validators *validators, const char *path, const char *url)
{
    validators_clear(validators);
    FILE *file = open_regular(path);
    if (file == NULL)
        return false;
    char line[LONGEST_LINE];
    bool same_url = true;
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *value = strchr(line, '=');
        if (value == NULL)
            continue;
        *value++ = '\0';
        if (strcmp(line, "url") == 0)
            same_url = strcmp(value, url) == 0;
        else if (strcmp(line, "etag") == 0)
            validators_set_etag(validators, value, strlen(value));
        else if (strcmp(line, "last_modified") == 0)
            validators_set_time(validators, curl_getdate(value, NULL));
        else if (strcmp(line, "length") == 0)
            validators->length = length_of(value);
    }
    fclose(file);
    if (!same_url)
        validators_clear(validators);
    return same_url;
}

const char *validators_length_text(const struct validators *validators)
{
    static char text[24];
    text[0] = '\0';
    if (validators->length >= 0)
        snprintf(text, sizeof text, "%" PRId64, validators->length);
    return text;
}

static bool write_lines(const struct validators *validators, const char *url, FILE *file)
{
    fprintf(file, "url=%s\netag=%s\nlast_modified=%s\nlength=%s\n", url, validators->etag,
            validators->last_modified, validators_length_text(validators));
    bool good = fflush(file) == 0 && !ferror(file) && fsync(fileno(file)) == 0;
    return fclose(file) == 0 && good;
}

/* True if the entry of a folder is a temporary file of ours, by its name, that nobody has touched
 * for a while. Younger ones can be of another run. */
static bool is_leftover(int folder, const char *entry, const char *prefix)
{
    struct stat status;
    size_t length = strlen(prefix);
    return strncmp(entry, prefix, length) == 0 && strlen(entry + length) == RANDOM_DIGITS &&
           strspn(entry + length, "0123456789abcdef") == RANDOM_DIGITS &&
           fstatat(folder, entry, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
           status.st_mtime < time(NULL) - LEFTOVER_SECONDS;
}

/* Removes what runs that were killed while they wrote the file have left beside it. */
static void remove_leftovers(const char *path)
{
    char *copy = string_copy(path);
    const char *slash = strrchr(path, '/');
    char *prefix = string_format("%s" TEMPORARY, slash != NULL ? slash + 1 : path);
    DIR *folder = opendir(dirname(copy));
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        if (is_leftover(dirfd(folder), entry->d_name, prefix))
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder != NULL)
        closedir(folder);
    free(prefix);
    free(copy);
}

void validators_write(const struct validators *validators, const char *path, const char *url)
{
    remove_leftovers(path);
    char *temporary =
        string_format("%s" TEMPORARY "%0*" PRIx64, path, RANDOM_DIGITS, random_number());
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file == NULL || !write_lines(validators, url, file) || rename(temporary, path) != 0) {
        int reason = errno;
        if (file != NULL)
            unlink(temporary);
        die(file == NULL ? EX_CANTCREAT : EX_IOERR, "%s: %s", path, strerror(reason));
    }
    free(temporary);
}
