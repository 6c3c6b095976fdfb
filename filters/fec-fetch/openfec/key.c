/* key.c - the key of the FEC's API.
 *
 * What is hard is to keep it out of messages. A server can repeat it in any form, and a message is
 * cut somewhere; so it is hidden before anything is cut. A file can also be a pipe from a command
 * that prints the key, which must not keep us waiting for ever.
 */
#include "fec-fetch/openfec/key.h"
#include "base/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEADER "X-Api-Key: "
#define LONGEST_KEY 200
#define BLANKS " \t\r\n"
/* How long a command may take to write the key into a pipe. */
#define LONGEST_WAIT_SECONDS 10

static char header[sizeof HEADER + LONGEST_KEY];

/* Makes the header of the key in `text`, without the blanks around it. `where` is for messages,
 * which never repeat what was found there. */
static void take_key(const char *text, const char *where)
{
    text += strspn(text, BLANKS);
    size_t length = strlen(text);
    while (length > 0 && strchr(BLANKS, text[length - 1]) != NULL)
        length--;
    if (length == 0)
        die(EX_CONFIG, "%s: the key is empty", where);
    if (length > LONGEST_KEY)
        die(EX_CONFIG, "%s: this is not a key: it has more than %d characters", where, LONGEST_KEY);
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~')
            die(EX_CONFIG,
                "%s: this is not a key: character %zu is a blank, a control character or not "
                "ASCII",
                where, i + 1);
    snprintf(header, sizeof header, HEADER "%.*s", (int)length, text);
    cli_hide_secrets(key_hide);
}

/* Reads to the end of the first line, or of the file, or `size` bytes; waits for the writer of a
 * pipe, but not for long. Returns the number of bytes, or -1 and errno. */
static ssize_t read_line(int fd, char *line, size_t size)
{
    size_t length = 0;
    time_t end = time(NULL) + LONGEST_WAIT_SECONDS;
    while (length < size && memchr(line, '\n', length) == NULL) {
        struct pollfd pipe = {fd, POLLIN, 0};
        ssize_t n = read(fd, line + length, size - length);
        if (n == 0)
            break;
        if (n > 0)
            length += (size_t)n;
        else if (errno != EAGAIN || time(NULL) >= end || poll(&pipe, 1, 1000) < 0)
            return -1;
    }
    return (ssize_t)length;
}

/* The first line of the file. */
static void read_key(const char *path)
{
    char line[4096] = "", where[1024];
    struct stat status;
    snprintf(where, sizeof where, "FEC_API_KEY_FILE, %s", path);
    /* O_NONBLOCK, because a pipe that nobody writes to would make open wait for ever. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0)
        die(EX_CONFIG, "%s: %s", where, strerror(errno));
    if (S_ISREG(status.st_mode) && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        die(EX_CONFIG, "%s: others can replace the key; chmod 600 helps", where);
    ssize_t length = read_line(fd, line, sizeof line - 1);
    if (length < 0)
        die(EX_CONFIG, "%s: %s", where, strerror(errno));
    close(fd);
    line[length] = '\0';
    /* A NUL would silently cut the key short. */
    char *end = memchr(line, '\n', (size_t)length);
    size_t line_length = end != NULL ? (size_t)(end - line) : (size_t)length;
    if (memchr(line, '\0', line_length) != NULL)
        die(EX_CONFIG, "%s: this is not a key: it has a NUL", where);
    line[line_length] = '\0';
    take_key(line, where);
    memset(line, 0, sizeof line);
    if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRGRP | S_IROTH)) != 0)
        complain("%s: others can read the key; chmod 600 helps", where);
}

const char *key_header(void)
{
    const char *key = getenv("FEC_API_KEY"), *path = getenv("FEC_API_KEY_FILE");
    if (header[0] != '\0')
        return header;
    if (key != NULL && *key != '\0')
        take_key(key, "FEC_API_KEY");
    else if (path != NULL && *path != '\0')
        read_key(path);
    else
        die(EX_CONFIG, "the API needs a key, in FEC_API_KEY or in the file that FEC_API_KEY_FILE "
                       "names; https://api.open.fec.gov/developers/ gives one to everybody, and "
                       "the key DEMO_KEY works for about 40 calls an hour");
    return header;
}

/* How many bytes at the beginning of the text are the key; 0 if it does not begin with it. A
 * character can be escaped as in JSON, with a backslash (RFC 8259, section 7), or as in a URL, with
 * %XX (RFC 3986, section 2.1). */
static size_t length_of_key(const char *text, const char *key)
{
    const char *c = text;
    for (; *key != '\0'; key++) {
        char in_json[16], in_url[8];
        snprintf(in_json, sizeof in_json, "\\u%04x", (unsigned)*key);
        snprintf(in_url, sizeof in_url, "%%%02x", (unsigned)*key);
        if (c[0] == '\\' && c[1] == *key)
            c += 2;
        else if (strncasecmp(c, in_json, strlen(in_json)) == 0)
            c += strlen(in_json);
        else if (strncasecmp(c, in_url, strlen(in_url)) == 0)
            c += strlen(in_url);
        else if (*c++ != *key)
            return 0;
    }
    return (size_t)(c - text);
}

void key_hide(char *text)
{
    const char *key = header + strlen(HEADER);
    if (header[0] == '\0')
        return;
    for (char *c = text; *c != '\0'; c++) {
        size_t length = length_of_key(c, key);
        memset(c, '*', length);
        c += length > 0 ? length - 1 : 0;
    }
}
