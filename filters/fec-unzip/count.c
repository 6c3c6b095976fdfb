/* count.c - what is counted of a member while its data go by.
 *
 * The CRC and the two sizes are all that shows whether a member is whole, so both ways of reading
 * one (stored and deflated) count here, and whatever the archive says is compared here.
 */
#include "fec-unzip/count.h"
#include "base/cli.h"
#include "base/progress.h"
#include "fec-unzip/crc.h"

void member_count(struct zip_member *member, const void *data, size_t length)
{
    member->counted_crc = crc_update(member->counted_crc, data, length);
    member->counted_size += length;
    if (!member->sizes_follow && member->counted_size > member->size)
        die(EX_DATAERR, "member %s: more than the %llu bytes that its header at byte %llu says",
            member->shown, (unsigned long long)member->size,
            (unsigned long long)member->header_offset);
}

void member_progress(const struct zipstream *zip, const struct zip_member *member,
                     const struct output *output)
{
    progress_at(output != NULL ? member->counted_size : zip->input.offset, 0);
}

void member_check(const struct zip_member *member, uint32_t crc, uint64_t compressed_size,
                  uint64_t size, const char *where, uint64_t offset)
{
    if (member->counted_crc != crc)
        die(EX_DATAERR, "member %s: CRC %08lx, but the %s at byte %llu says %08lx", member->shown,
            (unsigned long)member->counted_crc, where, (unsigned long long)offset,
            (unsigned long)crc);
    if (member->counted_size != size || member->counted_compressed != compressed_size)
        die(EX_DATAERR,
            "member %s: %llu bytes made of %llu, but the %s at byte %llu says %llu made of %llu",
            member->shown, (unsigned long long)member->counted_size,
            (unsigned long long)member->counted_compressed, where, (unsigned long long)offset,
            (unsigned long long)size, (unsigned long long)compressed_size);
}
