/* asinc-gcc ORDEN...: compila, y explica los errores más corrientes.
 *
 * Ejecuta la orden sin traducir, que es como la tabla conoce los mensajes, y escribe lo que diga
 * por stderr con la explicación debajo. Acaba como acabe la orden. */
#include "base/explain.h"
#include "base/memory.h"
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { USAGE = 2, NOT_FOUND = 127 };

static _Noreturn void run(char **argv, int err)
{
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("LANGUAGE"); /* también traduce, diga lo que diga LC_ALL */
    if (dup2(err, 2) >= 0)
        execvp(*argv, argv);
    dprintf(2, "%s: %s\n", *argv, strerror(errno));
    _exit(NOT_FOUND);
}

/* La misma orden; con colores si se van a ver, que gcc escribe en una tubería y no lo sabe. */
static char **colored(int argc, char **argv)
{
    char **all = ag_alloc((size_t)argc + 2, sizeof *all);
    memcpy(all, argv, (size_t)argc * sizeof *all);
    if (isatty(2))
        all[argc] = ag_format("-fdiagnostics-color=always");
    return all;
}

int main(int argc, char **argv)
{
    int fds[2];
    if (argc < 2) {
        fputs("Uso: asinc-gcc ORDEN...\n", stderr);
        return USAGE;
    }
    if (pipe2(fds, O_CLOEXEC) < 0) {
        perror("asinc-gcc");
        return USAGE;
    }
    pid_t pid = fork();
    if (pid == 0)
        run(colored(argc - 1, argv + 1), fds[1]);
    close(fds[1]);
    if (pid < 0) {
        perror("asinc-gcc");
        return USAGE;
    }
    char *said = ag_read_all(fds[0], SIZE_MAX), *explained = ag_explain(said);
    fputs(explained, stderr);
    free(explained);
    free(said);
    int status = ag_wait(pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
