/* Lo mismo oído por trozos y por líneas. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [dictar] */
static const char *const dicho[] = {"¿Hay me", "sa libre?\nSomos",
                                    " cuatro.\nGracias.\n"};

static int dictar(as_stream *flujo)
{
    for (int i = 0; i < 3; i++) {
        int rc = as_writef(flujo, "%s", dicho[i]);
        if (rc == 0)
            rc = as_sleep(100);
        if (rc < 0)
            return rc;
    }
    return 0;
}
/* [/dictar] */

/* Con el salto de línea a la vista. */
static void escribir(const char *bytes, size_t n)
{
    printf("  «");
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\n')
            printf("\\n");
        else
            putchar(bytes[i]);
    }
    puts("»");
}

/* [trozos] */
static int oir_trozos(as_stream *cliente, void *arg)
{
    (void)arg;
    char trozo[64];
    ssize_t n;

    while ((n = as_read(cliente, trozo, sizeof trozo)) > 0)
        escribir(trozo, (size_t)n);
    return (int)n; /* 0, el final, o un error */
}
/* [/trozos] */

/* [lineas] */
static int oir_lineas(as_stream *cliente, void *arg)
{
    (void)arg;
    char linea[64];
    ssize_t n;

    while ((n = as_readline(cliente, linea, sizeof linea)) >= 0)
        escribir(linea, (size_t)n);
    return n == UV_EOF ? 0 : (int)n;
}
/* [/lineas] */

static int llamar(int puerto)
{
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = dictar(flujo);
    as_stream_close(flujo);
    return rc;
}

struct servidor {
    as_listener *telefono;
    as_client_fn *oir;
};

static int servir(void *arg)
{
    const struct servidor *s = arg;

    return as_serve(s->telefono, s->oir, NULL);
}

static int probar(const char *titulo, as_client_fn *oir)
{
    struct servidor s = {.oir = oir};
    as_group grupo;

    puts(titulo);
    int rc = as_listen("127.0.0.1", 0, 0, &s.telefono);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir, &s);
    if (rc == 0)
        rc = llamar(as_listener_port(s.telefono));
    as_listener_close(s.telefono);
    return as_group_leave(&grupo, rc);
}

static int principal(void *arg)
{
    (void)arg;
    int rc = probar("Con as_read:", oir_trozos);

    return rc < 0 ? rc : probar("Con as_readline:", oir_lineas);
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "trozos: %s\n", as_error_text(rc));
    return rc < 0;
}
