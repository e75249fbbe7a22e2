/* Dos tareas que leen del mismo flujo. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [leer] */
static int leer(void *arg)
{
    char linea[80];

    ssize_t n = as_readline(arg, linea, sizeof linea);
    if (n >= 0)
        printf("leo «%s»\n", linea);
    return n < 0 ? (int)n : 0;
}

static int conversar(as_stream *flujo)
{
    const as_call llamadas[] = {
        {.fn = leer, .arg = flujo, .name = "una"},
        /* mal: de este flujo ya lee otra */
        {.fn = leer, .arg = flujo, .name = "otra"},
    };
    as_outcome casillas[2];

    int fallos = as_gather(llamadas, 2, casillas);
    for (int i = 0; i < 2 && fallos > 0; i++)
        if (casillas[i].rc < 0)
            printf("la tarea %d: %s\n", i + 1, casillas[i].text);
    return fallos < 0 ? fallos : 0;
}
/* [/leer] */

static int saludar(as_stream *cliente, void *arg)
{
    (void)arg;
    int rc = as_sleep(100);

    return rc == 0 ? as_writef(cliente, "hola\nadiós\n") : rc;
}

static int servir(void *arg)
{
    return as_serve(arg, saludar, NULL);
}

static int llamar(int puerto)
{
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = conversar(flujo);
    as_stream_close(flujo);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_listener *telefono;
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &telefono);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir, telefono);
    if (rc == 0)
        rc = llamar(as_listener_port(telefono));
    as_listener_close(telefono);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
