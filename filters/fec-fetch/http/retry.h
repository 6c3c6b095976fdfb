/* retry.h - when to ask a server again, and after how long.
 *
 * The delay doubles with every consecutive failure, up to a minute. It is shortened at random by up
 * to a half, so that many clients do not come back at the same moment. A server that says how long
 * to wait (Retry-After) is obeyed, up to a limit.
 */
#ifndef FEC_FETCH_HTTP_RETRY_H
#define FEC_FETCH_HTTP_RETRY_H

#include <stdbool.h>
#include <stdint.h>

struct retry {
    uint64_t most;        /* consecutive failures tolerated */
    uint64_t consecutive; /* failures since there was progress */
    uint64_t total;       /* retries of the whole run */
    uint64_t offset;      /* the byte reached at the last failure */
    uint64_t first_delay_ms;
    uint64_t longest_retry_after; /* seconds, ten minutes at first */
};

/* Starts. FEC_RETRY_DELAY_MS replaces the first delay of one second. */
void retry_start(struct retry *retry, uint64_t most);

/* True for the HTTP statuses that can be different the next time: 408, 429, 500, 502, 503, 504. */
bool retry_status(uint64_t status);

/* Call it when a request has failed. Announces the next one on stderr, with `reason` and the byte
 * reached, and returns how many milliseconds to wait before it. `retry_after` is what the server
 * said, in seconds, or 0. If bytes have come since the last failure, counting starts again. Ends
 * the program with EX_UNAVAILABLE when there have been too many failures. */
uint64_t retry_after_failure(struct retry *retry, const char *url, const char *reason,
                             uint64_t offset, uint64_t retry_after);

/* The same where progress is not counted in bytes: the caller says when counting starts again, by
 * setting `consecutive` to 0. */
uint64_t retry_failed(struct retry *retry, const char *url, const char *reason,
                      uint64_t retry_after);

#endif
