/* consultas.c: las diez preguntas. */
#include "usuarios.h"

#include <string.h>

HS_TEST(base_datos, respuestas_de_las_consultas)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(10, 30);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--nombre",
                                    hs_random_name());
    hs_wait_exit(p, PRONTO);
    for (int k = 1; k <= TODAS; k++) {
        hs_expect_lines(p, 1, consulta(k));
        hs_expect_eq_str(hs_format("la consulta %d: %s", k, CONSULTAS[k - 1].pregunta),
                         hs_format("CONSULTA %d %s", k, respuesta(pg, k, n)),
                         hs_find_line(p, consulta(k), 1)->text);
    }
}

HS_TEST(base_datos, consultas_elegidas)
{
    struct hs_pg *pg = base();
    int q = hs_random_between(3, 8), ultima = 0;
    struct hs_program *p = ARRANCAR(pg, "--registros", "5", "--consultas", NUMERO(q));
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, q, hs_regex("^CONSULTA "));
    for (int k = 1; k <= q; k++) {
        hs_expect_lines(p, 1, consulta(k));
        int numero = hs_find_line(p, consulta(k), 1)->number;
        hs_expect(numero > ultima, "las consultas salen en orden, de la 1 a la %d", q);
        ultima = numero;
    }
}

/* Deja al programa con sus `q` consultas paradas a la vez; sigue al abrir `*puerta`. El
 * corrector se pone en la cola de la tabla detrás de la única inserción, que retiene, y así
 * pasa delante de las consultas. */
static struct hs_program *parar_consultas(struct hs_pg *pg, int q,
                                          struct hs_pg_hold **puerta)
{
    hs_step(
        "En cuanto acabe la única inserción cierro la tabla del todo: ninguna consulta "
        "puede leerla hasta que la abra");
    struct hs_pg_hold *fila = hs_pg_hold(pg, "INSERT INTO usuarios VALUES (1, '')");
    struct hs_program *p = ARRANCAR(pg, "--registros", "1", "--conexiones", NUMERO(q),
                                    "--consultas", NUMERO(q));
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    *puerta = hs_pg_hold_next(pg, "LOCK TABLE usuarios");
    hs_pg_release(fila);
    hs_pg_wait_blocked(pg, q, ENSEGUIDA);
    return p;
}

HS_TEST(base_datos, consultas_a_la_vez)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta;
    int q = hs_random_between(4, TODAS);
    struct hs_program *p = parar_consultas(pg, q, &puerta);
    hs_expect_eq_int("consultas distintas entre las que esperan", q,
                     hs_pg_int(pg, "SELECT count(DISTINCT query) FROM pg_stat_activity "
                                   "WHERE usename = 'alumno' AND state = 'active'"));
    soltar(puerta);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, consulta_que_falla)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta;
    int q = hs_random_between(4, TODAS), fallidas = 0;
    struct hs_program *p = parar_consultas(pg, q, &puerta);
    const char *pid = hs_pg_text(
        pg,
        "SELECT pid FROM pg_stat_activity WHERE usename = 'alumno' "
        "AND wait_event_type = 'Lock' ORDER BY query OFFSET %d",
        hs_random_between(0, q - 1));
    hs_step("El servidor interrumpe una de las consultas: «%s»",
            hs_pg_text(pg, "SELECT query FROM pg_stat_activity WHERE pid = %s", pid));
    hs_pg_run(pg, "SELECT pg_cancel_backend(%s)", pid);
    hs_pg_wait(pg, PRONTO, "la interrumpida ya no esperaba",
               "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %s "
               "AND wait_event_type = 'Lock')",
               pid);
    soltar(puerta);
    hs_wait_exit(p, PRONTO);
    for (int k = 1; k <= q; k++) {
        hs_expect_lines(p, 1, consulta(k));
        const char *linea = hs_find_line(p, consulta(k), 1)->text;
        const char *error = hs_format("CONSULTA %d ERROR ", k);
        const char *buena = hs_format("CONSULTA %d %s", k, respuesta(pg, k, 1));
        if (strncmp(linea, error, strlen(error)) == 0)
            fallidas++;
        else
            hs_expect(strcmp(linea, buena) == 0,
                      "la consulta %d da su respuesta, «%s», o «%s(motivo)» si es la "
                      "interrumpida; y dio «%s»",
                      k, buena, error, linea);
    }
    hs_expect_eq_int("líneas «CONSULTA k ERROR motivo»", 1, fallidas);
}
