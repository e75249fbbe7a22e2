/* Un programa del que dibujar la traza, según su argumento. */
#include <asinc/asinc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static int siesta(void *arg)
{
    return as_sleep(*(int *)arg);
}

static int falla(void *arg)
{
    int rc = as_sleep(*(int *)arg);
    return rc < 0 ? rc : UV_ECONNREFUSED;
}

/* Una de cada: dos seguidas, dos a la vez, una que falla y otra que no llega a empezar. */
static int siestas(void)
{
    int corta = 500, larga = 2000;
    as_group grupo;

    int rc = as_sleep(larga);
    if (rc == 0)
        rc = as_sleep(larga);
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    as_task *primera = as_spawn(&grupo, "<uno> & \"dos\"", siesta, &larga);
    as_task *segunda = as_spawn(&grupo, "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMñ", siesta,
                                &larga);
    as_task *tercera = as_spawn(&grupo, "\xff\x01rota", falla, &corta);
    as_task *nonata = as_spawn(&grupo, "nonata", siesta, &larga);
    if (!primera || !segunda || !tercera || !nonata)
        rc = UV_ENOMEM;
    if (nonata)
        as_cancel(nonata);
    return as_group_leave(&grupo, rc) == UV_ECONNREFUSED ? 0 : 1;
}

static int principal(void *arg)
{
    int nada = 0;
    as_group grupo;

    if (strcmp(arg, "siestas") == 0)
        return siestas();
    /* Lo que terminó antes de morir debe verse. */
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "terminada", siesta, &nada);
    rc = as_group_leave(&grupo, rc);
    if (rc == 0 && strcmp(arg, "muere") == 0)
        raise(SIGKILL);
    return rc < 0 ? rc : UV_EIO;
}

int main(int argc, char **argv)
{
    const char *modo = argc > 1 ? argv[1] : "";

    if (strcmp(modo, "nada") == 0)
        return 0;
    return as_run(principal, (void *)modo) < 0 ? 3 : 0;
}
