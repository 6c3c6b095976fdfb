/* streams.c - the functions of libc that the programs get here: `symbols` has the names.
 *
 * They do what libc's do, with the files of world.c, in the odd sizes that a system call may
 * return and hardly ever does. A path that is neither of the world's files nor below its folder
 * does not exist.
 */
#define _GNU_SOURCE
#include "world.h"
#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MOST_FILES 16
#define MOST_MAPS 16
#define MOST_AT_EXIT 8
#define START_TIME 1790000000 /* in September of 2026 */

/* --- the end of a run */

static void (*at_exit[MOST_AT_EXIT])(void);
static int at_exit_count;

int fuzz_atexit(void (*function)(void));
int fuzz_atexit(void (*function)(void))
{
    if (at_exit_count == MOST_AT_EXIT)
        return -1;
    at_exit[at_exit_count++] = function;
    return 0;
}

_Noreturn void fuzz_exit(int status);
_Noreturn void fuzz_exit(int status)
{
    while (at_exit_count > 0)
        at_exit[--at_exit_count]();
    world_leave(status & 0xff);
}

_Noreturn void fuzz_leave(int status);
_Noreturn void fuzz_leave(int status)
{
    world_leave(status & 0xff);
}

_Noreturn void fuzz_raise(int signal_number);
_Noreturn void fuzz_raise(int signal_number)
{
    world_leave(128 + signal_number);
}

void (*fuzz_signal(int number, void (*handler)(int)))(int);
void (*fuzz_signal(int number, void (*handler)(int)))(int)
{
    (void)number, (void)handler;
    return SIG_DFL;
}

/* --- descriptors */

ssize_t fuzz_read(int fd, void *bytes, size_t size);
ssize_t fuzz_read(int fd, void *bytes, size_t size)
{
    struct world_stream *stream = world_stream(fd);
    size_t left = stream == NULL ? size : stream->input.length - stream->taken;
    if (left == 0 || size == 0)
        return 0;
    size_t share = world_share(false, size < left ? size : left);
    if (share == 0)
        return -1;
    if (stream == NULL)
        return read(fd, bytes, share);
    memcpy(bytes, stream->input.at + stream->taken, share);
    stream->taken += share;
    return (ssize_t)share;
}

ssize_t fuzz_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t fuzz_pread(int fd, void *bytes, size_t size, off_t offset)
{
    size_t share = world_share(false, size);
    return share == 0 ? -1 : pread(fd, bytes, share, offset);
}

ssize_t fuzz_write(int fd, const void *bytes, size_t length);
ssize_t fuzz_write(int fd, const void *bytes, size_t length)
{
    struct world_stream *stream = world_stream(fd);
    if (length == 0)
        return 0;
    size_t share = world_share(true, length);
    if (share == 0)
        return -1;
    if (stream == NULL)
        return write(fd, bytes, share);
    if (!stream->writable)
        fuzz_fail("%s is written to", stream->name);
    world_add(stream, bytes, share);
    return (ssize_t)share;
}

ssize_t fuzz_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t fuzz_pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    size_t share = world_share(true, length);
    return share == 0 ? -1 : pwrite(fd, bytes, share, offset);
}

static bool is_in_folder(const char *path)
{
    return strncmp(path, "/dev/shm/fec-fuzz-", strlen("/dev/shm/fec-fuzz-")) == 0;
}

int fuzz_open(const char *path, int flags, ...);
int fuzz_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? (mode_t)va_arg(arguments, int) : 0;
    va_end(arguments);
    struct world_stream *stream = world_stream_named(path);
    bool writes = (flags & O_ACCMODE) != O_RDONLY;
    if (stream == NULL && !is_in_folder(path)) {
        errno = ENOENT;
        return -1;
    }
    if (stream == NULL) {
        int fd = open(path, flags, mode);
        world_opened(fd);
        return fd;
    }
    if (writes && !stream->writable)
        fuzz_fail("%s is opened for writing", path);
    if (writes)
        stream->written = 0;
    stream->taken = 0;
    return world_descriptor(stream);
}

