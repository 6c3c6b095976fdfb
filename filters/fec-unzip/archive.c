/* archive.c - the parts of an archive around its members' data.
 *
 * An archive is written like this (APPNOTE 4.3.6):
 *
 *     local header, data, data descriptor (perhaps)     for each member
 *     archive extra data record                         only with encryption
 *     central directory: a header for each member
 *     zip64 end record and its locator                  where numbers need more than 32 bits
 *     end of central directory record
 *
 * Most programs read it from its end: the central directory says where everything is. A stream has
 * no end to begin with, so the local headers must do. They are a worse source: what the writer did
 * not know yet when it wrote one stands in a data descriptor after the data, whose own length can
 * only be found out (descriptor.c does). In return a member can be used while the rest of the
 * archive is still on its way, or never comes.
 */
#include "fec-unzip/archive.h"
#include "base/cli.h"
#include "fec-unzip/lookalike.h"

#include <stdio.h>
#include <string.h>

/* Lengths in bytes of the fixed parts. */
#define LOCAL_HEADER 30
#define DIRECTORY_HEADER 46
#define DIGITAL_SIGNATURE 6
#define ZIP64_END_HEAD 12
#define ZIP64_LOCATOR_LENGTH 20
#define DIRECTORY_END 22
#define ARCHIVE_EXTRA 8

/* General purpose flags, 4.4.4. A member encrypted in any of the three ways cannot be read. */
#define FLAG_ENCRYPTED 0x0001
#define FLAG_DESCRIPTOR 0x0008
#define FLAG_PATCH 0x0020
#define FLAG_STRONG_ENCRYPTION 0x0040
#define FLAG_HEADER_MASKED 0x2000

/* In a 32-bit size: the true one stands in the zip64 extra field, 4.4.8 and 4.5.3. */
#define IN_EXTRA_FIELD 0xffffffff
#define ZIP64_EXTRA_ID 0x0001

/* The next `length` bytes, which stay unread; without them the archive is cut short in `what`. */
static const unsigned char *need(struct zipstream *zip, size_t length, const char *what)
{
    if (!zip_have(zip, length))
        zip_cut_short(zip, what);
    return zip_bytes(zip);
}

static _Noreturn void not_an_archive(struct zipstream *zip)
{
    if (!zip_have(zip, 1))
        die(EX_DATAERR, "no archive: the input is empty");
    (void)zip_have(zip, 64);
    size_t length = zip_buffered(zip);
    const unsigned char *bytes = zip_bytes(zip);
    if (length < 4 && memcmp(bytes, "PK\3\4", length) == 0)
        zip_cut_short(zip, "its first signature");
    char start[3 * 8 + 1] = "";
    for (size_t i = 0; i < length && i < 8; i++)
        snprintf(start + 3 * i, sizeof start - 3 * i, " %02x", bytes[i]);
    die(EX_DATAERR, "not a zip archive: at byte %llu it looks like %s (%s)",
        (unsigned long long)zip->input.offset, lookalike(bytes, length < 64 ? length : 64),
        start + 1);
}

/* --- Local headers ------------------------------------------------------------------------- */

/* An archive that was split, or was going to be and then needed no second part, has a marker
 * before the first local header (8.5.3, 8.5.4). */
static void pass_split_marker(struct zipstream *zip)
{
    if (!zip_have(zip, 4))
        not_an_archive(zip);
    uint32_t signature = zip_le32(zip_bytes(zip));
    if (signature == ZIP_DESCRIPTOR || signature == ZIP_ONE_SEGMENT) {
        zip_advance(zip, 4);
        (void)need(zip, 4, "the marker of a split archive");
    }
}

bool zip_follows_member(uint32_t signature)
{
    return signature == ZIP_LOCAL_HEADER || signature == ZIP_ARCHIVE_EXTRA ||
           signature == ZIP_DIRECTORY_HEADER || signature == ZIP64_DIRECTORY_END ||
           signature == ZIP_DIRECTORY_END;
}

/* Finds the zip64 extra field (4.5.3) among the extra fields (4.5.1: an id, a length, that many
 * bytes). Returns its bytes and their number in *found, or NULL. Blocks that overrun the field are
 * what some tools leave as padding; nothing after them is looked at. */
