/* csv.c - fuzzes fec-parse with files of true CSV, against the reference.
 *
 * kind: odd numbers put the right header row before the test case's rows; half of kind is the
 * number of the dataset among those of CSV. flags: parse.h.
 */
#include "parse.h"
#include "value.h"

#include <stdlib.h>

const int fuzz_files = 1;

static const struct file_type *type_numbered(unsigned number)
{
    const struct file_type *types[64] = {NULL};
    unsigned count = 0;
    for (const struct file_type *type = all_types; type->name != NULL && count < 64; type++)
        if (type->member == NULL)
            types[count++] = type;
    return types[number % count];
}

void fuzz_target(const struct fuzz_case *test)
{
    const struct file_type *type = type_numbered(test->kind / 2);
    struct fuzz_case with_header = *test;
    struct text text = {0};
    for (int i = 0; type->columns[i].fec_name != NULL; i++) {
        text_put(&text, i > 0 ? "," : "");
        text_put(&text, type->columns[i].fec_name);
    }
    text_put(&text, "\n");
    text_add(&text, test->file[0].at, test->file[0].length);
    if (test->kind % 2 != 0)
        with_header.file[0] = (struct bytes){text.at, text.length};
    parse_compare(&with_header, type);
    free(text.at);
}