int fuzz_close(int fd);
int fuzz_close(int fd)
{
    if (fd <= STDERR_FILENO || world_stream(fd) != NULL)
        return 0;
    world_closed(fd);
    return close(fd);
}

int fuzz_dup(int fd);
int fuzz_dup(int fd)
{
    int copy = dup(fd);
    world_opened(copy);
    return copy;
}

/* What is asked of the standard descriptors is whether they are open, and for writing. */
int fuzz_fcntl(int fd, int command, ...);
int fuzz_fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (world_stream(fd) != NULL || fd == STDERR_FILENO)
        return command == F_GETFL ? O_RDWR : 0;
    return fcntl(fd, command, argument);
}

int fuzz_fsync(int fd);
int fuzz_fsync(int fd)
{
    (void)fd;
    return 0;
}

/* --- stdio */

FILE *fuzz_stdout, *fuzz_stderr;
static FILE *files[MOST_FILES];
static int file_count;

static ssize_t add_to_stream(void *name, const char *bytes, size_t length)
{
    struct world_stream *stream = world_stream_named(name);
    if (stream != NULL)
        world_add(stream, bytes, length);
    return (ssize_t)length;
}

static FILE *open_stream(const char *name)
{
    cookie_io_functions_t functions = {.write = add_to_stream};
    return fopencookie((void *)name, "w", functions);
}

void streams_start(void)
{
    static char buffers[2][4096];
    fuzz_stdout = open_stream("-");
    fuzz_stderr = open_stream("!");
    setvbuf(fuzz_stdout, buffers[0], _IOFBF, sizeof buffers[0]);
    setvbuf(fuzz_stderr, buffers[1], _IOFBF, sizeof buffers[1]);
}

static FILE *opened_file(FILE *file, int fd)
{
    if (file == NULL)
        return NULL;
    if (file_count == MOST_FILES)
        fuzz_fail("too many files");
    world_closed(fd); /* fclose closes it now */
    files[file_count++] = file;
    return file;
}

FILE *fuzz_fopen(const char *path, const char *mode);
FILE *fuzz_fopen(const char *path, const char *mode)
{
    struct world_stream *stream = world_stream_named(path);
    if (stream != NULL && stream->writable && mode[0] == 'w') {
        stream->written = 0;
        return opened_file(open_stream(stream->name), -1);
    }
    if (stream != NULL && mode[0] == 'r' && stream->input.length > 0)
        return opened_file(fmemopen((void *)stream->input.at, stream->input.length, "r"), -1);
    if (stream == NULL && is_in_folder(path))
        return opened_file(fopen(path, mode), -1);
    errno = ENOENT;
    return NULL;
}

FILE *fuzz_fdopen(int fd, const char *mode);
FILE *fuzz_fdopen(int fd, const char *mode)
{
    return opened_file(fdopen(fd, mode), fd);
}

FILE *fuzz_tmpfile(void);
FILE *fuzz_tmpfile(void)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    return opened_file(fd < 0 ? NULL : fdopen(fd, "w+"), -1);
}

int fuzz_fclose(FILE *file);
int fuzz_fclose(FILE *file)
{
    for (int i = 0; i < file_count; i++)
        if (files[i] == file) {
            files[i] = files[--file_count];
            break;
        }
    return fclose(file);
}

int fuzz_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fuzz_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vfprintf(fuzz_stdout, format, arguments);
    va_end(arguments);
    return length;
}

int fuzz_puts(const char *text);
int fuzz_puts(const char *text)
{
    return fprintf(fuzz_stdout, "%s\n", text);
}

int fuzz_putchar(int c);
int fuzz_putchar(int c)
{
    return fputc(c, fuzz_stdout);
}

/* --- mapped memory */

static struct map {
    void *at;
    size_t size;
} maps[MOST_MAPS];
static struct map kept; /* from the run before: to fill it is cheaper than to map it again */

