#include "base.h"

#include <string.h>

/* [pregunta] */
struct pregunta {
    as_pg *pool;
    const char *titulo, *sql;
    char respuesta[32]; /* la deja preguntar */
};

static int preguntar(void *arg)
{
    struct pregunta *p = arg;
    as_pg_result *filas;

    int rc = as_pg_query(p->pool, p->sql, NULL, 0, &filas);
    if (rc < 0)
        return rc;
    const char *valor = as_pg_value(filas, 0, 0); /* NULL, si lo es */
    snprintf(p->respuesta, sizeof p->respuesta, "%s",
             valor ? valor : "nada");
    as_pg_result_free(filas); /* la copia dura más que el resultado */
    return 0;
}
/* [/pregunta] */

/* [resumen] */
static int resumir(as_pg *pool)
{
    struct pregunta preguntas[] = {
        {pool, "ventas", "SELECT count(*) FROM ventas", ""},
        {pool, "total", "SELECT sum(euros) FROM ventas", ""},
        {pool, "clientes", "SELECT count(*) FROM clientes", ""},
        {pool, "la mayor de más de cien",
         "SELECT max(euros) FROM ventas WHERE euros > 100", ""}};
    enum { CUANTAS = sizeof preguntas / sizeof *preguntas };
    as_outcome casillas[CUANTAS];

    int fallos = as_gather_each(preguntar, preguntas, CUANTAS,
                                sizeof *preguntas, casillas);
    for (int i = 0; i < CUANTAS && fallos >= 0; i++) {
        const char *texto = casillas[i].text;
        if (casillas[i].rc < 0) /* solo su primera línea */
            printf("%s: %.*s\n", preguntas[i].titulo,
                   (int)strcspn(texto, "\n"), texto);
        else
            printf("%s: %s\n", preguntas[i].titulo,
                   preguntas[i].respuesta);
    }
    return fallos < 0 ? fallos : 0;
}
/* [/resumen] */

static int principal(void *arg)
{
    (void)arg;
    as_pg_connection *conexion;
    as_pg *pool;

    int rc = as_pg_new(BASE, NULL, &pool);
    if (rc < 0)
        return rc;
    /* [primera] */
    rc = as_pg_acquire(pool, &conexion);
    if (rc == 0)
        as_pg_release(conexion);
    /* [/primera] */
    if (rc == 0)
        rc = preparar(pool, "CREATE TABLE ventas (euros integer);"
                            "INSERT INTO ventas VALUES (8), (24), (8)");
    if (rc == 0)
        rc = resumir(pool);
    as_pg_close(pool);
    return rc;
}

int main(void)
{
    return correr(principal, NULL);
}
