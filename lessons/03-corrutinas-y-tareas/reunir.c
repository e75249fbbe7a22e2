#include <asinc/asinc.h>
#include <stdio.h>

static int leer_lista(void *arg)
{
    (void)arg;
    int rc = as_sleep(1000); /* aquí se leería un archivo */
    if (rc == 0)
        puts("lista de servicios: leída");
    return rc;
}

static int abrir_registro(void *arg)
{
    (void)arg;
    int rc = as_sleep(2000); /* aquí se abriría una conexión */
    if (rc == 0)
        puts("registro: abierto");
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    /* [tareas] */
    const as_call llamadas[] = {
        {.fn = leer_lista, .name = "lista"},
        {.fn = abrir_registro, .name = "registro"},
    };

    int rc = as_gather(llamadas, 2, NULL);
    if (rc == 0)
        puts("el panel puede empezar");
    /* [/tareas] */
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
