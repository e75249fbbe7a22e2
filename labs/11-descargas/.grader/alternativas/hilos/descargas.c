/*
 * descargas con hilos: `max` hilos toman cada uno la siguiente URL y la bajan con libcurl.
 * El principal es la pantalla. Entre ellos hay una cola con su cerrojo y su condición.
 */
#include "dibujo.h"
#include "nombre.h"
#include "opciones.h"

#include <curl/curl.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { VISTAZO_MS = 50 }; /* cada cuánto mira un hilo si debe dejarlo */

static struct opciones o;

struct descarga {
    const char *url;
    char *nombre, *destino, *part, *ficha; /* ficha: de qué versión es el .part */
    char motivo[80];
    /* Solo de su hilo. */
    CURL *curl;
    int archivo;
    int64_t desde;
    int64_t ultimo_ms; /* cuándo llegó algo por última vez */
    /* Solo de la pantalla. */
    bool en_marcha;
    int64_t bytes, total, bytes_antes, ms_antes;
    double kb_por_segundo;
};

struct mensaje {
    struct mensaje *siguiente;
    struct descarga *descarga;
    enum { EMPIEZA, AVANZA, ACABA, FALLA, SE_VA } que; /* SE_VA: un hilo menos */
    int64_t bytes, total;
};

static struct descarga *descargas;
static pthread_mutex_t cerrojo = PTHREAD_MUTEX_INITIALIZER; /* la cola y `siguiente` */
static pthread_cond_t hay_mensaje;
static struct mensaje *primero, **ultimo = &primero;
static size_t siguiente; /* la próxima descarga sin empezar */
static atomic_bool parar;

static int64_t ahora_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void avisar(struct mensaje mensaje)
{
    struct mensaje *copia = malloc(sizeof *copia);
    if (!copia)
        abort();
    *copia = mensaje;
    pthread_mutex_lock(&cerrojo);
    *ultimo = copia;
    ultimo = &copia->siguiente;
    pthread_cond_signal(&hay_mensaje);
    pthread_mutex_unlock(&cerrojo);
}

/* El próximo mensaje, o NULL si llega antes la hora `limite_ms`. */
static struct mensaje *sacar(int64_t limite_ms)
{
    struct timespec limite = {limite_ms / 1000, limite_ms % 1000 * 1000000};
    pthread_mutex_lock(&cerrojo);
    for (int rc = 0; !primero && rc == 0;)
        rc = pthread_cond_timedwait(&hay_mensaje, &cerrojo, &limite);
    struct mensaje *m = primero;
    if (m && !(primero = m->siguiente))
        ultimo = &primero;
    pthread_mutex_unlock(&cerrojo);
    return m;
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
    d->archivo = open(
        d->part, O_WRONLY | O_CREAT | O_CLOEXEC | (d->desde ? O_APPEND : O_TRUNC), 0666);
    if (d->archivo < 0 || (d->desde == 0 && !guardar_etiqueta(d))) {
        snprintf(d->motivo, sizeof d->motivo, "%s", strerror(errno));
        return false;
    }
    int64_t total = longitud < 0 ? -1 : d->desde + longitud;
    avisar((struct mensaje){NULL, d, EMPIEZA, d->desde, total});
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
    avisar((struct mensaje){.descarga = d, .que = AVANZA, .bytes = (int64_t)(n * uno)});
    return n * uno;
}

