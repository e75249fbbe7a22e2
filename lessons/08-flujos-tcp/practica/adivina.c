/*
 * 4 · Construir · 15 minutos
 * Un juego para muchos: adivina el número.
 *
 * Cada jugador que llega tiene su número secreto. Por cada línea que diga, el
 * servidor contesta una:
 *
 *   «más»          el secreto es mayor
 *   «menos»        el secreto es menor
 *   «sí, en N»     lo acertó en N intentos, y ahí acaba la partida
 *   «¿un número?»  no era un número; no cuenta como intento
 *
 * Escribe `jugar`. El secreto lo da siguiente_secreto(). Para saber si una línea es
 * un número, strtol(linea, &fin, 10) deja `fin` donde paró: en el '\0', si todo lo
 * era, y en la propia `linea` si no había ninguno.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

static int siguiente_secreto(void)
{
    static const int secretos[] = {50, 73, 8};
    static int repartidos;

    return secretos[repartidos++ % 3];
}

static int jugar(as_stream *jugador, void *arg)
{
    (void)arg;
    /* TODO */
    (void)jugador, (void)siguiente_secreto;
    return 0;
}

/* ---- Los jugadores -------------------------------------------------------------- */

struct persona {
    const char *nombre;
    int puerto, piensa_ms;
    const char *const *dice; /* hasta NULL */
};

static int partida(as_stream *flujo, const struct persona *p)
{
    char linea[80];

    for (int i = 0; p->dice[i]; i++) {
        int rc = as_sleep(p->piensa_ms);
        if (rc == 0)
            rc = as_writef(flujo, "%s\n", p->dice[i]);
        if (rc < 0)
            return rc;
        ssize_t n = as_readline(flujo, linea, sizeof linea);
        if (n < 0)
            return (int)n;
        printf("%s: %s: %s\n", p->nombre, p->dice[i], linea);
    }
    ssize_t n = as_readline(flujo, linea, sizeof linea);
    printf("%s: %s\n", p->nombre, n == UV_EOF ? "adiós" : "¿sigue?");
    return 0;
}

static int entrar(void *arg)
{
    const struct persona *p = arg;
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", p->puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = partida(flujo, p);
    as_stream_close(flujo);
    return rc;
}

static int jugadores(int puerto)
{
    static const char *const ana[] = {"50", NULL};
    static const char *const beto[] = {"50", "75", "setenta",
                                       "70", "73", NULL};
    static const char *const carla[] = {"10", "5", "8", NULL};
    struct persona personas[] = {{"Ana", puerto, 250, ana},
                                 {"Beto", puerto, 100, beto},
                                 {"Carla", puerto, 130, carla}};

    return as_gather_each(entrar, personas, 3, sizeof *personas, NULL);
}

static int servir(void *arg)
{
    return as_serve(arg, jugar, NULL);
}

static int principal(void *arg)
{
    (void)arg;
    as_listener *sala;
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &sala);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir, sala);
    if (rc == 0)
        rc = jugadores(as_listener_port(sala));
    if (rc < 0)
        printf("la partida se corta: %s\n", as_error_text(rc));
    as_listener_close(sala);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
