/* stream.h - the bytes of a zip archive, from front to back, and its numbers.
 *
 * Section numbers in this folder are those of PKWARE's APPNOTE.TXT 6.3.10, the description of the
 * format.
 */
#ifndef FEC_UNZIP_STREAM_H
#define FEC_UNZIP_STREAM_H

#include "base/input.h"
#include "base/output.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zipstream {
    struct input input;
    uint64_t bytes_read; /* from the descriptor so far, consumed or not */
    struct output *keep; /* gets a copy of what is consumed; NULL for none */
};

/* Starts to read an archive from `fd`. */
void zip_open(struct zipstream *zip, int fd, const char *name);

/* True if `length` unread bytes are, or could be, brought into the buffer (at most 512 KiB). */
bool zip_have(struct zipstream *zip, size_t length);

/* The unread bytes and how many are in the buffer. */
const unsigned char *zip_bytes(const struct zipstream *zip);
size_t zip_buffered(const struct zipstream *zip);

/* Consumes `length` of the buffered bytes. */
void zip_advance(struct zipstream *zip, size_t length);

/* Consumes `length` bytes, buffered or not; `what` is where the archive was cut if they end. */
void zip_drop(struct zipstream *zip, uint64_t length, const char *what);

/* Ends the program with EX_DATAERR because the input has ended; `what` says within what part, and
 * may be the name of a member. */
_Noreturn void zip_cut_short(const struct zipstream *zip, const char *what);

/* Little-endian numbers, 4.1.1 of the format: all of its numbers are. */
static inline uint16_t zip_le16(const unsigned char *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t zip_le32(const unsigned char *bytes)
{
    return (uint32_t)zip_le16(bytes) | (uint32_t)zip_le16(bytes + 2) << 16;
}

static inline uint64_t zip_le64(const unsigned char *bytes)
{
    return (uint64_t)zip_le32(bytes) | (uint64_t)zip_le32(bytes + 4) << 32;
}

#endif