static const unsigned char *zip64_extra(const unsigned char *extra, size_t length, size_t *found)
{
    while (length >= 4) {
        size_t block = zip_le16(extra + 2);
        if (block > length - 4)
            return NULL;
        if (zip_le16(extra) == ZIP64_EXTRA_ID) {
            *found = block;
            return extra + 4;
        }
        extra += 4 + block;
        length -= 4 + block;
    }
    return NULL;
}

/* Replaces the 32-bit sizes that only point to the zip64 extra field. It has the size, then the
 * compressed size; a writer should put both into a local header, but only those that are pointed to
 * count and some write only those (4.5.3). Sizes that follow the data are needed by nobody here. */
static void take_zip64_sizes(struct zip_member *member, const unsigned char *extra, size_t length)
{
    size_t left = 0;
    const unsigned char *field = zip64_extra(extra, length, &left);
    member->zip64 = field != NULL;
    uint64_t *sizes[] = {&member->size, &member->compressed_size};
    for (int i = 0; i < 2; i++) {
        if (*sizes[i] != IN_EXTRA_FIELD)
            continue;
        if (left >= 8) {
            *sizes[i] = zip_le64(field);
            field += 8;
            left -= 8;
        } else if (member->sizes_follow) {
            *sizes[i] = 0;
        } else {
            die(EX_DATAERR,
                "member %s, header at byte %llu: its sizes should stand in a zip64 extra field, "
                "which it has not",
                member->shown, (unsigned long long)member->header_offset);
        }
    }
}

/* Lengths that no archive can have are found here, before anything waits for that many bytes. */
static void check_sizes(const struct zip_member *member)
{
    if (member->compressed_size > INT64_MAX || member->size > INT64_MAX)
        die(EX_DATAERR, "member %s, header at byte %llu: impossible size, %llu bytes made of %llu",
            member->shown, (unsigned long long)member->header_offset,
            (unsigned long long)member->size, (unsigned long long)member->compressed_size);
    if (member->method == ZIP_STORED && !member->encrypted && !member->sizes_follow &&
        member->compressed_size != member->size)
        die(EX_DATAERR,
            "member %s, header at byte %llu: it is stored, but its size is %llu and its "
            "compressed size is %llu bytes",
            member->shown, (unsigned long long)member->header_offset,
            (unsigned long long)member->size, (unsigned long long)member->compressed_size);
}

/* A local header, 4.3.7: signature 4, version needed 2, flags 2, method 2, time 2, date 2, CRC 4,
 * compressed size 4, size 4, length of the name 2, of the extra fields 2; the name; the fields. */
static void read_local_header(struct zipstream *zip, struct zip_member *member)
{
    const unsigned char *header = need(zip, LOCAL_HEADER, "a local header");
    size_t name_length = zip_le16(header + 26), extra_length = zip_le16(header + 28);
    size_t length = LOCAL_HEADER + name_length + extra_length;
    header = need(zip, length, "a local header");

    unsigned flags = zip_le16(header + 6);
    member->header_offset = zip->input.offset;
    member->encrypted =
        (flags & (FLAG_ENCRYPTED | FLAG_STRONG_ENCRYPTION | FLAG_HEADER_MASKED)) != 0;
    member->patch = (flags & FLAG_PATCH) != 0;
    member->sizes_follow = (flags & FLAG_DESCRIPTOR) != 0;
    member->method = zip_le16(header + 8);
    member->crc = zip_le32(header + 14);
    member->compressed_size = zip_le32(header + 18);
    member->size = zip_le32(header + 22);
    memcpy(member->name, header + LOCAL_HEADER, name_length);
    member->name[name_length] = '\0';
    member->name_length = name_length;
    zip_show_name(member, member->shown, sizeof member->shown);
    member->counted_crc = 0;
    member->counted_compressed = member->counted_size = 0;
    member->descriptor = "none";
    take_zip64_sizes(member, header + LOCAL_HEADER + name_length, extra_length);
    check_sizes(member);
    zip_advance(zip, length);
}

