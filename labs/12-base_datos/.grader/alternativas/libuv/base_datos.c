/*
 * base_datos con libuv y libpq a secas, sin tareas. Hay un trabajo por registro y por
 * consulta; cada conexión toma uno, lo envía y espera la respuesta con un uv_poll. Abrir una
 * conexión bloquea, así que se hace en los hilos de libuv.
 *
 *   repartir() -> [abrir() en un hilo -> on_abierta()] -> enviar() -> on_leible() -> acabar()
 */
#include "opciones.h"

#include <libpq-fe.h>
#include <uv.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum fase { JUNTAS, CONSULTANDO, EN_FILA, FIN };

struct conexion {
    PGconn *pg;      /* NULL si está por abrir */
    uv_poll_t *poll; /* vigila el socket de `pg` */
    uv_work_t abrir;
    bool ocupada;
    int trabajo;         /* el id del registro o el número de la consulta */
    PGresult *resultado; /* el del trabajo, si ya ha llegado */
};

static struct opciones opciones;
static struct conexion *conexiones;
static enum fase fase;
static int siguiente, ultimo, ocupadas;
static int insertados, fallidos;
static uint64_t inicio;
static double ms_juntas;
static char *respuestas[MAX_CONSULTAS];
static bool falta_algo;

static void repartir(void);

/* ---- Una conexión ---------------------------------------------------------------- */

static void on_poll_cerrado(uv_handle_t *handle)
{
    free(handle);
}

static void cerrar(struct conexion *c)
{
    if (c->poll)
        uv_close((uv_handle_t *)c->poll, on_poll_cerrado);
    PQfinish(c->pg);
    c->poll = NULL;
    c->pg = NULL;
}

static void apuntar_insercion(int id, const char *motivo)
{
    if (!motivo) {
        insertados++;
        return;
    }
    fallidos++;
    printf("FALLO %d %s\n", id, motivo);
}

static void apuntar_respuesta(const struct conexion *c, const char *motivo)
{
    const char *valor = motivo;
    if (!motivo)
        valor = PQntuples(c->resultado) == 0 || PQgetisnull(c->resultado, 0, 0)
                    ? "NULL"
                    : PQgetvalue(c->resultado, 0, 0);
    falta_algo |= motivo != NULL;
    if (asprintf(&respuestas[c->trabajo - 1], "%s%s", motivo ? "ERROR " : "", valor) < 0)
        abort();
}

/* El trabajo de la conexión terminó, bien o mal. */
static void acabar(struct conexion *c)
{
    char motivo[256];
    ExecStatusType estado = PQresultStatus(c->resultado);
    bool bien = c->resultado && (estado == PGRES_COMMAND_OK || estado == PGRES_TUPLES_OK);
    snprintf(motivo, sizeof motivo, "%s", PQerrorMessage(c->pg));
    motivo[strcspn(motivo, "\n")] = '\0';
    if (fase == CONSULTANDO)
        apuntar_respuesta(c, bien ? NULL : motivo);
    else
        apuntar_insercion(c->trabajo, bien ? NULL : motivo);
    PQclear(c->resultado);
    c->resultado = NULL;
    c->ocupada = false;
    ocupadas--;
    if (c->poll)
        uv_poll_stop(c->poll);
    if (PQstatus(c->pg) != CONNECTION_OK)
        cerrar(c);
    repartir();
}

static void on_leible(uv_poll_t *poll, int status, int eventos)
{
    struct conexion *c = poll->data;
    (void)eventos;
    if (status < 0 || !PQconsumeInput(c->pg)) {
        PQclear(c->resultado);
        c->resultado = NULL;
        acabar(c);
        return;
    }
    while (!PQisBusy(c->pg)) {
        PGresult *resultado = PQgetResult(c->pg);
        if (!resultado) {
            acabar(c);
            return;
        }
        PQclear(c->resultado);
        c->resultado = resultado;
    }
}

