/* Un cliente que no acaba su línea, y un servidor que la espera. */
#include <asinc/asinc.h>
#include <stdio.h>

static int atender(as_stream *cliente, void *arg)
{
    (void)arg;
    char linea[80];
    ssize_t n;

    while ((n = as_readline(cliente, linea, sizeof linea)) >= 0) {
        int rc = as_writef(cliente, "%s\n", linea);
        if (rc < 0)
            return rc;
    }
    return n == UV_EOF ? 0 : (int)n;
}

/* [llamar] */
static int llamar(as_stream *flujo)
{
    char linea[80];

    int rc = as_writef(flujo, "hola");
    if (rc < 0)
        return rc;
    ssize_t n = as_readline(flujo, linea, sizeof linea);
    return n < 0 ? (int)n : 0;
}
/* [/llamar] */

static int llamar_con_plazo(int puerto)
{
    as_stream *flujo;
    as_scope plazo;

    int rc = as_connect("127.0.0.1", puerto, &flujo);
    if (rc < 0)
        return rc;
    as_scope_enter(&plazo, 3000);
    rc = as_scope_leave(&plazo, llamar(flujo));
    as_stream_close(flujo);
    return rc;
}

static int servir(void *arg)
{
    return as_serve(arg, atender, NULL);
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
    uint64_t inicio = as_now();
    if (rc == 0)
        rc = llamar_con_plazo(as_listener_port(telefono));
    printf("a los %d ms: %s\n", (int)(as_now() - inicio),
           as_error_text(rc));
    as_listener_close(telefono);
    return as_group_leave(&grupo, 0);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
