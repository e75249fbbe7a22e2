/* La respuesta a la pregunta 4: paquetes con su tamaño delante, por un flujo. */
#include <asinc/asinc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* [leer] */
/* Lee «TAMAÑO\n» y los bytes que dice; caben `max`, y detrás pone '\0'.
 * Devuelve cuántos son, UV_EOF si no hay más paquetes, o un error. */
static int leer_paquete(as_stream *flujo, char *bytes, int max)
{
    char linea[12], *fin;

    ssize_t n = as_readline(flujo, linea, sizeof linea);
    if (n < 0)
        return (int)n;
    long cuantos = strtol(linea, &fin, 10);
    if (fin == linea || *fin || cuantos < 0)
        return as_error_set(UV_EPROTO, "«%s» no es un tamaño", linea);
    if (cuantos > max)
        return as_error_set(UV_EMSGSIZE, "un paquete de %ld bytes",
                            cuantos);
    int rc = as_readexactly(flujo, bytes, (size_t)cuantos);
    if (rc < 0)
        return rc == UV_EOF ? as_error_set(UV_EPROTO, "paquete cortado")
                            : rc;
    bytes[cuantos] = '\0';
    return (int)cuantos;
}
/* [/leer] */

/* [prueba] */
static int oir(as_stream *cliente, void *arg)
{
    (void)arg;
    char bytes[32 + 1];
    int n;

    while ((n = leer_paquete(cliente, bytes, 32)) >= 0)
        printf("%d bytes: «%s»\n", n, bytes);
    printf("%s\n", n == UV_EOF ? "fin" : as_error_text(n));
    return 0;
}

static const char *const envios[][4] = {
    {"5\nlimas4", "\nko", "co"},
    {"0\n3\nté"},
    {"10\nazú"},
    {"-1\nx"},
    {"99\n"},
};
/* [/prueba] */

enum { ENVIOS = sizeof envios / sizeof *envios };

static int enviar(int puerto, const char *const *trozos)
{
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", puerto, &flujo);
    if (rc < 0)
        return rc;
    for (; *trozos && rc == 0; trozos++) {
        rc = as_write(flujo, *trozos, strlen(*trozos));
        if (rc == 0)
            rc = as_sleep(10);
    }
    as_stream_close(flujo);
    return rc < 0 ? rc : as_sleep(10); /* que el otro lado lo diga */
}

static int servir(void *arg)
{
    return as_serve(arg, oir, NULL);
}

static int principal(void *arg)
{
    (void)arg;
    as_listener *muelle;
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &muelle);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir, muelle);
    for (int i = 0; i < ENVIOS && rc == 0; i++) {
        printf("envío %d\n", i + 1);
        rc = enviar(as_listener_port(muelle), envios[i]);
    }
    as_listener_close(muelle);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
