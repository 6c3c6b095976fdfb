/* lookalike.h - what a file seems to be that is no zip archive. */
#ifndef FEC_UNZIP_LOOKALIKE_H
#define FEC_UNZIP_LOOKALIKE_H

#include <stddef.h>

/* What the first bytes of a file look like, for a message: "an HTML page". */
const char *lookalike(const unsigned char *bytes, size_t length);

#endif
