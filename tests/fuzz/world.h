/* world.h - the world that a program runs in when it is fuzzed.
 *
 * The program is the one that is built for use, but for what it calls: `symbols` lists the
 * functions of libc that are replaced by those of world.c and streams.c. Its standard input and
 * output and its files are memory, time passes only when it waits, exit comes back here, and its
 * static data, its memory and its open files are put back as they were before it began.
 */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include "fuzz.h"

/* What the characters for reading and writing mean (their lowest three bits):
 *
 *     reading                              writing
 *     0  as many bytes as are asked for    all of them
 *     1  1 byte                            1 byte
 *     2  7 bytes                           7 bytes
 *     3  4096 bytes                        4096 bytes
 *     4  any number up to 64               any number up to 64
 *     5  the same, and EINTR and EAGAIN    the same, and EINTR and EAGAIN
 *     6  EIO after 300 bytes               EPIPE after 300 bytes
 *     7  513 bytes                         ENOSPC after 300 bytes
 */
enum { READ_FAILS = 6, WRITE_GONE = 6, WRITE_FULL = 7 };
void world_start(unsigned reading, unsigned writing);

/* Puts a file there; "-" is standard input. The name must live as long as the run. */
void world_file(const char *name, struct bytes content);

/* The program may write a file of this name. */
void world_room(const char *name);

/* A folder of the real file system, which is emptied before each test case, for what needs locks
 * and names. Its files are read and written in the same odd sizes. */
void world_folder(void);
const char *world_folder_path(void);
void world_real_file(const char *name, struct bytes content);

/* What the folder's file holds, valid until the next call; `at` is NULL if there is none. */
struct bytes world_real_read(const char *name);

/* Standard output is a regular file of the folder, not memory; it begins with this. */
void world_real_output(struct bytes content);

/* Runs main with these arguments, ended by NULL; the first one is the program's name. Returns the
 * exit status, 128 + the number of a signal that it raises. */
int world_run(const char *const *arguments);

/* What the last run wrote: to standard output ("-"), to standard error ("!"), to a file. */
struct bytes world_written(const char *name);

/* True if the last run met an error of reading or writing that was made up here. */
bool world_failed(void);

/* --- for the replaced functions */

struct world_stream {
    const char *name;
    struct bytes input; /* what can be read, */
    size_t taken;       /* and how much of it was */
    bool writable;
    char *output;
    size_t written, size;
};

/* The stream of a name or of a made-up descriptor; NULL if there is none. */
struct world_stream *world_stream_named(const char *name);
struct world_stream *world_stream(int fd);
#define WORLD_FIRST_FD 1000
int world_descriptor(const struct world_stream *stream);
void world_add(struct world_stream *stream, const void *bytes, size_t length);

/* How much of `wanted` bytes a call gets this time. 0 stands for an error, errno says which. */
size_t world_share(bool writing, size_t wanted);

/* What is open is closed after the run, what is mapped is unmapped. */
void world_opened(int fd);
void world_closed(int fd);

_Noreturn void world_leave(int status);
bool world_is_running(void);
void streams_start(void);
void streams_end(void);

#endif
