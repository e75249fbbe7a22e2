/*
 * monitor con libuv y libcurl a pelo: un temporizador por sitio marca los turnos y
 * curl_multi lleva las peticiones, avisado por uv_poll de cada conexión.
 */
#include "opciones.h"

#include <curl/curl.h>
#include <uv.h>

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct sitio {
    uv_timer_t turno;
    const char *url;
    CURL *curl;
    bool en_vuelo;
    uint64_t empezo_ms;
    int fallos_seguidos;
    long comprobaciones, fallos;
    uint64_t ms_en_total;
};

/* Todo ocurre en un hilo: un solo estado para el programa. */
static struct {
    struct opciones opciones;
    uv_loop_t bucle;
    uv_timer_t plazo_curl;
    uv_signal_t ctrl_c;
    CURLM *multi;
    struct sitio *sitios;
    uint64_t inicio_ms;
} m;

static uint64_t ahora_ms(void)
{
    return uv_hrtime() / 1000000;
}

/* ---- Contar lo que pasó -------------------------------------------------------- */

static const char *hora(char texto[static 20])
{
    time_t ahora = time(NULL);
    struct tm partes;
    strftime(texto, 20, "%Y-%m-%dT%H:%M:%S", localtime_r(&ahora, &partes));
    return texto;
}

/* `codigo` es el de libcurl y `estado` el de HTTP. */
static void registrar(struct sitio *sitio, CURLcode codigo, long estado, uint64_t ms)
{
    char texto[20];
    printf("%s %s ", hora(texto), sitio->url);
    if (codigo != CURLE_OK)
        printf("ERROR %s", curl_easy_strerror(codigo));
    else
        printf("%ld", estado);
    printf(" %" PRIu64 " ms\n", ms);

    sitio->comprobaciones++;
    sitio->ms_en_total += ms;
    if (codigo != CURLE_OK || estado >= 400) {
        sitio->fallos++;
        if (++sitio->fallos_seguidos == m.opciones.umbral)
            printf("ALERTA %s lleva %d fallos seguidos\n", sitio->url, m.opciones.umbral);
    } else {
        if (sitio->fallos_seguidos >= m.opciones.umbral)
            printf("RECUPERADO %s tras %d fallos\n", sitio->url, sitio->fallos_seguidos);
        sitio->fallos_seguidos = 0;
    }
}

static void resumir(const struct sitio *sitios, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct sitio *s = &sitios[i];
        uint64_t media = s->comprobaciones ? s->ms_en_total / (uint64_t)s->comprobaciones
                                           : 0;
        printf("RESUMEN %s comprobaciones=%ld fallos=%ld media=%" PRIu64 " ms\n", s->url,
               s->comprobaciones, s->fallos, media);
    }
}

/* ---- Unir libcurl con libuv ----------------------------------------------------- */

static void comprobacion_terminada(struct sitio *sitio, CURLcode codigo)
{
    long estado = 0;
    curl_easy_getinfo(sitio->curl, CURLINFO_RESPONSE_CODE, &estado);
    curl_multi_remove_handle(m.multi, sitio->curl);
    sitio->en_vuelo = false;
    registrar(sitio, codigo, estado, ahora_ms() - sitio->empezo_ms);
}

static void recoger_terminadas(void)
{
    CURLMsg *mensaje;
    int quedan;
    while ((mensaje = curl_multi_info_read(m.multi, &quedan))) {
        struct sitio *sitio;
        CURLcode codigo = mensaje->data.result; /* al soltar la petición se pierde */
        curl_easy_getinfo(mensaje->easy_handle, CURLINFO_PRIVATE, (char **)&sitio);
        comprobacion_terminada(sitio, codigo);
    }
}

static void conexion_lista(uv_poll_t *poll, int error, int eventos)
{
    int activas, que = 0;
    curl_socket_t fd = (curl_socket_t)(intptr_t)poll->data;
    if (error < 0)
        que = CURL_CSELECT_ERR;
    if (eventos & UV_READABLE)
        que |= CURL_CSELECT_IN;
    if (eventos & UV_WRITABLE)
        que |= CURL_CSELECT_OUT;
    curl_multi_socket_action(m.multi, fd, que, &activas);
    recoger_terminadas();
}

static void liberar(uv_handle_t *handle)
{
    free(handle);
}

/* libcurl dice qué quiere saber de una conexión; su uv_poll viaja como `datos`. */
static int al_cambiar_conexion(CURL *curl, curl_socket_t fd, int quiere, void *nada,
                               void *datos)
{
    uv_poll_t *poll = datos;
    (void)curl;
    (void)nada;
    if (quiere == CURL_POLL_REMOVE) {
        if (poll) {
            uv_poll_stop(poll);
            uv_close((uv_handle_t *)poll, liberar);
        }
        return 0;
    }
    if (!poll) {
        poll = calloc(1, sizeof *poll);
        if (!poll || uv_poll_init_socket(&m.bucle, poll, fd) < 0) {
            free(poll);
            return -1;
        }
        poll->data = (void *)(intptr_t)fd;
        curl_multi_assign(m.multi, fd, poll);
    }
    uv_poll_start(poll,
                  (quiere & CURL_POLL_IN ? UV_READABLE : 0) |
                      (quiere & CURL_POLL_OUT ? UV_WRITABLE : 0),
                  conexion_lista);
    return 0;
}

