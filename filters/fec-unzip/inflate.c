/* inflate.c - the data of a deflated member.
 *
 * Most of the program's time is spent here, so no byte is copied that need not be: inflate reads
 * from the input's buffer and writes into the output's.
 */
#include "fec-unzip/inflate.h"
#include "base/cli.h"
#include "fec-unzip/count.h"

#include <zlib.h>

/* Gives inflate more input: what is buffered, reading only if nothing is, and not beyond the
 * compressed size if that is known. */
static void feed(struct zipstream *zip, const struct zip_member *member, z_stream *stream)
{
    uint64_t left =
        member->sizes_follow ? UINT64_MAX : member->compressed_size - member->counted_compressed;
    if (left == 0)
        die(EX_DATAERR,
            "member %s: its deflate stream goes on at byte %llu, after the %llu bytes that its "
            "header says",
            member->shown, (unsigned long long)zip->input.offset,
            (unsigned long long)member->compressed_size);
    if (!zip_have(zip, 1))
        zip_cut_short(zip, member->shown);
    stream->next_in = (Bytef *)zip_bytes(zip);
    stream->avail_in = (uInt)(zip_buffered(zip) < left ? zip_buffered(zip) : left);
}

/* Fills the output that *stream offers, or as much of it as there is. Returns false at the end of
 * the deflate stream. inflate is always called before anything is read: it may still hold the
 * stream's last bits, and waiting for more input then could be waiting for ever. */
static bool inflate_block(struct zipstream *zip, struct zip_member *member, z_stream *stream)
{
    for (;;) {
        uInt before = stream->avail_in;
        int code = inflate(stream, Z_NO_FLUSH);
        zip_advance(zip, before - stream->avail_in);
        member->counted_compressed += before - stream->avail_in;
        if (code == Z_STREAM_END)
            return false;
        if (code == Z_MEM_ERROR)
            die(EX_OSERR, "no memory for zlib");
        if (code != Z_OK && code != Z_BUF_ERROR)
            die(EX_DATAERR, "member %s: corrupt deflate stream at byte %llu: %s", member->shown,
                (unsigned long long)zip->input.offset, stream->msg ? stream->msg : zError(code));
        if (stream->avail_out == 0)
            return true;
        feed(zip, member, stream);
    }
}

/* Most of the program's time is spent here. inflate writes straight into the output's buffer, which
 * write(2) then takes: no byte is copied in between. That buffer is large because zlib copies its
 * 32 KiB window whenever inflate returns, but not so large that the CRC, taken when it is full,
 * would find it gone from the processor's cache. */
void inflate_data(struct zipstream *zip, struct zip_member *member, struct output *output)
{
    static unsigned char nowhere[OUTPUT_SIZE];
    z_stream stream = {0};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        die(EX_OSERR, "zlib does not start: %s", stream.msg ? stream.msg : "no memory");
    bool more = true;
    while (more) {
        unsigned char *room = output ? (unsigned char *)output_room(output, OUTPUT_SIZE) : nowhere;
        stream.next_out = room;
        stream.avail_out = OUTPUT_SIZE;
        more = inflate_block(zip, member, &stream);
        size_t length = OUTPUT_SIZE - stream.avail_out;
        member_count(member, room, length);
        member_progress(zip, member, output);
        if (output != NULL)
            output->used += length;
    }
    inflateEnd(&stream);
    if (!member->sizes_follow && member->counted_compressed < member->compressed_size)
        die(EX_DATAERR,
            "member %s: its deflate stream ends at byte %llu, after %llu of the %llu bytes that "
            "its header says",
            member->shown, (unsigned long long)zip->input.offset,
            (unsigned long long)member->counted_compressed,
            (unsigned long long)member->compressed_size);
}
