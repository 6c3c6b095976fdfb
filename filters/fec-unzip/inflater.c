/* inflater.c - a raw deflate stream, piece by piece.
 *
 * ISA-L inflates text some three times as fast as zlib. What is hard about it is that it takes up
 * to eight bytes more than it has used, and the beginning of a block's header until that is whole.
 * So who reads a stream whose end is not known must ask for what is held back (inflater_held).
 */
#include "fec-unzip/inflater.h"
#include "base/cli.h"

#include <stdbool.h>
#include <stdio.h>

#ifdef FEC_INFLATE_ISAL

#include <isa-l.h>

static struct inflate_state state;
static int code;

void inflater_open(void)
{
    isal_inflate_init(&state);
    state.crc_flag = ISAL_DEFLATE;
}

enum inflater_status inflater_run(struct inflater_piece *piece)
{
    state.next_in = (uint8_t *)piece->in;
    state.avail_in = (uint32_t)piece->in_length;
    state.next_out = piece->out;
    state.avail_out = (uint32_t)piece->out_room;
    code = isal_inflate(&state);
    piece->in = state.next_in;
    piece->in_length = state.avail_in;
    piece->out = state.next_out;
    piece->out_room = state.avail_out;
    if (code != ISAL_DECOMP_OK)
        return INFLATER_CORRUPT;
    return state.block_state == ISAL_BLOCK_FINISH ? INFLATER_END : INFLATER_MORE;
}

size_t inflater_held(void)
{
    int bits = state.read_in_length > 0 ? state.read_in_length : 0;
    return (size_t)bits / 8 + (size_t)state.tmp_in_size;
}

const char *inflater_reason(void)
{
    switch (code) {
    case ISAL_INVALID_BLOCK:
        return "invalid block type or header";
    case ISAL_INVALID_SYMBOL:
        return "invalid literal/length or distance code";
    case ISAL_INVALID_LOOKBACK:
        return "invalid distance too far back";
    default:
        return "not readable";
    }
}

void inflater_close(void)
{
}

const char *inflater_name(void)
{
    static char name[32];
    snprintf(name, sizeof name, "ISA-L %d.%d", ISAL_MAJOR_VERSION, ISAL_MINOR_VERSION);
    return name;
}

#else

#include <zlib.h>

static z_stream stream;
static int code;

void inflater_open(void)
{
    stream = (z_stream){0};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        die(EX_OSERR, "zlib does not start: %s", stream.msg ? stream.msg : "no memory");
}

enum inflater_status inflater_run(struct inflater_piece *piece)
{
    stream.next_in = (Bytef *)piece->in;
    stream.avail_in = (uInt)piece->in_length;
    stream.next_out = piece->out;
    stream.avail_out = (uInt)piece->out_room;
    code = inflate(&stream, Z_NO_FLUSH);
    piece->in = stream.next_in;
    piece->in_length = stream.avail_in;
    piece->out = stream.next_out;
    piece->out_room = stream.avail_out;
    if (code == Z_MEM_ERROR)
        die(EX_OSERR, "no memory for zlib");
    if (code == Z_STREAM_END)
        return INFLATER_END;
    return code == Z_OK || code == Z_BUF_ERROR ? INFLATER_MORE : INFLATER_CORRUPT;
}

size_t inflater_held(void)
{
    return 0;
}

const char *inflater_reason(void)
{
    return stream.msg ? stream.msg : zError(code);
}

void inflater_close(void)
{
    inflateEnd(&stream);
}

const char *inflater_name(void)
{
    static char name[32];
    snprintf(name, sizeof name, "zlib %s", zlibVersion());
    return name;
}

#endif
