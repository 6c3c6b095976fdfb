/* fec-unzip - writes one member of a zip archive that comes down a pipe.
 *
 * The archive is read from front to back and never to its end if that is not needed: once the
 * member has been written and checked the program ends, and with it the download before it. Of the
 * FEC's indiv archives, which hold every row a second time in smaller members, that saves half.
 *
 * archive.c reads the parts of the archive, member.c the data of a member. Here a member is chosen,
 * and written, listed or tested. What is hard is to choose without knowing what follows: a member
 * in a folder is taken if no other one has the name, and a member of any name if it is the only
 * one (sole.c), and both show at the end of the archive.
 */
#include "base/cli.h"
#include "base/output.h"
#include "base/progress.h"
#include "base/stats.h"
#include "fec-unzip/archive.h"
#include "fec-unzip/inflater.h"
#include "fec-unzip/member.h"
#include "fec-unzip/sole.h"
#include "fec-unzip/stream.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool list, test;

static const struct cli_option options[] = {
    {'l', "list", NULL, "list the members: method, compressed size, size, CRC, name", &list, NULL,
     NULL},
    {'t', "test", NULL, "read all members and check their CRCs and sizes, write none", &test, NULL,
     NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const char *built(void)
{
    static char text[64];
    snprintf(text, sizeof text, "inflates with %s", inflater_name());
    return text;
}

static const struct cli_program program = {
    .name = "fec-unzip",
    .built = built,
    .usage = "[-lt] [MEMBER] <ARCHIVE",
    .purpose = "Reads a zip archive on standard input as a stream and writes its first member, or "
               "the first whose\nname is MEMBER or matches it as a shell pattern, to standard "
               "output. Stops reading after it.",
    .options = options,
};

static struct zipstream zip;
static struct zip_member member;
static struct sole sole;
static struct output output;
static const char *pattern; /* NULL for any member */

static uint64_t members_skipped, members_matched, is_zip64;

/* The first names that were passed, for the message when the wanted one does not come. */
#define MOST_NAMES_SHOWN 5
static char names_seen[MOST_NAMES_SHOWN * (ZIP_SHOWN_NAME + 2)];
static uint64_t names_passed;

static void remember_name(void)
{
    if (++names_passed > MOST_NAMES_SHOWN)
        return;
    if (names_passed > 1)
        strcat(names_seen, ", ");
    strcat(names_seen, member.shown);
}

static _Noreturn void not_found(void)
{
    if (names_passed == 0)
        die(EX_NOINPUT, "the archive has no members");
    const char *what = pattern ? pattern : "that is a file";
    if (names_passed > MOST_NAMES_SHOWN)
        die(EX_NOINPUT, "no member %s in the archive; it has %s and %llu more", what, names_seen,
            (unsigned long long)(names_passed - MOST_NAMES_SHOWN));
    die(EX_NOINPUT, "no member %s in the archive; it has %s", what, names_seen);
}

/* The name itself comes before its meaning as a pattern, so that a member called "a[1].txt" can be
 * had. '*' matches slashes and leading dots too. A name with a NUL in it matches nothing. */
static bool is_wanted(void)
{
    if (pattern == NULL)
        return true;
    return strlen(member.name) == member.name_length &&
           (strcmp(pattern, member.name) == 0 || fnmatch(pattern, member.name, 0) == 0);
}

/* Whether the member would be the wanted one if it did not lie in a folder. */
static bool is_wanted_in_folder(void)
{
    const char *slash = strrchr(member.name, '/');
    return pattern != NULL && strchr(pattern, '/') == NULL && slash != NULL &&
           strlen(member.name) == member.name_length &&
           (strcmp(pattern, slash + 1) == 0 || fnmatch(pattern, slash + 1, FNM_PERIOD) == 0);
}

/* --- The three things to do ---------------------------------------------------------------- */

static void report_member(const struct zip_member *written)
{
    char crc[9];
    snprintf(crc, sizeof crc, "%08lx", (unsigned long)written->crc);
    stats_text("crc", crc);
    stats_text("descriptor", written->descriptor);
    is_zip64 = written->zip64;
}

static void start_member(const struct zip_member *wanted)
{
    stats_text("member", wanted->shown);
    stats_text("method", zip_method_name(wanted->method));
    progress_start(wanted->shown, wanted->sizes_follow ? 0 : wanted->size);
}

/* Writes a member that lies in a folder, if the rest of the archive has no other one that could be
 * meant. */
static void write_from_folder(void)
{
    static char taken[ZIP_SHOWN_NAME];
    strcpy(taken, member.shown);
    complain("no member %s so far in the archive, but %s: that one is written", pattern, taken);
    start_member(&member);
    zip_write(&zip, &member, &output, true);
    report_member(&member);
    uint64_t compressed = member.counted_compressed, size = member.counted_size;
    while (zip_next(&zip, &member)) {
        if (!zip_is_directory(&member) && (is_wanted() || is_wanted_in_folder()))
            die(EX_DATAERR, "%s was written as %s, but %s could be meant too", taken, pattern,
                member.shown);
        zip_skip(&zip, &member);
    }
    member.counted_compressed = compressed;
    member.counted_size = size;
}

/* At the end of an archive that has not the wanted member. */
static void write_sole(void)
{
    struct zip_member *only = pattern != NULL ? sole_member(&sole) : NULL;
    if (only == NULL && pattern != NULL && names_passed == 0) {
        complain("the archive has no members, so %s is taken for empty", pattern);
        return;
    }
    if (only == NULL)
        not_found();
    complain("no member %s in the archive; its only one, %s, is written", pattern, only->shown);
    start_member(only);
    sole_write(&sole, &output);
    report_member(only);
    member = *only;
    members_skipped--;
}

static void write_member(void)
{
    while (zip_next(&zip, &member)) {
        bool is_file = !zip_is_directory(&member);
        if (is_file && is_wanted()) {
            start_member(&member);
            zip_write(&zip, &member, &output, false);
            report_member(&member);
            return;
        }
        if (is_file && is_wanted_in_folder()) {
            write_from_folder();
            return;
        }
        remember_name();
        sole_skip(&sole, &zip, &member);
        member.counted_compressed = member.counted_size = 0; /* of the wanted member, in stats */
        members_skipped++;
    }
    write_sole();
}

static void list_member(void)
{
    static char name[4 * ZIP_LONGEST_NAME + 1];
    zip_show_name(&member, name, sizeof name);
    output_format(&output, "%s%s\t%llu\t%llu\t%08lx\t", zip_method_name(member.method),
                  member.encrypted ? ",encrypted" : "", (unsigned long long)member.compressed_size,
                  (unsigned long long)member.size, (unsigned long)member.crc);
    output_text(&output, name);
    output_text(&output, "\n");
    output_flush(&output);
}

/* Lists or tests the whole archive, or the members that match. */
static void walk_archive(void)
{
    while (zip_next(&zip, &member)) {
        bool wanted = is_wanted();
        if (wanted)
            members_matched++;
        else
            remember_name();
        if (wanted && test)
            zip_write(&zip, &member, NULL, true);
        else
            zip_skip(&zip, &member);
        if (wanted && list)
            list_member();
    }
    zip_check_directory(&zip);
    if (pattern != NULL && members_matched == 0)
        not_found();
}

/* All are registered before anything is read, so that the file has them also when a run fails. */
static void start_stats(void)
{
    if (list || test) {
        stats_count("members", &members_matched);
        stats_count("archive_bytes_read", &zip.bytes_read);
        return;
    }
    stats_text("member", "");
    stats_text("method", "");
    stats_count("compressed_bytes", &member.counted_compressed);
    stats_count("bytes", &member.counted_size);
    stats_text("crc", "");
    stats_count("archive_bytes_read", &zip.bytes_read);
    stats_count("members_skipped", &members_skipped);
    stats_count("zip64", &is_zip64);
    stats_text("descriptor", "");
}

int main(int argc, char **argv)
{
    int operand = cli_start(&program, argc, argv);
    if (argc - operand > 1)
        die_usage("one member at a time: '%s' is one too many", argv[operand + 1]);
    pattern = argv[operand];
    start_stats();
    zip_open(&zip, STDIN_FILENO, "standard input");
    output_open(&output, STDOUT_FILENO, "standard output");
    progress_start("archive", 0);
    if (list || test)
        walk_archive();
    else
        write_member();
    output_close(&output);
    progress_end();
    return cli_end(EX_OK);
}
