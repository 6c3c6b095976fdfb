/* samefile.c - an output that is an input would be emptied before it is read.
 *
 * Two paths can name one file, so devices and inodes are compared, not names. Only regular files
 * matter: a pipe or a terminal can be both.
 */
#include "base/samefile.h"
#include "base/cli.h"

#include <stddef.h>
#include <sys/stat.h>

static bool is_same(const struct stat *one, const struct stat *other)
{
    return S_ISREG(one->st_mode) && one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

void refuse_same_file(const char *option, const char *path, int fd, const char *input)
{
    struct stat output, read;
    if (path == NULL || stat(path, &output) != 0 || fstat(fd, &read) != 0)
        return;
    if (is_same(&output, &read))
        die_usage("%s %s is the file that %s reads", option, path, input);
}

void refuse_same_path(const char *option, const char *path, const char *input_option,
                      const char *input_path)
{
    struct stat output, read;
    if (path == NULL || input_path == NULL || stat(path, &output) != 0 ||
        stat(input_path, &read) != 0)
        return;
    if (is_same(&output, &read))
        die_usage("%s %s is the file of %s too", option, path, input_option);
}
