/* El panel devuelve sus permisos, y hace más cosas al acabar la ronda. */
#include "saludo.h"

#include <unistd.h>

enum { SERVICIOS = 4 };

static as_semaphore conexiones; /* dos a la vez */

struct servicio {
    const char *nombre;
    int ms, error;
};

/* [consultar] */
static int consultar(void *arg)
{
    const struct servicio *s = arg;

    int rc = as_semaphore_acquire(&conexiones);
    if (rc < 0)
        return rc;
    rc = as_sleep(s->ms);
    as_semaphore_release(&conexiones); /* en todos los caminos */
    if (rc < 0)
        return rc;
    if (s->error != 0)
        printf("%s: error %d\n", s->nombre, s->error);
    else
        printf("%s: todo bien\n", s->nombre);
    return 0;
}
/* [/consultar] */

/* [contar] */
static int resumir(void *arg)
{
    (void)arg;
    usleep(150 * 1000); /* repasa la ronda */
    return 0;
}

static int enviar(void *arg)
{
    return as_error_set(UV_ECONNREFUSED, "%s no contesta",
                        (const char *)arg);
}

/* Saluda a quien mira, resume la ronda y la manda por correo. */
static int contar_ronda(void)
{
    as_file *acta;
    as_group grupo;

    /* donde se apunta la ronda */
    int rc = as_file_open("/dev/null", "w", &acta);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = recibir(&grupo);
    if (rc == 0)
        rc = as_start_soon(&grupo, "resumen", resumir, NULL);
    if (rc == 0)
        rc = as_start_soon(&grupo, "correo", enviar, "Ana");
    if (rc == 0)
        rc = as_start_soon(&grupo, "copia", enviar, "Blas");
    return as_group_leave(&grupo, rc);
}
/* [/contar] */

static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {{"usuarios", 160, 0},
                                            {"pagos", 40, 503},
                                            {"pedidos", 100, 503},
                                            {"informes", 260, 0}};

    as_semaphore_init(&conexiones, 2);
    int rc = as_gather_each(consultar, servicios, SERVICIOS,
                            sizeof *servicios, NULL);
    if (rc == 0)
        rc = contar_ronda();
    printf("acaba: %s\n", rc < 0 ? as_error_text(rc) : "bien");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
