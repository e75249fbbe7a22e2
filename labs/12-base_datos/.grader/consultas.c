/* consultas.c: las diez preguntas. */
#include "usuarios.h"

#include <string.h>

HS_TEST(base_datos, respuestas_de_las_consultas)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(10, 30);
    /* El primero, el último y el más largo de los nombres; hay otro igual de largo. */
    hs_pg_run(pg, "INSERT INTO usuarios VALUES (2147483647, '%s'), (2147483646, '%s')",
              largo(" ", "ñ日 %s", 800, "$1 "), largo("~", "\\ n%d", 800, "100 % "));
    hs_step(
        "En la tabla hay dos «id» enormes, cuya suma no cabe en 32 bits, y nombres de "
        "miles de letras");
    struct hs_program *p = ARRANCAR(pg, POCAS, "--registros", NUMERO(n), "--nombre",
                                    hs_random_name());
    hs_wait_exit(p, PRONTO);
    for (int k = 1; k <= TODAS; k++) {
        hs_expect_lines(p, 1, consulta(k));
        hs_expect_eq_str(hs_format("la respuesta a «%s»", CONSULTAS[k - 1].pregunta),
                         hs_format("CONSULTA %d %s", k, respuesta(pg, k, n)),
                         hs_find_line(p, consulta(k), 1)->text);
    }
}

HS_TEST(base_datos, consultas_elegidas)
{
    struct hs_pg *pg = base();
    int q = hs_random_between(3, 8), ultima = 0;
    struct hs_program *p = ARRANCAR(pg, POCAS, "--registros", "5", "--consultas",
                                    NUMERO(q));
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, q,
                    hs_regex("^CONSULTA ", "una línea que empiece por «CONSULTA »"));
    for (int k = 1; k <= q; k++) {
        hs_expect_lines(p, 1, consulta(k));
        int numero = hs_find_line(p, consulta(k), 1)->number;
        hs_expect(numero > ultima,
                  "las consultas debían salir en orden, de la 1 a la %d, y la %d va "
                  "antes que la %d",
                  q, k, k - 1);
        ultima = numero;
    }
    const struct hs_line *antes = hs_find_line(
        p, hs_regex("^CONCURRENTE ", "la línea CONCURRENTE"), 1);
    hs_expect(antes && antes->number < hs_find_line(p, consulta(1), 1)->number,
              "las líneas CONSULTA debían ir detrás de la CONCURRENTE y van en otro "
              "sitio");
}

/* Lo que insertan se borra en cuanto está: se insertó bien, y la tabla sigue vacía. */
#define BORRAR_LO_QUE_LLEGA                                                              \
    "CREATE FUNCTION borrar() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "     \
    "'BEGIN DELETE FROM usuarios WHERE id = NEW.id; RETURN NULL; END';"                  \
    "CREATE TRIGGER borrar AFTER INSERT ON usuarios FOR EACH ROW "                       \
    "EXECUTE FUNCTION borrar()"

static void exigir_sin_valores(struct hs_program *p)
{
    hs_wait_exit(p, PRONTO);
    for (int k = 1; k <= TODAS; k++) {
        bool cuenta = k == 1 || k == 5 || k == 6;
        hs_expect_lines(p, 1, consulta(k));
        hs_expect_eq_str(hs_format("la respuesta a «%s»", CONSULTAS[k - 1].pregunta),
                         hs_format("CONSULTA %d %s", k, cuenta ? "0" : "NULL"),
                         hs_find_line(p, consulta(k), 1)->text);
    }
}

HS_TEST(base_datos, consulta_sin_valor)
{
    struct hs_pg *pg = base();
    hs_pg_run(pg, "TRUNCATE usuarios; REVOKE INSERT ON usuarios FROM alumno");
    hs_step("La tabla está vacía, y el programa puede leer pero no insertar: hay cero "
            "usuarios, y ningún «id» que sea el más pequeño");
    struct hs_program *p = ARRANCAR(pg, "--registros", "3");
    exigir_sin_valores(p);
    exigir_tanda(p, "CONCURRENTE", 0, 3);
    hs_pg_run(pg, "GRANT INSERT ON usuarios TO alumno; " BORRAR_LO_QUE_LLEGA);
    hs_step(
        "Ahora puede insertar, y otro borra cada registro en cuanto llega. Nada falla: "
        "NULL también es una respuesta");
    p = ARRANCAR(pg, POCAS, "--registros", "3");
    exigir_sin_valores(p);
    hs_expect_exit(p, 0, PRONTO);
    hs_pg_run(pg, "DROP TRIGGER borrar ON usuarios;"
                  "INSERT INTO usuarios VALUES (100000, '')");
    hs_step("Y ahora hay un nombre vacío, que no es lo mismo que no haber ninguno");
    p = ARRANCAR(pg, POCAS, "--registros", "1");
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 1, consulta(7));
    hs_expect_eq_str(hs_format("la respuesta a «%s»", CONSULTAS[6].pregunta),
                     "CONSULTA 7 ", hs_find_line(p, consulta(7), 1)->text);
}

