/*
 * base_datos: inserta registros en PostgreSQL a la vez, pregunta por ellos, los inserta otra
 * vez de uno en uno y compara lo que tarda.
 *
 * El enunciado está en README.md y las pistas en pistas.md. Lo que debes escribir está
 * marcado con TODO; cambia lo que quieras de lo demás: se califica lo que el programa
 * hace, no cómo lo hace.
 */
#include <asinc/asinc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SALIDA_BIEN = 0, SALIDA_FALLO = 1, SALIDA_ARGUMENTOS = 2 };

struct opciones {
    const char *dsn;    /* cómo conectar; lo entiende as_pg_new */
    const char *nombre; /* el registro i se llama «nombre i» */
    int conexiones, registros, consultas;
    bool falta_algo; /* ponlo si algo de lo pedido no se pudo hacer: salida 1 */
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

/*
 * TODO 1: inserta un registro en la tabla usuarios.
 *
 * Usa as_pg_query (su manual está en common/include/asinc/pg.h) con $1 y $2 en el SQL y los
 * valores aparte, como textos. Devuelve lo que devuelva.
 */
static int insertar_registro(as_pg *pool, int id, const char *nombre)
{
    (void)pool;
    (void)id;
    (void)nombre;
    return UV_ENOSYS;
}

/*
 * TODO 2: hace las `n` primeras CONSULTAS a la vez y escribe sus respuestas en orden.
 *
 * Cada una necesita su tarea, y un sitio donde dejar la respuesta hasta que estén todas.
 */
static int ejecutar_consultas(as_pg *pool, int n)
{
    (void)pool;
    (void)CONSULTAS;
    (void)n;
    return 0;
}

/*
 * TODO 3: inserta todos los registros a la vez, pregunta, insértalos otra vez de uno en uno,
 * cuenta cómo fue y compara los tiempos (as_now_ns).
 *
 * Es la tarea principal. Tal como está inserta un solo registro: sirve para probar el TODO 1.
 * Después, cámbiala entera.
 */
static int principal(void *arg)
{
    struct opciones *opciones = arg;
    as_pg *pool = as_pg_new(opciones->dsn, NULL);
    if (!pool)
        return UV_EINVAL;
    int rc = insertar_registro(pool, 1, opciones->nombre);
    if (rc == 0)
        rc = ejecutar_consultas(pool, opciones->consultas);
    as_pg_close(pool);
    return rc;
}

/* ---- Línea de órdenes (está hecha) ------------------------------------------- */

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
    if (rc == UV_ENOSYS)
        fprintf(stderr, "base_datos: todavía no inserta nada; empieza por el TODO 1 de "
                        "labs/12-base_datos/base_datos.c\n");
    else if (rc < 0)
        fprintf(stderr, "base_datos: %s\n", motivo(rc));
    return rc < 0 || opciones.falta_algo ? SALIDA_FALLO : SALIDA_BIEN;
}
