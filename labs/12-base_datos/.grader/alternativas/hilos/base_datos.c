/*
 * base_datos con un hilo por conexión: cada uno toma el siguiente registro pendiente y llama a
 * libpq, que bloquea. Un cerrojo guarda el reparto, las cuentas y la salida.
 */
#include "opciones.h"

#include <libpq-fe.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct opciones opciones;
static PGconn **conexiones; /* la de cada hilo; NULL si está por abrir */

static pthread_mutex_t cerrojo = PTHREAD_MUTEX_INITIALIZER;
static int siguiente, ultimo;    /* lo que queda por repartir */
static int insertados, fallidos; /* de la tanda en marcha */
static char *respuestas[MAX_CONSULTAS];
static bool falta_algo;

static double ahora_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* El siguiente por hacer, o 0. */
static int tomar(void)
{
    pthread_mutex_lock(&cerrojo);
    int mio = siguiente <= ultimo ? siguiente++ : 0;
    pthread_mutex_unlock(&cerrojo);
    return mio;
}

/* Hace `sql` por esa conexión, que abre si hace falta. Deja en `motivo` por qué falló. */
static PGresult *hacer(PGconn **conexion, const char *sql, int n,
                       const char *const *valores, char motivo[static 256])
{
    PGresult *resultado = NULL;
    if (PQstatus(*conexion) != CONNECTION_OK) {
        PQfinish(*conexion);
        *conexion = PQconnectdb(opciones.dsn);
    }
    if (PQstatus(*conexion) == CONNECTION_OK)
        resultado = PQexecParams(*conexion, sql, n, NULL, valores, NULL, NULL, 0);
    snprintf(motivo, 256, "%s", PQerrorMessage(*conexion));
    motivo[strcspn(motivo, "\n")] = '\0';
    return resultado;
}

static bool va_bien(const PGresult *resultado)
{
    ExecStatusType estado = PQresultStatus(resultado);
    return estado == PGRES_COMMAND_OK || estado == PGRES_TUPLES_OK;
}

static void insertar_registro(PGconn **conexion, int id)
{
    char numero[12], motivo[256], *nombre;
    snprintf(numero, sizeof numero, "%d", id);
    if (asprintf(&nombre, "%s %d", opciones.nombre, id) < 0)
        abort();
    const char *const valores[] = {numero, nombre};
    PGresult *resultado = hacer(
        conexion, "INSERT INTO usuarios(id, nombre) VALUES($1, $2)", 2, valores, motivo);
    pthread_mutex_lock(&cerrojo);
    if (va_bien(resultado)) {
        insertados++;
    } else {
        fallidos++;
        printf("FALLO %d %s\n", id, motivo);
    }
    pthread_mutex_unlock(&cerrojo);
    PQclear(resultado);
    free(nombre);
}

static void *insertar(void *conexion)
{
    for (int id; (id = tomar());)
        insertar_registro(conexion, id);
    return NULL;
}

static void consultar_una(PGconn **conexion, int k)
{
    char motivo[256];
    PGresult *resultado = hacer(conexion, CONSULTAS[k], 0, NULL, motivo);
    bool bien = va_bien(resultado);
    const char *valor = motivo;
    if (bien)
        valor = PQntuples(resultado) == 0 || PQgetisnull(resultado, 0, 0)
                    ? "NULL"
                    : PQgetvalue(resultado, 0, 0);
    if (asprintf(&respuestas[k], "%s%s", bien ? "" : "ERROR ", valor) < 0)
        abort();
    PQclear(resultado);
    pthread_mutex_lock(&cerrojo);
    falta_algo |= !bien;
    pthread_mutex_unlock(&cerrojo);
}

static void *consultar(void *conexion)
{
    for (int k; (k = tomar());)
        consultar_una(conexion, k - 1);
    return NULL;
}

/* Reparte de 1 a `fin` entre los hilos, y los espera. */
static void repartir(void *(*trabajo)(void *), int fin)
{
    pthread_t hilos[opciones.conexiones];
    siguiente = 1;
    ultimo = fin;
    for (int i = 0; i < opciones.conexiones; i++)
        if (pthread_create(&hilos[i], NULL, trabajo, &conexiones[i]) != 0) {
            fprintf(stderr, "base_datos: no se puede crear un hilo más\n");
            exit(SALIDA_FALLO);
        }
    for (int i = 0; i < opciones.conexiones; i++)
        pthread_join(hilos[i], NULL);
}

static double cerrar_tanda(const char *titulo, double inicio)
{
    double ms = ahora_ms() - inicio;
    printf("%s insertados=%d fallidos=%d tiempo=%.1f ms\n", titulo, insertados, fallidos,
           ms);
    falta_algo |= fallidos > 0;
    insertados = fallidos = 0;
    return ms;
}

static void trabajar(void)
{
    int n = opciones.registros;
    double inicio = ahora_ms();
    repartir(insertar, n);
    double juntas = cerrar_tanda("CONCURRENTE", inicio);

    repartir(consultar, opciones.consultas);
    for (int k = 0; k < opciones.consultas; k++) {
        printf("CONSULTA %d %s\n", k + 1, respuestas[k]);
        free(respuestas[k]);
    }
    inicio = ahora_ms();
    for (int id = n + 1; id <= 2 * n; id++)
        insertar_registro(&conexiones[0], id);
    printf("COMPARACION %.2f\n", cerrar_tanda("SECUENCIAL", inicio) / juntas);
}

int main(int argc, char **argv)
{
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    conexiones = calloc((size_t)opciones.conexiones, sizeof *conexiones);
    if (!conexiones)
        return SALIDA_FALLO;
    conexiones[0] = PQconnectdb(opciones.dsn);
    if (PQstatus(conexiones[0]) == CONNECTION_OK) {
        trabajar();
    } else {
        fprintf(stderr, "base_datos: %s", PQerrorMessage(conexiones[0]));
        falta_algo = true;
    }
    for (int i = 0; i < opciones.conexiones; i++)
        PQfinish(conexiones[i]);
    free(conexiones);
    return falta_algo ? SALIDA_FALLO : SALIDA_BIEN;
}
