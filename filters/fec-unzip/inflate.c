/* inflate.c - the data of a deflated member.
 *
 * Most of the program's time is spent here, so no byte is copied that need not be: the
 * library reads from the input's buffer and writes into the output's.
 */
#include "fec-unzip/inflate.h"
#include "base/cli.h"
#include "fec-unzip/count.h"
#include "fec-unzip/inflater.h"

#include <stdbool.h>

/* Gives the inflater more input: what is buffered, reading only if nothing is, and not beyond the
 * compressed size if that is known. The first `held` of the unread bytes it has already. */
static void feed(struct zipstream *zip, const struct zip_member *member,
                 struct inflater_piece *piece, size_t held)
{
    uint64_t left =
        member->sizes_follow ? UINT64_MAX : member->compressed_size - member->counted_compressed;
    if (left == held)
        die(EX_DATAERR,
            "member %s: its deflate stream goes on at byte %llu, after the %llu bytes that its "
            "header says",
            member->shown, (unsigned long long)(zip->input.offset + held),
            (unsigned long long)member->compressed_size);
    if (!zip_have(zip, held + 1))
        zip_cut_short(zip, member->shown);
    size_t most = zip_buffered(zip) < left ? zip_buffered(zip) : (size_t)left;
    piece->in = zip_bytes(zip) + held;
    piece->in_length = most - held;
}

/* Fills the room that *piece offers, or as much of it as there is. Returns false at the end of the
 * deflate stream. The inflater is always called before anything is read: it may still hold the
 * stream's last bits, and waiting for more input then could be waiting for ever. */
static bool inflate_block(struct zipstream *zip, struct zip_member *member,
                          struct inflater_piece *piece)
{
    for (;;) {
        size_t held = inflater_held(), before = piece->in_length;
        enum inflater_status status = inflater_run(piece);
        size_t used = held + before - piece->in_length - inflater_held();
        zip_advance(zip, used);
        member->counted_compressed += used;
        if (status == INFLATER_END)
            return false;
        if (status == INFLATER_CORRUPT)
            die(EX_DATAERR, "member %s: corrupt deflate stream at byte %llu: %s", member->shown,
                (unsigned long long)zip->input.offset, inflater_reason());
        if (piece->out_room == 0)
            return true;
        if (piece->in_length == 0)
            feed(zip, member, piece, inflater_held());
    }
}

/* Most of the program's time is spent here. What is inflated goes straight into the output's
 * buffer, which write(2) then takes: no byte is copied in between. That buffer is large because a
 * library copies its window of 32 KiB whenever it returns, but not so large that the CRC, taken
 * when it is full, would find it gone from the processor's cache. */
void inflate_data(struct zipstream *zip, struct zip_member *member, struct output *output)
{
    static unsigned char nowhere[OUTPUT_SIZE];
    struct inflater_piece piece = {NULL, 0, NULL, 0};
    inflater_open();
    bool more = true;
    while (more) {
        unsigned char *room = output ? (unsigned char *)output_room(output, OUTPUT_SIZE) : nowhere;
        piece.out = room;
        piece.out_room = OUTPUT_SIZE;
        more = inflate_block(zip, member, &piece);
        size_t length = OUTPUT_SIZE - piece.out_room;
        member_count(member, room, length);
        member_progress(zip, member, output);
        if (output != NULL)
            output->used += length;
    }
    inflater_close();
    if (!member->sizes_follow && member->counted_compressed < member->compressed_size)
        die(EX_DATAERR,
            "member %s: its deflate stream ends at byte %llu, after %llu of the %llu bytes that "
            "its header says",
            member->shown, (unsigned long long)zip->input.offset,
            (unsigned long long)member->counted_compressed,
            (unsigned long long)member->compressed_size);
}
