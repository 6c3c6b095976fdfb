/* lines.c - fuzzes fec-parse with bulk files of lines split at '|', against the reference.
 *
 * kind: the number of the dataset in all_types; flags: parse.h.
 */
#include "parse.h"

const int fuzz_files = 1;

void fuzz_target(const struct fuzz_case *test)
{
    unsigned count = 0, number;
    while (all_types[count].name != NULL && all_types[count].member != NULL)
        count++;
    number = test->kind % count;
    parse_compare(test, &all_types[number]);
}
