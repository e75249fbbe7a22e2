/* en_fila.c: la tanda secuencial, el tiempo de cada una y la comparación. */
#include "usuarios.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Lo que la primera tanda ya hace bien, esta también. */
static void exigir_los_mismos_nombres(struct hs_pg *pg)
{
    const char *const nombres[] = {"O'Brien 100%s $1 ñandú", "",
                                   largo(" ", "ñ日7", 3000, "%.")};
    for (size_t i = 0; i < sizeof nombres / sizeof *nombres; i++) {
        hs_pg_run(pg, "TRUNCATE usuarios");
        struct hs_program *p = ARRANCAR(pg, "--registros", "2", "--consultas", "0",
                                        "--nombre", nombres[i]);
        hs_wait_exit(p, PRONTO);
        exigir_nombres(pg, nombres[i], 3, 4);
    }
}

HS_TEST(base_datos, cuenta_la_secuencial)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 30);
    struct hs_program *p = ARRANCAR(pg, POCAS, "--registros", NUMERO(n), "--consultas",
                                    "0");
    exigir_tanda(p, "SECUENCIAL", n, 0);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 1,
                    hs_regex("^SECUENCIAL ", "una línea que empiece por «SECUENCIAL »"));
    exigir_registros(pg, n + 1, 2 * n);
    const struct hs_line *antes = hs_find_line(
        p, hs_regex("^CONCURRENTE ", "una línea que empiece por «CONCURRENTE »"), 1);
    hs_expect(antes &&
                  antes->number <
                      hs_find_line(p,
                                   hs_regex("^SECUENCIAL ",
                                            "una línea que empiece por «SECUENCIAL »"),
                                   1)
                          ->number,
              "la línea CONCURRENTE debía ir antes que la SECUENCIAL y va detrás");
    hs_expect_exit(p, 0, PRONTO);
    exigir_los_mismos_nombres(pg);
}

/* Lo que falla en la primera tanda, o entre las dos, no cambia la segunda; y un fallo de ella, el
 * único que hay, también se nota en el código de salida. */
static void exigir_aunque_fallara_lo_anterior(struct hs_pg *pg)
{
    enum { N = 12, C = 3 };
    hs_pg_run(pg, "TRUNCATE usuarios");
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(C), "--registros",
                                    NUMERO(N), "--consultas", "3");
    hs_pg_wait_blocked(pg, C, ENSEGUIDA);
    int antes = hs_pg_connections(pg) - C;
    cortar(pg, C, C);
    soltar(puerta);
    exigir_tanda(p, "SECUENCIAL", N, 0);
    hs_expect_exit(p, 1, PRONTO);
    hs_expect_at_most(
        "el número de conexiones abiertas en total: una por cada una que se "
        "cortó, y ninguna más",
        2 * C, hs_pg_connections(pg) - antes);
    const struct hs_line *fila = hs_find_line(
        p, hs_regex("^SECUENCIAL ", "la línea SECUENCIAL"), 1);
    hs_expect(fila->number > hs_find_line(p, consulta(3), 1)->number,
              "la línea SECUENCIAL debía ir detrás de las líneas CONSULTA y va antes");
    hs_pg_run(pg, "TRUNCATE usuarios");
    hs_step("Ahora solo falla uno de la tanda secuencial");
    ocupar(pg, 1, N + 1, 2 * N);
    p = ARRANCAR(pg, POCAS, "--registros", NUMERO(N), "--consultas", "1");
    exigir_tanda(p, "SECUENCIAL", N - 1, 1);
    hs_expect_exit(p, 1, PRONTO);
    hs_pg_run(pg, "TRUNCATE usuarios; REVOKE INSERT ON usuarios FROM alumno");
    hs_step("Y ahora no puede insertar ninguno");
    p = ARRANCAR(pg, POCAS, "--registros", "3", "--consultas", "0");
    exigir_tanda(p, "SECUENCIAL", 0, 3);
    hs_expect_exit(p, 1, PRONTO);
    exigir_fallos(p, 6, 6);
}

