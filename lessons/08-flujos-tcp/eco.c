/* Un servidor de eco que atiende a todos a la vez. */
#include "clientes.h"

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

/* [servir] */
static int servir(void *arg)
{
    as_listener *telefono = arg;

    return as_serve(telefono, atender, NULL);
}
/* [/servir] */

static int principal(void *arg)
{
    (void)arg;
    as_listener *telefono;
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &telefono);
    if (rc < 0)
        return rc;
    /* [final] */
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir, telefono);
    if (rc == 0)
        rc = llaman_dos(as_listener_port(telefono));
    as_listener_close(telefono); /* as_serve acaba y devuelve 0 */
    return as_group_leave(&grupo, rc);
    /* [/final] */
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "eco: %s\n", as_error_text(rc));
    return rc < 0;
}
