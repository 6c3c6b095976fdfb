/* inflate.h - the data of a deflated member. */
#ifndef FEC_UNZIP_INFLATE_H
#define FEC_UNZIP_INFLATE_H

#include "base/output.h"
#include "fec-unzip/archive.h"
#include "fec-unzip/stream.h"

/* Inflates the data of a member into `output` (NULL: nowhere), up to the end of its stream. */
void inflate_data(struct zipstream *zip, struct zip_member *member, struct output *output);

#endif
