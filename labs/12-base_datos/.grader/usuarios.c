/* usuarios.c: la tabla, y las líneas que pide el enunciado. */
#include "usuarios.h"

#include <ctype.h>
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

struct hs_pg_hold *retener_varias(struct hs_pg *pg, int cuantas, int desde, int paso)
{
    const char *claves = hs_format("generate_series(%d, %d, %d) AS id", desde,
                                   desde + (cuantas - 1) * paso, paso);
    hs_step("Retengo las inserciones de los registros %s: esperarán hasta que las suelte",
            hs_pg_text(pg, "SELECT string_agg(id::text, ', ') FROM %s", claves));
    return hs_pg_hold(pg, "INSERT INTO usuarios SELECT id, 'reservado' FROM %s", claves);
}

struct hs_program *parar_consultas(struct hs_pg *pg, int c, int q,
                                   struct hs_pg_hold **puerta)
{
    hs_step(
        "En cuanto acabe la única inserción cierro la tabla del todo: ninguna consulta "
        "puede leerla hasta que la abra");
    struct hs_pg_hold *fila = hs_pg_hold(pg, "INSERT INTO usuarios VALUES (1, '')");
    struct hs_program *p = ARRANCAR(pg, "--registros", "1", "--conexiones", NUMERO(c),
                                    "--consultas", NUMERO(q));
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    *puerta = hs_pg_hold_next(pg, "LOCK TABLE usuarios");
    hs_pg_release(fila);
    hs_pg_wait_blocked(pg, c, ENSEGUIDA);
    return p;
}

