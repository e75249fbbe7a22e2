/* El panel de servicios, con el resultado de cada consulta. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { SERVICIOS = 4 };

/* [consultar] */
struct servicio {
    const char *nombre;
    int ms;
    char respuesta[32]; /* la deja consultar */
};

/* Devuelve los milisegundos que tardó. */
static int consultar(void *arg)
{
    struct servicio *s = arg;
    uint64_t inicio = as_now();

    int rc = as_sleep(s->ms);
    if (rc < 0)
        return rc;
    snprintf(s->respuesta, sizeof s->respuesta, "%s, todo bien",
             s->nombre);
    return (int)(as_now() - inicio);
}
/* [/consultar] */

/* [ronda] */
static int hacer_ronda(struct servicio *servicios)
{
    as_task *tareas[SERVICIOS];
    int total = 0;
    as_group grupo;

    as_group_enter(&grupo);
    for (int i = 0; i < SERVICIOS; i++)
        tareas[i] = as_spawn(&grupo, servicios[i].nombre, consultar,
                             &servicios[i]);
    for (int i = 0; i < SERVICIOS; i++) {
        int ms = as_await(tareas[i]);
        if (ms < 0)
            return as_group_leave(&grupo, ms);
        printf("%s (%d ms)\n", servicios[i].respuesta, ms);
        total += ms;
    }
    printf("entre todas, %d ms de espera\n", total);
    return as_group_leave(&grupo, 0);
}
/* [/ronda] */

static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {
        {.nombre = "usuarios", .ms = 160},
        {.nombre = "pagos", .ms = 40},
        {.nombre = "pedidos", .ms = 100},
        {.nombre = "informes", .ms = 260}};
    uint64_t inicio = as_now();

    int rc = hacer_ronda(servicios);
    if (rc == 0)
        printf("la ronda duró %d ms\n", (int)(as_now() - inicio));
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
