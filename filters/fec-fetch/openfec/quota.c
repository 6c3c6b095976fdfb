/* quota.c - not more calls of the API than a key allows, over all runs and processes.
 *
 * What is hard is that the server does not say for which time its limit holds: 60 can be the calls
 * of a minute or of an hour. And a limit can be used up by others who have the same key.
 */
#include "fec-fetch/openfec/quota.h"
#include "fec-fetch/openfec/ledger.h"
#include "base/cli.h"
#include "base/clock.h"
#include "base/pipe.h"
#include "base/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CALLS_PER_HOUR 1000
#define CALLS_PER_MINUTE 60
/* A wait of this length is announced. */
#define LONG_WAIT_MS 5000
/* While a process waits, it looks at the ledger and the clock at these intervals, because the
 * machine can have slept meanwhile. */
#define LOOK_MS 30000
/* Other processes wait no longer than this for a server that wants a longer wait; the process that
 * it told so ends. */
#define LONGEST_WAIT_SECONDS 3600
/* An estimate goes through this many calls one by one; those beyond are taken from the average. */
#define MOST_RECKONED 20000

static uint64_t calls_per_hour;
static uint64_t minute_ms;
static struct ledger ledger;
static bool minute_announced;
static uint64_t consecutive_refusals; /* without a time to wait */

void quota_start(void)
{
    const char *calls = getenv("FEC_API_CALLS_PER_HOUR"), *hour = getenv("FEC_API_HOUR_SECONDS");
    calls_per_hour = CALLS_PER_HOUR;
    ledger = (struct ledger){.hour_ms = 3600000, .fd = -1};
    ledger.server_limit = ledger.server_remaining = RESPONSE_UNKNOWN;
    if (calls != NULL && *calls != '\0')
        calls_per_hour = cli_number("FEC_API_CALLS_PER_HOUR", calls, 0, 1000000);
    if (hour != NULL && *hour != '\0')
        ledger.hour_ms = cli_number("FEC_API_HOUR_SECONDS", hour, 1, 86400) * 1000;
    minute_ms = ledger.hour_ms / 60;
}

/* The limits that hold now. */
struct limits {
    uint64_t hour, minute; /* calls; 0 if there is no limit */
};

/* The server's limit counts if it is smaller than ours. While it is taken for the limit of an hour,
 * the first minute uses only four fifths of it, so that there is another call by which to find out
 * (is_by_minute): taking 60 a minute for 60 an hour would cost hours. */
static struct limits limits_now(void)
{
    struct limits limits = {calls_per_hour, 0};
    if (calls_per_hour == 0)
        return limits;
    uint64_t server = ledger.server_limit > 0 ? (uint64_t)ledger.server_limit : calls_per_hour;
    if (server < limits.hour && !ledger.server_by_minute)
        limits.hour = server;
    limits.minute = limits.hour / 60;
    if (limits.minute < CALLS_PER_MINUTE)
        limits.minute = CALLS_PER_MINUTE;
    uint64_t some = ledger.server_by_minute ? server : (server * 4 + 4) / 5;
    if (server < calls_per_hour && some < limits.minute)
        limits.minute = some;
    return limits;
}

/* How many calls were made since `time`. */
static uint64_t calls_since(uint64_t time)
{
    size_t i = ledger.count;
    while (i > 0 && ledger.calls[i - 1] > time)
        i--;
    return ledger.count - i;
}

/* The time at which one more call can be made, if `calls` are the times of those before it. */
static uint64_t next_time(const uint64_t *calls, size_t count, const struct limits *limits,
                          uint64_t now)
{
    uint64_t time = now;
    if (limits->hour > 0 && count >= limits->hour) {
        uint64_t free = calls[count - limits->hour] + ledger.hour_ms + LEDGER_MARGIN_MS;
        time = free > time ? free : time;
    }
    if (limits->minute > 0 && count >= limits->minute) {
        uint64_t free = calls[count - limits->minute] + minute_ms + LEDGER_MARGIN_MS;
        time = free > time ? free : time;
    }
    return ledger.wait_until > time ? ledger.wait_until : time;
}

static uint64_t wait_ms(uint64_t now)
{
    struct limits limits = limits_now();
    return next_time(ledger.calls, ledger.count, &limits, now) - now;
}

static uint64_t hour_ago(uint64_t now)
{
    return now > ledger.hour_ms ? now - ledger.hour_ms : 0;
}

void quota_look(struct quota *quota)
{
    ledger_look(&ledger);
    uint64_t now = clock_time_ms();
    quota->limit = limits_now().hour;
    quota->used = calls_since(hour_ago(now));
    quota->left = quota->limit > quota->used ? quota->limit - quota->used : 0;
    quota->wait_ms = wait_ms(now);
    quota->server_limit = ledger.server_limit;
    quota->server_remaining = ledger.server_remaining;
    quota->server_said_at = (int64_t)(ledger.server_said / 1000);
}

const char *quota_duration(uint64_t seconds)
{
    static char text[60];
    uint64_t minutes = (seconds + 30) / 60;
    if (seconds < 100)
        snprintf(text, sizeof text, "%" PRIu64 " s", seconds);
    else if (minutes < 60)
        snprintf(text, sizeof text, "%" PRIu64 " min", minutes);
    else
        snprintf(text, sizeof text, "%" PRIu64 " h %" PRIu64 " min", minutes / 60, minutes % 60);
    return text;
}

