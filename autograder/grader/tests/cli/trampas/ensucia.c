/* Deja archivos donde escribe cualquiera y un proceso con otra sesión, lee la entrega de al lado y
 * manda señales a quien la califica. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static void dejar(const char *donde)
{
    char ruta[200];
    snprintf(ruta, sizeof ruta, "%s/asinc-ensucia-%d", donde, (int)getpid());
    mkdir(ruta, 0777);
    strcat(ruta, "/dentro");
    int fd = open(ruta, O_WRONLY | O_CREAT, 0666);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    char otra[500];
    (void)argc;
    dejar("/tmp");
    dejar("/var/tmp");
    dejar("/dev/shm");
    const char *tmp = getenv(
        "TMPDIR"); /* cuelga de la zona, que cuelga del de quien califica */
    for (int i = 0; tmp && i < 6; i++) {
        char cerca[400];
        snprintf(cerca, sizeof cerca, "%s", tmp);
        for (int sube = 0; sube < i; sube++)
            if (strrchr(cerca, '/'))
                *strrchr(cerca, '/') = '\0';
        snprintf(otra, sizeof otra, "%s/asinc-grade-otra/1/fuentes/eco.c", cerca);
        if (open(otra, O_RDONLY) >= 0)
            puts("CONSEGUIDO: la entrega de otra persona");
    }
    if (kill(getppid(), 0) == 0)
        puts("CONSEGUIDO: una señal a quien lo vigila");
    if (fork() == 0 && fork() == 0) {
        setsid();
        signal(SIGHUP, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
        memcpy(argv[0], "asinc-ensucia", strnlen(argv[0], 13));
        prctl(PR_SET_NAME, "asinc-ensucia");
        for (;;)
            pause();
    }
    return 0;
}
