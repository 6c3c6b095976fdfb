/* zipwriter.c - writes a zip archive, member after member
 *
 * What is hard is zip64: whether a member needs it must be known before its first byte is written,
 * as the local header has room for it or has not. Section numbers are those of APPNOTE.TXT.
 */
#include "zipwriter.h"
#include "base/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)128 * 1024)
#define MOST_32 0xffffffffu

#define FLAG_DESCRIPTOR 8 /* 4.4.4, bit 3 */
#define METHOD_DEFLATE 8
#define VERSION_DEFLATE 20
#define VERSION_ZIP64 45
#define MADE_BY_UNIX (3 << 8 | 30)
#define MODE_0644 ((uint32_t)0100644 << 16)

/* A header as it is put together, in little-endian order. */
struct header {
    unsigned char bytes[256];
    size_t length;
};

static void put(struct header *header, uint64_t number, int size)
{
    for (int i = 0; i < size; i++)
        header->bytes[header->length++] = (unsigned char)(number >> 8 * i);
}

static void put_name(struct header *header, const char *name)
{
    size_t length = strlen(name);
    memcpy(header->bytes + header->length, name, length);
    header->length += length;
}

static uint64_t position(const struct zip_writer *zip)
{
    return zip->output.written + zip->output.used;
}

void zip_create(struct zip_writer *zip, const char *path, int level)
{
    memset(&zip->deflate, 0, sizeof zip->deflate);
    zip->path = path;
    zip->count = 0;
    zip->buffer = cli_alloc(BUFFER_SIZE);
    output_create(&zip->output, path);
    /* Negative window bits: raw deflate data, without zlib's own header. */
    if (deflateInit2(&zip->deflate, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        die(EX_OSERR, "%s: no memory to compress", path);
}

/* 4.3.7: the local header; in a large one lengths are in the zip64 field (4.5.3). */
static void put_local_header(struct header *header, const struct zip_writer *zip,
                             const struct zip_member *member, bool known)
{
    uint64_t compressed = known ? member->compressed : 0;
    uint64_t uncompressed = known ? member->uncompressed : 0;
    header->length = 0;
    put(header, 0x04034b50, 4);
    put(header, member->large ? VERSION_ZIP64 : VERSION_DEFLATE, 2);
    put(header, zip->descriptors ? FLAG_DESCRIPTOR : 0, 2);
    put(header, METHOD_DEFLATE, 2);
    put(header, zip->time, 2);
    put(header, zip->date, 2);
    put(header, known ? member->crc : 0, 4);
    put(header, member->large ? MOST_32 : compressed, 4);
    put(header, member->large ? MOST_32 : uncompressed, 4);
    put(header, strlen(member->name), 2);
    put(header, member->large ? 20 : 0, 2);
    put_name(header, member->name);
    if (member->large) {
        put(header, 1, 2);
        put(header, 16, 2);
        put(header, uncompressed, 8);
        put(header, compressed, 8);
    }
}

void zip_begin(struct zip_writer *zip, const char *name, bool large)
{
    if (zip->count == ZIP_MEMBERS || strlen(name) >= ZIP_NAME)
        die(EX_SOFTWARE, "%s: no room for the member %s", zip->path, name);
    struct zip_member *member = &zip->members[zip->count++];
    memset(member, 0, sizeof *member);
    memcpy(member->name, name, strlen(name));
    member->offset = position(zip);
    member->large = large || zip->zip64;
    member->crc = (uint32_t)crc32(0, NULL, 0);

    struct header header;
    put_local_header(&header, zip, member, false);
    output_write(&zip->output, header.bytes, header.length);
    deflateReset(&zip->deflate);
}

/* Hands what zlib has been given to the file; `flush` is zlib's. */
static void deflate_all(struct zip_writer *zip, int flush)
{
    struct zip_member *member = &zip->members[zip->count - 1];
    do {
        zip->deflate.next_out = zip->buffer;
        zip->deflate.avail_out = (uInt)BUFFER_SIZE;
        deflate(&zip->deflate, flush);
        size_t length = BUFFER_SIZE - zip->deflate.avail_out;
        output_write(&zip->output, zip->buffer, length);
        member->compressed += length;
    } while (zip->deflate.avail_out == 0);
}

void zip_write(struct zip_writer *zip, const void *bytes, size_t length)
{
    struct zip_member *member = &zip->members[zip->count - 1];
    member->crc = (uint32_t)crc32(member->crc, bytes, (uInt)length);
    member->uncompressed += length;
    zip->deflate.next_in = (Bytef *)(uintptr_t)bytes;
    zip->deflate.avail_in = (uInt)length;
    deflate_all(zip, Z_NO_FLUSH);
}

/* Goes back to the local header and writes it again, with what is now known. */
static void patch_local_header(struct zip_writer *zip, const struct zip_member *member)
{
    struct header header;
    put_local_header(&header, zip, member, true);
    output_flush(&zip->output);
    if (pwrite(zip->output.fd, header.bytes, header.length, (off_t)member->offset) !=
        (ssize_t)header.length)
        die(EX_IOERR, "%s: %s", zip->path, strerror(errno));
}

/* 4.3.9: the data descriptor, with its signature; 8-byte lengths if there is a zip64 field. */
static void write_descriptor(struct zip_writer *zip, const struct zip_member *member)
{
    struct header header = {.length = 0};
    put(&header, 0x08074b50, 4);
    put(&header, member->crc, 4);
    put(&header, member->compressed, member->large ? 8 : 4);
    put(&header, member->uncompressed, member->large ? 8 : 4);
    output_write(&zip->output, header.bytes, header.length);
}

void zip_end(struct zip_writer *zip)
{
    struct zip_member *member = &zip->members[zip->count - 1];
    zip->deflate.avail_in = 0;
    deflate_all(zip, Z_FINISH);
    if (!member->large && (member->compressed > MOST_32 - 1 || member->uncompressed > MOST_32 - 1))
        die(EX_SOFTWARE, "%s: %s has become larger than its header says", zip->path, member->name);
    if (zip->descriptors)
        write_descriptor(zip, member);
    else
        patch_local_header(zip, member);
}

/* 4.3.12: the member in the central directory. */
static void write_central_header(struct zip_writer *zip, const struct zip_member *member)
{
    bool far = member->offset >= MOST_32 || zip->zip64;
    int extra = (member->large ? 16 : 0) + (far ? 8 : 0);
    struct header header = {.length = 0};
    put(&header, 0x02014b50, 4);
    put(&header, MADE_BY_UNIX, 2);
    put(&header, extra > 0 ? VERSION_ZIP64 : VERSION_DEFLATE, 2);
    put(&header, zip->descriptors ? FLAG_DESCRIPTOR : 0, 2);
    put(&header, METHOD_DEFLATE, 2);
    put(&header, zip->time, 2);
    put(&header, zip->date, 2);
    put(&header, member->crc, 4);
    put(&header, member->large ? MOST_32 : member->compressed, 4);
    put(&header, member->large ? MOST_32 : member->uncompressed, 4);
    put(&header, strlen(member->name), 2);
    put(&header, extra > 0 ? (uint64_t)extra + 4 : 0, 2);
    put(&header, 0, 2); /* comment */
    put(&header, 0, 2); /* disk */
    put(&header, 1, 2); /* text */
    put(&header, MODE_0644, 4);
    put(&header, far ? MOST_32 : member->offset, 4);
    put_name(&header, member->name);
    if (extra > 0) {
        put(&header, 1, 2);
        put(&header, (uint64_t)extra, 2);
    }
    if (member->large) {
        put(&header, member->uncompressed, 8);
        put(&header, member->compressed, 8);
    }
    if (far)
        put(&header, member->offset, 8);
    output_write(&zip->output, header.bytes, header.length);
}

/* 4.3.14 to 4.3.16: the end of the central directory, before it that of zip64 and its locator. */
static void write_end(struct zip_writer *zip, uint64_t start)
{
    uint64_t end = position(zip), count = (uint64_t)zip->count;
    bool large = zip->zip64 || end >= MOST_32;
    struct header header = {.length = 0};
    if (large) {
        put(&header, 0x06064b50, 4);
        put(&header, 44, 8); /* what follows of this record */
        put(&header, MADE_BY_UNIX, 2);
        put(&header, VERSION_ZIP64, 2);
        put(&header, 0, 8); /* both disk numbers */
        put(&header, count, 8);
        put(&header, count, 8);
        put(&header, end - start, 8);
        put(&header, start, 8);
        put(&header, 0x07064b50, 4);
        put(&header, 0, 4);
        put(&header, end, 8);
        put(&header, 1, 4);
    }
    put(&header, 0x06054b50, 4);
    put(&header, 0, 4);
    put(&header, count, 2);
    put(&header, count, 2);
    put(&header, end - start, 4);
    put(&header, large ? MOST_32 : start, 4);
    put(&header, 0, 2);
    output_write(&zip->output, header.bytes, header.length);
}

void zip_close(struct zip_writer *zip)
{
    uint64_t start = position(zip);
    for (int i = 0; i < zip->count; i++)
        write_central_header(zip, &zip->members[i]);
    write_end(zip, start);
    output_close(&zip->output);
    deflateEnd(&zip->deflate);
    free(zip->buffer);
}
