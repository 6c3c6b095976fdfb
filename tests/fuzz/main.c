/* main.c - runs test cases that are files: `fuzz-TARGET FILE ...`. It takes the place of libFuzzer
 * where that is not linked; with libFuzzer these are its two functions. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_run(data, size);
    return 0;
}

/* What the sanitizers are to do. A run leaves memory when the program exits: the next one begins by
 * freeing it. A short quarantine keeps that memory small. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0:malloc_context_size=4:quarantine_size_mb=2:allocator_may_return_null=1:"
           "abort_on_error=1";
}

#ifndef FUZZ_WITH_LIBFUZZER
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        long size = 0;
        if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
            perror(argv[i]);
            return 66;
        }
        rewind(file);
        uint8_t *data = malloc((size_t)size + 1);
        if (data == NULL || fread(data, 1, (size_t)size, file) != (size_t)size) {
            perror(argv[i]);
            return 74;
        }
        fclose(file);
        /* A finding ends the process: the last name is the one that did. */
        fprintf(stderr, "%s\n", argv[i]);
        fuzz_run(data, (size_t)size);
        free(data);
    }
    return 0;
}
#endif
