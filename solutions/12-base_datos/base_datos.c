/*
 * base_datos: inserta registros en PostgreSQL a la vez, pregunta por ellos, los inserta otra
 * vez de uno en uno y compara lo que tarda.
 *
 * Hay una tarea por registro y un pool de pocas conexiones: quien no encuentra ninguna libre
 * espera turno dentro de as_pg_query. Nadie reparte el trabajo ni cuenta conexiones: lo hace
 * el pool, que también sustituye a las que se rompen.
 */
#include <asinc/asinc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SALIDA_BIEN = 0, SALIDA_FALLO = 1, SALIDA_ARGUMENTOS = 2 };

struct opciones {
    const char *dsn;
    const char *nombre;
    int conexiones, registros, consultas;
    bool falta_algo; /* lo pone el programa: algo de lo pedido no se pudo hacer */
};

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

static const char *const CONSULTAS[] = {
    "SELECT count(*) FROM usuarios",
    "SELECT min(id) FROM usuarios",
    "SELECT max(id) FROM usuarios",
    "SELECT sum(id) FROM usuarios",
    "SELECT count(*) FROM usuarios WHERE id % 2 = 0",
    "SELECT count(DISTINCT nombre) FROM usuarios",
    "SELECT min(nombre) FROM usuarios",
    "SELECT max(nombre) FROM usuarios",
    "SELECT nombre FROM usuarios ORDER BY length(nombre) DESC, id LIMIT 1",
    "SELECT sum(length(nombre)) FROM usuarios",
};
enum { MAX_CONSULTAS = sizeof CONSULTAS / sizeof *CONSULTAS };

struct consulta {
    as_pg *pool;
    const char *sql;
    char *respuesta; /* el valor, o «ERROR motivo» */
    bool fallida;
};

/* Por qué falló lo último, en una línea: PostgreSQL añade detalles en otras. Vale hasta la
 * próxima llamada. */
static const char *motivo(int rc)
{
    static char texto[256];
    const char *detalle = as_error_detail();
    snprintf(texto, sizeof texto, "%s", *detalle ? detalle : as_strerror(rc));
    texto[strcspn(texto, "\n")] = '\0';
    return texto;
}

/* ---- Insertar ------------------------------------------------------------------- */

static int insertar_registro(as_pg *pool, int id, const char *nombre)
{
    char numero[12];
    snprintf(numero, sizeof numero, "%d", id);
    const char *const parametros[] = {numero, nombre};
    return as_pg_query(pool, "INSERT INTO usuarios(id, nombre) VALUES($1, $2)", 2,
                       parametros, NULL);
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
        printf("FALLO %d %s\n", registro->id, motivo(rc));
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
    int rc = as_pg_query(consulta->pool, consulta->sql, 0, NULL, &resultado);
    if (rc == UV_ECANCELED)
        return rc;
    consulta->fallida = rc < 0;
    if (rc < 0)
        rc = asprintf(&consulta->respuesta, "ERROR %s", motivo(rc));
    else
        rc = asprintf(&consulta->respuesta, "%s",
                      as_pg_is_null(resultado, 0, 0) ? "-"
                                                     : as_pg_value(resultado, 0, 0));
    as_pg_result_free(resultado);
    return rc < 0 ? UV_ENOMEM : 0;
}

/* Las `n` primeras a la vez; las líneas salen en orden, cuando están todas. */
static int ejecutar_consultas(as_pg *pool, int n, bool *falta_algo)
{
    struct consulta consultas[MAX_CONSULTAS] = {0};
    for (int i = 0; i < n; i++)
        consultas[i] = (struct consulta){.pool = pool, .sql = CONSULTAS[i]};
    int rc = as_gather_each(consultar, consultas, (size_t)n, sizeof *consultas, NULL);
    for (int i = 0; i < n; i++) {
        if (rc == 0)
            printf("CONSULTA %d %s\n", i + 1, consultas[i].respuesta);
        *falta_algo |= consultas[i].fallida;
        free(consultas[i].respuesta);
    }
    return rc;
}

/* ---- Todo junto ----------------------------------------------------------------- */

static int trabajar(as_pg *pool, struct opciones *o)
{
    struct tanda juntas = {.pool = pool, .nombre = o->nombre}, en_fila = juntas;
    double ms_juntas = 0, ms_en_fila = 0;

    int rc = insertar_a_la_vez(&juntas, o->registros, &ms_juntas);
    if (rc == 0)
        rc = ejecutar_consultas(pool, o->consultas, &o->falta_algo);
    if (rc == 0)
        rc = insertar_en_fila(&en_fila, o->registros, &ms_en_fila);
    if (rc == 0)
        printf("COMPARACION %.2f veces lo que tarda a la vez\n", ms_en_fila / ms_juntas);
    o->falta_algo |= juntas.fallidos > 0 || en_fila.fallidos > 0;
    return rc;
}

static int principal(void *arg)
{
    struct opciones *opciones = arg;
    as_pg_options limites = {.max_connections = (size_t)opciones->conexiones};
    as_pg_connection *primera;
    as_pg *pool = as_pg_new(opciones->dsn, &limites);
    if (!pool)
        return UV_EINVAL;
    /* Si no hay servidor, mejor saberlo ahora que por el fallo de cada registro. */
    int rc = as_pg_acquire(pool, &primera);
    if (rc == 0) {
        as_pg_release(primera);
        rc = trabajar(pool, opciones);
    }
    as_pg_close(pool);
    return rc;
}

/* ---- Línea de órdenes (dada en el esqueleto) ---------------------------------- */

#define USO                                                                              \
    "[--dsn TEXTO] [--conexiones N] [--registros N] [--consultas N] [--nombre TEXTO]"

/* Llena `o`, o explica qué está mal en una línea y devuelve -1. */
static int leer_opciones(int argc, char **argv, struct opciones *o)
{
    *o = (struct opciones){.dsn = "",
                           .nombre = "usuario",
                           .conexiones = 10,
                           .registros = 100,
                           .consultas = 10};
    const struct as_arg tabla[] = {
        {"dsn", AS_ARG_TEXT, &o->dsn, 0, 0},
        {"conexiones", AS_ARG_INT, &o->conexiones, 1, 100},
        {"registros", AS_ARG_INT, &o->registros, 1, 10000},
        {"consultas", AS_ARG_INT, &o->consultas, 0, MAX_CONSULTAS},
        {"nombre", AS_ARG_TEXT, &o->nombre, 0, 0},
        {0},
    };
    int primero = as_args(argc, argv, USO, tabla);
    if (primero >= 0 && primero < argc)
        fprintf(stderr, "base_datos: sobra «%s». Uso: base_datos " USO "\n",
                argv[primero]);
    return primero == argc ? 0 : -1;
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
        fprintf(stderr, "base_datos: %s\n", motivo(rc));
    return rc < 0 || opciones.falta_algo ? SALIDA_FALLO : SALIDA_BIEN;
}