HS_TEST(base_datos, la_secuencial_sigue_tras_un_fallo)
{
    enum { CORTES = 3 };
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 25), id = n + hs_random_between(8, n - 2);
    int cortado = n + hs_random_between(1, 3);
    ocupar(pg, 1, id, id);
    struct hs_pg_hold *fila = retener_varias(pg, CORTES, cortado, 1);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--conexiones", "2",
                                    "--consultas", "0");
    const char *pid = "0";
    for (int i = 0; i < CORTES; i++) {
        hs_pg_wait(
            pg, PRONTO,
            hs_format("la inserción del registro %d esperaba, por una conexión sana",
                      cortado + i),
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'alumno' "
            "AND wait_event_type = 'Lock' AND pid <> %s)",
            pid);
        pid = hs_pg_text(pg,
                         "SELECT pid FROM pg_stat_activity WHERE usename = 'alumno' "
                         "AND wait_event_type = 'Lock' AND pid <> %s",
                         pid);
        hs_step("El servidor corta la conexión por la que va el registro %d",
                cortado + i);
        hs_pg_run(pg, "SELECT pg_terminate_backend(%s)", pid);
    }
    hs_pg_wait(pg, PRONTO, "esa conexión ya no estaba",
               "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %s)", pid);
    soltar(fila);
    exigir_tanda(p, "SECUENCIAL", n - CORTES - 1, CORTES + 1);
    hs_expect_exit(p, 1, PRONTO);
    for (int i = 0; i < CORTES; i++)
        hs_expect_lines(p, 1, fallo(cortado + i));
    hs_expect_lines(p, 1, fallo(id));
    exigir_fallos(p, CORTES + 1, 2 * n);
    exigir_aunque_fallara_lo_anterior(pg);
}

static void exigir_tiempo(struct hs_program *p, const char *titulo)
{
    const char *linea =
        hs_find_line(p, hs_regex(hs_format("^%s ", titulo), titulo), 1)->text;
    const char *tiempo = strstr(linea, "tiempo=") + strlen("tiempo=");
    size_t cifras = strspn(tiempo, "0123456789");
    hs_expect(cifras > 0 && tiempo[cifras] == '.' &&
                  strspn(tiempo + cifras + 1, "0123456789") == 1 &&
                  strcmp(tiempo + cifras + 2, " ms") == 0,
              "la línea debía acabar con los milisegundos y un decimal, como "
              "«tiempo=31.4 ms», y "
              "es «%s»",
              linea);
}

HS_TEST(base_datos, formato_del_tiempo)
{
    struct hs_pg *pg = base();
    struct hs_program *p = ARRANCAR(pg, POCAS, "--registros", "20", "--consultas", "0");
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
    hs_expect_eq_int(
        hs_format("el número de registros de %d a %d: todos van antes que el %d", n + 1,
                  id - 1, id),
        id - n - 1, cuantos(pg, n + 1, id - 1));
    exigir_parametros(pg, hs_format("usuario %d", id));
    exigir_reposo(pg, p, "La inserción de la tanda secuencial espera");
    hs_expect_eq_int(
        hs_format("el número de registros de %d a %d: en la tanda secuencial ninguno "
                  "empieza hasta que acaba el %d",
                  id + 1, 2 * n, id),
        0, cuantos(pg, id + 1, 2 * n));
    soltar(fila);
    exigir_tanda(p, "SECUENCIAL", n, 0);
    hs_wait_exit(p, PRONTO);
}

/* Lo que esperan las consultas no es de la tanda que viene detrás, que no pudo empezar antes
 * de que se abriera la tabla. */
static void exigir_tanda_sin_consultas(struct hs_pg *pg)
{
    struct hs_pg_hold *puerta;
    hs_pg_run(pg, "TRUNCATE usuarios");
    struct hs_program *p = parar_consultas(pg, 1, 1, &puerta);
    hs_pg_run(pg, PAUSA);
    hs_pg_run(pg, PAUSA);
    double abierta = hs_now();
    soltar(puerta);
    double en_fila = exigir_tanda(p, "SECUENCIAL", 1, 0);
    double dura =
        hs_find_line(p, hs_regex("^SECUENCIAL ", "la línea SECUENCIAL"), 1)->ms - abierta;
    hs_wait_exit(p, PRONTO);
    hs_expect_at_most("el tiempo de la tanda secuencial, en milisegundos,: no cuenta lo "
                      "que esperaron las consultas",
                      (int64_t)dura + 2, (int64_t)en_fila);
}

/* La división que dice el programa es la de los tiempos que escribió. */
static void exigir_veces(struct hs_program *p, double juntas, double en_fila)
{
    struct hs_match alguna = hs_regex("^COMPARACION",
                                      "una línea que empiece por «COMPARACION»");
    const struct hs_line *linea = hs_wait_line(
        p,
        (struct hs_match){.regex = "^COMPARACION [0-9]+\\.[0-9][0-9]( .*)?$",
                          .what = "la línea «COMPARACION (veces, con dos decimales)»"},
        PRONTO);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 1, alguna);
    double veces = strtod(linea->text + strlen("COMPARACION "), NULL);
    /* El programa divide lo que midió; aquí solo se ve redondeado. */
    double menos = (en_fila - 0.05) / (juntas + 0.05) - 0.006;
    double mas = (en_fila + 0.05) / fmax(juntas - 0.05, 0.01) + 0.006;
    hs_expect(veces >= menos && veces <= mas,
              "la comparación, %.1f ms de la secuencial entre %.1f de la concurrente, "
              "debía ser "
              "%.2f y es %.2f",
              en_fila, juntas, en_fila / juntas, veces);
}

