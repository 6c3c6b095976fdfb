/* descriptor.h - the data descriptor that can follow a member's data, 4.3.9. */
#ifndef FEC_UNZIP_DESCRIPTOR_H
#define FEC_UNZIP_DESCRIPTOR_H

#include "fec-unzip/archive.h"
#include "fec-unzip/stream.h"

#include <stdbool.h>
#include <stddef.h>

struct layout {
    const char *name;
    bool has_signature;
    bool wide; /* 64-bit sizes */
    size_t length;
};

/* How sure descriptor_find has to be. */
enum certainty {
    FITS,            /* the first layout that fits will do: nothing is read after it */
    FITS_BEST,       /* one with a header after it is better than one without */
    FITS_FOR_CERTAIN /* there must be the signature, and a header after it */
};

/* The layout of the descriptor at the front of the stream, NULL if none fits what was counted. */
const struct layout *descriptor_find(struct zipstream *zip, const struct zip_member *member,
                                     enum certainty certainty);

/* Consumes a descriptor of this layout. */
void descriptor_take(struct zipstream *zip, struct zip_member *member, const struct layout *layout);

/* Reads the descriptor after a member whose end is known. `goes_on` as for zip_write. */
void descriptor_read(struct zipstream *zip, struct zip_member *member, bool goes_on);

#endif