const char *largo(const char *antes, const char *letras, int n, const char *despues)
{
    size_t una = strlen(letras);
    char *veces = malloc(una * (size_t)n + 1);
    if (!veces)
        hs_broken("no hay memoria para un texto largo");
    for (int i = 0; i < n; i++)
        memcpy(veces + una * (size_t)i, letras, una);
    veces[una * (size_t)n] = '\0';
    const char *texto = hs_format("%s%s%s", antes, veces, despues);
    free(veces);
    return texto;
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
    hs_expect_eq_str(hs_format("la línea %s, hasta el tiempo,", titulo), esperado,
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
    return (struct hs_match){.regex = hs_format("^FALLO %d [^ ]", id),
                             .what = hs_format("la línea «FALLO %d (motivo)»", id)};
}

/* ¿Empieza como ninguna de las del enunciado? */
static bool desconocida(const struct hs_line *linea, void *arg)
{
    static const char *const principios[] = {
        "FALLO ", "CONSULTA ", "COMPARACION ",
        "CONCURRENTE insertados=", "SECUENCIAL insertados="};
    (void)arg;
    for (size_t i = 0; i < sizeof principios / sizeof *principios; i++)
        if (strncmp(linea->text, principios[i], strlen(principios[i])) == 0)
            return false;
    return true;
}

void exigir_lineas_conocidas(struct hs_program *p)
{
    const struct hs_line *suelta = hs_find_line(
        p,
        (struct hs_match){
            .test = desconocida, .what = "otra línea cualquiera", .stream = HS_OUT},
        1);
    if (suelta)
        hs_fail(
            "el programa debía escribir solo las líneas del enunciado, con cada motivo "
            "entero en la suya, y además ha salido «%s». La explicación de PostgreSQL "
            "tiene a veces varias líneas: quédate con la primera",
            suelta->text);
}

void exigir_fallos(struct hs_program *p, int k, int hasta)
{
    struct hs_match alguno = hs_regex("^FALLO", "una línea que empiece por «FALLO»");
    hs_expect_lines(p, k, alguno);
    for (int i = 1; i <= k; i++) {
        const char *linea = hs_find_line(p, alguno, i)->text;
        int id = (int)strtol(linea + strlen("FALLO"), NULL, 10);
        if (id < 1 || id > hasta)
            hs_fail("cada FALLO debía llevar el id de un registro, de 1 a %d, y hay una "
                    "línea «%s»",
                    hasta, linea);
        hs_expect_lines(p, 1, fallo(id));
    }
    exigir_lineas_conocidas(p);
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
    hs_expect_eq_int(
        hs_format("el número de registros en la tabla con id de %d a %d", desde, hasta),
        hasta - desde + 1, cuantos(pg, desde, hasta));
    const char *mal = hs_pg_text(
        pg,
        "SELECT coalesce(min(format('el %%s es «%%s»', id, nombre)), '')"
        " FROM usuarios WHERE id BETWEEN %d AND %d"
        " AND nombre <> 'usuario ' || id",
        desde, hasta);
    hs_expect(!*mal, "cada registro debía llamarse «usuario», un espacio y su id, y %s",
              mal);
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

void cortar(struct hs_pg *pg, int k, int c)
{
    hs_step(k == c
                ? "El servidor corta las %d conexiones, con lo que hacían a medias"
                : "El servidor corta una de las %d conexiones, con lo que hacía a medias",
            c);
    const char *hora = hs_pg_text(pg, "SELECT clock_timestamp()");
    hs_pg_run(pg,
              "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity "
              "WHERE usename = 'alumno' ORDER BY random() LIMIT %d) AS elegidas",
              k);
    hs_pg_wait(
        pg, PRONTO,
        hs_format(k == c
                      ? "el programa abría otras %d conexiones y seguía trabajando"
                      : "el programa abría otra conexión y trabajaba por las %d a la vez",
                  c),
        "SELECT count(*) = %d AND count(*) FILTER (WHERE backend_start > '%s') = %d "
        "FROM pg_stat_activity WHERE usename = 'alumno' "
        "AND state = 'active' AND wait_event_type = 'Lock'",
        c, hora, k);
}

void esperar_la_secuencial(struct hs_pg *pg, int registros)
{
    hs_pg_wait(
        pg, PRONTO, "la tanda secuencial esperaba",
        "SELECT count(*) = %d AND EXISTS "
        "(SELECT FROM pg_stat_activity WHERE usename = 'alumno' AND state = 'active' "
        "AND wait_event_type = 'Lock') FROM usuarios WHERE id BETWEEN 1 AND %d",
        registros, registros);
}

void interrumpir(struct hs_pg *pg)
{
    const char *pid = hs_pg_text(
        pg, "SELECT pid FROM pg_stat_activity WHERE usename = 'alumno' "
            "AND wait_event_type = 'Lock'");
    hs_step("El servidor interrumpe lo que estaba haciendo: falla, y su conexión sigue "
            "entera");
    hs_pg_run(pg, "SELECT pg_cancel_backend(%s)", pid);
}

/* ¿Hay un número suelto en el SQL? No lo son el de $1 ni el de int8. */
static bool lleva_un_numero(const char *sql)
{
    for (const char *c = sql; *c; c++) {
        char antes = c > sql ? c[-1] : ' ';
        if (isdigit((unsigned char)*c) && !isalnum((unsigned char)antes) &&
            !strchr("_$", antes))
            return true;
    }
    return false;
}

void exigir_parametros(struct hs_pg *pg, const char *nombre)
{
    const char *sql = hs_pg_text(pg,
                                 "SELECT query FROM pg_stat_activity "
                                 "WHERE usename = 'alumno' AND wait_event_type = 'Lock' "
                                 "LIMIT 1");
    hs_step("El servidor está haciendo: «%s»", sql);
    hs_expect(
        !strstr(sql, nombre),
        "los valores debían viajar aparte del SQL, como $1 y $2, y el nombre «%s» va "
        "pegado dentro: «%s»",
        nombre, sql);
    hs_expect(!lleva_un_numero(sql),
              "los valores debían viajar aparte del SQL, como $1 y $2, y el id va pegado "
              "dentro: «%s»",
              sql);
}

void exigir_reposo(struct hs_pg *pg, struct hs_program *p, const char *que)
{
    hs_pg_run(pg, "SELECT pg_sleep(0.1)");
    hs_step("%s: el programa no tiene nada que hacer", que);
    hs_expect_rest(p, 250);
}

void exigir_nombres(struct hs_pg *pg, const char *nombre, int desde, int hasta)
{
    for (int id = desde; id <= hasta; id++)
        hs_expect_eq_str(
            hs_format("el nombre del registro %d, con --nombre «%.40s»,", id, nombre),
            hs_format("%s %d", nombre, id),
            hs_pg_text(pg, "SELECT coalesce(max(nombre), '') FROM usuarios WHERE id = %d",
                       id));
}
