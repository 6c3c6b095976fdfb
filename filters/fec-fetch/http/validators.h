/* validators.h - how a server tells one version of a file from another: ETag, Last-Modified
 * and length (RFC 9110, sections 8.6 and 8.8), and the small files in which fec-fetch keeps them.
 *
 * What is in the struct has been checked: an ETag has the form that the RFC allows and a date is a
 * date, so both can go into a header, a file or a message as they are. Anything else counts as
 * unknown.
 */
#ifndef FEC_FETCH_HTTP_VALIDATORS_H
#define FEC_FETCH_HTTP_VALIDATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define VALIDATORS_UNKNOWN_LENGTH (-1)

struct validators {
    char etag[256];         /* with its quotes and W/; "" if unknown */
    char last_modified[32]; /* as in RFC 9110, section 5.6.7, IMF-fixdate; "" if unknown */
    int64_t length;         /* of the whole file in bytes; VALIDATORS_UNKNOWN_LENGTH */
};

/* Makes all three unknown. */
void validators_clear(struct validators *validators);

/* Takes an ETag of `length` bytes as a server sent it. One that is too long or malformed becomes
 * unknown. */
void validators_set_etag(struct validators *validators, const char *text, size_t length);

/* Takes a time in seconds since 1970; a negative one is unknown. */
void validators_set_time(struct validators *validators, time_t seconds);

/* True if the server can be asked whether the file is still this one. */
bool validators_usable(const struct validators *validators);

/* The value of If-Range that asks for the rest of exactly this file: the ETag if it is a strong
 * one, else the Last-Modified date. NULL if both are unknown. */
const char *validators_if_range(const struct validators *validators);

/* True if both are certainly the same version: the same ETag (where one is unknown, the same date)
 * and no different lengths. */
bool validators_same(const struct validators *a, const struct validators *b);

/* True if both are certainly different: an ETag, date or length is known of both and not the same.
 */
bool validators_differ(const struct validators *a, const struct validators *b);

/* True if all three are the same, or unknown in both, and the server can be asked about them. */
bool validators_identical(const struct validators *a, const struct validators *b);

/* Reads a file of lines url=, etag=, last_modified= and length=. Lines that it does not know or
 * believe are passed over. Returns false, and all unknown, if the file does not exist or is of
 * another URL than `url`. What is not a regular file ends the program with EX_CANTCREAT. */
bool validators_read(struct validators *validators, const char *path, const char *url);

/* Writes such a file, whole or not at all (a temporary file, fsync, rename). `url` is as messages
 * show it. A failure ends the program with EX_IOERR (EX_CANTCREAT) and the file's name. */
void validators_write(const struct validators *validators, const char *path, const char *url);

/* The length as text, "" if unknown, valid until the next call. */
const char *validators_length_text(const struct validators *validators);

#endif
