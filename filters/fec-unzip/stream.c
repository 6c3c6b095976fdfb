/* stream.c - the bytes of a zip archive, from front to back.
 *
 * What is hard is not to wait for bytes that need not come: a download can stall within any part of
 * an archive, and what has come must be of use. So nothing here reads more than it was asked for.
 */
#include "fec-unzip/stream.h"
#include "base/cli.h"
#include "base/progress.h"

void zip_open(struct zipstream *zip, int fd, const char *name)
{
    input_open(&zip->input, fd, name);
    zip->bytes_read = 0;
    zip->keep = NULL;
}

const unsigned char *zip_bytes(const struct zipstream *zip)
{
    return (const unsigned char *)input_bytes(&zip->input);
}

size_t zip_buffered(const struct zipstream *zip)
{
    return input_unread(&zip->input);
}

void zip_advance(struct zipstream *zip, size_t length)
{
    if (zip->keep != NULL)
        output_write(zip->keep, zip_bytes(zip), length);
    input_consume(&zip->input, length);
}

bool zip_have(struct zipstream *zip, size_t length)
{
    while (zip_buffered(zip) < length) {
        if (!input_more(&zip->input))
            return false;
        zip->bytes_read = zip->input.offset + zip_buffered(zip);
    }
    return true;
}

_Noreturn void zip_cut_short(const struct zipstream *zip, const char *what)
{
    die(EX_DATAERR, "the archive is cut short: it ends at byte %llu, in %s",
        (unsigned long long)zip->bytes_read, what);
}

void zip_drop(struct zipstream *zip, uint64_t length, const char *what)
{
    while (length > 0) {
        if (!zip_have(zip, 1))
            zip_cut_short(zip, what);
        size_t step = zip_buffered(zip) < length ? zip_buffered(zip) : (size_t)length;
        zip_advance(zip, step);
        length -= step;
        progress_at(zip->input.offset, 0);
    }
}