static void enviar(struct conexion *c)
{
    char numero[12], *nombre;
    int enviado;
    if (fase == CONSULTANDO) {
        enviado = PQsendQueryParams(c->pg, CONSULTAS[c->trabajo - 1], 0, NULL, NULL, NULL,
                                    NULL, 0);
    } else {
        snprintf(numero, sizeof numero, "%d", c->trabajo);
        if (asprintf(&nombre, "%s %d", opciones.nombre, c->trabajo) < 0)
            abort();
        const char *const valores[] = {numero, nombre};
        enviado = PQsendQueryParams(c->pg,
                                    "INSERT INTO usuarios(id, nombre) VALUES($1, $2)", 2,
                                    NULL, valores, NULL, NULL, 0);
        free(nombre);
    }
    if (enviado)
        uv_poll_start(c->poll, UV_READABLE, on_leible);
    else
        acabar(c);
}

static void abrir(uv_work_t *trabajo)
{
    struct conexion *c = trabajo->data;
    c->pg = PQconnectdb(opciones.dsn);
}

static void vigilar(struct conexion *c)
{
    c->poll = malloc(sizeof *c->poll);
    if (!c->poll || uv_poll_init(uv_default_loop(), c->poll, PQsocket(c->pg)) < 0)
        abort();
    c->poll->data = c;
}

static void on_abierta(uv_work_t *trabajo, int status)
{
    struct conexion *c = trabajo->data;
    (void)status;
    if (PQstatus(c->pg) != CONNECTION_OK) {
        acabar(c);
        return;
    }
    vigilar(c);
    enviar(c);
}

/* ---- Las fases -------------------------------------------------------------------- */

static double cerrar_tanda(const char *titulo)
{
    double ms = (double)(uv_hrtime() - inicio) / 1e6;
    printf("%s insertados=%d fallidos=%d tiempo=%.1f ms\n", titulo, insertados, fallidos,
           ms);
    falta_algo |= fallidos > 0;
    insertados = fallidos = 0;
    return ms;
}

static void escribir_respuestas(void)
{
    for (int k = 0; k < opciones.consultas; k++) {
        printf("CONSULTA %d %s\n", k + 1, respuestas[k]);
        free(respuestas[k]);
    }
}

/* Cuenta la fase que acaba y prepara la siguiente. */
static void avanzar(void)
{
    int n = opciones.registros;
    switch (fase++) {
    case JUNTAS:
        ms_juntas = cerrar_tanda("CONCURRENTE");
        siguiente = 1;
        ultimo = opciones.consultas;
        break;
    case CONSULTANDO:
        escribir_respuestas();
        siguiente = n + 1;
        ultimo = 2 * n;
        inicio = uv_hrtime();
        break;
    default:
        printf("COMPARACION %.2f\n", cerrar_tanda("SECUENCIAL") / ms_juntas);
    }
}

/* Da un trabajo a cada conexión libre; sin trabajos ni conexiones ocupadas, cambia de fase. */
static void repartir(void)
{
    while (fase != FIN && siguiente > ultimo && ocupadas == 0)
        avanzar();
    int limite = fase == EN_FILA ? 1 : opciones.conexiones;
    for (int i = 0; i < limite && fase != FIN && siguiente <= ultimo; i++) {
        struct conexion *c = &conexiones[i];
        if (c->ocupada)
            continue;
        c->ocupada = true;
        c->trabajo = siguiente++;
        ocupadas++;
        c->abrir.data = c;
        if (c->pg)
            enviar(c);
        else
            uv_queue_work(uv_default_loop(), &c->abrir, abrir, on_abierta);
    }
}

static int trabajar(void)
{
    conexiones[0].pg = PQconnectdb(opciones.dsn);
    if (PQstatus(conexiones[0].pg) != CONNECTION_OK) {
        fprintf(stderr, "base_datos: %s", PQerrorMessage(conexiones[0].pg));
        PQfinish(conexiones[0].pg);
        return SALIDA_FALLO;
    }
    siguiente = 1;
    ultimo = opciones.registros;
    inicio = uv_hrtime();
    vigilar(&conexiones[0]);
    repartir();
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    for (int i = 0; i < opciones.conexiones; i++)
        cerrar(&conexiones[i]);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    uv_loop_close(uv_default_loop());
    return falta_algo ? SALIDA_FALLO : SALIDA_BIEN;
}

int main(int argc, char **argv)
{
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    conexiones = calloc((size_t)opciones.conexiones, sizeof *conexiones);
    if (!conexiones)
        return SALIDA_FALLO;
    int salida = trabajar();
    free(conexiones);
    return salida;
}
