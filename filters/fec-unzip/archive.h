/* archive.h - a zip archive read front to back, from a pipe: its members one after the other.
 *
 * All functions end the program with EX_DATAERR, the byte offset in the archive and the member's
 * name when the archive is cut short or is not what it says. Memory is constant.
 *
 *     zip_open(&zip, STDIN_FILENO, "standard input");
 *     while (zip_next(&zip, &member))
 *         either zip_skip(&zip, &member) or zip_write(&zip, &member, &output, true);
 *     zip_check_directory(&zip);
 */
#ifndef FEC_UNZIP_ARCHIVE_H
#define FEC_UNZIP_ARCHIVE_H

#include "fec-unzip/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands before each part of an archive, as little-endian numbers: "PK" and two bytes. */
enum zip_signature {
    ZIP_LOCAL_HEADER = 0x04034b50,      /* 4.3.7 */
    ZIP_DESCRIPTOR = 0x08074b50,        /* 4.3.9.3; at the start of a split archive too, 8.5.3 */
    ZIP_ONE_SEGMENT = 0x30304b50,       /* 8.5.4, at the start of an archive */
    ZIP_ARCHIVE_EXTRA = 0x08064b50,     /* 4.3.11 */
    ZIP_DIRECTORY_HEADER = 0x02014b50,  /* 4.3.12 */
    ZIP_DIGITAL_SIGNATURE = 0x05054b50, /* 4.3.13 */
    ZIP64_DIRECTORY_END = 0x06064b50,   /* 4.3.14 */
    ZIP64_LOCATOR = 0x07064b50,         /* 4.3.15 */
    ZIP_DIRECTORY_END = 0x06054b50,     /* 4.3.16 */
};

/* Compression methods, 4.4.5: the two that can be read. */
enum zip_method { ZIP_STORED = 0, ZIP_DEFLATED = 8 };

#define ZIP_LONGEST_NAME 65535
#define ZIP_SHOWN_NAME 256

/* A member. What the archive says of it in the local header; what was counted while its data went
 * by; and, after zip_skip or zip_write of member.h, in `crc`, `compressed_size` and `size` what is
 * true. */
struct zip_member {
    char name[ZIP_LONGEST_NAME + 1]; /* with a NUL after it, and perhaps others within */
    size_t name_length;
    char shown[ZIP_SHOWN_NAME]; /* the name as messages show it */
    uint64_t header_offset;     /* of its local header in the archive, in bytes */
    unsigned method;
    bool encrypted;
    bool patch;                     /* the data are a patch to another file, 4.4.4 bit 5 */
    bool sizes_follow;              /* 4.4.4 bit 3: CRC and sizes follow the data */
    bool zip64;                     /* has a zip64 extra field or a descriptor with 64-bit sizes */
    uint32_t crc;                   /* of the data when inflated */
    uint64_t compressed_size, size; /* bytes; 0 if they follow */
    uint32_t counted_crc;
    uint64_t counted_compressed, counted_size;
    const char
        *descriptor; /* layout of the data descriptor: "none", "32", "64", "sig32", "sig64" */
};

/* Reads the next local header into *member and leaves the stream at the member's data. Returns
 * false at the central directory, which is the end of the members. Input that is no archive is
 * reported with what it looks like. */
bool zip_next(struct zipstream *zip, struct zip_member *member);

/* True for the signatures that may follow a member. */
bool zip_follows_member(uint32_t signature);

/* After zip_next has returned false: checks that the central directory is there up to its end. */
void zip_check_directory(struct zipstream *zip);

/* True if the member is a directory: its name ends with a slash. */
bool zip_is_directory(const struct zip_member *member);

/* The name of the compression method, as in "deflate" or "bzip2"; "unknown" if it has none. */
const char *zip_method_name(unsigned method);

/* Writes the name to `to`, printable ASCII as it is but a backslash doubled, every other byte as
 * \xHH, so that no name can harm a terminal or break a line. At most `size` bytes with the NUL;
 * a longer one is cut and ends with "...". */
void zip_show_name(const struct zip_member *member, char *to, size_t size);

#endif