/* Retiene lo que espera y devuelve cuánto. */
static double hacer_esperar(struct hs_pg *pg, const char *pausa)
{
    double desde = hs_now();
    hs_pg_run(pg, "%s", pausa);
    return hs_now() - desde;
}

static void exigir_tiempo_retenido(const char *tanda, double retenida, double dicho)
{
    hs_expect_at_least(
        hs_format("el tiempo de la tanda %s, en milisegundos,: la retuve eso", tanda),
        (int64_t)retenida - 2, (int64_t)dicho);
}

/* Una tanda de un registro que falla, después de esperar, dura lo que esperó. */
static void exigir_tandas_que_fallan(struct hs_pg *pg)
{
    hs_pg_run(pg, "TRUNCATE usuarios");
    struct hs_pg_hold *una = retener(pg, 1), *otra = retener(pg, 2);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", "1", "--registros", "1",
                                    "--consultas", "0");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    double primera = hacer_esperar(pg, PAUSA) + hacer_esperar(pg, PAUSA);
    const char *hora = hs_pg_text(pg, "SELECT clock_timestamp()");
    interrumpir(pg);
    hs_pg_wait(pg, PRONTO, "la tanda secuencial esperaba",
               "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'alumno' "
               "AND wait_event_type = 'Lock' AND query_start > '%s')",
               hora);
    double segunda = hacer_esperar(pg, PAUSA);
    interrumpir(pg);
    double en_fila = exigir_tanda(p, "SECUENCIAL", 0, 1);
    double juntas = exigir_tanda(p, "CONCURRENTE", 0, 1);
    exigir_tiempo_retenido("concurrente", primera, juntas);
    exigir_tiempo_retenido("secuencial", segunda, en_fila);
    exigir_veces(p, juntas, en_fila);
    soltar(una);
    soltar(otra);
}

HS_TEST(base_datos, mide_cada_tanda)
{
    struct hs_pg *pg = base();
    double antes = hs_now();
    struct hs_pg_hold *una = retener(pg, 1), *otra = retener(pg, 5);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", "2", "--registros", "4",
                                    "--consultas", "1");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    /* Más de un segundo: los nanosegundos del reloj dan la vuelta. */
    double primera = hacer_esperar(pg, "SELECT pg_sleep(1.05)");
    soltar(una);
    esperar_la_secuencial(pg, 4);
    double segunda = hacer_esperar(pg, "SELECT pg_sleep(1.05)");
    soltar(otra);
    double juntas = exigir_tanda(p, "CONCURRENTE", 4, 0);
    double en_fila = exigir_tanda(p, "SECUENCIAL", 4, 0);
    struct hs_exit fin = hs_wait_exit(p, PRONTO);
    hs_step("Las retuve %.0f y %.0f ms; el programa dice que tardaron %.1f y %.1f",
            primera, segunda, juntas, en_fila);
    exigir_tiempo_retenido("concurrente", primera, juntas);
    exigir_tiempo_retenido("secuencial", segunda, en_fila);
    hs_expect_at_most(
        "el tiempo de las dos tandas juntas, en milisegundos,: el programa no duró más. "
        "¿Son milisegundos? ¿Cuenta cada una solo lo suyo?",
        (int64_t)(fin.ms - antes) + 2, (int64_t)(juntas + en_fila));
    exigir_tanda_sin_consultas(pg);
    exigir_tandas_que_fallan(pg);
}

HS_TEST(base_datos, comparacion)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(20, 30), repetidos = n / 2;
    ocupar(pg, repetidos, 1, n);
    struct hs_pg_hold *fila = retener(pg, n + 1);
    struct hs_program *p = ARRANCAR(pg, POCAS, "--registros", NUMERO(n), "--consultas",
                                    "0");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    hs_pg_run(pg, PAUSA);
    soltar(fila);
    double juntas = exigir_tanda(p, "CONCURRENTE", n - repetidos, repetidos);
    double en_fila = exigir_tanda(p, "SECUENCIAL", n, 0);
    exigir_veces(p, juntas, en_fila);
    exigir_lineas_conocidas(p);
}
