/*
 * Una charla desde el teclado: lo que escribes va al servidor, y lo que
 * llega del servidor va a la pantalla.
 *
 * ./charla PUERTO habla con el servidor de ese puerto; sin argumentos,
 * con un eco de la casa.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* [tareas] */
static int enviar_lineas(as_stream *teclado, as_stream *flujo)
{
    char linea[256];
    ssize_t n;

    while ((n = as_readline(teclado, linea, sizeof linea)) >= 0) {
        int rc = as_writef(flujo, "%s\n", linea);
        if (rc < 0)
            return rc;
    }
    return n == UV_EOF ? 0 : (int)n;
}

static int hablar(void *arg)
{
    as_stream *flujo = arg, *teclado;

    int rc = as_stream_open_fd(STDIN_FILENO, &teclado);
    if (rc < 0)
        return rc;
    rc = enviar_lineas(teclado, flujo);
    as_stream_close(teclado);
    if (rc < 0)
        return rc;
    puts("(no diré más)");
    return as_shutdown(flujo); /* pero sigo oyendo */
}

static int oir(void *arg)
{
    as_stream *flujo = arg;
    char linea[256];
    ssize_t n;

    while ((n = as_readline(flujo, linea, sizeof linea)) >= 0)
        printf("< %s\n", linea);
    if (n == UV_EOF)
        puts("(el otro lado ha colgado)");
    return (int)n; /* también UV_EOF: ya no hay con quién hablar */
}
/* [/tareas] */

/* [charlar] */
static int charlar(int puerto)
{
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", puerto, &flujo);
    if (rc < 0)
        return rc;
    const as_call llamadas[] = {
        {.fn = hablar, .arg = flujo, .name = "hablar"},
        {.fn = oir, .arg = flujo, .name = "oír"},
    };
    rc = as_gather(llamadas, 2, NULL);
    as_stream_close(flujo);
    return rc == UV_EOF ? 0 : rc;
}
/* [/charlar] */

static int repetir(as_stream *cliente, void *arg)
{
    (void)arg;
    char linea[256];
    ssize_t n;

    while ((n = as_readline(cliente, linea, sizeof linea)) >= 0) {
        int rc = as_sleep(100); /* un eco que se hace esperar */
        if (rc == 0)
            rc = as_writef(cliente, "%s\n", linea);
        if (rc < 0)
            return rc;
    }
    return n == UV_EOF ? 0 : (int)n;
}

static int servir(void *arg)
{
    return as_serve(arg, repetir, NULL);
}

static int con_el_eco(void)
{
    as_listener *telefono;
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &telefono);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "eco", servir, telefono);
    if (rc == 0)
        rc = charlar(as_listener_port(telefono));
    as_listener_close(telefono);
    return as_group_leave(&grupo, rc);
}

static int principal(void *arg)
{
    const char *puerto = arg;

    return puerto ? charlar(atoi(puerto)) : con_el_eco();
}

int main(int argc, char **argv)
{
    int rc = as_run(principal, argc > 1 ? argv[1] : NULL);

    if (rc < 0)
        fprintf(stderr, "charla: %s\n", as_error_text(rc));
    return rc < 0;
}