bool zip_next(struct zipstream *zip, struct zip_member *member)
{
    bool first = zip->input.offset == 0;
    if (first)
        pass_split_marker(zip);
    uint32_t signature =
        zip_le32(need(zip, 4, "nothing: neither a member nor the central directory follows"));
    if (signature == ZIP_LOCAL_HEADER) {
        read_local_header(zip, member);
        return true;
    }
    if (first && (!zip_follows_member(signature) || signature == ZIP_DIRECTORY_HEADER))
        not_an_archive(zip);
    if (!zip_follows_member(signature))
        die(EX_DATAERR,
            "byte %llu: %08lx is neither the signature of a member nor of the central directory",
            (unsigned long long)zip->input.offset, (unsigned long)signature);
    return false;
}

/* --- The central directory ----------------------------------------------------------------- */

/* The length in bytes of the record at the front of the stream, one of 4.3.11 to 4.3.16. */
static uint64_t record_length(struct zipstream *zip, uint32_t signature)
{
    static const char what[] = "the central directory";
    const unsigned char *record;
    switch (signature) {
    case ZIP_ARCHIVE_EXTRA:
        return ARCHIVE_EXTRA + (uint64_t)zip_le32(need(zip, ARCHIVE_EXTRA, what) + 4);
    case ZIP_DIRECTORY_HEADER: /* then the name, the extra fields and a comment */
        record = need(zip, DIRECTORY_HEADER, what);
        return DIRECTORY_HEADER + (uint64_t)zip_le16(record + 28) + zip_le16(record + 30) +
               zip_le16(record + 32);
    case ZIP_DIGITAL_SIGNATURE:
        return DIGITAL_SIGNATURE + (uint64_t)zip_le16(need(zip, DIGITAL_SIGNATURE, what) + 4);
    case ZIP64_DIRECTORY_END: /* its length field leaves out the 12 bytes up to its own end */
        record = need(zip, ZIP64_END_HEAD, what);
        if (zip_le64(record + 4) > INT64_MAX)
            break;
        return ZIP64_END_HEAD + zip_le64(record + 4);
    case ZIP64_LOCATOR:
        return ZIP64_LOCATOR_LENGTH;
    case ZIP_DIRECTORY_END: /* then a comment */
        return DIRECTORY_END + (uint64_t)zip_le16(need(zip, DIRECTORY_END, what) + 20);
    default:
        break;
    }
    die(EX_DATAERR, "byte %llu: no record of a central directory (%08lx)",
        (unsigned long long)zip->input.offset, (unsigned long)signature);
}

void zip_check_directory(struct zipstream *zip)
{
    uint32_t signature;
    do {
        signature = zip_le32(need(zip, 4, "the central directory"));
        zip_drop(zip, record_length(zip, signature), "the central directory");
    } while (signature != ZIP_DIRECTORY_END);
}

/* --- Names --------------------------------------------------------------------------------- */

bool zip_is_directory(const struct zip_member *member)
{
    return member->name_length > 0 && member->name[member->name_length - 1] == '/';
}

const char *zip_method_name(unsigned method)
{
    static const struct {
        unsigned method;
        const char *name;
    } names[] = {
        {0, "stored"},   {1, "shrunk"},   {2, "reduced"}, {3, "reduced"},   {4, "reduced"},
        {5, "reduced"},  {6, "imploded"}, {8, "deflate"}, {9, "deflate64"}, {10, "dcl-implode"},
        {12, "bzip2"},   {14, "lzma"},    {16, "cmpsc"},  {18, "terse"},    {19, "lz77"},
        {20, "zstd"},    {93, "zstd"},    {94, "mp3"},    {95, "xz"},       {96, "jpeg"},
        {97, "wavpack"}, {98, "ppmd"},    {99, "aes"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].method == method)
            return names[i].name;
    return "unknown";
}

void zip_show_name(const struct zip_member *member, char *to, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < member->name_length; i++) {
        unsigned char c = (unsigned char)member->name[i];
        char piece[5] = {(char)c, '\0'};
        if (c == '\\')
            strcpy(piece, "\\\\");
        else if (c < ' ' || c > '~')
            snprintf(piece, sizeof piece, "\\x%02x", c);
        /* Room is kept for the dots, unless this is the end of the name. */
        size_t after = i + 1 < member->name_length ? 4 : 1;
        if (used + strlen(piece) + after > size) {
            strcpy(to + used, "...");
            return;
        }
        strcpy(to + used, piece);
        used += strlen(piece);
    }
    to[used] = '\0';
}
