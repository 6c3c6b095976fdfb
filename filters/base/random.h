/* random.h - numbers that nobody guesses. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

/* A number of 64 random bits. Where the system has none it is made of the time and the process. */
uint64_t random_number(void);

#endif