/* curl_easy_perform, pero sin esperar más de --timeout a que llegue algo, ni tras Ctrl+C. */
static CURLcode pedir(struct descarga *d, CURLM *multi)
{
    char rango[32], si_es[300] = "If-Range: ";
    struct curl_slist *cabeceras = NULL;
    int activas = 1, quedan;
    CURLcode codigo = CURLE_OPERATION_TIMEDOUT;
    snprintf(rango, sizeof rango, "%" PRId64 "-", d->desde);
    curl_easy_setopt(d->curl, CURLOPT_RANGE, d->desde > 0 ? rango : NULL);
    if (d->desde > 0 && readlink(d->ficha, si_es + 10, sizeof si_es - 11) > 0)
        cabeceras = curl_slist_append(NULL, si_es);
    curl_easy_setopt(d->curl, CURLOPT_HTTPHEADER, cabeceras);
    d->ultimo_ms = ahora_ms();
    curl_multi_add_handle(multi, d->curl);
    while (activas && !parar && ahora_ms() - d->ultimo_ms < o.timeout_ms) {
        curl_multi_perform(multi, &activas);
        if (activas)
            curl_multi_poll(multi, NULL, 0, VISTAZO_MS, NULL);
    }
    CURLMsg *mensaje = curl_multi_info_read(multi, &quedan);
    if (mensaje)
        codigo = mensaje->data.result;
    curl_multi_remove_handle(multi, d->curl);
    curl_slist_free_all(cabeceras);
    return codigo;
}

static bool descargar_con_progreso(struct descarga *d, CURLM *multi)
{
    struct stat info;
    long estado;
    d->desde = stat(d->part, &info) == 0 ? info.st_size : 0;
    d->archivo = -1;
    CURLcode codigo = pedir(d, multi);
    curl_easy_getinfo(d->curl, CURLINFO_RESPONSE_CODE, &estado);
    if (estado == 416 && d->desde > 0 && !parar) {
        d->desde = 0;
        codigo = pedir(d, multi);
    }
    bool bien = codigo == CURLE_OK;
    if (bien && d->archivo < 0) /* un cuerpo vacío no llama a al_llegar */
        bien = abrir(d);
    if (d->archivo >= 0 && close(d->archivo) < 0)
        bien = false;
    bien = bien && (unlink(d->ficha) == 0 || errno == ENOENT);
    if (bien && rename(d->part, d->destino) == 0)
        return true;
    if (!*d->motivo)
        snprintf(d->motivo, sizeof d->motivo, "%s",
                 bien ? strerror(errno) : curl_easy_strerror(codigo));
    return false;
}

