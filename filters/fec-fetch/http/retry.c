/* retry.c - when to ask a server again, and after how long. What counts is not how often a server
 * has failed, but how often in succession without any progress: a file of five gigabytes may break
 * off many times. */
#include "fec-fetch/http/retry.h"
#include "base/cli.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FIRST_DELAY_MS 1000
#define LONGEST_DELAY_MS 60000
#define LONGEST_RETRY_AFTER 600

void retry_start(struct retry *retry, uint64_t most)
{
    const char *delay = getenv("FEC_RETRY_DELAY_MS");
    *retry = (struct retry){
        .most = most, .first_delay_ms = FIRST_DELAY_MS, .longest_retry_after = LONGEST_RETRY_AFTER};
    if (delay != NULL && *delay != '\0')
        retry->first_delay_ms = cli_number("FEC_RETRY_DELAY_MS", delay, 0, LONGEST_DELAY_MS);
    srand((unsigned)clock_time_ms() ^ ((unsigned)getpid() << 16));
}

bool retry_status(uint64_t status)
{
    return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
           status == 504;
}

static uint64_t delay_of(const struct retry *retry)
{
    uint64_t delay = retry->first_delay_ms;
    for (uint64_t i = 1; i < retry->consecutive && delay < LONGEST_DELAY_MS; i++)
        delay *= 2;
    if (delay > LONGEST_DELAY_MS)
        delay = LONGEST_DELAY_MS;
    return delay - delay * (uint64_t)(rand() % 1024) / 2048;
}

uint64_t retry_failed(struct retry *retry, const char *url, const char *reason,
                      uint64_t retry_after)
{
    if (retry->consecutive == retry->most)
        die(EX_UNAVAILABLE, "%s: %s; given up after %" PRIu64 " %s", url, reason, retry->most,
            retry->most == 1 ? "retry" : "retries");
    retry->consecutive++;
    retry->total++;
    uint64_t delay = delay_of(retry);
    if (retry_after > retry->longest_retry_after)
        retry_after = retry->longest_retry_after;
    if (retry_after * 1000 > delay)
        delay = retry_after * 1000;
    complain("%s: %s; retry %" PRIu64 " of %" PRIu64 " in %.1f s", url, reason, retry->consecutive,
             retry->most, (double)delay / 1000);
    return delay;
}

uint64_t retry_after_failure(struct retry *retry, const char *url, const char *reason,
                             uint64_t offset, uint64_t retry_after)
{
    char where[400];
    if (offset > retry->offset)
        retry->consecutive = 0;
    retry->offset = offset;
    snprintf(where, sizeof where, "%s at byte %" PRIu64, reason, offset);
    return retry_failed(retry, url, where, retry_after);
}
