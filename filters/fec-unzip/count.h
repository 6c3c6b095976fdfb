/* count.h - what is counted of a member while its data go by. */
#ifndef FEC_UNZIP_COUNT_H
#define FEC_UNZIP_COUNT_H

#include "base/output.h"
#include "fec-unzip/archive.h"

#include <stddef.h>
#include <stdint.h>

/* Counts `length` bytes of the member as they come out, and refuses more than it should have. */
void member_count(struct zip_member *member, const void *data, size_t length);

/* Reports progress: that of the member when it is written, else that of the archive. */
void member_progress(const struct zipstream *zip, const struct zip_member *member,
                     const struct output *output);

/* Compares what was counted with what the archive says in its part `where`, at byte `offset`. */
void member_check(const struct zip_member *member, uint32_t crc, uint64_t compressed_size,
                  uint64_t size, const char *where, uint64_t offset);

#endif
