/* json.c - fuzzes fec-parse with rows of the API, a JSON object on each line.
 *
 * kind: the number of the endpoint in all_endpoints; flags: parse.h.
 */
#include "parse.h"
#include "records/endpoints.h"

#include <stddef.h>

const int fuzz_files = 1;

void fuzz_target(const struct fuzz_case *test)
{
    unsigned count = 0;
    while (all_endpoints[count].name != NULL)
        count++;
    const char *operands[] = {"api", all_endpoints[test->kind % count].name, NULL};
    (void)parse_run(test, operands);
}
