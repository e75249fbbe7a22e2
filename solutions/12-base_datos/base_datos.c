/*
 * base_datos: inserta registros en PostgreSQL a la vez, pregunta por ellos, los inserta otra
 * vez de uno en uno y compara lo que tarda.
 *
 * Hay una tarea por registro y un pool de pocas conexiones: quien no encuentra ninguna libre
 * espera turno dentro de as_pg_query. Nadie reparte el trabajo ni cuenta conexiones: lo hace
 * el pool, que también sustituye a las que se rompen.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Un grupo de inserciones: a la vez o una tras otra. */
struct tanda {
    as_pg *pool;
    const char *nombre;
    int insertados, fallidos;
    uint64_t inicio;
};

struct registro {
    struct tanda *tanda;
    int id;
};

struct consulta {
    as_pg *pool;
    const char *sql;
    char *respuesta; /* el valor, si no falla */
};

/* Una explicación en una línea: PostgreSQL añade detalles en otras. Vale hasta la próxima
 * llamada. */
static const char *motivo(const char *explicacion)
{
    static char texto[256];
    snprintf(texto, sizeof texto, "%s", explicacion);
    texto[strcspn(texto, "\n")] = '\0';
    return texto;
}

/* ---- Insertar ------------------------------------------------------------------- */

static int insertar_registro(as_pg *pool, int id, const char *nombre)
{
    char numero[12];
    snprintf(numero, sizeof numero, "%d", id);
    const char *const parametros[] = {numero, nombre};
    return as_pg_query(pool, "INSERT INTO usuarios(id, nombre) VALUES($1, $2)",
                       parametros, 2, NULL);
}

/* La tarea de un registro. Que no se pueda insertar es un resultado, no un error: las demás
 * siguen. Solo devuelve < 0 si la cancelan o falta memoria. */
static int registrar(void *arg)
{
    const struct registro *registro = arg;
    struct tanda *tanda = registro->tanda;
    char *nombre;
    if (asprintf(&nombre, "%s %d", tanda->nombre, registro->id) < 0)
        return UV_ENOMEM;
    int rc = insertar_registro(tanda->pool, registro->id, nombre);
    free(nombre);
    if (rc == UV_ECANCELED)
        return rc;
    if (rc < 0) {
        tanda->fallidos++;
        printf("FALLO %d %s\n", registro->id, motivo(as_error_text(rc)));
    } else {
        tanda->insertados++;
    }
    return 0;
}

/* Cuenta cómo fue la tanda y devuelve los milisegundos que tardó. */
static double cerrar_tanda(const struct tanda *tanda, const char *titulo)
{
    double ms = (double)(as_now_ns() - tanda->inicio) / 1e6;
    printf("%s insertados=%d fallidos=%d tiempo=%.1f ms\n", titulo, tanda->insertados,
           tanda->fallidos, ms);
    return ms;
}

static int insertar_a_la_vez(struct tanda *tanda, int registros, double *ms)
{
    struct registro *lista = calloc((size_t)registros, sizeof *lista);
    if (!lista)
        return UV_ENOMEM;
    for (int i = 0; i < registros; i++)
        lista[i] = (struct registro){tanda, i + 1};
    tanda->inicio = as_now_ns();
    int rc = as_gather_each(registrar, lista, (size_t)registros, sizeof *lista, NULL);
    if (rc == 0)
        *ms = cerrar_tanda(tanda, "CONCURRENTE");
    free(lista);
    return rc;
}

static int insertar_en_fila(struct tanda *tanda, int registros, double *ms)
{
    int rc = 0;
    tanda->inicio = as_now_ns();
    for (int i = 0; i < registros && rc == 0; i++)
        rc = registrar(&(struct registro){tanda, registros + i + 1});
    if (rc == 0)
        *ms = cerrar_tanda(tanda, "SECUENCIAL");
    return rc;
}

/* ---- Preguntar ------------------------------------------------------------------ */

static int consultar(void *arg)
{
    struct consulta *consulta = arg;
    as_pg_result *resultado;
    int rc = as_pg_query(consulta->pool, consulta->sql, NULL, 0, &resultado);
    if (rc < 0)
        return rc;
    /* No hay valor si es el NULL de SQL, y tampoco si no hay ninguna fila. */
    const char *valor = as_pg_value(resultado, 0, 0);
    consulta->respuesta = strdup(valor ? valor : "NULL");
    as_pg_result_free(resultado);
    return consulta->respuesta ? 0 : UV_ENOMEM;
}

/* Las `n` primeras a la vez; las líneas salen en orden, cuando están todas. */
static int ejecutar_consultas(as_pg *pool, int n, bool *falta_algo)
{
    struct consulta consultas[MAX_CONSULTAS] = {0};
    as_outcome finales[MAX_CONSULTAS];
    for (int i = 0; i < n; i++)
        consultas[i] = (struct consulta){.pool = pool, .sql = CONSULTAS[i]};
    int rc = as_gather_each(consultar, consultas, (size_t)n, sizeof *consultas, finales);
    for (int i = 0; i < n; i++) {
        if (rc >= 0 && finales[i].rc < 0)
            printf("CONSULTA %d ERROR %s\n", i + 1, motivo(finales[i].text));
        else if (rc >= 0)
            printf("CONSULTA %d %s\n", i + 1, consultas[i].respuesta);
        free(consultas[i].respuesta);
    }
    *falta_algo |= rc > 0;
    return rc < 0 ? rc : 0;
}

/* ---- Todo junto ----------------------------------------------------------------- */

/* 1 si algo de lo pedido no se pudo hacer. */
static int trabajar(as_pg *pool, const struct opciones *o)
{
    struct tanda juntas = {.pool = pool, .nombre = o->nombre}, en_fila = juntas;
    double ms_juntas = 0, ms_en_fila = 0;
    bool falta_algo = false;

    int rc = insertar_a_la_vez(&juntas, o->registros, &ms_juntas);
    if (rc == 0)
        rc = ejecutar_consultas(pool, o->consultas, &falta_algo);
    if (rc == 0)
        rc = insertar_en_fila(&en_fila, o->registros, &ms_en_fila);
    if (rc == 0)
        printf("COMPARACION %.2f veces lo que tarda a la vez\n", ms_en_fila / ms_juntas);
    falta_algo |= juntas.fallidos > 0 || en_fila.fallidos > 0;
    return rc < 0 ? rc : falta_algo;
}

static int principal(void *arg)
{
    const struct opciones *opciones = arg;
    as_pg_options limites = {.max_connections = (size_t)opciones->conexiones};
    as_pg_connection *primera;
    as_pg *pool;
    int rc = as_pg_new(opciones->dsn, &limites, &pool);
    if (rc < 0)
        return rc;
    /* Si no hay servidor, mejor saberlo ahora que por el fallo de cada registro. */
    rc = as_pg_acquire(pool, &primera);
    if (rc == 0) {
        as_pg_release(primera);
        rc = trabajar(pool, opciones);
    }
    as_pg_close(pool);
    return rc;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    /* En una tubería, stdio guardaría las líneas hasta juntar unos KiB. */
    setvbuf(stdout, NULL, _IOLBF, 0);

    int rc = as_run(principal, &opciones);
    if (rc < 0)
        fprintf(stderr, "base_datos: %s\n", motivo(as_error_text(rc)));
    return rc == 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