/* Con una inserción retenida, las otras acaban: aún no es hora de preguntar. */
static void no_preguntan_antes_de_tiempo(struct hs_pg *pg)
{
    int n = hs_random_between(15, 20);
    hs_pg_run(pg, "TRUNCATE usuarios");
    struct hs_pg_hold *lenta = retener(pg, hs_random_between(1, n));
    struct hs_program *p = ARRANCAR(pg, "--conexiones", "3", "--registros", NUMERO(n),
                                    "--consultas", "1");
    hs_pg_wait(pg, PRONTO,
               hs_format("se insertaban los otros %d registros, por las otras conexiones",
                         n - 1),
               "SELECT count(*) = %d FROM usuarios WHERE id BETWEEN 1 AND %d", n - 1, n);
    hs_pg_run(pg, PAUSA);
    soltar(lenta);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 1, consulta(1));
    hs_expect_eq_str(
        "la respuesta a «cuántos usuarios hay», que se pregunta cuando ha acabado la "
        "última inserción,",
        hs_format("CONSULTA 1 %s", respuesta(pg, 1, n)),
        hs_find_line(p, consulta(1), 1)->text);
}

HS_TEST(base_datos, consultas_a_la_vez)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta;
    int q = hs_random_between(4, TODAS);
    struct hs_program *p = parar_consultas(pg, q, q, &puerta);
    hs_expect_eq_int("el número de consultas distintas entre las que esperan", q,
                     hs_pg_int(pg, "SELECT count(DISTINCT query) FROM pg_stat_activity "
                                   "WHERE usename = 'alumno' AND state = 'active'"));
    exigir_reposo(pg, p, "Sus consultas esperan");
    soltar(puerta);
    hs_wait_exit(p, PRONTO);
    no_preguntan_antes_de_tiempo(pg);
}

/* Sin la columna «nombre» fallan de la 6 a la 10, más que conexiones hay. El porqué de cada
 * una ocupa varias líneas (LINE 1). */
static void exigir_varias_que_fallan(struct hs_pg *pg)
{
    hs_pg_run(pg, "ALTER TABLE usuarios RENAME COLUMN nombre TO otro");
    int antes = hs_pg_connections(pg);
    hs_step(
        "La columna «nombre» ya no existe: con 2 conexiones, las consultas de la 6 a la "
        "10 fallan, y las demás no");
    struct hs_program *p = ARRANCAR(pg, "--registros", "1", "--conexiones", "2");
    hs_wait_exit(p, PRONTO);
    exigir_lineas_conocidas(p);
    hs_expect_at_most(
        "el número de conexiones abiertas: una consulta que falla no rompe la "
        "suya",
        2, hs_pg_connections(pg) - antes);
    int ultima = 0;
    for (int k = 1; k <= TODAS; k++) {
        hs_expect_lines(p, 1, consulta(k));
        const struct hs_line *linea = hs_find_line(p, consulta(k), 1);
        bool error = strncmp(strchr(linea->text + strlen("CONSULTA "), ' '), " ERROR ",
                             7) == 0;
        if (error != (k > 5))
            hs_fail("la consulta %d debía %s, y la línea es «%s»", k,
                    k > 5 ? "fallar" : "dar su respuesta", linea->text);
        if (linea->number < ultima)
            hs_fail(
                "las consultas debían salir en orden, también las que fallan, y la %d "
                "salió antes que la %d",
                k, k - 1);
        ultima = linea->number;
    }
}

