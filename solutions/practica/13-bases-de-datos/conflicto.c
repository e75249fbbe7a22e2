/*
 * 6 · Construir · 40 minutos
 * Transacciones que se repiten cuando otra las echa atrás.
 *
 * Si dos transacciones se estorban, PostgreSQL deshace una, y su consulta
 * devuelve UV_EAGAIN: hay que repetir esa transacción entera. Escribe
 * `mover_con_paciencia`:
 *
 *   - Toma una conexión, empieza una transacción, hace las dos consultas,
 *     RESTAR y SUMAR, con el nombre del traspaso como único valor, y la
 *     termina, confirmando o deshaciendo.
 *   - Si acabó en UV_EAGAIN, devuelve la conexión, espera 10 ms la primera
 *     vez, 20 la segunda, 30 la tercera... y empieza otra vez, hasta
 *     cuatro intentos. Mientras espera no tiene ninguna conexión.
 *   - Con cualquier otro error no insiste.
 *   - Acabe como acabe, también cancelada, no queda nada prestado ni
 *     ninguna transacción abierta.
 *
 * Suma uno a `intentos` cada vez que tiene una conexión y va a empezar.
 * Dibuja antes la escalera de un intento.
 */
#include "lessons/13-bases-de-datos/pg_falsa.h"

enum { MAX_INTENTOS = 4, TRASPASOS = 4 };

static const char RESTAR[] = "UPDATE cuentas SET euros = euros - 1 "
                             "WHERE de = $1";
static const char SUMAR[] = "UPDATE caja SET euros = euros + 1 "
                            "WHERE para = $1";

static as_pg *pool;

struct traspaso {
    const char *nombre;
    int conflictos; /* cuántas veces lo echan atrás */
    bool imposible;
    int intentos; /* lo rellena mover_con_paciencia */
};

static int las_dos(as_pg_connection *conexion, const struct traspaso *t)
{
    const char *const valores[] = {t->nombre};

    int rc = as_pg_query_on(conexion, RESTAR, valores, 1, NULL);
    if (rc == 0)
        rc = as_pg_query_on(conexion, SUMAR, valores, 1, NULL);
    return rc;
}

/* Un intento: una escalera de dos peldaños. */
static int mover(struct traspaso *t)
{
    as_pg_connection *conexion;

    int rc = as_pg_acquire(pool, &conexion);
    if (rc < 0)
        return rc;
    t->intentos++;
    rc = as_pg_begin(conexion);
    if (rc == 0)
        rc = as_pg_end(conexion, las_dos(conexion, t));
    as_pg_release(conexion);
    return rc;
}

static int mover_con_paciencia(void *arg)
{
    struct traspaso *t = arg;

    int rc = mover(t);
    while (rc == UV_EAGAIN && t->intentos < MAX_INTENTOS) {
        int espera = as_sleep(10 * t->intentos);
        rc = espera < 0 ? espera : mover(t);
    }
    return rc;
}

/* ---- Desde aquí no hay que tocar nada ---------------------------- */

static struct traspaso traspasos[TRASPASOS];

/* Cada consulta tarda 10 ms, y la echan atrás las veces que toque. */
static int responder(const char *sql, const char *const *valores)
{
    struct traspaso *t = traspasos;

    (void)sql;
    while (strcmp(t->nombre, valores[0]) != 0)
        t++;
    int rc = as_sleep(10);
    if (rc < 0)
        return rc;
    if (t->imposible)
        return as_error_set(UV_EINVAL, "el saldo no llega");
    return t->conflictos-- > 0 ? UV_EAGAIN : 0;
}

static void contar_lo_que_queda(void)
{
    int prestadas = 0, abiertas = 0;

    for (int i = 0; i < MAX_CONEXIONES; i++) {
        prestadas += pool->conexiones[i].prestada;
        abiertas += pool->conexiones[i].en_transaccion;
    }
    printf("  prestadas: %d; abiertas: %d\n", prestadas, abiertas);
}

static int tanda(int conexiones, int64_t plazo_ms)
{
    static const struct traspaso todos[TRASPASOS] = {
        {.nombre = "tranquilo"},
        {.nombre = "con dos choques", .conflictos = 2},
        {.nombre = "gafado", .conflictos = 99},
        {.nombre = "imposible", .imposible = true}};
    as_pg_options opciones = {.max_connections = (size_t)conexiones};
    as_outcome casillas[TRASPASOS];
    as_scope plazo;

    memcpy(traspasos, todos, sizeof todos);
    int rc = as_pg_new("", &opciones, &pool);
    if (rc < 0)
        return rc;
    uint64_t inicio = as_now();
    as_scope_enter(&plazo, plazo_ms);
    rc = as_scope_leave(&plazo, as_gather_each(mover_con_paciencia, traspasos, TRASPASOS,
                                               sizeof *traspasos, casillas));
    printf("%d conexiones, %d ms\n", conexiones, (int)(as_now() - inicio));
    for (int i = 0; i < TRASPASOS && rc >= 0; i++)
        printf("  %s: %s, %d intentos\n", traspasos[i].nombre,
               casillas[i].rc < 0 ? casillas[i].text : "hecho", traspasos[i].intentos);
    contar_lo_que_queda();
    as_pg_close(pool);
    return rc == UV_ETIMEDOUT || rc > 0 ? 0 : rc;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = tanda(2, AS_FOREVER);

    if (rc == 0)
        rc = tanda(1, AS_FOREVER);
    if (rc == 0)
        rc = tanda(2, 32); /* se corta a medias */
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