static void vencio_plazo_curl(uv_timer_t *timer)
{
    int activas;
    (void)timer;
    curl_multi_socket_action(m.multi, CURL_SOCKET_TIMEOUT, 0, &activas);
    recoger_terminadas();
}

static int al_cambiar_plazo(CURLM *multi, long ms, void *nada)
{
    (void)multi;
    (void)nada;
    if (ms < 0)
        uv_timer_stop(&m.plazo_curl);
    else
        uv_timer_start(&m.plazo_curl, vencio_plazo_curl, (uint64_t)ms, 0);
    return 0;
}

static size_t descartar(char *datos, size_t uno, size_t n, void *nada)
{
    (void)datos;
    (void)nada;
    return uno * n;
}

/* ---- Los turnos ------------------------------------------------------------------ */

/* El próximo múltiplo del intervalo desde el inicio: ni se retrasa ni recupera turnos. */
static void verificar_sitio(uv_timer_t *timer)
{
    struct sitio *sitio = timer->data;
    uint64_t intervalo = (uint64_t)m.opciones.intervalo_ms;
    uint64_t transcurrido = ahora_ms() - m.inicio_ms;
    uint64_t turno = transcurrido / intervalo + 1;
    /* uv_timer_start cuenta desde la hora que el bucle guardó, que puede ser vieja. */
    uv_update_time(&m.bucle);
    uv_timer_start(timer, verificar_sitio, turno * intervalo - transcurrido, 0);
    if (sitio->en_vuelo)
        return;
    sitio->en_vuelo = true;
    sitio->empezo_ms = ahora_ms();
    curl_multi_add_handle(m.multi, sitio->curl);
}

static void cerrar_handle(uv_handle_t *handle, void *nada)
{
    (void)nada;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void despedirse(uv_signal_t *senal, int numero)
{
    (void)senal;
    (void)numero;
    resumir(m.sitios, m.opciones.n);
    for (size_t i = 0; i < m.opciones.n; i++) {
        if (m.sitios[i].en_vuelo)
            curl_multi_remove_handle(m.multi, m.sitios[i].curl);
        curl_easy_cleanup(m.sitios[i].curl);
    }
    curl_multi_cleanup(m.multi); /* cierra las conexiones, y con ellas sus uv_poll */
    uv_walk(&m.bucle, cerrar_handle, NULL);
}

static bool preparar(struct sitio *sitio, const char *url)
{
    sitio->url = url;
    sitio->curl = curl_easy_init();
    if (!sitio->curl)
        return false;
    curl_easy_setopt(sitio->curl, CURLOPT_URL, url);
    curl_easy_setopt(sitio->curl, CURLOPT_PRIVATE, sitio);
    curl_easy_setopt(sitio->curl, CURLOPT_TIMEOUT_MS, (long)m.opciones.timeout_ms);
    curl_easy_setopt(sitio->curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(sitio->curl, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(sitio->curl, CURLOPT_WRITEFUNCTION, descartar);
    curl_easy_setopt(sitio->curl, CURLOPT_NOSIGNAL, 1L);
    uv_timer_init(&m.bucle, &sitio->turno);
    sitio->turno.data = sitio;
    uv_timer_start(&sitio->turno, verificar_sitio, 0, 0);
    return true;
}

static int monitorear_sitios(void)
{
    m.sitios = calloc(m.opciones.n, sizeof *m.sitios);
    m.multi = curl_multi_init();
    if (!m.sitios || !m.multi || uv_loop_init(&m.bucle) < 0)
        return SALIDA_FALLO;
    curl_multi_setopt(m.multi, CURLMOPT_SOCKETFUNCTION, al_cambiar_conexion);
    curl_multi_setopt(m.multi, CURLMOPT_TIMERFUNCTION, al_cambiar_plazo);
    uv_timer_init(&m.bucle, &m.plazo_curl);
    uv_signal_init(&m.bucle, &m.ctrl_c);
    uv_signal_start(&m.ctrl_c, despedirse, SIGINT);
    m.inicio_ms = ahora_ms();
    for (size_t i = 0; i < m.opciones.n; i++)
        if (!preparar(&m.sitios[i], m.opciones.urls[i]))
            return SALIDA_FALLO;
    uv_run(&m.bucle, UV_RUN_DEFAULT);
    uv_loop_close(&m.bucle);
    free(m.sitios);
    return SALIDA_BIEN;
}

int main(int argc, char **argv)
{
    if (leer_opciones(argc, argv, &m.opciones) < 0)
        return SALIDA_ARGUMENTOS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int salida = monitorear_sitios();
    curl_global_cleanup();
    return salida;
}
