/* quota.h - not more calls of the API than a key allows, over all runs and processes.
 *
 * Every call is noted in a ledger. It is made only if no window of an hour then has more than
 * FEC_API_CALLS_PER_HOUR calls, and no window of a minute more than 60, or a sixtieth of the hour's
 * limit if that is more. What the server says of its limits (X-RateLimit-Limit,
 * X-RateLimit-Remaining, Retry-After) is noted there too and holds for all processes. If the ledger
 * cannot be written, the program says so once and counts its own calls.
 *
 * FEC_API_HOUR_SECONDS makes the hour shorter, for tests; a minute is always a sixtieth of it.
 */
#ifndef FEC_FETCH_OPENFEC_QUOTA_H
#define FEC_FETCH_OPENFEC_QUOTA_H

#include "fec-fetch/http/response.h"

struct quota {
    uint64_t limit;           /* calls in an hour; 0 if there is no limit */
    uint64_t used;            /* calls of the last hour */
    uint64_t left;            /* calls that this hour still has; meaningless without a limit */
    uint64_t wait_ms;         /* until the next call may be made */
    int64_t server_limit;     /* what the server said within the last hour; RESPONSE_UNKNOWN */
    int64_t server_remaining; /* likewise */
    int64_t server_said_at;   /* seconds since 1970 */
};

/* Reads the settings. Call it once, before anything else here. */
void quota_start(void);

/* What is known now. Reads the ledger and changes nothing. */
void quota_look(struct quota *quota);

/* Waits until a call may be made, and notes it. A long wait is announced on stderr. Returns false,
 * without waiting or noting anything, if it would take longer than `longest_ms`. */
bool quota_take(uint64_t longest_ms);

/* Notes what the server has said of its limits. */
void quota_note_response(const struct response *response);

/* Estimated seconds until `calls` more calls are done, as far as the limits decide it; 0 if this
 * hour has enough of them. */
uint64_t quota_seconds_for(uint64_t calls);

/* Sleeps. If the reader of standard output goes away meanwhile, ends as cli_end_closed_pipe. */
void quota_pause(uint64_t milliseconds);

/* "3 h 6 min", "12 min", "45 s"; valid until the next call. */
const char *quota_duration(uint64_t seconds);

#endif
