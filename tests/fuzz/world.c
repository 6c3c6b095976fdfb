/* world.c - the world that a program runs in when it is fuzzed: how a run begins and ends, and the
 * files, which are memory or lie in a folder of their own.
 *
 * What is hard is that nothing of a run may be left for the next one: a finding must come again
 * from its bytes alone.
 */
#include "world.h"
#include "state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST_STREAMS 12
#define FAILS_AFTER 300
#define MOST_OPEN 64
#define MOST_ARGUMENTS 40
/* Output beyond this is taken at once, or a short case that inflates to much takes minutes. */
#define SLOW_UNTIL ((size_t)64 * 1024)

int fec_main(int argc, char **argv);
_Noreturn void fuzz_exit(int status);

static struct world_stream streams[MOST_STREAMS];
static int stream_count;
static unsigned how[2]; /* reading, writing */
static size_t shared[2];
static uint32_t random_state;
static bool failed, running;
static jmp_buf back;
static int opened[MOST_OPEN], opened_count;
static char folder[64];
static int real_output = -1;

/* --- streams */

struct world_stream *world_stream_named(const char *name)
{
    for (int i = 0; i < stream_count; i++)
        if (strcmp(streams[i].name, name) == 0)
            return &streams[i];
    return NULL;
}

static struct world_stream *add_stream(const char *name)
{
    struct world_stream *stream = world_stream_named(name);
    if (stream == NULL && stream_count == MOST_STREAMS)
        fuzz_fail("too many streams");
    if (stream == NULL)
        stream = &streams[stream_count++];
    char *output = stream->output;
    size_t size = stream->size;
    *stream = (struct world_stream){.name = name, .output = output, .size = size};
    return stream;
}

struct world_stream *world_stream(int fd)
{
    if (fd == STDIN_FILENO)
        return world_stream_named("-");
    if (fd == STDOUT_FILENO)
        return real_output >= 0 ? NULL : world_stream_named("-");
    int number = fd - WORLD_FIRST_FD;
    return number >= 0 && number < stream_count ? &streams[number] : NULL;
}

int world_descriptor(const struct world_stream *stream)
{
    return WORLD_FIRST_FD + (int)(stream - streams);
}

void world_add(struct world_stream *stream, const void *bytes, size_t length)
{
    if (stream->size - stream->written < length) {
        stream->size = 2 * (stream->written + length);
        stream->output = state_realloc(stream->output, stream->size);
    }
    if (length > 0)
        memcpy(stream->output + stream->written, bytes, length);
    stream->written += length;
}

size_t world_share(bool writing, size_t wanted)
{
    static const size_t sizes[2][8] = {{0, 1, 7, 4096, 64, 64, 0, 513}, {0, 1, 7, 4096, 64, 64}};
    unsigned kind = how[writing];
    bool fails = kind == WRITE_GONE || (writing && kind == WRITE_FULL);
    random_state = random_state * 1664525 + 1013904223;
    if (fails && shared[writing] >= FAILS_AFTER) {
        errno = !writing ? EIO : kind == WRITE_GONE ? EPIPE : ENOSPC;
        failed = true;
        return 0;
    }
    if (kind == 5 && shared[writing] < SLOW_UNTIL && (random_state >> 28) == 0) {
        errno = (random_state >> 27 & 1) != 0 ? EINTR : EAGAIN;
        return 0;
    }
    size_t most = sizes[writing][kind];
    if (most == 64)
        most = 1 + (random_state >> 20) % most;
    if (fails)
        most = FAILS_AFTER - shared[writing];
    size_t share = most > 0 && most < wanted && shared[writing] < SLOW_UNTIL ? most : wanted;
    shared[writing] += share;
    return share;
}

/* --- a run */

void world_start(unsigned reading, unsigned writing)
{
    static bool started;
    if (!started) {
        tzset();
        streams_start();
        state_save();
        started = true;
    }
    stream_count = 0;
    how[0] = reading % 8;
    how[1] = writing % 8;
    shared[0] = shared[1] = 0;
    random_state = reading * 64 + writing;
    failed = false;
    real_output = -1;
    add_stream("-")->writable = true;
    add_stream("!")->writable = true;
}

void world_file(const char *name, struct bytes content)
{
    struct world_stream *stream = add_stream(name);
    stream->input = content;
    stream->writable = strcmp(name, "-") == 0;
}

void world_room(const char *name)
{
    add_stream(name)->writable = true;
}

void world_opened(int fd)
{
    if (fd >= 0 && opened_count < MOST_OPEN)
        opened[opened_count++] = fd;
}

void world_closed(int fd)
{
    for (int i = 0; i < opened_count; i++)
        if (opened[i] == fd) {
            opened[i] = opened[--opened_count];
            return;
        }
}

