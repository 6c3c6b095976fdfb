/* sole.h - the first file of an archive, kept in case that it is the only one. */
#ifndef FEC_UNZIP_SOLE_H
#define FEC_UNZIP_SOLE_H

#include "base/output.h"
#include "fec-unzip/archive.h"
#include "fec-unzip/stream.h"

#include <stdbool.h>
#include <stdio.h>

/* All zeros at first. */
struct sole {
    unsigned files; /* that have been passed; the first one is kept while it is the only one */
    FILE *file;     /* its bytes as they came, NULL if nothing is kept */
    struct output output;
    struct zip_member member;
};

/* Passes a member that is not the wanted one, and keeps it if it is the first file. Directories,
 * hidden files and what macOS adds to an archive are no files in this sense. */
void sole_skip(struct sole *sole, struct zipstream *zip, struct zip_member *member);

/* At the end of the archive: the only file, or NULL if there was another number of them. */
struct zip_member *sole_member(struct sole *sole);

/* Writes and checks the only file, as zip_write does. */
void sole_write(struct sole *sole, struct output *output);

#endif
