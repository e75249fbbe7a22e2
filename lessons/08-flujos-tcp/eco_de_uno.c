/* Un servidor de eco que atiende de uno en uno. */
#include "clientes.h"

/* [servir] */
static int atender(as_stream *cliente)
{
    char linea[80];
    ssize_t n;

    while ((n = as_readline(cliente, linea, sizeof linea)) >= 0) {
        int rc = as_writef(cliente, "%s\n", linea);
        if (rc < 0)
            return rc;
    }
    return n == UV_EOF ? 0 : (int)n;
}

static int servir(void *arg)
{
    as_listener *telefono = arg;
    as_stream *cliente;
    int rc;

    while ((rc = as_accept(telefono, &cliente)) == 0) {
        rc = atender(cliente);
        as_stream_close(cliente);
        if (rc < 0)
            return rc;
    }
    return rc;
}
/* [/servir] */

/* [principal] */
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
        rc = llaman_dos(as_listener_port(telefono));
    as_group_cancel(&grupo); /* basta: servir deja de usarlo... */
    rc = as_group_leave(&grupo, rc);
    as_listener_close(telefono); /* ...y ya se puede quitar */
    return rc;
}
/* [/principal] */

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "eco_de_uno: %s\n", as_error_text(rc));
    return rc < 0;
}