/* Una se interrumpe, y su conexión sigue; y luego se cortan todas las conexiones. */
HS_TEST(base_datos, consulta_que_falla)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta;
    int c = hs_random_between(2, 4), fallidas = 0;
    struct hs_program *p = parar_consultas(pg, c, TODAS, &puerta);
    const char *pid = hs_pg_text(
        pg,
        "SELECT pid FROM pg_stat_activity WHERE usename = 'alumno' "
        "AND wait_event_type = 'Lock' ORDER BY query OFFSET %d",
        hs_random_between(0, c - 1));
    const char *sql = hs_pg_text(pg, "SELECT query FROM pg_stat_activity WHERE pid = %s",
                                 pid);
    hs_step("El servidor interrumpe una de las consultas: «%s»", sql);
    hs_pg_run(pg, "SELECT pg_cancel_backend(%s)", pid);
    hs_pg_wait(
        pg, PRONTO,
        hs_format(
            "la interrumpida fallaba y otra ocupaba su sitio entre las %d que esperan",
            c),
        "SELECT count(*) = %d AND NOT coalesce(bool_or(pid = %s AND query = '%s'), "
        "false) "
        "FROM pg_stat_activity WHERE usename = 'alumno' AND wait_event_type = 'Lock'",
        c, pid, sql);
    cortar(pg, c, c);
    soltar(puerta);
    hs_expect_exit(p, 1, PRONTO);
    for (int k = 1; k <= TODAS; k++) {
        hs_expect_lines(p, 1, consulta(k));
        const char *linea = hs_find_line(p, consulta(k), 1)->text;
        const char *error = hs_format("CONSULTA %d ERROR ", k);
        const char *buena = hs_format("CONSULTA %d %s", k, respuesta(pg, k, 1));
        size_t n = strlen(error);
        if (strncmp(linea, error, n) == 0 && linea[n] && linea[n] != ' ')
            fallidas++;
        else
            hs_expect(strcmp(linea, buena) == 0,
                      "la consulta %d debía dar su respuesta, «%s», o «%s(motivo)» si es "
                      "una de "
                      "las que fallaron, y dio «%s»",
                      k, buena, error, linea);
    }
    hs_expect_eq_int("el número de líneas «CONSULTA k ERROR motivo»", 1 + c, fallidas);
    exigir_fallos(p, 0, 0);
    exigir_varias_que_fallan(pg);
}

/*
 * La tabla pasa a llamarse «reales», y «usuarios», a ser lo que se ve de ella: las primeras
 * consultas que miran, tantas como claves hay en «paradas», se quedan así hasta que el
 * corrector suelta el cerrojo 2; las demás pasan. De las que acaban queda el texto en «vistas».
 */
#define PARAR_LAS_PRIMERAS                                                               \
    "ALTER TABLE usuarios RENAME TO reales;"                                             \
    "CREATE TABLE vistas (sql text PRIMARY KEY);"                                        \
    "CREATE FUNCTION mirar() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS '"     \
    "BEGIN INSERT INTO vistas VALUES (current_query()) ON CONFLICT DO NOTHING;"          \
    "FOR i IN 11..10 + %d LOOP IF pg_try_advisory_xact_lock(i) THEN "                    \
    "PERFORM pg_advisory_xact_lock_shared(2); EXIT; END IF; END LOOP;"                   \
    "RETURN true; END';"                                                                 \
    "CREATE VIEW usuarios AS SELECT * FROM reales WHERE mirar();"                        \
    "GRANT SELECT, INSERT ON usuarios TO alumno"

HS_TEST(base_datos, una_consulta_lenta)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(3, 5), k = c - 1, n = 3;
    hs_pg_run(pg, PARAR_LAS_PRIMERAS, k);
    hs_step("Las %d primeras consultas que lleguen se quedan paradas; las otras %d, no",
            k, TODAS - k);
    struct hs_pg_hold *lentas = hs_pg_hold(
        pg, "DO 'BEGIN PERFORM pg_advisory_xact_lock(2); END'");
    /* El registro 2 es par: sin ninguno, la consulta de los pares no miraría a nadie. */
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros",
                                    NUMERO(n));
    hs_pg_wait_blocked(pg, k, ENSEGUIDA);
    hs_pg_wait(
        pg, PRONTO,
        hs_format("las otras %d consultas acababan por la otra conexión", TODAS - k),
        "SELECT count(*) = %d FROM vistas", TODAS - k);
    /* Que tenga ocasión de seguir antes de tiempo, o de rendirse al segundo. */
    hs_pg_run(pg, "SELECT pg_sleep(1.05)");
    hs_expect_eq_int(
        "el número de registros de la tanda secuencial en la tabla: no empieza hasta que "
        "acaban todas las consultas",
        0,
        hs_pg_int(pg, "SELECT count(*) FROM reales WHERE id BETWEEN %d AND %d", n + 1,
                  2 * n));
    soltar(lentas);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, TODAS,
                    hs_regex("^CONSULTA ", "una línea que empiece por «CONSULTA »"));
    hs_expect_no_line(p, hs_regex("^CONSULTA [0-9]* ERROR",
                                  "una consulta con ERROR: tardaban, y ninguna falló"));
}
