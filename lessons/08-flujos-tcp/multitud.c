/*
 * Muchos clientes a la vez, y la prueba de que lo son.
 *
 * ./multitud PUERTO CLIENTES llama al servidor de ese puerto; sin argumentos, cien
 * clientes llaman a un eco de la casa.
 */
#include "limite.h"
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

static int clientes = 100, presentes, bien;
static as_event todos; /* se enciende cuando han contestado a todos */

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

static int servir(void *arg)
{
    return as_serve(arg, atender, NULL);
}

static int decir(as_stream *flujo, const char *texto)
{
    char linea[80];

    int rc = as_writef(flujo, "%s\n", texto);
    if (rc < 0)
        return rc;
    ssize_t n = as_readline(flujo, linea, sizeof linea);
    return n < 0 ? (int)n : 0;
}

/* [cliente] */
static int asistir(as_stream *flujo)
{
    int rc = decir(flujo, "presente"); /* y espera la respuesta */
    if (rc < 0)
        return rc;
    if (++presentes == clientes)
        as_event_set(&todos);
    rc = as_event_wait(&todos); /* hasta que la tengan todos */
    if (rc == 0)
        rc = decir(flujo, "adiós");
    return rc;
}
/* [/cliente] */

static int cliente(void *arg)
{
    const int *puerto = arg;
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", *puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = asistir(flujo);
    as_stream_close(flujo);
    bien += rc == 0;
    return rc;
}

static int contar(void *arg)
{
    (void)arg;
    int rc = as_event_wait(&todos);

    if (rc == 0) {
        printf("respondidos, y aún conectados: %d\n", presentes);
        fflush(stdout);
    }
    return rc;
}

static int multitud(int puerto)
{
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "cuenta", contar, NULL);
    for (int i = 0; i < clientes && rc == 0; i++)
        rc = as_start_soon(&grupo, NULL, cliente, &puerto);
    rc = as_group_leave(&grupo, rc);
    printf("y despedidos: %d\n", bien);
    return rc;
}

static int con_el_eco(void)
{
    as_listener *telefono;
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &telefono);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir, telefono);
    if (rc == 0)
        rc = multitud(as_listener_port(telefono));
    as_listener_close(telefono);
    return as_group_leave(&grupo, rc);
}

static int principal(void *arg)
{
    const char *puerto = arg;

    as_event_init(&todos);
    return puerto ? multitud(atoi(puerto)) : con_el_eco();
}

int main(int argc, char **argv)
{
    if (argc > 2)
        clientes = atoi(argv[2]);
    pedir_descriptores();
    int rc = as_run(principal, argc > 2 ? argv[1] : NULL);

    if (rc < 0)
        fprintf(stderr, "multitud: %s\n", as_error_text(rc));
    return rc < 0;
}
