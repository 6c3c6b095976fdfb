/* samefile.h - an output that is an input would be emptied before it is read. */
#ifndef BASE_SAMEFILE_H
#define BASE_SAMEFILE_H

/* Ends the program with EX_USAGE if the file `path`, an argument of `option`, is there and is the
 * file that the descriptor `fd` reads; `input` is what that is called. Call it before the output is
 * created. A NULL path is no file. */
void refuse_same_file(const char *option, const char *path, int fd, const char *input);

/* The same for an input that is named by a path, which may be NULL too. */
void refuse_same_path(const char *option, const char *path, const char *input_option,
                      const char *input_path);

#endif
