/* rows.c - the rows of the API on standard output, one JSON object a line. What is hard is that a
 * run that was killed can have written half a page, and that the file can belong to others as well:
 * only bytes that this sweep must have written are ever cut off. */
#include "fec-fetch/openfec/rows.h"
#include "base/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "standard output"

/* The digits of a number that a double surely keeps: 1234.56 stays 1234.56. */
#define DIGITS 15

static _Noreturn void die_of_output(void)
{
    die(EX_IOERR, NAME ": %s", strerror(errno));
}

/* Goes back to where the last whole page ended. `length` is that of the file now. */
static void cut_back(const struct rows_file *before, uint64_t length)
{
    if (length < before->length)
        die(EX_DATAERR,
            NAME ": has %" PRIu64 " bytes, but the sweep to be resumed has written %" PRIu64
                 " to it; start again without the cursor file, or append to the whole file",
            length, before->length);
    if (length > before->most)
        die(EX_DATAERR,
            NAME ": has %" PRIu64
                 " bytes, more than the sweep to be resumed can have written (%" PRIu64
                 "); remove what others have written after byte %" PRIu64
                 ", or start again without the cursor file",
            length, before->most, before->length);
    if (length == before->length)
        return;
    if (ftruncate(STDOUT_FILENO, (off_t)before->length) != 0)
        die_of_output();
    complain(NAME ": %" PRIu64 " bytes of an unfinished page are cut off", length - before->length);
}

void rows_open(struct rows *rows, const struct rows_file *before)
{
    struct stat status;
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (fstat(STDOUT_FILENO, &status) != 0 || flags < 0)
        die_of_output();
    output_open(&rows->output, STDOUT_FILENO, NAME);
    rows->noted = before != NULL && S_ISREG(status.st_mode);
    rows->file = (struct rows_file){.known = rows->noted};
    if (!rows->noted)
        return;
    rows->file.inode = (uint64_t)status.st_ino;
    bool same = before->known && before->inode == rows->file.inode;
    if (same)
        cut_back(before, (uint64_t)status.st_size);
    /* A file that is opened for appending tells where it ends only when it is asked. */
    off_t end = same || (flags & O_APPEND) != 0 ? lseek(STDOUT_FILENO, 0, SEEK_END)
                                                : lseek(STDOUT_FILENO, 0, SEEK_CUR);
    if (end < 0)
        die_of_output();
    rows->file.length = rows->file.most = (uint64_t)end;
}

/* As they were filed, with the keys in their order. */
#define ROW_FORM (JSON_COMPACT | JSON_REAL_PRECISION(DIGITS))

static int count_bytes(const char *bytes, size_t length, void *context)
{
    (void)bytes;
    *(uint64_t *)context += length;
    return 0;
}

void rows_expect(struct rows *rows, const json_t *array)
{
    rows->file.most = rows->file.length + json_array_size(array);
    for (size_t i = 0; i < json_array_size(array); i++)
        if (json_dump_callback(json_array_get(array, i), count_bytes, &rows->file.most, ROW_FORM) !=
            0)
            die(EX_OSERR, "no memory to write a row");
}

static int take(const char *bytes, size_t length, void *context)
{
    output_write(context, bytes, length);
    return 0;
}

void rows_write(struct rows *rows, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (json_dump_callback(json_array_get(array, i), take, &rows->output, ROW_FORM) != 0)
            die(EX_OSERR, "no memory to write a row");
        output_text(&rows->output, "\n");
    }
}

void rows_make_safe(struct rows *rows)
{
    output_flush(&rows->output);
    if (!rows->noted)
        return;
    if (fsync(STDOUT_FILENO) != 0)
        die_of_output();
    off_t end = lseek(STDOUT_FILENO, 0, SEEK_CUR);
    if (end < 0)
        die_of_output();
    rows->file.length = rows->file.most = (uint64_t)end;
}

void rows_close(struct rows *rows)
{
    output_close(&rows->output);
}
