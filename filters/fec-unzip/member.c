/* member.c - the data of a member, and how its end is found.
 *
 * If the local header says how long the data are, all is simple: that many bytes are taken, and
 * what is counted on the way must be what the header says. If it does not (bit 3 of the flags,
 * 4.4.4), the writer was itself writing to a pipe, and a data descriptor after the data has the CRC
 * and the sizes. Then a deflate stream says itself where it ends. Stored data do not: the bytes are
 * looked through for a descriptor that fits all that went before.
 */
#include "fec-unzip/member.h"
#include "base/cli.h"
#include "fec-unzip/count.h"
#include "fec-unzip/descriptor.h"
#include "fec-unzip/inflate.h"

#include <string.h>

/* Passes on the next `length` bytes, which are in the buffer. */
static void pass_stored(struct zipstream *zip, struct zip_member *member, struct output *output,
                        size_t length)
{
    member_count(member, zip_bytes(zip), length);
    member->counted_compressed += length;
    member_progress(zip, member, output);
    if (output != NULL)
        output_write(output, zip_bytes(zip), length);
    zip_advance(zip, length);
}

static void copy_stored(struct zipstream *zip, struct zip_member *member, struct output *output)
{
    while (member->counted_size < member->size) {
        uint64_t left = member->size - member->counted_size;
        if (!zip_have(zip, 1))
            zip_cut_short(zip, member->shown);
        pass_stored(zip, member, output, zip_buffered(zip) < left ? zip_buffered(zip) : left);
    }
}

/* How many of the buffered bytes cannot be the start of a descriptor's signature. */
static size_t before_signature(const unsigned char *bytes, size_t length)
{
    static const unsigned char signature[4] = {'P', 'K', 7, 8};
    const unsigned char *at = bytes, *end = bytes + length;
    while ((at = memchr(at, 'P', (size_t)(end - at))) != NULL) {
        size_t compared = end - at < 4 ? (size_t)(end - at) : 4;
        if (memcmp(at, signature, compared) == 0)
            return (size_t)(at - bytes);
        at++;
    }
    return length;
}

/* Stored data whose size only follows. They may hold anything, archives with descriptors too, so at
 * each signature the CRC and the sizes must be those of all bytes up to there, and a header must
 * follow. A descriptor without a signature would have to be looked for at every byte, with nothing
 * but a CRC of four bytes to go by, so that is not done. */
static void walk_stored(struct zipstream *zip, struct zip_member *member, struct output *output)
{
    const struct layout *layout;
    for (;;) {
        if (!zip_have(zip, 1))
            die(EX_DATAERR,
                "member %s: stored, with its size only after it, and up to the end of the input at "
                "byte %llu no data descriptor with a signature fits: the archive is cut short or "
                "damaged, or cannot be read as a stream",
                member->shown, (unsigned long long)zip->bytes_read);
        size_t length = before_signature(zip_bytes(zip), zip_buffered(zip));
        if (length > 0) {
            pass_stored(zip, member, output, length);
            continue;
        }
        layout = descriptor_find(zip, member, FITS_FOR_CERTAIN);
        if (layout != NULL)
            break;
        pass_stored(zip, member, output, 1);
    }
    descriptor_take(zip, member, layout);
}

/* --- One member ---------------------------------------------------------------------------- */

/* Ends the program if the member's data cannot be decompressed, and says why. */
static void check_readable(const struct zip_member *member)
{
    const char *why = NULL;
    if (member->encrypted)
        why = "it is encrypted";
    else if (member->patch)
        why = "it is a patch to another file (flag bit 5)";
    if (why != NULL)
        die(EX_DATAERR, "member %s, header at byte %llu: %s, which cannot be read", member->shown,
            (unsigned long long)member->header_offset, why);
    if (member->method != ZIP_STORED && member->method != ZIP_DEFLATED)
        die(EX_DATAERR,
            "member %s, header at byte %llu: compression method %u (%s) cannot be read, only "
            "stored and deflate",
            member->shown, (unsigned long long)member->header_offset, member->method,
            zip_method_name(member->method));
}

/* Some writers set bit 3 and still know the sizes; of stored data that saves the walk. */
static bool must_walk(const struct zip_member *member)
{
    return member->method == ZIP_STORED && member->sizes_follow && member->compressed_size == 0;
}

void zip_write(struct zipstream *zip, struct zip_member *member, struct output *output,
               bool goes_on)
{
    check_readable(member);
    if (must_walk(member)) {
        walk_stored(zip, member, output);
    } else {
        if (member->method == ZIP_STORED)
            copy_stored(zip, member, output);
        else
            inflate_data(zip, member, output);
        if (member->sizes_follow) {
            descriptor_read(zip, member, goes_on);
        } else {
            member_check(member, member->crc, member->compressed_size, member->size, "local header",
                         member->header_offset);
        }
    }
    member->crc = member->counted_crc;
    member->compressed_size = member->counted_compressed;
    member->size = member->counted_size;
}

void zip_skip(struct zipstream *zip, struct zip_member *member)
{
    if (member->sizes_follow)
        zip_write(zip, member, NULL, true);
    else
        zip_drop(zip, member->compressed_size, member->shown);
}
