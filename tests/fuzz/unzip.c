/* unzip.c - fuzzes fec-unzip: any bytes are an archive.
 *
 * The CRC is stubbed, as no mutation would ever have the right one: that of all data is 0. What
 * libarchive makes of the same archive must be the same, where both accept it and libarchive is
 * there.
 *
 * kind: 0 the first member, 1 a.txt, 2 *.txt, 3 -l, 4 -t, 5 -l *.txt.
 */
#include "check.h"
#include "fec-unzip/crc.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

const int fuzz_files = 1;

uint32_t crc_update(uint32_t crc, const void *data, size_t length)
{
    const volatile unsigned char *bytes = data;
    /* A sanitizer sees whether all of it may be read. */
    if (length > 0)
        (void)(bytes[0] + bytes[length - 1]);
    return crc;
}

static const char *const kinds[][5] = {
    {"fec-unzip", NULL},       {"fec-unzip", "a.txt", NULL}, {"fec-unzip", "*.txt", NULL},
    {"fec-unzip", "-l", NULL}, {"fec-unzip", "-t", NULL},    {"fec-unzip", "-l", "*.txt", NULL},
};

static void prepare(const struct fuzz_case *test)
{
    world_file("-", test->file[0]);
    world_room("stats");
}

#ifdef FUZZ_WITH_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>

/* What libarchive reads of the first member, if it is called `name`. Returns false if it does not
 * take it. */
static bool read_first(struct bytes archive_bytes, const char *name, char **data, size_t *length)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    bool good =
        archive_read_support_format_zip_streamable(archive) == ARCHIVE_OK &&
        archive_read_set_options(archive, "zip:ignorecrc32") == ARCHIVE_OK &&
        archive_read_open_memory(archive, archive_bytes.at, archive_bytes.length) == ARCHIVE_OK &&
        archive_read_next_header(archive, &entry) == ARCHIVE_OK &&
        archive_entry_pathname(entry) != NULL && strcmp(archive_entry_pathname(entry), name) == 0 &&
        archive_entry_filetype(entry) == AE_IFREG;
    size_t size = 64;
    *length = 0;
    *data = malloc(size);
    for (la_ssize_t n = 1; good && n > 0;) {
        if (size - *length < 4096)
            *data = realloc(*data, size = 2 * size + 4096);
        n = archive_read_data(archive, *data + *length, size - *length);
        good = n >= 0;
        *length += n > 0 ? (size_t)n : 0;
    }
    /* Sizes and CRC that are wrong are told with the end of the data. */
    good = good && archive_errno(archive) == 0;
    archive_read_free(archive);
    return good;
}

static void compare(const struct fuzz_case *test)
{
    char name[65536], *data;
    size_t length;
    const unsigned char *head = (const unsigned char *)test->file[0].at;
    if (test->file[0].length < 30 || memcmp(head, "PK\3\4", 4) != 0)
        return;
    size_t name_length = head[26] | (size_t)head[27] << 8;
    memcpy(name, head + 30, name_length); /* the program has read that far */
    name[name_length] = '\0';
    if (read_first(test->file[0], name, &data, &length))
        check_same("fec-unzip and libarchive", world_written("-"), (struct bytes){data, length});
    free(data);
}
#else
static void compare(const struct fuzz_case *test)
{
    (void)test;
}
#endif

void fuzz_target(const struct fuzz_case *test)
{
    static const int legal[] = {65, 66, 74, 141, 0};
    static const char *const outputs[] = {"-", NULL};
    const char *arguments[8] = {"fec-unzip", "--stats", "stats"};
    unsigned kind = test->kind % 6;
    for (int i = 1; kinds[kind][i] != NULL; i++)
        arguments[2 + i] = kinds[kind][i];
    prepare(test);
    int status = world_run(arguments);
    /* What is read ahead and not needed may fail. */
    check_status(status, legal, true);
    check_messages("fec-unzip");
    if (status != 0)
        return;
    if (kind < 3 && check_count("bytes") != world_written("-").length)
        fuzz_fail("%zu bytes written, another number counted", world_written("-").length);
    if (kind < 3 && check_count("members_skipped") == 0)
        compare(test);
    if ((test->flags & 1) != 0)
        check_sizes(arguments, status, outputs, prepare, test);
}
