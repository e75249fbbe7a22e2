/*
 * Un eco que se puede dejar puesto: ni quien no lee ni quien calla se quedan para
 * siempre.
 *
 * ./eco_firme PUERTO escucha ahí hasta Ctrl+C; sin argumentos, se prueba solo.
 */
#include "limite.h"
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINEA = 4096, LEER_MS = 1000, CALLAR_MS = 60000 };

static uint64_t inicio;

static int ahora(void)
{
    return (int)(as_now() - inicio);
}

/* ---- El servidor ------------------------------------------------ */

/* [conversar] */
static ssize_t oir(as_stream *cliente, char *linea)
{
    as_scope plazo;

    as_scope_enter(&plazo, CALLAR_MS);
    ssize_t n = as_readline(cliente, linea, MAX_LINEA);
    int rc = as_scope_leave(&plazo, n < 0 ? (int)n : 0);
    return rc < 0 ? rc : n;
}

static int repetir(as_stream *cliente, const char *linea)
{
    as_scope plazo;

    as_scope_enter(&plazo, LEER_MS);
    int rc = as_writef(cliente, "%s\n", linea);
    return as_scope_leave(&plazo, rc);
}

static int conversar(as_stream *cliente)
{
    char linea[MAX_LINEA];
    int rc = 0;

    while (rc == 0) {
        ssize_t n = oir(cliente, linea);
        rc = n < 0 ? (int)n : repetir(cliente, linea);
    }
    return rc == UV_EOF ? 0 : rc;
}
/* [/conversar] */

/* [atender] */
static int atender(as_stream *cliente, void *arg)
{
    (void)arg;
    int rc = conversar(cliente);

    if (rc != UV_ETIMEDOUT)
        return rc;
    printf("%d ms: un cliente no lee o no habla; lo echo\n", ahora());
    as_stream_abort(cliente); /* sin entregar lo que quede */
    return 0;
}
/* [/atender] */

/* ---- La prueba -------------------------------------------------- */

/* [clientes] */
static int eva(as_stream *flujo)
{
    char linea[80];
    ssize_t n = 0;

    for (int i = 1; i <= 3 && n >= 0; i++) {
        int rc = as_sleep(400);
        if (rc == 0)
            rc = as_writef(flujo, "Soy Eva, %d\n", i);
        if (rc < 0)
            return rc;
        n = as_readline(flujo, linea, sizeof linea);
        if (n >= 0)
            printf("%d ms: Eva oye «%s»\n", ahora(), linea);
    }
    return n < 0 ? (int)n : 0;
}

/* Habla sin parar y no escucha. */
static int loro(as_stream *flujo)
{
    char linea[MAX_LINEA];
    int rc;

    memset(linea, 'a', sizeof linea);
    linea[sizeof linea - 1] = '\n';
    do
        rc = as_write(flujo, linea, sizeof linea);
    while (rc == 0);
    printf("%d ms: al loro le han colgado\n", ahora());
    return 0;
}

/* No dice nada. */
static int mudo(as_stream *flujo)
{
    char linea[80];

    ssize_t n = as_readline(flujo, linea, sizeof linea);
    printf("%d ms: al mudo le han colgado\n", ahora());
    return n == UV_EOF ? 0 : (int)n;
}
/* [/clientes] */

struct cliente {
    int puerto;
    int (*hacer)(as_stream *);
};

static int llamar(void *arg)
{
    const struct cliente *c = arg;
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", c->puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = c->hacer(flujo);
    as_stream_close(flujo);
    return rc;
}

static int probar(void *arg)
{
    as_listener *telefono = arg;
    int puerto = as_listener_port(telefono);
    struct cliente clientes[] = {
        {puerto, eva}, {puerto, loro}, {puerto, mudo}};

    int rc = as_gather_each(llamar, clientes, 3, sizeof *clientes,
                            NULL);
    as_listener_close(telefono);
    return rc;
}

/* ---- El programa ------------------------------------------------ */

static int principal(void *arg)
{
    const char *puerto = arg;
    as_listener *telefono;
    as_group grupo;

    inicio = as_now();
    int rc = as_listen("127.0.0.1", puerto ? atoi(puerto) : 0, 1024,
                       &telefono);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    if (!puerto)
        rc = as_start_soon(&grupo, "prueba", probar, telefono);
    if (rc == 0)
        rc = as_serve(telefono, atender, NULL);
    rc = as_group_leave(&grupo, rc);
    if (puerto)
        as_listener_close(telefono);
    return as_interrupted() ? 0 : rc;
}

int main(int argc, char **argv)
{
    pedir_descriptores();
    int rc = as_run(principal, argc > 1 ? argv[1] : NULL);

    if (rc < 0)
        fprintf(stderr, "eco_firme: %s\n", as_error_text(rc));
    return rc < 0;
}
