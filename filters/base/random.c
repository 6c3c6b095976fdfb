/* random.c - numbers that nobody guesses: the seed of a table whose keys come from others, the name
 * of a temporary file in a folder of others. There must be one even where the system gives none. */
#include "base/random.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

/* The finalizer of SplitMix64 (public domain, Sebastiano Vigna). */
static uint64_t scatter(uint64_t number)
{
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9ULL;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebULL;
    return number ^ (number >> 31);
}

uint64_t random_number(void)
{
    static uint64_t calls;
    uint64_t number = 0;
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, &number, sizeof number);
    if (fd >= 0)
        close(fd);
    if (n == (ssize_t)sizeof number)
        return number;
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    return scatter((uint64_t)now.tv_nsec ^ scatter((uint64_t)now.tv_sec) ^
                   scatter((uint64_t)getpid() << 32 | ++calls) ^ (uint64_t)(uintptr_t)&number);
}
