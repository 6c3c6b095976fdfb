/* walk.c - the least that any parser of the FEC's files must do: find every field and every
 * line with memchr. The benchmark compares fec-parse with it. Reads stdin, prints the number of
 * fields. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    static char buffer[1 << 20];
    size_t held = 0, fields = 0;
    ssize_t n;
    while ((n = read(STDIN_FILENO, buffer + held, sizeof buffer - held)) > 0) {
        char *line = buffer, *end = buffer + held + n, *newline;
        while ((newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
            for (char *bar; (bar = memchr(line, '|', (size_t)(newline - line))) != NULL;
                 line = bar + 1)
                fields++;
            fields++;
            line = newline + 1;
        }
        held = (size_t)(end - line);
        memmove(buffer, line, held);
    }
    printf("%zu\n", fields);
    return 0;
}
