/* clock.h - the two clocks, and pauses. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Seconds on a clock that nobody sets: for durations. */
double clock_seconds(void);

/* The time of day in milliseconds since 1970, which an administrator or NTP can set back. */
uint64_t clock_time_ms(void);

/* Sleeps; a signal does not cut it short. */
void clock_pause(uint64_t milliseconds);

#endif
