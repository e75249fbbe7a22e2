/* Cien clientes a la vez, y la prueba de que lo son. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CLIENTES = 100 };

static as_barrier todos;
static int presentes, bien;

static int atender(as_stream *cliente, void *arg)
{
    (void)arg;
    char linea[80];
    ssize_t n;

    while ((n = as_readline(cliente, linea, sizeof linea)) >= 0) {
        int rc = as_writef(cliente, "Dijiste: %s\n", linea);
        if (rc < 0)
            return rc;
    }
    return n == UV_EOF ? 0 : (int)n;
}

static int servir(void *arg)
{
    return as_serve(arg, atender, NULL);
}

static int decir(as_stream *flujo, const char *texto)
{
    char linea[80];

    int rc = as_writef(flujo, "%s\n", texto);
    if (rc < 0)
        return rc;
    ssize_t n = as_readline(flujo, linea, sizeof linea);
    return n < 0 ? (int)n : 0;
}

/* [cliente] */
static int asistir(as_stream *flujo)
{
    int rc = decir(flujo, "presente"); /* y espera la respuesta */
    if (rc < 0)
        return rc;
    presentes++;
    rc = as_barrier_wait(&todos); /* hasta que la tengan los cien */
    if (rc >= 0)
        rc = decir(flujo, "adiós");
    return rc;
}
/* [/cliente] */

static int cliente(void *arg)
{
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", *(int *)arg, &flujo);
    if (rc < 0)
        return rc;
    rc = asistir(flujo);
    as_stream_close(flujo);
    bien += rc == 0;
    return rc;
}

static int multitud(int puerto)
{
    int puertos[CLIENTES];

    for (int i = 0; i < CLIENTES; i++)
        puertos[i] = puerto;
    int rc = as_gather_each(cliente, puertos, CLIENTES, sizeof *puertos,
                            NULL);
    printf("respondidos, y aún conectados: %d\n", presentes);
    printf("y despedidos: %d\n", bien);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_listener *telefono;
    as_group grupo;

    as_barrier_init(&todos, CLIENTES);
    int rc = as_listen("127.0.0.1", 0, CLIENTES, &telefono);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir, telefono);
    if (rc == 0)
        rc = multitud(as_listener_port(telefono));
    as_listener_close(telefono);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "multitud: %s\n", as_error_text(rc));
    return rc < 0;
}
