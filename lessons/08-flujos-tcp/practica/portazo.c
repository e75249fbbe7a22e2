/*
 * 3 · Arreglar · 10 minutos
 * Un cliente se va de un portazo y deja a todos sin servidor.
 *
 * Este servidor no usa as_serve: acepta y lanza una tarea por cliente. Carla se va
 * sin leer lo que le enviaron, y a su tarea le llega un error. Ana debe seguir
 * hablando con su eco como si nada.
 */
#include <asinc/asinc.h>
#include <stdio.h>

static int conversar(as_stream *cliente)
{
    char linea[80];

    int rc = as_writef(cliente, "Dime.\n");
    while (rc == 0) {
        ssize_t n = as_readline(cliente, linea, sizeof linea);
        rc = n < 0 ? (int)n : as_writef(cliente, "%s\n", linea);
    }
    return rc == UV_EOF ? 0 : rc;
}

static int atender(void *arg)
{
    as_stream *cliente = arg;

    int rc = conversar(cliente);
    as_stream_close(cliente);
    return rc;
}

static int servir(void *arg)
{
    as_listener *telefono = arg;
    as_stream *cliente;
    as_group clientes;
    int rc;

    as_group_enter(&clientes);
    while ((rc = as_accept(telefono, &cliente)) == 0) {
        rc = as_start_soon(&clientes, "cliente", atender, cliente);
        if (rc < 0) {
            as_stream_close(cliente);
            break;
        }
    }
    return as_group_leave(&clientes, rc == UV_EOF ? 0 : rc);
}

/* ---- Quienes llaman ------------------------------------------------------------- */

static int portazo(int puerto)
{
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = as_sleep(50);
    as_stream_close(flujo);
    puts("Carla se va de un portazo");
    return rc < 0 ? rc : as_sleep(50);
}

static int oir(as_stream *flujo)
{
    char linea[80];

    ssize_t n = as_readline(flujo, linea, sizeof linea);
    if (n >= 0)
        printf("Ana oye «%s»\n", linea);
    else
        printf("Ana se queda sin línea: %s\n", as_error_text((int)n));
    return n < 0 ? (int)n : 0;
}

static int conversacion(as_stream *flujo, int puerto)
{
    int rc = oir(flujo);

    if (rc == 0)
        rc = portazo(puerto);
    if (rc == 0)
        rc = as_writef(flujo, "¿sigues ahí?\n");
    return rc < 0 ? rc : oir(flujo);
}

static int ana(void *arg)
{
    int puerto = *(int *)arg;
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = conversacion(flujo, puerto);
    as_stream_close(flujo);
    return rc;
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
    as_task *servidor = as_spawn(&grupo, "servidor", servir, telefono);
    if (servidor)
        rc = ana(&puerto);
    as_listener_close(telefono);
    rc = as_group_leave(&grupo, rc);
    if (rc < 0)
        printf("todo acaba: %s\n", as_error_text(rc));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
