/* La puerta: lo que el banco arranca en lugar del programa, para que gdb llegue a tiempo.
 *
 * En su carpeta están el programa, que se llama «programa», y la tubería «aviso». La primera
 * puerta que se abre dice por la tubería quién es, espera a que gdb la siga y se convierte en el
 * programa, con sus mismos argumentos y salidas. Las demás pasan de largo: se depura uno. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { STEP_NS = 5000000, FAILED = 127 };

static int tracer(void)
{
    char line[128];
    int pid = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, "TracerPid:", 10) == 0)
            pid = atoi(line + 10);
    if (status)
        fclose(status);
    return pid;
}

static void wait_for_gdb(int dir)
{
    int notice = openat(dir, "aviso", O_WRONLY | O_CLOEXEC);
    if (notice < 0)
        return;
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY); /* Ubuntu solo deja seguir a un hijo */
    dprintf(notice, "%d\n", (int)getpid());
    close(notice);
    while (tracer() == 0)
        nanosleep(&(struct timespec){0, STEP_NS}, NULL);
}

int main(int argc, char **argv)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    (void)argc;
    if (n < 0)
        return FAILED;
    path[n] = '\0';
    int dir = open(dirname(path), O_PATH | O_DIRECTORY | O_CLOEXEC);
    int first = dir < 0 ? -1
                        : openat(dir, "primera", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                 0600);
    if (first >= 0)
        wait_for_gdb(dir);
    if (dir >= 0) {
        char *program = NULL;
        if (asprintf(&program, "%s/programa", path) > 0)
            execv(program, argv);
    }
    fprintf(stderr, "la puerta no puede ejecutar el programa: %s\n", strerror(errno));
    return FAILED;
}
