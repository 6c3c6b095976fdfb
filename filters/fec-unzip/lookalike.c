/* lookalike.c - what a file seems to be that is no zip archive.
 *
 * It is a guess by the first bytes, so it is only for a message.
 */
#include "fec-unzip/lookalike.h"

#include <string.h>
#include <strings.h>

/* What files begin with that are found where an archive should be: a server's page instead of the
 * file, or a file compressed in another way. Letters match in both cases. */
static const struct {
    const char *start;
    size_t length;
    const char *what;
} lookalikes[] = {
    {"<!doctype html", 14, "an HTML page"},
    {"<html", 5, "an HTML page"},
    {"<head", 5, "an HTML page"},
    {"<?xml", 5, "XML, as a server's error message is"},
    {"<error", 6, "XML, as a server's error message is"},
    {"<", 1, "HTML or XML"},
    {"{", 1, "JSON"},
    {"HTTP/", 5, "an HTTP header"},
    {"\x1f\x8b", 2, "gzip"},
    {"BZh", 3, "bzip2"},
    {"\xfd"
     "7zXZ",
     5, "xz"},
    {"\x28\xb5\x2f\xfd", 4, "zstd"},
    {"7z\xbc\xaf", 4, "7-Zip"},
    {"Rar!", 4, "RAR"},
    {"%PDF", 4, "PDF"},
    {"MZ", 2, "a program for Windows, perhaps a self-extracting archive"},
    {"PK\1\2", 4, "the central directory of a zip archive without its members"},
};

const char *lookalike(const unsigned char *bytes, size_t length)
{
    static const unsigned char utf8_mark[] = {0xef, 0xbb, 0xbf};
    if (length >= 3 && memcmp(bytes, utf8_mark, 3) == 0)
        bytes += 3, length -= 3;
    while (length > 0 && strchr(" \t\r\n", *bytes) != NULL && *bytes != '\0')
        bytes++, length--;
    for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++)
        if (length >= lookalikes[i].length &&
            strncasecmp((const char *)bytes, lookalikes[i].start, lookalikes[i].length) == 0)
            return lookalikes[i].what;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == 0 || (bytes[i] < ' ' && strchr("\t\r\n", bytes[i]) == NULL))
            return "unknown binary data";
    return "plain text";
}
