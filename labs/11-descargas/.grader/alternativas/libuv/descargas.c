/*
 * descargas con libuv y libcurl a pelo: un hilo, una estructura por descarga y curl_multi,
 * avisado por uv_poll de cada conexión. La pantalla es un temporizador, y no usa dibujo.h: en una
 * terminal pone cada descarga en su fila.
 */
#include "nombre.h"
#include "opciones.h"

#include <curl/curl.h>
#include <uv.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct descarga {
    const char *url;
    char *nombre, *destino, *part, *ficha; /* ficha: de qué versión es el .part */
    char motivo[80];
    CURL *curl;
    struct curl_slist *cabeceras;
    int archivo; /* -1 hasta que llegan las cabeceras */
    bool en_marcha;
    int64_t desde, bytes, total, bytes_antes;
    uint64_t ultimo_ms, ms_antes;
    double kb_por_segundo;
};

/* Todo ocurre en un hilo: un solo estado para el programa. */
static struct {
    struct opciones o;
    uv_loop_t bucle;
    uv_timer_t plazo_curl, refresco, guardia; /* `guardia` vigila --timeout */
    uv_signal_t ctrl_c;
    CURLM *multi;
    struct descarga *descargas;
    size_t siguiente, listos, errores;
    int activas, dibujadas; /* descargas en vuelo, y filas de estado en la pantalla */
    int64_t bytes;
    bool terminal;
} g;

static uint64_t ahora_ms(void)
{
    return uv_hrtime() / 1000000;
}

/* ---- La pantalla ------------------------------------------------------------------ */

static void borrar_estado(void)
{
    if (g.dibujadas > 0)
        printf("\x1b[%dA\r\x1b[J", g.dibujadas);
    g.dibujadas = 0;
}

static void escribir_fila(const struct descarga *d, int ancho)
{
    char texto[512];
    if (d->total < 0)
        snprintf(texto, sizeof texto, "%s %" PRId64 " KB %.2f KB/s", d->nombre,
                 d->bytes / 1024, d->kb_por_segundo);
    else
        snprintf(texto, sizeof texto, "%s %d%% %.2f KB/s", d->nombre,
                 d->total > 0 ? (int)(d->bytes * 100 / d->total) : 100,
                 d->kb_por_segundo);
    if (g.terminal)
        printf("%.*s\n", ancho, texto);
    else
        printf("PROGRESO %s\n", texto);
}

static void medir_velocidad(struct descarga *d)
{
    uint64_t ms = ahora_ms() - d->ms_antes;
    if (ms > 0)
        d->kb_por_segundo = (double)(d->bytes - d->bytes_antes) / 1.024 / (double)ms;
    d->ms_antes += ms;
    d->bytes_antes = d->bytes;
}

static void refrescar(uv_timer_t *timer)
{
    struct winsize ventana = {.ws_col = 80};
    (void)timer;
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &ventana);
    borrar_estado();
    for (size_t i = 0; i < g.o.n; i++)
        if (g.descargas[i].en_marcha) {
            medir_velocidad(&g.descargas[i]);
            escribir_fila(&g.descargas[i], ventana.ws_col - 1);
            g.dibujadas += g.terminal;
        }
    fflush(stdout);
}

/* ---- Una descarga ----------------------------------------------------------------- */

static const char *cabecera(CURL *curl, const char *nombre)
{
    struct curl_header *c;
    return curl_easy_header(curl, nombre, 0, CURLH_HEADER, -1, &c) ? "" : c->value;
}

static int64_t inicio_del_rango(CURL *curl)
{
    char *fin = "";
    const char *rango = cabecera(curl, "Content-Range");
    int64_t inicio = strncasecmp(rango, "bytes ", 6) ? -1 : strtoll(rango + 6, &fin, 10);
    return *fin == '-' ? inicio : -1;
}

/* La etiqueta de la versión del .part es adonde apunta un enlace: se pone de una vez. */
static bool guardar_etiqueta(const struct descarga *d)
{
    const char *etiqueta = cabecera(d->curl, "ETag");
    unlink(d->ficha);
    return *etiqueta != '"' || symlink(etiqueta, d->ficha) == 0;
}