void quota_pause(uint64_t milliseconds)
{
    /* A reader that goes away meanwhile is the end: there is nothing left to wait for. */
    if (!pipe_pause(STDOUT_FILENO, milliseconds))
        cli_end_closed_pipe();
}

/* Says why and how long it waits. That the calls of a minute are used up happens often, so that is
 * said only once. */
static void announce(uint64_t wait)
{
    struct limits limits = limits_now();
    uint64_t now = clock_time_ms(), used = calls_since(hour_ago(now));
    const char *duration = quota_duration((wait + 999) / 1000);
    progress_end();
    if (limits.hour > 0 && used >= limits.hour)
        complain("%" PRIu64 " calls of the API were made in this hour, of %" PRIu64
                 " that are allowed: the next one in %s",
                 used, limits.hour, duration);
    else if (ledger.wait_until > now)
        complain("the server of the API allows no more calls: the next one in %s", duration);
    else if (!minute_announced)
        complain("%" PRIu64 " calls of the API were made in this minute: the next one in %s",
                 limits.minute, duration);
    minute_announced = minute_announced || ledger.wait_until <= now;
}

bool quota_take(uint64_t longest_ms)
{
    bool announced = false;
    for (;;) {
        ledger_lock(&ledger);
        uint64_t now = clock_time_ms(), wait = wait_ms(now);
        if (wait == 0)
            ledger_add_call(&ledger, now);
        ledger_unlock(&ledger);
        if (wait == 0)
            return true;
        if (wait > longest_ms)
            return false;
        if (!announced && wait >= LONG_WAIT_MS) {
            announce(wait);
            announced = true;
        }
        quota_pause(wait < LOOK_MS ? wait : LOOK_MS);
    }
}

/* True if the limit that came with a response cannot be that of an hour: the server has counted far
 * fewer calls than were made in the last hour. A limit that is exceeded is taken for the hour's
 * again. */
static bool is_by_minute(const struct response *response, uint64_t now)
{
    if (response->status == 429 || response->rate_limit <= 0 || response->rate_remaining < 0 ||
        response->rate_remaining > response->rate_limit)
        return false;
    uint64_t limit = (uint64_t)response->rate_limit;
    uint64_t counted = limit - (uint64_t)response->rate_remaining;
    return (ledger.server_by_minute && response->rate_limit == ledger.server_limit) ||
           calls_since(hour_ago(now)) > counted + limit / 2;
}

/* Until when to wait if the server says that no calls are left: until the oldest known call is an
 * hour ago, but at least a minute. */
static uint64_t end_of_hour(uint64_t now)
{
    uint64_t until = now + minute_ms;
    if (ledger.server_by_minute || ledger.count == 0)
        return until;
    uint64_t free = ledger.calls[0] + ledger.hour_ms;
    return (free > until ? free : until) + LEDGER_MARGIN_MS;
}

/* Until when to wait after a response, 0 if not at all. A server that refuses and does not say for
 * how long can mean a minute or an hour: first we wait a minute, and if it refuses again, for the
 * hour. One that says something senseless is asked again soon. */
static uint64_t wait_after(const struct response *response, uint64_t now)
{
    bool refused = response->status == 429;
    uint64_t seconds = response->retry_after;
    if (response->status != 0)
        consecutive_refusals = refused && seconds == 0 ? consecutive_refusals + 1 : 0;
    if ((refused || response->status >= 500) && seconds > 0)
        return now + 1000 * (seconds < LONGEST_WAIT_SECONDS ? seconds : LONGEST_WAIT_SECONDS);
    if (response->rate_remaining == 0 || consecutive_refusals > 1)
        return end_of_hour(now);
    return refused && !response->has_retry_after ? now + minute_ms : 0;
}

void quota_note_response(const struct response *response)
{
    if (response->status == 0)
        return;
    ledger_lock(&ledger);
    uint64_t now = clock_time_ms();
    if (response->rate_limit >= 0 || response->rate_remaining >= 0)
        ledger_note_server(&ledger, now, response->rate_limit, response->rate_remaining,
                           is_by_minute(response, now));
    uint64_t until = wait_after(response, now);
    if (until > 0)
        ledger_note_wait(&ledger, until);
    ledger_unlock(&ledger);
}

uint64_t quota_seconds_for(uint64_t calls)
{
    struct limits limits = limits_now();
    uint64_t now = clock_time_ms(), used = calls_since(hour_ago(now));
    if (limits.hour == 0 || used + calls <= limits.hour)
        return 0;
    size_t reckoned = calls < MOST_RECKONED ? (size_t)calls : MOST_RECKONED, count = ledger.count;
    uint64_t *times = cli_alloc((count + reckoned) * sizeof *times), time = now;
    memcpy(times, ledger.calls, count * sizeof *times);
    for (size_t i = 0; i < reckoned; i++) {
        time = next_time(times, count, &limits, time);
        times[count++] = time;
    }
    free(times);
    return (time - now + 999) / 1000 + (calls - reckoned) * ledger.hour_ms / 1000 / limits.hour;
}
