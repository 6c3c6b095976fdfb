/* member.c - the data of a zip archive's member, and how its end is found, see archive.h
 *
 * If the local header says how long the data are, all is simple: so many bytes are taken, and what
 * is counted on the way must be what the header says. If it does not (bit 3 of the flags, 4.4.4),
 * the writer was itself writing to a pipe, and a data descriptor behind the data (4.3.9) has the
 * CRC and the sizes. Then
 *
 * - a deflate stream says itself where it ends;
 * - stored data do not: the bytes are looked through for a descriptor that fits all that went
 * before;
 * - and a descriptor comes in four layouts, with or without a signature and with 32-bit or 64-bit
 *   sizes, and nothing says which. What was counted says it: the layout whose CRC and sizes are
 * those of the data is the one.
 */
#include "fec-unzip/archive.h"
#include "base/cli.h"
#include "fec-unzip/crc.h"
#include "base/progress.h"

#include <string.h>
#include <zlib.h>

/* --- What is counted ----------------------------------------------------------------------- */

/* Counts so many bytes of the member as they come out, and refuses more of them than there are. */
static void count_data(struct zip_member *member, const void *data, size_t length)
{
    member->counted_crc = crc_update(member->counted_crc, data, length);
    member->counted_size += length;
    if (!member->sizes_follow && member->counted_size > member->size)
        die(EX_DATAERR, "member %s: more than the %llu bytes that its header at byte %llu says",
            member->shown, (unsigned long long)member->size,
            (unsigned long long)member->header_offset);
}

/* Progress is that of the member when it is written, else that of the archive. */
static void report_progress(const struct zipstream *zip, const struct zip_member *member,
                            const struct output *output)
{
    progress_at(output != NULL ? member->counted_size : zip->input.offset, 0);
}

/* Compares what was counted with what the archive says at byte `place`. */
static void check_counts(const struct zip_member *member, uint32_t crc, uint64_t compressed_size,
                         uint64_t size, const char *where, uint64_t place)
{
    if (member->counted_crc != crc)
        die(EX_DATAERR, "member %s: CRC %08lx, but the %s at byte %llu says %08lx", member->shown,
            (unsigned long)member->counted_crc, where, (unsigned long long)place,
            (unsigned long)crc);
    if (member->counted_size != size || member->counted_compressed != compressed_size)
        die(EX_DATAERR,
            "member %s: %llu bytes made of %llu, but the %s at byte %llu says %llu made of %llu",
            member->shown, (unsigned long long)member->counted_size,
            (unsigned long long)member->counted_compressed, where, (unsigned long long)place,
            (unsigned long long)size, (unsigned long long)compressed_size);
}

/* --- Data descriptors ---------------------------------------------------------------------- */

