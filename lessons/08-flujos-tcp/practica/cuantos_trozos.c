/*
 * 1 · Predecir · 6 minutos
 * Los mensajes de un servidor, leídos de dos maneras.
 *
 * El servidor escribe cinco veces, dos de ellas seguidas. En cuántos trozos llega, quién
 * sabe. ¿Cuántos bytes suman? ¿Y qué líneas da as_readline? Escribe las cinco líneas de la
 * salida.
 *
 * predicción:
 *
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>

static int hablar(as_stream *cliente, void *arg)
{
    (void)arg;
    static const struct {
        const char *texto;
        int pausa_ms;
    } partes[] = {{"uno\n", 0},
                  {"dos\n", 100},
                  {"tr", 100},
                  {"es\ncua", 100},
                  {"tro", 0}};

    for (int i = 0; i < 5; i++) {
        int rc = as_writef(cliente, "%s", partes[i].texto);
        if (rc == 0 && partes[i].pausa_ms > 0)
            rc = as_sleep(partes[i].pausa_ms);
        if (rc < 0)
            return rc;
    }
    return 0; /* as_serve cierra */
}

static int por_trozos(as_stream *flujo)
{
    char trozo[64];
    int total = 0;
    ssize_t n;

    while ((n = as_read(flujo, trozo, sizeof trozo)) > 0)
        total += (int)n;
    printf("%d bytes\n", total);
    return (int)n;
}

static int por_lineas(as_stream *flujo)
{
    char linea[64];
    ssize_t n;

    while ((n = as_readline(flujo, linea, sizeof linea)) >= 0)
        printf("«%s»\n", linea);
    return n == UV_EOF ? 0 : (int)n;
}

static int llamar(int puerto, int leer(as_stream *))
{
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = leer(flujo);
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
        rc = llamar(puerto, por_trozos);
    if (rc == 0)
        rc = llamar(puerto, por_lineas);
    as_listener_close(telefono);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
