/* ledger.h - the file in which all processes note their calls of the API.
 *
 * It is a text file below FEC_HOME, locked while it is read or written. A line is a letter, a time
 * in milliseconds since 1970, and more as the letter says:
 *
 *     c TIME                       a call was made
 *     s TIME LIMIT REMAINING UNIT  the server said so; -1 for what it left out
 *     w TIME                       no call before this time
 *
 * UNIT is the time for which the limit holds: h for an hour, m for a minute.
 *
 * Lines are appended. Now and then the file is written again without those that have expired. Lines
 * that make no sense and times in the future (a clock was set back) are passed over.
 */
#ifndef FEC_FETCH_OPENFEC_LEDGER_H
#define FEC_FETCH_OPENFEC_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A call counts for this much longer than an hour, because it reaches the server later. */
#define LEDGER_MARGIN_MS 500

struct ledger {
    uint64_t hour_ms; /* how long a call counts */
    uint64_t *calls;  /* their times, ascending */
    size_t count, size;
    int64_t server_limit; /* -1 if unknown */
    int64_t server_remaining;
    uint64_t server_said;  /* when; 0 if never */
    bool server_by_minute; /* its limit is that of a minute */
    uint64_t wait_until;   /* no call before this time; 0 if calls can be made */
    /* For ledger.c alone: */
    int fd;       /* -1 while it is not open */
    bool useless; /* it cannot be written, so calls are counted in memory only */
};

/* Opens, locks and reads the ledger, making its folder if need be. If it cannot be written,
 * complains once, and what is in memory counts. */
void ledger_lock(struct ledger *ledger);

/* Reads it, and neither makes nor changes anything. */
void ledger_look(struct ledger *ledger);

/* Between ledger_lock and ledger_unlock: */
void ledger_add_call(struct ledger *ledger, uint64_t time);
void ledger_note_server(struct ledger *ledger, uint64_t time, int64_t limit, int64_t remaining,
                        bool by_minute);
void ledger_note_wait(struct ledger *ledger, uint64_t until);
void ledger_unlock(struct ledger *ledger);

#endif