/* The map at an address; NULL is a free one. */
static int map_at(const void *at)
{
    for (int i = 0; i < MOST_MAPS; i++)
        if (maps[i].at == at)
            return i;
    fuzz_fail("memory is mapped that was not, or too much of it");
}

void *fuzz_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
void *fuzz_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    int map = map_at(NULL);
    if (kept.at != NULL && kept.size == size) {
        maps[map] = kept;
        kept.at = NULL;
        return memset(maps[map].at, 0, size);
    }
    void *memory = mmap(at, size, protection, flags, fd, offset);
    if (memory == MAP_FAILED)
        return memory;
    maps[map].at = memory;
    maps[map].size = size;
    return memory;
}

void *fuzz_mremap(void *at, size_t old_size, size_t size, int flags);
void *fuzz_mremap(void *at, size_t old_size, size_t size, int flags)
{
    int map = map_at(at);
    void *memory = mremap(at, old_size, size, flags);
    if (memory == MAP_FAILED)
        return memory;
    maps[map].at = memory;
    maps[map].size = size;
    return memory;
}

int fuzz_munmap(void *at, size_t size);
int fuzz_munmap(void *at, size_t size)
{
    maps[map_at(at)].at = NULL;
    return munmap(at, size);
}

/* Huge pages would be filled with zeros in every run. */
int fuzz_madvise(void *at, size_t size, int advice);
int fuzz_madvise(void *at, size_t size, int advice)
{
    (void)at, (void)size, (void)advice;
    return 0;
}

/* --- time, which passes when a program waits, and a little whenever it looks */

static uint64_t nanoseconds;

int fuzz_clock_gettime(clockid_t clock, struct timespec *time);
int fuzz_clock_gettime(clockid_t clock, struct timespec *time)
{
    (void)clock;
    nanoseconds += 1000;
    time->tv_sec = (time_t)(START_TIME + nanoseconds / 1000000000);
    time->tv_nsec = (long)(nanoseconds % 1000000000);
    return 0;
}

time_t fuzz_time(time_t *to);
time_t fuzz_time(time_t *to)
{
    time_t now = (time_t)(START_TIME + nanoseconds / 1000000000);
    if (to != NULL)
        *to = now;
    return now;
}

int fuzz_nanosleep(const struct timespec *wanted, struct timespec *left);
int fuzz_nanosleep(const struct timespec *wanted, struct timespec *left)
{
    (void)left;
    if (wanted->tv_sec < 0 || wanted->tv_nsec < 0 || wanted->tv_nsec > 999999999)
        fuzz_fail("a pause of %lld s and %ld ns", (long long)wanted->tv_sec, wanted->tv_nsec);
    nanoseconds += (uint64_t)wanted->tv_sec * 1000000000 + (uint64_t)wanted->tv_nsec;
    return 0;
}

int fuzz_poll(struct pollfd *descriptors, nfds_t count, int milliseconds);
int fuzz_poll(struct pollfd *descriptors, nfds_t count, int milliseconds)
{
    for (nfds_t i = 0; i < count; i++)
        descriptors[i].revents = 0;
    if (milliseconds > 0)
        nanoseconds += (uint64_t)milliseconds * 1000000;
    return 0;
}

pid_t fuzz_getpid(void);
pid_t fuzz_getpid(void)
{
    return 42;
}

int fuzz_isatty(int fd);
int fuzz_isatty(int fd)
{
    (void)fd;
    return 0;
}

/* --- the end */

void streams_end(void)
{
    at_exit_count = 0;
    fflush(fuzz_stdout);
    fflush(fuzz_stderr);
    while (file_count > 0)
        fclose(files[--file_count]);
    for (int i = 0; i < MOST_MAPS; i++) {
        if (maps[i].at != NULL && kept.at == NULL)
            kept = maps[i];
        else if (maps[i].at != NULL)
            munmap(maps[i].at, maps[i].size);
        maps[i].at = NULL;
    }
    nanoseconds = 0;
}

/* Not libc's, but of filters/base: no two runs may differ. */
uint64_t random_number(void)
{
    return 0x9e3779b97f4a7c15;
}
