/* state.c - puts the program's static data and memory back as they were before it began.
 *
 * The Makefile renames the sections of the program's data, so that the linker says where they begin
 * and end. Sanitizers have put gaps between the variables, so the copying here must not be looked
 * at by them. What the program and the libraries that it calls have allocated is known by hooks
 * that the sanitizers' allocator calls.
 */
#include "state.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#ifdef __clang__
#define UNSEEN __attribute__((no_sanitize("address", "undefined", "coverage"), noinline))
#else
#define UNSEEN __attribute__((no_sanitize("address", "undefined"), noinline))
#endif

/* <sanitizer/allocator_interface.h>, which not every compiler brings. */
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));

extern char __start_fec_data[], __stop_fec_data[], __start_fec_bss[], __stop_fec_bss[];

static struct section {
    char *start, *end, *saved;
} sections[] = {
    {__start_fec_data, __stop_fec_data, NULL},
    {__start_fec_bss, __stop_fec_bss, NULL},
};
#define SECTIONS (sizeof sections / sizeof *sections)

/* Word by word, and only what has changed: most has not, and reading is cheap. */
UNSEEN static void put_back(char *to, const char *from, size_t length)
{
    uint64_t *to_word = (uint64_t *)to;
    const uint64_t *from_word = (const uint64_t *)from;
    for (size_t i = 0; i < length / sizeof *to_word; i++)
        if (to_word[i] != from_word[i])
            to_word[i] = from_word[i];
    for (size_t i = length / sizeof *to_word * sizeof *to_word; i < length; i++)
        if (to[i] != from[i])
            to[i] = from[i];
}

static size_t length_of(const struct section *section)
{
    return (size_t)(section->end - section->start);
}

/* --- memory: a set of pointers, with the order in which they came */

#define SLOTS 65536
#define GONE ((const volatile void *)1)

static const volatile void *slots[SLOTS];
static unsigned order[SLOTS], allocated;
static volatile bool counting; /* volatile: compilers think that they know what realloc looks at */

static unsigned slot_of(const volatile void *pointer)
{
    return (unsigned)(((uintptr_t)pointer >> 4) * 0x9e3779b97f4a7c15ULL >> 48) % SLOTS;
}

UNSEEN static void note_malloc(const volatile void *pointer, size_t size)
{
    (void)size;
    if (!counting || pointer == NULL || allocated >= SLOTS / 4 * 3)
        return;
    unsigned slot = slot_of(pointer);
    while (slots[slot] != NULL)
        slot = (slot + 1) % SLOTS;
    slots[slot] = pointer;
    order[allocated++] = slot;
}

UNSEEN static void note_free(const volatile void *pointer)
{
    if (!counting || pointer == NULL)
        return;
    for (unsigned slot = slot_of(pointer); slots[slot] != NULL; slot = (slot + 1) % SLOTS)
        if (slots[slot] == pointer) {
            slots[slot] = GONE;
            return;
        }
}

static void free_rest(void)
{
    counting = false;
    for (unsigned i = 0; i < allocated; i++) {
        if (slots[order[i]] != GONE)
            free((void *)slots[order[i]]);
        slots[order[i]] = NULL;
    }
    allocated = 0;
}

/* --- both */

void state_save(void)
{
    for (size_t i = 0; i < SECTIONS; i++) {
        sections[i].saved = calloc(length_of(&sections[i]) + 1, 1);
        put_back(sections[i].saved, sections[i].start, length_of(&sections[i]));
    }
    __sanitizer_install_malloc_and_free_hooks(note_malloc, note_free);
}

void state_run(void)
{
    counting = true;
}

void *state_realloc(void *memory, size_t size)
{
    bool was_counting = counting;
    counting = false;
    memory = realloc(memory, size);
    counting = was_counting;
    return memory;
}

void state_restore(void)
{
    free_rest();
    for (size_t i = 0; i < SECTIONS; i++)
        put_back(sections[i].start, sections[i].saved, length_of(&sections[i]));
}