bool world_is_running(void)
{
    return running;
}

_Noreturn void world_leave(int status)
{
    if (!running)
        exit(status);
    longjmp(back, status + 1);
}

/* For people: what a run wrote to all that is memory. */
static void show(int status)
{
    fprintf(stderr, "exit status %d\n", status);
    for (int i = 0; i < stream_count; i++)
        if (streams[i].written > 0)
            fprintf(stderr, "--- %s\n%.*s\n", streams[i].name, (int)streams[i].written,
                    streams[i].output);
}

int world_run(const char *const *arguments)
{
    static char *argv[MOST_ARGUMENTS + 1];
    static int saved_output;
    volatile int argc = 0;
    while (argc < MOST_ARGUMENTS && arguments[argc] != NULL) {
        struct bytes argument = {arguments[argc], strlen(arguments[argc])};
        argv[argc++] = fuzz_copy(argument);
    }
    argv[argc] = NULL;
    optind = 0;
    if (real_output >= 0) {
        saved_output = dup(STDOUT_FILENO);
        dup2(real_output, STDOUT_FILENO);
    }
    running = true;
    state_run();
    int status = setjmp(back) - 1;
    if (status < 0)
        fuzz_exit(fec_main(argc, argv));
    streams_end();
    running = false;
    while (opened_count > 0)
        close(opened[--opened_count]);
    if (real_output >= 0) {
        dup2(saved_output, STDOUT_FILENO);
        close(saved_output);
        close(real_output);
    }
    state_restore();
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    if (getenv("FUZZ_SHOW") != NULL)
        show(status);
    return status;
}

struct bytes world_written(const char *name)
{
    const struct world_stream *stream = world_stream_named(name);
    if (stream == NULL)
        return (struct bytes){"", 0};
    return (struct bytes){stream->output != NULL ? stream->output : "", stream->written};
}

bool world_failed(void)
{
    return failed;
}

/* --- the real folder */

static void remove_folder(void)
{
    world_folder();
    rmdir(folder);
}

const char *world_folder_path(void)
{
    return folder;
}

void world_folder(void)
{
    if (folder[0] == '\0') {
        snprintf(folder, sizeof folder, "/dev/shm/fec-fuzz-XXXXXX");
        if (mkdtemp(folder) == NULL)
            fuzz_fail("no folder %s", folder);
        atexit(remove_folder);
    }
    DIR *names = opendir(folder);
    for (struct dirent *entry; names != NULL && (entry = readdir(names)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(names), entry->d_name, 0);
    if (names != NULL)
        closedir(names);
}

static int create(const char *name, struct bytes content, int flags)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | flags, 0600);
    if (fd < 0 || write(fd, content.at, content.length) != (ssize_t)content.length)
        fuzz_fail("%s: %s", path, strerror(errno));
    return fd;
}

void world_real_file(const char *name, struct bytes content)
{
    close(create(name, content, 0));
}

struct bytes world_real_read(const char *name)
{
    static char content[1024 * 1024];
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, content, sizeof content);
    if (fd >= 0)
        close(fd);
    return (struct bytes){n < 0 ? NULL : content, n < 0 ? 0 : (size_t)n};
}

void world_real_output(struct bytes content)
{
    real_output = create("output", content, O_APPEND);
}

/* --- test cases */

_Noreturn void fuzz_fail(const char *format, ...)
{
    va_list arguments;
    running = false;
    fprintf(stderr, "finding: ");
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    struct bytes messages = world_written("!");
    fprintf(stderr, "the program said: %.*s\n", (int)messages.length, messages.at);
    abort();
}

char *fuzz_copy(struct bytes bytes)
{
    char *copy = malloc(bytes.length + 1);
    if (bytes.length > 0)
        memcpy(copy, bytes.at, bytes.length);
    copy[bytes.length] = '\0';
    return copy;
}

void fuzz_run(const uint8_t *data, size_t size)
{
    struct fuzz_case test = {0};
    if (size < FUZZ_HEAD)
        return;
    test.kind = (unsigned)(data[0] - '0') % 64;
    test.flags = (unsigned)(data[1] - '0') % 64;
    world_start((unsigned)(data[2] - '0') % 64, (unsigned)(data[3] - '0') % 64);
    const char *at = (const char *)data + FUZZ_HEAD, *end = (const char *)data + size;
    for (int i = 0; i < fuzz_files; i++) {
        const char *between =
            i + 1 < fuzz_files ? memchr(at, FUZZ_BETWEEN, (size_t)(end - at)) : NULL;
        test.file[i] = (struct bytes){at, (size_t)((between ? between : end) - at)};
        at = between ? between + 1 : end;
    }
    fuzz_target(&test);
}
