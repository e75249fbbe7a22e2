/*
 * 5 · Construir · 20 minutos
 * Una centralita: une a quienes llaman, de dos en dos.
 *
 * Lo que dice uno le llega al otro, a la vez en los dos sentidos. Cuando uno acaba
 * de hablar (su lado llega al final), se le dice al otro con as_shutdown, que aún
 * puede seguir hablando. Cuando han acabado los dos, se cierran los dos flujos.
 *
 * Escribe `pasar`, que lleva bytes de un flujo al otro hasta el final, y
 * `conversacion`, que hace las dos cosas a la vez y cierra. Piensa por qué un
 * as_write que suspende hace aquí justo lo que conviene.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { PARES = 2 };

/* Un sentido de la conversación. */
struct sentido {
    as_stream *desde, *hacia;
};

static int pasar(void *arg)
{
    struct sentido *s = arg;
    /* TODO */
    (void)s;
    return 0;
}

static int conversacion(void *arg)
{
    struct sentido *ida_y_vuelta = arg; /* dos: ida_y_vuelta[0] y [1] */
    /* TODO */
    (void)ida_y_vuelta, (void)pasar;
    return 0;
}

static int unir(void *arg)
{
    as_listener *telefono = arg;
    struct sentido pares[PARES][2];
    as_group grupo;
    int rc = 0;

    as_group_enter(&grupo);
    for (int i = 0; i < PARES && rc == 0; i++) {
        as_stream *uno, *otro;
        rc = as_accept(telefono, &uno);
        if (rc < 0)
            break;
        rc = as_accept(telefono, &otro);
        if (rc < 0) {
            as_stream_close(uno);
            break;
        }
        pares[i][0] = (struct sentido){uno, otro};
        pares[i][1] = (struct sentido){otro, uno};
        rc = as_start_soon(&grupo, "par", conversacion, pares[i]);
    }
    return as_group_leave(&grupo, rc == UV_EOF ? 0 : rc);
}

/* ---- Quienes llaman ------------------------------------------------------------- */

struct persona {
    const char *nombre;
    int espera_ms, puerto;
    const char *dice;
};

static int hablar(as_stream *flujo, const struct persona *p)
{
    char linea[80];
    ssize_t n;

    int rc = as_sleep(p->espera_ms);
    if (rc == 0)
        rc = as_writef(flujo, "%s", p->dice);
    if (rc == 0)
        rc = as_shutdown(flujo);
    if (rc < 0)
        return rc;
    while ((n = as_readline(flujo, linea, sizeof linea)) >= 0)
        printf("a %s le dicen: %s\n", p->nombre, linea);
    printf("%s cuelga\n", p->nombre);
    return n == UV_EOF ? 0 : (int)n;
}

static int llamar(void *arg)
{
    const struct persona *p = arg;
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", p->puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = hablar(flujo, p);
    as_stream_close(flujo);
    return rc;
}

static int llamadas(int puerto)
{
    struct persona personas[] = {
        {"Ana", 100, puerto, "¿Vienes a cenar?\n¿A las nueve?\n"},
        {"Beto", 300, puerto, "Sí. Llevo pan.\n"},
        {"Carla", 200, puerto, "¿Quién es?\n"},
        {"Dani", 400, puerto, "Se equivoca.\n"}};
    as_scope plazo;

    as_scope_enter(&plazo, 5000);
    int rc = as_gather_each(llamar, personas, 4, sizeof *personas,
                            NULL);
    return as_scope_leave(&plazo, rc);
}

static int principal(void *arg)
{
    (void)arg;
    as_listener *telefono;
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &telefono);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "centralita", unir, telefono);
    if (rc == 0)
        rc = llamadas(as_listener_port(telefono));
    if (rc < 0)
        printf("las llamadas fallan: %s\n", as_error_text(rc));
    as_listener_close(telefono);
    return as_group_leave(&grupo, 0);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
