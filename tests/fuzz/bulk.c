/* bulk.c - fuzzes fec-fetch with files of the FEC: header lines, bodies, connections that break,
 * the files in which it notes validators, and the copies that it keeps. fake_curl.c is the server.
 *
 * The files of a test case: those of --etag, --save, FILE.etag, FILE.part, FILE.part.etag, and the
 * responses. kind: 0 bulk, 1 --info, 2 --etag, 3 --save, 4 both, 5 header, 6 a CSV file. flags: a
 * bit for each of the five files that is there.
 */
#include "check.h"
#include "fake_curl.h"
#include "world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const int fuzz_files = 6;

static const char *const names[] = {"etag", "save", "save.etag", "save.part", "save.part.etag"};

/* What the options are of each kind. */
static const char *const kinds[][6] = {
    {"bulk", "cm", "2024", NULL},
    {"--info", "bulk", "cm", "2024", NULL},
    {"--etag", "bulk", "cm", "2024", NULL},
    {"--save", "bulk", "cm", "2024", NULL},
    {"--save", "--etag", "bulk", "cm", "2024", NULL},
    {"header", "cm", NULL},
    {"--etag", "bulk", "independent_expenditure", "2024", NULL},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static void prepare(const struct fuzz_case *test)
{
    world_folder();
    for (int i = 0; i < 5; i++)
        if ((test->flags >> i & 1) != 0)
            world_real_file(names[i], test->file[i]);
    world_file("-", (struct bytes){"", 0});
    world_room("stats");
    fake_curl_start(test->file[5]);
    setenv("FEC_BULK_URL", "https://bulk.example/files", 1);
}

/* No temporary file may be left. */
static void check_folder(void)
{
    DIR *folder = opendir(world_folder_path());
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        bool known = entry->d_name[0] == '.';
        for (int i = 0; i < 5; i++)
            known = known || strcmp(entry->d_name, names[i]) == 0;
        if (!known)
            fuzz_fail("the file %s is left", entry->d_name);
    }
    closedir(folder);
}

/* A whole file was passed on: it is the copy, if there is one, and no byte was there twice. */
static void check_passed(bool saved)
{
    struct bytes out = world_written("-");
    if (check_count("not_modified") == 1) {
        if (out.length > 0)
            fuzz_fail("%zu bytes of a file that has not changed", out.length);
        return;
    }
    if (out.length == 0)
        fuzz_fail("the file is empty");
    if (check_count("bytes") != out.length || check_count("length") != out.length)
        fuzz_fail("%zu bytes written, another number counted", out.length);
    if (saved) {
        struct bytes copy = world_real_read("save");
        if (copy.at == NULL)
            fuzz_fail("there is no copy");
        check_same("the copy and the output", copy, out);
    }
}

void fuzz_target(const struct fuzz_case *test)
{
    static const int legal[] = {65, 66, 69, 73, 74, 75, 141, 0};
    char etag[200], save[200];
    const char *arguments[20] = {"fec-fetch", "--stats", "stats", "--retries=3"};
    const char *const *options = kinds[test->kind % KINDS];
    int count = 4;
    bool saved = false;
    prepare(test);
    snprintf(etag, sizeof etag, "--etag=%s/etag", world_folder_path());
    snprintf(save, sizeof save, "--save=%s/save", world_folder_path());
    for (int i = 0; options[i] != NULL; i++) {
        bool is_save = strcmp(options[i], "--save") == 0;
        saved = saved || is_save;
        arguments[count++] = is_save ? save : strcmp(options[i], "--etag") == 0 ? etag : options[i];
    }
    int status = world_run(arguments);
    /* With a copy a reader may go away; a connection that breaks is made again. */
    check_status(status, legal, true);
    check_messages("fec-fetch");
    check_folder();
    if (status == 0 && test->kind % KINDS != 1 && !world_failed())
        check_passed(saved);
}
