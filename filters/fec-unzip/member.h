/* member.h - the data of a member: written or passed. */
#ifndef FEC_UNZIP_MEMBER_H
#define FEC_UNZIP_MEMBER_H

#include "base/output.h"
#include "fec-unzip/archive.h"
#include "fec-unzip/stream.h"

#include <stdbool.h>

/* Passes the data of the member zip_next has found, over to the next header: without looking at
 * it if the header says how long it is, else by decompressing and checking it. */
void zip_skip(struct zipstream *zip, struct zip_member *member);

/* Decompresses the member zip_next has found into `output` (NULL: nowhere) and checks its CRC and
 * sizes. `goes_on` says that another header will be read after it: then a data descriptor that
 * could be of two lengths is settled by what follows it, else no byte is waited for in vain.
 */
void zip_write(struct zipstream *zip, struct zip_member *member, struct output *output,
               bool goes_on);

#endif
