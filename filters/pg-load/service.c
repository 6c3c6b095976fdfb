/* service.c - DATABASE_URL as a service file of libpq.
 *
 * The driver starts many programs that connect to the database: psql, pg-load, pg_dump. A URL on
 * their command lines would show its password to everybody on the machine, so it is written once
 * to a file that only its owner can read, and PGSERVICEFILE and PGSERVICE point to it. libpq itself
 * reads the URL: what it knows, works.
 *
 * Two parameters stay out of the file. The driver sets the application's name itself, and it puts
 * its own server options after those of the URL, so it needs to see them.
 *
 * What is hard here is to say what is wrong with a URL. libpq's messages quote the part that it
 * could not read, which can be a piece of the password. So a quoted part is shown only where it
 * cannot be one.
 */
#include "pg-load/service.h"
#include "base/cli.h"
#include "base/random.h"
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VARIABLE "DATABASE_URL"
#define SERVICE_NAME "fecpipe"

/* Whether the part of the URL (or of the key=value text) that begins at `part` could belong to a
 * password. In a URL a password stands before the last '@'. */
static bool can_be_secret(const char *url, const char *part)
{
    if (strstr(url, "://") != NULL)
        return strchr(part, '@') != NULL;
    const char *password = strstr(url, "password");
    return password != NULL && password < part;
}

/* Overwrites the part of the URL that libpq's message quotes, if it could be secret. A message
 * quotes at most one part of more than one character, and that is the last thing it says. */
static void hide_quoted(const char *url, char *message)
{
    char *quote = message;
    while ((quote = strchr(quote, '"')) != NULL && quote[1] != '\0' && quote[2] == '"')
        quote += 3;
    char *end = strrchr(message, '"');
    if (quote == NULL || end <= quote)
        return;
    *end = '\0';
    const char *part = strstr(url, quote + 1);
    bool secret = part == NULL || can_be_secret(url, part);
    *end = '"';
    if (secret)
        strcpy(quote, "a part of it");
}

static PQconninfoOption *parse_url(void)
{
    const char *url = getenv(VARIABLE);
    if (url == NULL || *url == '\0')
        die(EX_CONFIG, "--write-service needs " VARIABLE " in the environment");
    char *message = NULL;
    PQconninfoOption *parameters = PQconninfoParse(url, &message);
    if (parameters != NULL)
        return parameters;
    if (message == NULL)
        die(EX_OSERR, "no memory to read " VARIABLE);
    message[strcspn(message, "\n")] = '\0';
    hide_quoted(url, message);
    die(EX_CONFIG, VARIABLE ": %s", message);
}

/* Whether the file gets the parameter. Ends the program if it should and cannot: a value ends with
 * its line there, and blanks at the end of a line do not count. */
static bool belongs_in_file(const PQconninfoOption *parameter)
{
    const char *name = parameter->keyword, *value = parameter->val;
    if (value == NULL || strcmp(name, "application_name") == 0 || strcmp(name, "options") == 0)
        return false;
    if (strcmp(name, "service") == 0)
        die(EX_CONFIG, VARIABLE " names a service; set PGSERVICE instead");
    size_t length = strlen(value);
    if (strpbrk(value, "\r\n") != NULL || (length > 0 && strchr(" \t\v\f", value[length - 1])))
        die(EX_CONFIG, VARIABLE ": %s has a line end in it or a blank at its end", name);
    return true;
}

/* Creates a file that only its owner can read; nobody can have put a link there. */
static FILE *create_private(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file == NULL)
        die(EX_CANTCREAT, "%s: %s", path, strerror(errno));
    return file;
}

/* Writes the file in full under another name before it gets its own. */
static void write_file(const char *path, const PQconninfoOption *parameters)
{
    char *temporary = string_format("%s.new.%016" PRIx64, path, random_number());
    FILE *file = create_private(temporary);
    fprintf(file, "[" SERVICE_NAME "]\n");
    for (const PQconninfoOption *parameter = parameters; parameter->keyword != NULL; parameter++)
        if (belongs_in_file(parameter))
            fprintf(file, "%s=%s\n", parameter->keyword, parameter->val);
    bool good = ferror(file) == 0;
    good = fclose(file) == 0 && good;
    if (!good || rename(temporary, path) != 0) {
        int error = errno;
        unlink(temporary);
        die(EX_IOERR, "%s: %s", path, strerror(error));
    }
    free(temporary);
}

void service_write(const char *path)
{
    PQconninfoOption *parameters = parse_url();
    const char *options = "";
    for (const PQconninfoOption *parameter = parameters; parameter->keyword != NULL; parameter++) {
        if (belongs_in_file(parameter))
            continue;
        if (strcmp(parameter->keyword, "options") == 0 && parameter->val != NULL)
            options = parameter->val;
    }
    write_file(path, parameters);
    if (printf("%s\n", options) < 0 || fflush(stdout) != 0)
        die(EX_IOERR, "standard output: %s", strerror(errno));
    PQconninfoFree(parameters);
}
