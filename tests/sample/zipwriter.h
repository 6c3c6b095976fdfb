/* zipwriter.h - writes a zip archive, member after member (PKWARE's APPNOTE.TXT 6.3).
 *
 * Members are deflated as they come. The lengths in a local header are filled in when the member
 * ends, or, if descriptors are asked for, stand in a data descriptor after it. What may be over
 * 4 GiB gets zip64 fields.
 */
#ifndef SAMPLE_ZIPWRITER_H
#define SAMPLE_ZIPWRITER_H

#include "base/output.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#define ZIP_MEMBERS 16
#define ZIP_NAME 80

struct zip_member {
    char name[ZIP_NAME];
    uint64_t offset, compressed, uncompressed;
    uint32_t crc;
    bool large; /* its local header has a zip64 field */
};

struct zip_writer {
    struct output output;
    const char *path;
    z_stream deflate;
    bool descriptors;    /* lengths in data descriptors */
    bool zip64;          /* zip64 fields also where they are not needed */
    uint16_t time, date; /* in MS-DOS's form, of all members */
    struct zip_member members[ZIP_MEMBERS];
    int count;
    unsigned char *buffer;
};

/* Creates the archive. `zip` must have its fields descriptors, zip64, time and date set. */
void zip_create(struct zip_writer *zip, const char *path, int level);

/* Begins a member; `large` says that it may have more than 4 GiB. */
void zip_begin(struct zip_writer *zip, const char *name, bool large);
void zip_write(struct zip_writer *zip, const void *bytes, size_t length);
void zip_end(struct zip_writer *zip);

/* Writes the central directory and closes the file. */
void zip_close(struct zip_writer *zip);

#endif
