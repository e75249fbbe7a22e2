/*
 * 2 · Arreglar · 8 minutos
 * Un portero que toma cada lectura por una palabra entera.
 *
 * La contraseña es «ábrete, sésamo», en una línea. Ana la dice de un tirón y Beto
 * duda a la mitad: los dos deben pasar. Carla no sabe la contraseña y no debe pasar.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

static int preguntar(as_stream *cliente, void *arg)
{
    (void)arg;
    char dicho[80];

    ssize_t n = as_read(cliente, dicho, sizeof dicho - 1);
    if (n < 0)
        return (int)n;
    dicho[n] = '\0';
    if (strcmp(dicho, "ábrete, sésamo\n") == 0)
        return as_writef(cliente, "pasa\n");
    return as_writef(cliente, "fuera\n");
}

struct visita {
    const char *nombre, *principio, *final;
    int puerto;
};

static int llamar(as_stream *flujo, const struct visita *v)
{
    char linea[80];

    int rc = as_writef(flujo, "%s", v->principio);
    if (rc == 0 && v->final[0] != '\0')
        rc = as_sleep(100);
    if (rc == 0)
        rc = as_writef(flujo, "%s\n", v->final);
    if (rc < 0)
        return rc;
    ssize_t n = as_readline(flujo, linea, sizeof linea);
    if (n < 0)
        return (int)n;
    printf("%s: %s\n", v->nombre, linea);
    return 0;
}

static int visitar(void *arg)
{
    const struct visita *v = arg;
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", v->puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = llamar(flujo, v);
    as_stream_close(flujo);
    return rc;
}

static int visitas(int puerto)
{
    struct visita lista[] = {{"Ana", "ábrete, sésamo", "", puerto},
                             {"Beto", "ábrete, ", "sésamo", puerto},
                             {"Carla", "abracadabra", "", puerto}};

    for (int i = 0; i < 3; i++) {
        int rc = visitar(&lista[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int servir(void *arg)
{
    return as_serve(arg, preguntar, NULL);
}

static int principal(void *arg)
{
    (void)arg;
    as_listener *puerta;
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &puerta);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "portero", servir, puerta);
    if (rc == 0)
        rc = visitas(as_listener_port(puerta));
    as_listener_close(puerta);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