static void descargar(struct descarga *d, CURL *curl, CURLM *multi)
{
    bool bien = false;
    if (d->nombre) {
        d->curl = curl;
        curl_easy_setopt(d->curl, CURLOPT_URL, d->url);
        curl_easy_setopt(d->curl, CURLOPT_FOLLOWLOCATION, 1L);
        curl_easy_setopt(d->curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(d->curl, CURLOPT_WRITEFUNCTION, al_llegar);
        curl_easy_setopt(d->curl, CURLOPT_WRITEDATA, d);
        bien = descargar_con_progreso(d, multi);
        if (!bien && parar)
            return;
    }
    avisar((struct mensaje){.descarga = d, .que = bien ? ACABA : FALLA});
}

static void *trabajar(void *nada)
{
    CURL *curl = curl_easy_init();
    CURLM *multi = curl_multi_init();
    if (!curl || !multi)
        abort();
    while (!parar) {
        pthread_mutex_lock(&cerrojo);
        size_t mia = siguiente < o.n ? siguiente++ : o.n;
        pthread_mutex_unlock(&cerrojo);
        if (mia == o.n)
            break;
        descargar(&descargas[mia], curl, multi);
    }
    curl_easy_cleanup(curl);
    curl_multi_cleanup(multi);
    avisar((struct mensaje){.que = SE_VA});
    return nada;
}

static void ctrl_c(int numero)
{
    (void)numero;
    parar = true;
}

/* ---- La pantalla ------------------------------------------------------------------ */

static size_t listos, errores;
static int64_t bytes;

static void refrescar(void)
{
    struct fila filas[MAX_A_LA_VEZ];
    size_t n = 0;
    for (size_t i = 0; i < o.n && n < MAX_A_LA_VEZ; i++) {
        struct descarga *d = &descargas[i];
        if (!d->en_marcha)
            continue;
        int64_t ahora = ahora_ms();
        if (ahora > d->ms_antes)
            d->kb_por_segundo = (double)(d->bytes - d->bytes_antes) / 1.024 /
                                (double)(ahora - d->ms_antes);
        d->ms_antes = ahora;
        d->bytes_antes = d->bytes;
        filas[n++] = (struct fila){d->nombre, d->bytes, d->total, d->kb_por_segundo};
    }
    dibujar_progreso(filas, n);
}

static void atender(const struct mensaje *m)
{
    struct descarga *d = m->descarga;
    switch (m->que) {
    case EMPIEZA:
        d->en_marcha = true;
        d->bytes = d->bytes_antes = m->bytes;
        d->total = m->total;
        d->ms_antes = ahora_ms();
        break;
    case AVANZA:
        d->bytes += m->bytes;
        bytes += m->bytes;
        break;
    case ACABA:
        d->en_marcha = false;
        listos++;
        dibujar_linea("LISTO %s %" PRId64 " bytes", d->nombre, d->bytes);
        break;
    case FALLA:
        d->en_marcha = false;
        errores++;
        dibujar_linea("ERROR %s %s", d->url, d->motivo);
        break;
    case SE_VA:
        break;
    }
}

static void mostrar_progreso(int hilos)
{
    int64_t proximo = ahora_ms() + o.refresco_ms;
    while (hilos > 0) {
        struct mensaje *m = sacar(proximo);
        if (m) {
            atender(m);
            hilos -= m->que == SE_VA;
            free(m);
        }
        if (ahora_ms() >= proximo) {
            refrescar();
            proximo = ahora_ms() + o.refresco_ms;
        }
    }
    dibujar_linea("RESUMEN listos=%zu errores=%zu interrumpidos=%zu bytes=%" PRId64,
                  listos, errores, o.n - listos - errores, bytes);
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
    struct descarga *d = &descargas[i];
    d->url = o.urls[i];
    d->nombre = nombre_de_url(d->url);
    for (size_t j = 0; j < i && d->nombre; j++)
        if (descargas[j].nombre && strcmp(descargas[j].nombre, d->nombre) == 0) {
            free(d->nombre);
            d->nombre = NULL;
        }
    if (!d->nombre)
        snprintf(d->motivo, sizeof d->motivo, "nombre de archivo no válido o repetido");
    else if (asprintf(&d->destino, "%s/%s", o.dir, d->nombre) < 0 ||
             asprintf(&d->part, "%s/%s.part", o.dir, d->nombre) < 0 ||
             asprintf(&d->ficha, "%s.etag", d->part) < 0)
        abort();
}

static int gestionar(void)
{
    pthread_t hilos[MAX_A_LA_VEZ];
    pthread_condattr_t atributos;
    descargas = calloc(o.n + 1, sizeof *descargas);
    if (!descargas || !crear_directorio(o.dir)) {
        fprintf(stderr, "descargas: no se puede crear «%s»\n", o.dir);
        return SALIDA_FALLO;
    }
    for (size_t i = 0; i < o.n; i++)
        nombrar(i);
    pthread_condattr_init(&atributos);
    pthread_condattr_setclock(&atributos, CLOCK_MONOTONIC);
    pthread_cond_init(&hay_mensaje, &atributos);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = ctrl_c, .sa_flags = SA_RESTART},
              NULL);
    int max = o.max;
    for (int i = 0; i < max; i++)
        if (pthread_create(&hilos[i], NULL, trabajar, NULL) != 0)
            abort();
    mostrar_progreso(max);
    for (int i = 0; i < max; i++)
        pthread_join(hilos[i], NULL);
    return listos == o.n ? SALIDA_BIEN : SALIDA_FALLO;
}

int main(int argc, char **argv)
{
    if (leer_opciones(argc, argv, &o) < 0)
        return SALIDA_ARGUMENTOS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int salida = gestionar();
    curl_global_cleanup();
    return salida;
}