/* Con las cabeceras ya recibidas: mira el estado y abre el .part. Falso si no procede. */
static bool abrir(struct descarga *d)
{
    long estado;
    curl_off_t longitud;
    curl_easy_getinfo(d->curl, CURLINFO_RESPONSE_CODE, &estado);
    curl_easy_getinfo(d->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &longitud);
    if (estado == 200)
        d->desde = 0;
    else if (estado != 206 || d->desde == 0 || inicio_del_rango(d->curl) != d->desde) {
        snprintf(d->motivo, sizeof d->motivo, "HTTP %ld", estado);
        return false;
    }
    int como = O_WRONLY | O_CREAT | O_CLOEXEC | (d->desde ? O_APPEND : O_TRUNC);
    d->archivo = open(d->part, como, 0666);
    if (d->archivo < 0 || (d->desde == 0 && !guardar_etiqueta(d))) {
        snprintf(d->motivo, sizeof d->motivo, "%s", strerror(errno));
        return false;
    }
    d->bytes = d->bytes_antes = d->desde;
    d->total = longitud < 0 ? -1 : d->desde + longitud;
    d->ms_antes = ahora_ms();
    d->en_marcha = true;
    return true;
}

static size_t al_llegar(char *datos, size_t uno, size_t n, void *arg)
{
    struct descarga *d = arg;
    d->ultimo_ms = ahora_ms();
    if (d->archivo < 0 && !abrir(d))
        return 0;
    for (size_t hechos = 0; hechos < n * uno;) {
        ssize_t escritos = write(d->archivo, datos + hechos, n * uno - hechos);
        if (escritos < 0 && errno != EINTR) {
            snprintf(d->motivo, sizeof d->motivo, "%s", strerror(errno));
            return 0;
        }
        hechos += escritos > 0 ? (size_t)escritos : 0;
    }
    d->bytes += (int64_t)(n * uno);
    g.bytes += (int64_t)(n * uno);
    return n * uno;
}

