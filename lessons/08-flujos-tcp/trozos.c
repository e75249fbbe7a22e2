/* Lo mismo leído por trozos y por líneas. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

/* [hablar] */
static const char *const dicho[] = {"¿Hay me", "sa libre?\nSomos",
                                    " cuatro.\nGracias.\n"};

static int hablar(as_stream *cliente, void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        int rc = as_write(cliente, dicho[i], strlen(dicho[i]));
        if (rc == 0)
            rc = as_sleep(100);
        if (rc < 0)
            return rc;
    }
    return 0;
}
/* [/hablar] */

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
static int oir_trozos(as_stream *flujo)
{
    char trozo[64];
    ssize_t n;

    while ((n = as_read(flujo, trozo, sizeof trozo)) > 0)
        escribir(trozo, (size_t)n);
    return (int)n; /* 0, el final, o un error */
}
/* [/trozos] */

/* [lineas] */
static int oir_lineas(as_stream *flujo)
{
    char linea[64];
    ssize_t n;

    while ((n = as_readline(flujo, linea, sizeof linea)) >= 0)
        escribir(linea, (size_t)n);
    return n == UV_EOF ? 0 : (int)n;
}
/* [/lineas] */

static int llamar(int puerto, const char *titulo, int oir(as_stream *))
{
    as_stream *flujo;

    puts(titulo);
    int rc = as_connect("127.0.0.1", puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = oir(flujo);
    as_stream_close(flujo);
    return rc;
}

static int servir(void *arg)
{
    return as_serve(arg, hablar, NULL);
}

static int principal(void *arg)
{
    (void)arg;
    as_listener *telefono;
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &telefono);
    if (rc < 0)
        return rc;
    int puerto = as_listener_port(telefono);
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir, telefono);
    if (rc == 0)
        rc = llamar(puerto, "Con as_read:", oir_trozos);
    if (rc == 0)
        rc = llamar(puerto, "Con as_readline:", oir_lineas);
    as_listener_close(telefono);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "trozos: %s\n", as_error_text(rc));
    return rc < 0;
}