/* 4.3.9: the signature (perhaps), CRC 4, compressed size 4 or 8, size 4 or 8; shortest first. */
static const struct layout {
    const char *name;
    bool has_signature;
    bool wide; /* 64-bit sizes */
    size_t length;
} layouts[] = {
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

/* How sure find_layout has to be. */
enum certainty {
    FITS,            /* the first layout that fits will do: nothing is read behind it */
    FITS_BEST,       /* one with a header behind it is better than one without */
    FITS_FOR_CERTAIN /* there must be the signature, and a header behind it */
};

/* The layout of the descriptor at the front of the stream, NULL if none fits. More than one can: of
 * an empty member, the 64-bit layout begins with all of the 32-bit one, and what tells them apart
 * is where the next header stands. Shorter layouts come first, and bytes are only asked for when no
 * shorter one fits, so nothing is waited for that need not be there. A CRC that happens to be the
 * signature needs no care: the layouts without a signature are tried for themselves. */
static const struct layout *find_layout(struct zipstream *zip, const struct zip_member *member,
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
    check_counts(member, crc, compressed_size, size, "data descriptor", zip->input.offset);
    die(EX_DATAERR, "member %s: no data descriptor at byte %llu", member->shown,
        (unsigned long long)zip->input.offset);
}

static void take_layout(struct zipstream *zip, struct zip_member *member,
                        const struct layout *layout)
{
    zip_advance(zip, layout->length);
    member->descriptor = layout->name;
    member->zip64 |= layout->wide;
}

static void read_descriptor(struct zipstream *zip, struct zip_member *member, bool goes_on)
{
    const struct layout *layout = find_layout(zip, member, goes_on ? FITS_BEST : FITS);
    if (layout != NULL)
        take_layout(zip, member, layout);
    else
        report_descriptor(zip, member);
}

/* --- Deflate ------------------------------------------------------------------------------- */

/* Gives inflate more input: what is buffered, reading only if nothing is, and not beyond the
 * compressed size if that is known. */
static void feed(struct zipstream *zip, const struct zip_member *member, z_stream *stream)
{
    uint64_t left =
        member->sizes_follow ? UINT64_MAX : member->compressed_size - member->counted_compressed;
    if (left == 0)
        die(EX_DATAERR,
            "member %s: its deflate stream goes on at byte %llu, after the %llu bytes that its "
            "header says",
            member->shown, (unsigned long long)zip->input.offset,
            (unsigned long long)member->compressed_size);
    if (!zip_have(zip, 1))
        zip_cut_short(zip, member->shown);
    stream->next_in = (Bytef *)zip_bytes(zip);
    stream->avail_in = (uInt)(zip_buffered(zip) < left ? zip_buffered(zip) : left);
}

/* Fills the output that *stream offers, or as much of it as there is. Returns false at the end of
 * the deflate stream. inflate is always called before anything is read: it may still hold the
 * stream's last bits, and waiting for more input then could be waiting for ever. */
static bool inflate_block(struct zipstream *zip, struct zip_member *member, z_stream *stream)
{
    for (;;) {
        uInt before = stream->avail_in;
        int code = inflate(stream, Z_NO_FLUSH);
        zip_advance(zip, before - stream->avail_in);
        member->counted_compressed += before - stream->avail_in;
        if (code == Z_STREAM_END)
            return false;
        if (code == Z_MEM_ERROR)
            die(EX_OSERR, "no memory for zlib");
        if (code != Z_OK && code != Z_BUF_ERROR)
            die(EX_DATAERR, "member %s: corrupt deflate stream at byte %llu: %s", member->shown,
                (unsigned long long)zip->input.offset, stream->msg ? stream->msg : zError(code));
        if (stream->avail_out == 0)
            return true;
        feed(zip, member, stream);
    }
}

/* Most of the program's time is spent here. inflate writes straight into the output's buffer, which
 * write(2) then takes: no byte is copied in between. That buffer is large because zlib copies its
 * 32 KiB window whenever inflate returns, but not so large that the CRC, taken when it is full,
 * would find it gone from the processor's cache. */
static void inflate_data(struct zipstream *zip, struct zip_member *member, struct output *output)
{
    static unsigned char nowhere[OUTPUT_SIZE];
    z_stream stream = {0};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        die(EX_OSERR, "zlib does not start: %s", stream.msg ? stream.msg : "no memory");
    bool more = true;
    while (more) {
        unsigned char *room = output ? (unsigned char *)output_room(output, OUTPUT_SIZE) : nowhere;
        stream.next_out = room;
        stream.avail_out = OUTPUT_SIZE;
        more = inflate_block(zip, member, &stream);
        size_t length = OUTPUT_SIZE - stream.avail_out;
        count_data(member, room, length);
        report_progress(zip, member, output);
        if (output != NULL)
            output->used += length;
    }
    inflateEnd(&stream);
    if (!member->sizes_follow && member->counted_compressed < member->compressed_size)
        die(EX_DATAERR,
            "member %s: its deflate stream ends at byte %llu, after %llu of the %llu bytes that "
            "its header says",
            member->shown, (unsigned long long)zip->input.offset,
            (unsigned long long)member->counted_compressed,
            (unsigned long long)member->compressed_size);
}

/* --- Stored -------------------------------------------------------------------------------- */

/* Passes on the next `length` bytes, which are in the buffer. */
static void pass_stored(struct zipstream *zip, struct zip_member *member, struct output *output,
                        size_t length)
{
    count_data(member, zip_bytes(zip), length);
    member->counted_compressed += length;
    report_progress(zip, member, output);
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
                "member %s: stored, with its size only behind it, and up to the end of the input "
                "at "
                "byte %llu no data descriptor with a signature fits: the archive is cut short or "
                "damaged, or cannot be read as a stream",
                member->shown, (unsigned long long)zip->bytes_read);
        size_t length = before_signature(zip_bytes(zip), zip_buffered(zip));
        if (length > 0) {
            pass_stored(zip, member, output, length);
            continue;
        }
        layout = find_layout(zip, member, FITS_FOR_CERTAIN);
        if (layout != NULL)
            break;
        pass_stored(zip, member, output, 1);
    }
    take_layout(zip, member, layout);
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
            read_descriptor(zip, member, goes_on);
        } else {
            check_counts(member, member->crc, member->compressed_size, member->size, "local header",
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
