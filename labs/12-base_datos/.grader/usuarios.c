/* usuarios.c: la tabla, y las líneas que pide el enunciado. */
#include "usuarios.h"

#include <stdlib.h>
#include <string.h>

/* ---- La base de datos ------------------------------------------------------------- */

/* Los que ya estaban, con claves que ninguna prueba inserta: así las respuestas no pueden
 * saberse de antemano. */
static void poner_desconocidos(struct hs_pg *pg)
{
    int n = hs_random_between(3, 9);
    for (int i = 0; i < n; i++)
        hs_pg_run(pg, "INSERT INTO usuarios VALUES (%d, '%s')",
                  1000 * (i + 1) + hs_random_between(0, 999), hs_random_name());
}

struct hs_pg *base(void)
{
    struct hs_pg *pg = hs_pg_start();
    hs_pg_run(pg, "CREATE TABLE usuarios (id integer PRIMARY KEY, nombre text NOT NULL);"
                  "GRANT SELECT, INSERT ON usuarios TO alumno");
    poner_desconocidos(pg);
    return pg;
}

struct hs_pg_hold *cerrar_tabla(struct hs_pg *pg)
{
    hs_step("Cierro la tabla: ningún INSERT puede acabar hasta que la abra");
    return hs_pg_hold(pg, "LOCK TABLE usuarios IN SHARE MODE");
}

struct hs_pg_hold *retener(struct hs_pg *pg, int id)
{
    hs_step(
        "Retengo la inserción del registro %d: esperará hasta que la suelte, y ninguna "
        "otra debe esperar por ella",
        id);
    return hs_pg_hold(pg, "INSERT INTO usuarios VALUES (%d, 'reservado')", id);
}

void soltar(struct hs_pg_hold *retenido)
{
    hs_pg_release(retenido);
    hs_step("Suelto lo que retenía");
}

/* ---- El vocabulario del enunciado -------------------------------------------------- */

double exigir_tanda(struct hs_program *p, const char *titulo, int insertados,
                    int fallidos)
{
    struct hs_match tanda = {.regex = hs_format("^%s ", titulo),
                             .what = hs_format("la línea «%s insertados=%d fallidos=%d "
                                               "tiempo=(t) ms»",
                                               titulo, insertados, fallidos)};
    const struct hs_line *linea = hs_wait_line(p, tanda, PRONTO);
    const char *esperado = hs_format("%s insertados=%d fallidos=%d tiempo=", titulo,
                                     insertados, fallidos);
    const char *tiempo = strstr(linea->text, "tiempo=");
    int n = tiempo ? (int)(tiempo - linea->text + 7) : (int)linea->length;
    hs_expect_eq_str(hs_format("la línea %s, hasta el tiempo", titulo), esperado,
                     hs_format("%.*s", n, linea->text));
    return tiempo ? strtod(tiempo + 7, NULL) : 0;
}

struct hs_match consulta(int k)
{
    return (struct hs_match){.regex = hs_format("^CONSULTA %d ", k),
                             .what = hs_format("la línea «CONSULTA %d (respuesta)»", k)};
}

struct hs_match fallo(int id)
{
    return (struct hs_match){.regex = hs_format("^FALLO %d .+", id),
                             .what = hs_format("la línea «FALLO %d (motivo)»", id)};
}

const struct pregunta CONSULTAS[TODAS] = {
    {"cuántos usuarios hay", "count(*) FROM"},
    {"el id más pequeño", "min(id) FROM"},
    {"el id más grande", "max(id) FROM"},
    {"la suma de los id", "sum(id) FROM"},
    {"cuántos id son pares", "count(*) FILTER (WHERE id % 2 = 0) FROM"},
    {"cuántos nombres distintos hay", "count(DISTINCT nombre) FROM"},
    {"el primer nombre en orden", "min(nombre) FROM"},
    {"el último nombre en orden", "max(nombre) FROM"},
    {"el nombre más largo",
     "(array_agg(nombre ORDER BY length(nombre) DESC, id))[1] FROM"},
    {"las letras que suman los nombres", "sum(length(nombre)) FROM"},
};

const char *respuesta(struct hs_pg *pg, int k, int registros)
{
    return hs_pg_text(pg, "SELECT %s usuarios WHERE id NOT BETWEEN %d AND %d",
                      CONSULTAS[k - 1].sql, registros + 1, 2 * registros);
}

int64_t cuantos(struct hs_pg *pg, int desde, int hasta)
{
    return hs_pg_int(pg, "SELECT count(*) FROM usuarios WHERE id BETWEEN %d AND %d",
                     desde, hasta);
}

void exigir_registros(struct hs_pg *pg, int desde, int hasta)
{
    hs_expect_eq_int(hs_format("registros en la tabla con id de %d a %d", desde, hasta),
                     hasta - desde + 1, cuantos(pg, desde, hasta));
    const char *mal = hs_pg_text(
        pg,
        "SELECT coalesce(min(format('el %%s es «%%s»', id, nombre)), '')"
        " FROM usuarios WHERE id BETWEEN %d AND %d"
        " AND nombre <> 'usuario ' || id",
        desde, hasta);
    hs_expect(!*mal, "cada registro se llama «usuario», un espacio y su id; %s", mal);
}

void ocupar(struct hs_pg *pg, int k, int desde, int hasta)
{
    while (cuantos(pg, desde, hasta) < k)
        hs_pg_run(pg,
                  "INSERT INTO usuarios VALUES (%d, 'ocupado') ON CONFLICT DO NOTHING",
                  hs_random_between(desde, hasta));
    hs_step("Claves que ya existen: %s",
            hs_pg_text(pg,
                       "SELECT string_agg(id::text, ', ' ORDER BY id) FROM usuarios "
                       "WHERE id BETWEEN %d AND %d",
                       desde, hasta));
}

void cortar(struct hs_pg *pg, int c)
{
    hs_step("El servidor corta las %d conexiones, con sus inserciones a medias", c);
    const char *hora = hs_pg_text(pg, "SELECT clock_timestamp()");
    hs_pg_run(pg, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                  "WHERE usename = 'alumno'");
    hs_pg_wait(
        pg, PRONTO,
        hs_format("el programa abría otras %d conexiones y seguía insertando", c),
        "SELECT count(*) = %d FROM pg_stat_activity WHERE usename = 'alumno' "
        "AND backend_start > '%s' AND state = 'active' AND wait_event_type = 'Lock'",
        c, hora);
}
