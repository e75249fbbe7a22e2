/* Un panel parado que no está en interbloqueo. Con un argumento, dice quién espera a quién. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { SERVICIOS = 4, MINUTO = 60000 };

static bool con_volcado;

/* [consultar] */
static as_semaphore conexiones; /* dos a la vez */

struct servicio {
    const char *nombre;
    int ms, error;
};

static int consultar(void *arg)
{
    const struct servicio *s = arg;

    int rc = as_semaphore_acquire(&conexiones);
    if (rc == 0)
        rc = as_sleep(s->ms);
    if (rc < 0)
        return rc;
    if (s->error != 0) {
        printf("%s: error %d\n", s->nombre, s->error);
        return 0;
    }
    as_semaphore_release(&conexiones);
    printf("%s: todo bien\n", s->nombre);
    return 0;
}
/* [/consultar] */

/* [reloj] */
/* Despierta cada minuto; a los diez, se cansa de esperar. */
static int poner_hora(void *arg)
{
    as_group *ronda = arg;

    for (int i = 0; i < 10; i++) {
        int rc = as_sleep(MINUTO);
        if (rc < 0)
            return rc;
        /* aquí pondría la hora */
    }
    puts("diez minutos, y nada");
    if (con_volcado)
        as_dump(stdout);
    as_group_cancel(ronda);
    return 0;
}
/* [/reloj] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {{"usuarios", 160, 0},
                                            {"pagos", 40, 503},
                                            {"pedidos", 100, 503},
                                            {"informes", 260, 0}};
    as_group ronda;

    as_semaphore_init(&conexiones, 2);
    as_group_enter(&ronda);
    int rc = as_start_soon(&ronda, "reloj", poner_hora, &ronda);
    for (int i = 0; i < SERVICIOS && rc == 0; i++)
        rc = as_start_soon(&ronda, servicios[i].nombre, consultar,
                           &servicios[i]);
    return as_group_leave(&ronda, rc);
}
/* [/principal] */

int main(int argc, char **argv)
{
    (void)argv;
    con_volcado = argc > 1;
    return as_run(principal, NULL) < 0;
}
