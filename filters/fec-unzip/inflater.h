/* inflater.h - a raw deflate stream, piece by piece, by the library that was there when building:
 * Intel's ISA-L (FEC_INFLATE_ISAL is defined) or zlib. */
#ifndef FEC_UNZIP_INFLATER_H
#define FEC_UNZIP_INFLATER_H

#include <stddef.h>

enum inflater_status {
    INFLATER_MORE,    /* all input is taken, or all room is used */
    INFLATER_END,     /* the stream has ended, and all of it is written */
    INFLATER_CORRUPT, /* inflater_reason says how */
};

/* What goes in and comes out. inflater_run moves the pointers on and the lengths down. */
struct inflater_piece {
    const unsigned char *in;
    size_t in_length; /* bytes, at most UINT32_MAX */
    unsigned char *out;
    size_t out_room; /* bytes, at most UINT32_MAX */
};

/* Starts a new stream; there is one at a time. */
void inflater_open(void);

/* Inflates as much as it can. After INFLATER_MORE all input is taken if there is still room. */
enum inflater_status inflater_run(struct inflater_piece *piece);

/* How many of the bytes that were taken have not been used yet. After INFLATER_END they are not of
 * the stream. */
size_t inflater_held(void);

/* What is wrong with the stream. */
const char *inflater_reason(void);

void inflater_close(void);

/* The library and its version, for people. */
const char *inflater_name(void);

#endif
