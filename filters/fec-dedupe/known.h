/* known.h - what the database has: pairs of key and row hash, for fec-dedupe --known.
 *
 * Two forms are read, told apart by their first bytes.
 *
 * Text: a line a row, with key, tab and row_hash, as psql's COPY ... TO STDOUT writes it. A first
 * line of a name, a tab and row_hash is a header.
 *
 * Binary: COPY ... TO STDOUT (FORMAT binary) of two bigint columns (PostgreSQL, COPY, File Formats,
 * Binary Format). Its trailer also shows that it came whole.
 */
#ifndef FEC_DEDUPE_KNOWN_H
#define FEC_DEDUPE_KNOWN_H

#include <stddef.h>
#include <stdint.h>

/* A key as it stands in a record. A whole number in its plain form is compared as a number, so it
 * is the same key in both forms; anything else is a text, in its escaped form. */
struct known_key {
    const char *text; /* NULL if it came as binary */
    size_t length;
    int64_t number;
    int is_number;
};

/* Sets `key` from `length` bytes of text. */
void known_key_set(struct known_key *key, const char *text, size_t length);

/* Calls `take` with each pair in the file `path`. A file that is cut short or not of one of the
 * forms ends the program with EX_DATAERR and its place. Returns the number of pairs. */
uint64_t known_read(const char *path, void (*take)(const struct known_key *key, uint64_t hash));

#endif
