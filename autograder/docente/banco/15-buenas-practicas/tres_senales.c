/* Un servicio que atiende tres señales que le mandan. */
#include <asinc/asinc.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static int mandar(void *arg)
{
    const int senales[] = {SIGHUP, SIGTERM, SIGHUP};
    (void)arg;

    for (int i = 0; i < 3; i++) {
        int rc = as_sleep(100);
        if (rc < 0) {
            puts("ya no mando nada");
            return rc;
        }
        kill(getpid(), senales[i]);
    }
    return 0;
}

static int principal(void *arg)
{
    const int cuales[] = {SIGHUP, SIGTERM};
    as_signals *senales;
    as_group grupo;
    (void)arg;

    int rc = as_signals_open(cuales, 2, &senales);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "mandar", mandar, NULL);
    if (rc == 0)
        rc = as_signals_wait(senales);
    while (rc == SIGHUP) {
        puts("abro otra vez el registro");
        rc = as_signals_wait(senales);
    }
    puts(rc == SIGTERM ? "cierro" : "fallo");
    as_group_cancel(&grupo);
    rc = as_group_leave(&grupo, rc < 0 ? rc : 0);
    as_signals_close(senales);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
