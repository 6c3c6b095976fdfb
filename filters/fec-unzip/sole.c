/* sole.c - the first file of an archive, kept in case that it is the only one.
 *
 * An archive with one file is read whatever that file is called. That it is the only one shows at
 * the end of the archive, and a stream cannot be read again. So the bytes of a first file with
 * another name are kept, as they are in the archive, in a temporary file without a name. The FEC's
 * archives begin with the wanted member, and then nothing is ever kept.
 */
#include "fec-unzip/sole.h"
#include "base/cli.h"
#include "fec-unzip/member.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SIGNATURE 4 /* bytes */

/* Whether a member counts as a file. */
static bool is_file(const struct zip_member *member)
{
    const char *slash = strrchr(member->name, '/');
    const char *base = slash ? slash + 1 : member->name;
    return !zip_is_directory(member) && base[0] != '.' &&
           strncmp(member->name, "__MACOSX/", strlen("__MACOSX/")) != 0;
}

static void drop(struct sole *sole)
{
    if (sole->file != NULL)
        fclose(sole->file);
    sole->file = NULL;
}

static void start(struct sole *sole, const struct zip_member *member)
{
    sole->member = *member;
    sole->file = tmpfile();
    if (sole->file == NULL) {
        complain("no temporary file for member %s: %s", member->shown, strerror(errno));
        return;
    }
    output_open(&sole->output, dup(fileno(sole->file)), "a temporary file");
}

void sole_skip(struct sole *sole, struct zipstream *zip, struct zip_member *member)
{
    bool counts = is_file(member);
    sole->files += counts;
    if (!counts || sole->files > 1) {
        if (counts)
            drop(sole);
        zip_skip(zip, member);
        return;
    }
    start(sole, member);
    zip->keep = sole->file ? &sole->output : NULL;
    zip_skip(zip, member);
    zip->keep = NULL;
    if (sole->file == NULL)
        return;
    /* The next signature too, by which member.c knows the end of some members. */
    if (zip_have(zip, SIGNATURE))
        output_write(&sole->output, zip_bytes(zip), SIGNATURE);
    output_close(&sole->output);
}

struct zip_member *sole_member(struct sole *sole)
{
    return sole->files == 1 && sole->file != NULL ? &sole->member : NULL;
}

void sole_write(struct sole *sole, struct output *output)
{
    struct zipstream kept;
    if (lseek(fileno(sole->file), 0, SEEK_SET) != 0)
        die(EX_IOERR, "a temporary file: %s", strerror(errno));
    zip_open(&kept, dup(fileno(sole->file)), "a temporary file");
    zip_write(&kept, &sole->member, output, false);
    input_close(&kept.input);
    drop(sole);
}
