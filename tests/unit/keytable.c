/* keytable.c - the table of keys of fec-dedupe: growing in place, mixing, the bound on its
 * size. */
#include "fec-dedupe/keytable.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

static int tests;

static void ok(bool good, const char *what)
{
    printf("%sok %d - %s\n", good ? "" : "not ", ++tests, what);
}

static void test_mixing(void)
{
    bool back = true, zero = false;
    uint64_t key = 1;
    for (int i = 0; i < 100000; i++, key = key * 6364136223846793005ULL + 1442695040888963407ULL) {
        back = back && keytable_unmix(keytable_mix(key)) == key;
        zero = zero || keytable_mix(key) == 0;
    }
    ok(back, "a mixed key can be unmixed");
    ok(!zero, "no key is mixed to the mark of an empty slot");
    ok(keytable_unmix(keytable_mix(0)) == 0 && keytable_mix(0) != 0, "0 is a key like any other");
    ok(keytable_unmix(keytable_mix((uint64_t)-1)) == (uint64_t)-1, "-1 is a key like any other");
}

/* Puts in `count` keys of the form start + i * step, each with a hash of its own, and finds them
 * again. */
static void test_filling(size_t count, size_t expected, uint64_t step, const char *what)
{
    struct keytable table;
    bool inserted, good = true;
    double most = 0;
    keytable_open(&table, expected);
    for (size_t i = 0; i < count; i++) {
        struct keytable_slot *slot =
            keytable_slot_of(&table, keytable_mix(4012720171368944039ULL + i * step), &inserted);
        good = good && inserted && slot->hash == 0;
        slot->hash = i << 2;
        double bytes = (double)(table.size * sizeof *table.slots) / (double)(i + 1);
        if (i + 1 >= 2000000 && bytes > most)
            most = bytes;
    }
    good = good && table.count == count;
    for (size_t i = 0; i < count; i++) {
        struct keytable_slot *slot =
            keytable_slot_of(&table, keytable_mix(4012720171368944039ULL + i * step), &inserted);
        good = good && !inserted && slot->hash == i << 2;
    }
    ok(good, what);
    if (count > 2000000)
        ok(most > 0 && most <= 24.0,
           "from two million keys on a key never costs more than 24 bytes");
    bool ordered = true;
    uint64_t last = 0;
    for (size_t i = 0; i < table.size; i++)
        if (table.slots[i].mixed != 0) {
            ordered = ordered && table.slots[i].mixed > last;
            last = table.slots[i].mixed;
        }
    ok(ordered && table.slots[table.size - 1].mixed == 0,
       "the slots lie in order, and the last one is empty");
    keytable_close(&table);
}

/* Keys that were chosen, `count` of them from `first` on, must end the program and not its speed.
 */
static void test_chosen(uint64_t first, uint64_t step, int count, const char *name)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct keytable table;
        bool inserted;
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(1);
        keytable_open(&table, 0);
        for (int i = 0; i < count; i++)
            keytable_slot_of(&table, first + step * (uint64_t)i, &inserted);
        _exit(0);
    }
    ok(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == EX_DATAERR,
       name);
}

int main(void)
{
    test_mixing();
    test_filling(10, 0, 1, "ten keys are found again");
    test_filling(5000, 0, 7, "a table grows past its first size");
    test_filling(2500000, 0, 1, "two and a half million keys in sequence are found again");
    test_filling(2500000, 2500000, 0x9e3779b97f4a7c15ULL,
                 "scattered ones with their number known too");
    test_chosen(UINT64_MAX - 16384, 1, 16385, "keys at the top of the range end with 65");
    test_chosen(UINT64_MAX, (uint64_t)0 - 1, 16385, "in falling order too");
    test_chosen((uint64_t)1 << 62, 1, 16385, "keys of one home end with 65");
    test_chosen((uint64_t)1 << 63, (uint64_t)0 - 1, 16385, "in falling order too");
    test_chosen(1, (uint64_t)1 << 40, 40000, "keys of a few homes end with 65");
    printf("1..%d\n", tests);
    return 0;
}
