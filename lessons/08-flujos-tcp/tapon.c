/* Un cliente que no lee, y un servidor que no lo espera siempre. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { PLAZO_MS = 1000, ATENTO_BYTES = 4 << 20 };

static uint64_t inicio;

static int ahora(void)
{
    return (int)(as_now() - inicio);
}

/* [emitir] */
static int escribir_con_plazo(as_stream *cliente)
{
    static const char trozo[16 * 1024];
    as_scope plazo;

    as_scope_enter(&plazo, PLAZO_MS);
    int rc = as_write(cliente, trozo, sizeof trozo);
    return as_scope_leave(&plazo, rc);
}

static int emitir(as_stream *cliente, void *arg)
{
    (void)arg;
    int rc;

    do
        rc = escribir_con_plazo(cliente);
    while (rc == 0);
    if (rc == UV_ETIMEDOUT) {
        printf("%d ms: un cliente no lee; lo echo\n", ahora());
        as_stream_abort(cliente);
        return 0;
    }
    return rc;
}
/* [/emitir] */

static int escuchar(as_stream *flujo)
{
    static char trozo[64 * 1024];
    size_t leidos = 0;
    ssize_t n = 1;

    while (leidos < ATENTO_BYTES && n > 0) {
        n = as_read(flujo, trozo, sizeof trozo);
        leidos += n > 0 ? (size_t)n : 0;
    }
    printf("%d ms: Atento ha oído bastante\n", ahora());
    return n < 0 ? (int)n : 0;
}

static int dormir(as_stream *flujo)
{
    (void)flujo; /* no lee nunca */
    int rc = as_sleep(3000);

    printf("%d ms: Dormido despierta\n", ahora());
    return rc;
}

struct oyente {
    int puerto;
    int (*hacer)(as_stream *);
};

static int oir(void *arg)
{
    const struct oyente *o = arg;
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", o->puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = o->hacer(flujo);
    as_stream_close(flujo);
    return rc;
}

static int servir(void *arg)
{
    return as_serve(arg, emitir, NULL);
}

static int principal(void *arg)
{
    (void)arg;
    as_listener *emisora;
    as_group grupo;

    inicio = as_now();
    int rc = as_listen("127.0.0.1", 0, 0, &emisora);
    if (rc < 0)
        return rc;
    int puerto = as_listener_port(emisora);
    struct oyente oyentes[] = {{puerto, escuchar}, {puerto, dormir}};
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "emisora", servir, emisora);
    if (rc == 0)
        rc = as_gather_each(oir, oyentes, 2, sizeof *oyentes, NULL);
    as_listener_close(emisora);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "tapon: %s\n", as_error_text(rc));
    return rc < 0;
}
