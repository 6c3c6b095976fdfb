/* memory.c - runs one of fecpipe's programs and notes how much memory it has had at most. The
 * soak has a folder of links with the programs' names, which all lead here.
 *
 * The program of the same name in the folder $SOAK_BIN is run with the same arguments. When it has
 * ended, a line with its name and its peak (ru_maxrss: kilobytes, on macOS bytes) is appended to
 * the file $SOAK_MEMORY, and this ends as the program did, also if that was by a signal. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void note(const char *file, const char *name)
{
    struct rusage usage;
    char line[256];
    int fd = open(file, O_WRONLY | O_APPEND | O_CREAT, 0666);
    if (fd < 0 || getrusage(RUSAGE_CHILDREN, &usage) != 0)
        return;
    int length = snprintf(line, sizeof line, "%s %ld\n", name, usage.ru_maxrss);
    if (length > 0 && (size_t)length < sizeof line && write(fd, line, (size_t)length) < 0)
        perror(file);
    close(fd);
}

int main(int argc, char **argv)
{
    const char *folder = getenv("SOAK_BIN"), *file = getenv("SOAK_MEMORY");
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    char path[4096];
    int status;
    if (folder == NULL || file == NULL || slash == NULL ||
        snprintf(path, sizeof path, "%s%s", folder, slash) >= (int)sizeof path)
        return 70;
    pid_t child = fork();
    if (child == 0) {
        execv(path, argv);
        perror(path);
        _exit(127);
    }
    /* The program's neighbours in a pipe must not wait for this one. */
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 71;
    note(file, slash + 1);
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}
