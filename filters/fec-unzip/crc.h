/* crc.h - the CRC-32 of zip, gzip and Ethernet, faster than zlib's where the processor helps.
 */
#ifndef FEC_UNZIP_CRC_H
#define FEC_UNZIP_CRC_H

#include <stddef.h>
#include <stdint.h>

/* The CRC of what has the CRC `crc` (0: nothing yet) followed by `length` bytes of `data`; the same
 * number as zlib's crc32. */
uint32_t crc_update(uint32_t crc, const void *data, size_t length);

#endif