static void pedir(struct descarga *d)
{
    char rango[32], si_es[300] = "If-Range: ";
    snprintf(rango, sizeof rango, "%" PRId64 "-", d->desde);
    d->curl = curl_easy_init();
    if (!d->curl)
        abort();
    curl_easy_setopt(d->curl, CURLOPT_URL, d->url);
    curl_easy_setopt(d->curl, CURLOPT_PRIVATE, d);
    curl_easy_setopt(d->curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(d->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(d->curl, CURLOPT_WRITEFUNCTION, al_llegar);
    curl_easy_setopt(d->curl, CURLOPT_WRITEDATA, d);
    if (d->desde > 0)
        curl_easy_setopt(d->curl, CURLOPT_RANGE, rango);
    if (d->desde > 0 && readlink(d->ficha, si_es + 10, sizeof si_es - 11) > 0)
        d->cabeceras = curl_slist_append(NULL, si_es);
    curl_easy_setopt(d->curl, CURLOPT_HTTPHEADER, d->cabeceras);
    d->ultimo_ms = ahora_ms();
    curl_multi_add_handle(g.multi, d->curl);
}

static void soltar(struct descarga *d)
{
    curl_multi_remove_handle(g.multi, d->curl);
    curl_easy_cleanup(d->curl);
    curl_slist_free_all(d->cabeceras);
    d->curl = NULL;
    d->cabeceras = NULL;
}

static void cerrar_handle(uv_handle_t *handle, void *nada)
{
    (void)nada;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void despedirse(void)
{
    borrar_estado();
    printf("RESUMEN listos=%zu errores=%zu interrumpidos=%zu bytes=%" PRId64 "\n",
           g.listos, g.errores, g.o.n - g.listos - g.errores, g.bytes);
    for (size_t i = 0; i < g.o.n; i++)
        if (g.descargas[i].curl)
            soltar(&g.descargas[i]);
    curl_multi_cleanup(g.multi); /* cierra las conexiones, y con ellas sus uv_poll */
    uv_walk(&g.bucle, cerrar_handle, NULL);
}

static void fallar(const struct descarga *d)
{
    g.errores++;
    borrar_estado();
    printf("ERROR %s %s\n", d->url, d->motivo);
}

/* Empieza las que quepan; si ya no queda ninguna, se acabó. */
static void empezar_las_que_quepan(void)
{
    while (g.activas < g.o.max && g.siguiente < g.o.n) {
        struct descarga *d = &g.descargas[g.siguiente++];
        struct stat info;
        if (!d->nombre) {
            fallar(d);
            continue;
        }
        d->desde = stat(d->part, &info) == 0 ? info.st_size : 0;
        g.activas++;
        pedir(d);
    }
    if (g.activas == 0)
        despedirse();
}

static void terminada(struct descarga *d, CURLcode codigo)
{
    long estado;
    curl_easy_getinfo(d->curl, CURLINFO_RESPONSE_CODE, &estado);
    if (estado == 416 && d->desde > 0) {
        soltar(d);
        *d->motivo = '\0';
        d->desde = 0;
        pedir(d);
        return;
    }
    bool bien = codigo == CURLE_OK;
    if (bien && d->archivo < 0) /* un cuerpo vacío no llama a al_llegar */
        bien = abrir(d);
    if (d->archivo >= 0 && close(d->archivo) < 0)
        bien = false;
    d->archivo = -1;
    d->en_marcha = false;
    soltar(d);
    if (!*d->motivo)
        snprintf(d->motivo, sizeof d->motivo, "%s", curl_easy_strerror(codigo));
    bien = bien && (unlink(d->ficha) == 0 || errno == ENOENT);
    if (bien && rename(d->part, d->destino) == 0) {
        g.listos++;
        borrar_estado();
        printf("LISTO %s %" PRId64 " bytes\n", d->nombre, d->bytes);
    } else {
        fallar(d);
    }
    g.activas--;
    empezar_las_que_quepan();
}

static void vigilar(uv_timer_t *timer)
{
    (void)timer;
    for (size_t i = 0; i < g.o.n; i++) {
        struct descarga *d = &g.descargas[i];
        if (d->curl && ahora_ms() - d->ultimo_ms >= (uint64_t)g.o.timeout_ms)
            terminada(d, CURLE_OPERATION_TIMEDOUT);
    }
}

static void al_pulsar_ctrl_c(uv_signal_t *senal, int numero)
{
    (void)senal, (void)numero;
    despedirse();
}

/* ---- Unir libcurl con libuv ------------------------------------------------------- */

static void recoger_terminadas(void)
{
    CURLMsg *mensaje;
    int quedan;
    while (g.activas > 0 && (mensaje = curl_multi_info_read(g.multi, &quedan))) {
        struct descarga *d;
        CURLcode codigo = mensaje->data.result; /* al soltar la petición se pierde */
        curl_easy_getinfo(mensaje->easy_handle, CURLINFO_PRIVATE, (char **)&d);
        terminada(d, codigo);
    }
}

static void conexion_lista(uv_poll_t *poll, int error, int eventos)
{
    int activas, que = error < 0 ? CURL_CSELECT_ERR : 0;
    curl_socket_t fd = (curl_socket_t)(intptr_t)poll->data;
    if (eventos & UV_READABLE)
        que |= CURL_CSELECT_IN;
    if (eventos & UV_WRITABLE)
        que |= CURL_CSELECT_OUT;
    curl_multi_socket_action(g.multi, fd, que, &activas);
    recoger_terminadas();
}

/* libcurl dice qué quiere saber de una conexión; su uv_poll viaja como `datos`. */
static int al_cambiar_conexion(CURL *curl, curl_socket_t fd, int quiere, void *nada,
                               void *datos)
{
    uv_poll_t *poll = datos;
    (void)curl, (void)nada;
    if (quiere == CURL_POLL_REMOVE) {
        if (poll) {
            uv_poll_stop(poll);
            uv_close((uv_handle_t *)poll, (uv_close_cb)free);
        }
        return 0;
    }
    if (!poll) {
        poll = calloc(1, sizeof *poll);
        if (!poll || uv_poll_init_socket(&g.bucle, poll, fd) < 0) {
            free(poll);
            return -1;
        }
        poll->data = (void *)(intptr_t)fd;
        curl_multi_assign(g.multi, fd, poll);
    }
    int eventos = quiere & CURL_POLL_IN ? UV_READABLE : 0;
    eventos |= quiere & CURL_POLL_OUT ? UV_WRITABLE : 0;
    uv_poll_start(poll, eventos, conexion_lista);
    return 0;
}

static void vencio_plazo_curl(uv_timer_t *timer)
{
    int activas;
    (void)timer;
    curl_multi_socket_action(g.multi, CURL_SOCKET_TIMEOUT, 0, &activas);
    recoger_terminadas();
}

static int al_cambiar_plazo(CURLM *multi, long ms, void *nada)
{
    (void)multi, (void)nada;
    if (ms < 0)
        uv_timer_stop(&g.plazo_curl);
    else
        uv_timer_start(&g.plazo_curl, vencio_plazo_curl, (uint64_t)ms, 0);
    return 0;
}

/* ---- Todas a la vez --------------------------------------------------------------- */

static bool crear_directorio(const char *dir)
{
    char camino[4096];
    snprintf(camino, sizeof camino, "%s/", dir);
    for (char *barra = strchr(camino + 1, '/'); barra; barra = strchr(barra + 1, '/')) {
        *barra = '\0';
        mkdir(camino, 0777); /* si ya estaba, o no se puede, se ve al final */
        *barra = '/';
    }
    struct stat info;
    return stat(dir, &info) == 0 && S_ISDIR(info.st_mode);
}

static void nombrar(size_t i)
{
    struct descarga *d = &g.descargas[i];
    d->url = g.o.urls[i];
    d->nombre = nombre_de_url(d->url);
    for (size_t j = 0; j < i && d->nombre; j++)
        if (g.descargas[j].nombre && strcmp(g.descargas[j].nombre, d->nombre) == 0) {
            free(d->nombre);
            d->nombre = NULL;
        }
    if (!d->nombre)
        snprintf(d->motivo, sizeof d->motivo, "nombre de archivo no válido o repetido");
    else if (asprintf(&d->destino, "%s/%s", g.o.dir, d->nombre) < 0 ||
             asprintf(&d->part, "%s/%s.part", g.o.dir, d->nombre) < 0 ||
             asprintf(&d->ficha, "%s.etag", d->part) < 0)
        abort();
}

static int gestionar(void)
{
    if (!crear_directorio(g.o.dir)) {
        fprintf(stderr, "descargas: no se puede crear «%s»\n", g.o.dir);
        return SALIDA_FALLO;
    }
    g.descargas = calloc(g.o.n, sizeof *g.descargas);
    g.multi = curl_multi_init();
    if (!g.descargas || !g.multi || uv_loop_init(&g.bucle) < 0)
        return SALIDA_FALLO;
    for (size_t i = 0; i < g.o.n; i++) {
        g.descargas[i].archivo = -1;
        nombrar(i);
    }
    g.terminal = isatty(STDOUT_FILENO);
    curl_multi_setopt(g.multi, CURLMOPT_SOCKETFUNCTION, al_cambiar_conexion);
    curl_multi_setopt(g.multi, CURLMOPT_TIMERFUNCTION, al_cambiar_plazo);
    uv_timer_t *const timers[] = {&g.plazo_curl, &g.refresco, &g.guardia};
    for (int i = 0; i < 3; i++)
        uv_timer_init(&g.bucle, timers[i]);
    uv_signal_init(&g.bucle, &g.ctrl_c);
    uint64_t cada = (uint64_t)g.o.refresco_ms, guardia = (uint64_t)g.o.timeout_ms / 8 + 1;
    uv_timer_start(&g.refresco, refrescar, cada, cada);
    uv_timer_start(&g.guardia, vigilar, guardia, guardia);
    uv_signal_start(&g.ctrl_c, al_pulsar_ctrl_c, SIGINT);
    empezar_las_que_quepan();
    uv_run(&g.bucle, UV_RUN_DEFAULT);
    uv_loop_close(&g.bucle);
    return g.listos == g.o.n ? SALIDA_BIEN : SALIDA_FALLO;
}

int main(int argc, char **argv)
{
    if (leer_opciones(argc, argv, &g.o) < 0)
        return SALIDA_ARGUMENTOS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int salida = gestionar();
    curl_global_cleanup();
    return salida;
}
