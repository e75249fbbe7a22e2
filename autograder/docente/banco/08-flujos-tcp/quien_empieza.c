/* El protocolo: el servidor saluda con una línea, el cliente dice su
 * nombre en otra y el servidor le da la bienvenida. */
#include "conversacion.h"

static int atender(as_stream *cliente, void *arg)
{
    (void)arg;
    char nombre[80];

    ssize_t n = as_readline(cliente, nombre, sizeof nombre);
    if (n < 0)
        return n == UV_EOF ? 0 : (int)n;
    int rc = as_writef(cliente, "Esta es tu casa\n");
    if (rc == 0)
        rc = as_writef(cliente, "Bienvenida, %s\n", nombre);
    return rc;
}

static int presentarse(as_stream *flujo, const char *quien)
{
    char linea[80];

    for (int i = 0; i < 2; i++) {
        ssize_t n = as_readline(flujo, linea, sizeof linea);
        if (n < 0)
            return (int)n;
        puts(linea);
        int rc = i == 0 ? as_writef(flujo, "%s\n", quien) : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int hablar(as_stream *flujo, const char *quien)
{
    as_scope plazo;

    as_scope_enter(&plazo, 1000);
    int rc = as_scope_leave(&plazo, presentarse(flujo, quien));
    puts(rc < 0 ? uv_err_name(rc) : "bien");
    return 0;
}

static int principal(void *arg)
{
    return conversar(atender, hablar, (const char *[]){arg}, 1);
}

int main(void)
{
    return as_run(principal, "Ana") < 0;
}
