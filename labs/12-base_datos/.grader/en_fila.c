/* en_fila.c: la tanda secuencial, el tiempo de cada una y la comparación. */
#include "usuarios.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

HS_TEST(base_datos, cuenta_la_secuencial)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 30);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    exigir_tanda(p, "SECUENCIAL", n, 0);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 1, hs_regex("^SECUENCIAL "));
    exigir_registros(pg, n + 1, 2 * n);
    const struct hs_line *antes = hs_find_line(p, hs_regex("^CONCURRENTE "), 1);
    hs_expect(antes &&
                  antes->number < hs_find_line(p, hs_regex("^SECUENCIAL "), 1)->number,
              "la tanda concurrente va antes que la secuencial");
    hs_expect_exit(p, 0, PRONTO);
}

HS_TEST(base_datos, la_secuencial_sigue_tras_un_fallo)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 25), id = n + hs_random_between(2, n - 2);
    ocupar(pg, 1, id, id);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    exigir_tanda(p, "SECUENCIAL", n - 1, 1);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 1, fallo(id));
}

static void exigir_tiempo(struct hs_program *p, const char *titulo)
{
    const char *linea = hs_find_line(p, hs_regex(hs_format("^%s ", titulo)), 1)->text;
    const char *tiempo = strstr(linea, "tiempo=") + strlen("tiempo=");
    size_t cifras = strspn(tiempo, "0123456789");
    hs_expect(
        cifras > 0 && tiempo[cifras] == '.' &&
            strspn(tiempo + cifras + 1, "0123456789") == 1 &&
            strcmp(tiempo + cifras + 2, " ms") == 0,
        "la línea acaba con los milisegundos y un decimal, así: «tiempo=31.4 ms»; es "
        "«%s»",
        linea);
}

HS_TEST(base_datos, formato_del_tiempo)
{
    struct hs_pg *pg = base();
    struct hs_program *p = ARRANCAR(pg, "--registros", "20", "--consultas", "0");
    exigir_tanda(p, "CONCURRENTE", 20, 0);
    exigir_tanda(p, "SECUENCIAL", 20, 0);
    exigir_tiempo(p, "CONCURRENTE");
    exigir_tiempo(p, "SECUENCIAL");
}

HS_TEST(base_datos, secuencial_de_una_en_una)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 25), id = n + hs_random_between(4, n - 4);
    struct hs_pg_hold *fila = retener(pg, id);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", "4", "--registros", NUMERO(n),
                                    "--consultas", "0");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    hs_expect_eq_int(hs_format("registros de %d a %d: antes que el %d van todos esos",
                               n + 1, id - 1, id),
                     id - n - 1, cuantos(pg, n + 1, id - 1));
    hs_pg_run(pg, PAUSA); /* que tenga ocasión de insertar otra */
    hs_expect_eq_int(
        hs_format("registros de %d a %d: en la tanda secuencial ninguno empieza "
                  "hasta que acaba el %d",
                  id + 1, 2 * n, id),
        0, cuantos(pg, id + 1, 2 * n));
    soltar(fila);
    exigir_tanda(p, "SECUENCIAL", n, 0);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, mide_cada_tanda)
{
    struct hs_pg *pg = base();
    double antes = hs_now();
    struct hs_pg_hold *una = retener(pg, 1), *otra = retener(pg, 5);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", "2", "--registros", "4",
                                    "--consultas", "1");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    double desde = hs_now();
    hs_pg_run(pg, PAUSA);
    double primera = hs_now() - desde;
    soltar(una);
    hs_pg_wait(
        pg, PRONTO, "la tanda secuencial esperaba",
        "SELECT EXISTS (SELECT FROM usuarios WHERE id = 1) AND EXISTS "
        "(SELECT FROM pg_stat_activity WHERE usename = 'alumno' AND state = 'active' "
        "AND wait_event_type = 'Lock')");
    desde = hs_now();
    hs_pg_run(pg, PAUSA);
    double segunda = hs_now() - desde;
    soltar(otra);
    double juntas = exigir_tanda(p, "CONCURRENTE", 4, 0);
    double en_fila = exigir_tanda(p, "SECUENCIAL", 4, 0);
    struct hs_exit fin = hs_wait_exit(p, PRONTO);
    hs_step("Las retuve %.0f y %.0f ms; el programa dice que tardaron %.1f y %.1f",
            primera, segunda, juntas, en_fila);
    hs_expect_at_least(
        "milisegundos de la tanda concurrente: los que la retuve caben en ella",
        (int64_t)primera - 2, (int64_t)juntas);
    hs_expect_at_least(
        "milisegundos de la tanda secuencial: los que la retuve caben en ella",
        (int64_t)segunda - 2, (int64_t)en_fila);
    hs_expect_at_most(
        "milisegundos de las dos tandas juntas: no pueden ser más de los que "
        "duró el programa (¿son milisegundos? ¿cuenta cada una solo lo suyo?)",
        (int64_t)(fin.ms - antes) + 2, (int64_t)(juntas + en_fila));
}

HS_TEST(base_datos, comparacion)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(20, 30);
    struct hs_pg_hold *fila = retener(pg, n + 1);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    hs_pg_run(pg, PAUSA);
    soltar(fila);
    double juntas = exigir_tanda(p, "CONCURRENTE", n, 0);
    double en_fila = exigir_tanda(p, "SECUENCIAL", n, 0);
    const struct hs_line *linea = hs_wait_line(
        p,
        (struct hs_match){.regex = "^COMPARACION [0-9]+\\.[0-9][0-9]( .*)?$",
                          .what = "la línea «COMPARACION (veces, con dos decimales)»"},
        PRONTO);
    hs_wait_exit(p, PRONTO);
    double veces = strtod(linea->text + strlen("COMPARACION "), NULL);
    /* El programa divide lo que midió; aquí solo se ve redondeado. */
    double menos = (en_fila - 0.05) / (juntas + 0.05) - 0.006;
    double mas = (en_fila + 0.05) / fmax(juntas - 0.05, 0.01) + 0.006;
    hs_expect(
        veces >= menos && veces <= mas,
        "la comparación es lo que tardó la secuencial, %.1f ms, entre lo que tardó la "
        "concurrente, %.1f ms: debía salir %.2f y salió %.2f",
        en_fila, juntas, en_fila / juntas, veces);
}
