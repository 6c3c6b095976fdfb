/* state.h - puts the program's static data and memory back as they were before it began. */
#ifndef FUZZ_STATE_H
#define FUZZ_STATE_H

#include <stddef.h>

/* Notes what the static data are now; once, before the first run. */
void state_save(void);

/* From the first to the second all memory is counted that is allocated, by whomever. state_restore
 * frees what is left of it, and puts the static data back. */
void state_run(void);
void state_restore(void);

/* realloc for what must outlive the run. */
void *state_realloc(void *memory, size_t size);

#endif
