/* descriptor.c - the data descriptor that can follow a member's data, 4.3.9.
 *
 * What is hard is that it comes in four layouts, with or without a signature and with 32-bit or
 * 64-bit sizes, and nothing says which. What was counted says it: the layout whose CRC and sizes
 * are those of the data is the one.
 */
#include "fec-unzip/descriptor.h"
#include "base/cli.h"
#include "fec-unzip/count.h"

/* 4.3.9: the signature (perhaps), CRC 4, compressed size 4 or 8, size 4 or 8; shortest first. */
static const struct layout layouts[] = {
    {"32", false, false, 12},
    {"sig32", true, false, 16},
    {"64", false, true, 20},
    {"sig64", true, true, 24},
};

static void parse_descriptor(const struct layout *layout, const unsigned char *bytes, uint32_t *crc,
                             uint64_t *compressed_size, uint64_t *size)
{
    if (layout->has_signature)
        bytes += 4;
    *crc = zip_le32(bytes);
    *compressed_size = layout->wide ? zip_le64(bytes + 4) : zip_le32(bytes + 4);
    *size = layout->wide ? zip_le64(bytes + 12) : zip_le32(bytes + 8);
}

/* True if the bytes are a descriptor of this layout that says what was counted. Sizes of more than
 * 32 bits in a 32-bit layout come from writers that let them overflow, and are compared so. */
static bool layout_fits(const struct layout *layout, const unsigned char *bytes,
                        const struct zip_member *member)
{
    uint64_t mask = layout->wide ? UINT64_MAX : UINT32_MAX;
    uint32_t crc;
    uint64_t compressed_size, size;
    parse_descriptor(layout, bytes, &crc, &compressed_size, &size);
    return (!layout->has_signature || zip_le32(bytes) == ZIP_DESCRIPTOR) &&
           crc == member->counted_crc && compressed_size == (member->counted_compressed & mask) &&
           size == (member->counted_size & mask);
}

static bool header_follows(struct zipstream *zip, size_t length)
{
    return zip_have(zip, length + 4) && zip_follows_member(zip_le32(zip_bytes(zip) + length));
}

/* More than one layout can fit: of an empty member, the 64-bit layout begins with all of the 32-bit
 * one, and what tells them apart is where the next header stands. Shorter layouts come first, and
 * bytes are only asked for when no shorter one fits, so nothing is waited for that need not be
 * there. A CRC that happens to be the signature needs no care: the layouts without a signature are
 * tried for themselves. */
const struct layout *descriptor_find(struct zipstream *zip, const struct zip_member *member,
                                     enum certainty certainty)
{
    const struct layout *found = NULL;
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        const struct layout *layout = &layouts[i];
        if (certainty == FITS_FOR_CERTAIN && !layout->has_signature)
            continue;
        if (!zip_have(zip, layout->length))
            break;
        if (!layout_fits(layout, zip_bytes(zip), member))
            continue;
        if (certainty == FITS || header_follows(zip, layout->length))
            return layout;
        if (found == NULL && certainty == FITS_BEST)
            found = layout;
    }
    return found;
}

/* No layout fits, so the descriptor or the data are wrong, or it is cut. Which layout was meant is
 * now a guess, made from what the signature and the zip64 extra field (4.3.9.2) say. */
static _Noreturn void report_descriptor(struct zipstream *zip, const struct zip_member *member)
{
    bool has_signature = zip_have(zip, 4) && zip_le32(zip_bytes(zip)) == ZIP_DESCRIPTOR;
    const struct layout *layout = &layouts[(member->zip64 ? 2 : 0) + (has_signature ? 1 : 0)];
    if (!zip_have(zip, layout->length))
        zip_cut_short(zip, "a data descriptor");
    uint32_t crc;
    uint64_t compressed_size, size;
    parse_descriptor(layout, zip_bytes(zip), &crc, &compressed_size, &size);
    member_check(member, crc, compressed_size, size, "data descriptor", zip->input.offset);
    die(EX_DATAERR, "member %s: no data descriptor at byte %llu", member->shown,
        (unsigned long long)zip->input.offset);
}

void descriptor_take(struct zipstream *zip, struct zip_member *member, const struct layout *layout)
{
    zip_advance(zip, layout->length);
    member->descriptor = layout->name;
    member->zip64 |= layout->wide;
}

void descriptor_read(struct zipstream *zip, struct zip_member *member, bool goes_on)
{
    const struct layout *layout = descriptor_find(zip, member, goes_on ? FITS_BEST : FITS);
    if (layout != NULL)
        descriptor_take(zip, member, layout);
    else
        report_descriptor(zip, member);
}
