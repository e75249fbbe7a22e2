/*
 * descargas con hilos: `max` hilos toman cada uno la siguiente URL y la bajan con libcurl.
 * El principal es la pantalla. Entre ellos hay una cola con su cerrojo y su condición.
 */
#include <asinc/args.h>
#include <asinc/http.h>
#include <curl/curl.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SALIDA_BIEN = 0, SALIDA_FALLO = 1, SALIDA_ARGUMENTOS = 2 };
enum { VISTAZO_MS = 50 }; /* cada cuánto mira un hilo si debe dejarlo */

struct opciones {
    const char *dir;
    int max; /* descargas a la vez */
    int64_t refresco_ms;
    int64_t timeout_ms; /* lo que se espera sin que llegue nada */
    char **urls;
    size_t n;
};

struct descarga {
    const char *url;
    char *nombre, *destino, *part;
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

static struct opciones o;
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

/* ---- El nombre ------------------------------------------------------------------- */

/* El último tramo de la ruta, descodificado, o NULL si no es el nombre de un archivo. */
static char *nombre_de_url(const char *url)
{
    char *ruta = NULL, *nombre = NULL;
    int n = 0;
    CURLU *partes = curl_url();
    if (curl_url_set(partes, CURLUPART_URL, url, CURLU_PATH_AS_IS) == CURLUE_OK &&
        curl_url_get(partes, CURLUPART_PATH, &ruta, 0) == CURLUE_OK)
        nombre = curl_easy_unescape(NULL, strrchr(ruta, '/') + 1, 0, &n);
    bool malo = !nombre || n == 0 || strcmp(nombre, ".") == 0 ||
                strcmp(nombre, "..") == 0 ||
                (n >= 5 && strcmp(nombre + n - 5, ".part") == 0);
    for (int i = 0; nombre && i < n; i++)
        malo |= nombre[i] == '/' || (unsigned char)nombre[i] < ' ' || nombre[i] == 0x7f;
    char *copia = malo ? NULL : strdup(nombre);
    curl_free(nombre);
    curl_free(ruta);
    curl_url_cleanup(partes);
    return copia;
}

/* ---- La cola ---------------------------------------------------------------------- */

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

static int64_t inicio_del_rango(CURL *curl)
{
    struct curl_header *rango;
    char *fin;
    if (curl_easy_header(curl, "Content-Range", 0, CURLH_HEADER, -1, &rango) !=
            CURLHE_OK ||
        strncasecmp(rango->value, "bytes ", 6) != 0)
        return -1;
    int64_t inicio = strtoll(rango->value + 6, &fin, 10);
    return *fin == '-' ? inicio : -1;
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
    if (d->archivo < 0) {
        snprintf(d->motivo, sizeof d->motivo, "%s", strerror(errno));
        return false;
    }
    avisar((struct mensaje){.descarga = d,
                            .que = EMPIEZA,
                            .bytes = d->desde,
                            .total = longitud < 0 ? -1 : d->desde + longitud});
    return true;
}

static size_t al_llegar(char *datos, size_t uno, size_t n, void *arg)
{
    struct descarga *d = arg;
    size_t quedan = n * uno;
    d->ultimo_ms = ahora_ms();
    if (d->archivo < 0 && !abrir(d))
        return 0;
    while (quedan > 0) {
        ssize_t escritos = write(d->archivo, datos, quedan);
        if (escritos < 0 && errno != EINTR) {
            snprintf(d->motivo, sizeof d->motivo, "%s", strerror(errno));
            return 0;
        }
        datos += escritos > 0 ? escritos : 0;
        quedan -= escritos > 0 ? (size_t)escritos : 0;
    }
    avisar((struct mensaje){.descarga = d, .que = AVANZA, .bytes = (int64_t)(n * uno)});
    return n * uno;
}

/* curl_easy_perform, pero sin esperar más de --timeout a que llegue algo, ni tras Ctrl+C. */
static CURLcode pedir(struct descarga *d, CURLM *multi)
{
    char rango[32];
    int activas = 1, quedan;
    CURLcode codigo = CURLE_OPERATION_TIMEDOUT;
    snprintf(rango, sizeof rango, "%" PRId64 "-", d->desde);
    curl_easy_setopt(d->curl, CURLOPT_RANGE, d->desde > 0 ? rango : NULL);
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

static bool terminal;
static int dibujadas; /* columnas que ocupa ahora la línea de estado */
static size_t listos, errores;
static int64_t bytes;

static int describir(const struct descarga *d, char *texto, size_t tamano)
{
    if (d->total < 0)
        return snprintf(texto, tamano, "%s %" PRId64 " KB %.0f KB/s", d->nombre,
                        d->bytes / 1024, d->kb_por_segundo);
    return snprintf(texto, tamano, "%s %d%% %.0f KB/s", d->nombre,
                    d->total > 0 ? (int)(d->bytes * 100 / d->total) : 100,
                    d->kb_por_segundo);
}

/* Sin secuencias de escape: con blancos encima de lo que había. */
static void borrar_estado(void)
{
    if (dibujadas > 0)
        printf("\r%*s\r", dibujadas, "");
    dibujadas = 0;
}

static void dibujar_estado(void)
{
    struct winsize ventana = {.ws_col = 80};
    char texto[1024] = "";
    size_t usado = 0;
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &ventana);
    size_t ancho = ventana.ws_col > 1 ? ventana.ws_col - 1u : 79;
    if (ancho > sizeof texto - 1)
        ancho = sizeof texto - 1;
    for (size_t i = 0; i < o.n && usado < ancho; i++)
        if (descargas[i].en_marcha) {
            usado += (size_t)describir(&descargas[i], texto + usado,
                                       sizeof texto - usado);
            if (usado + 2 < sizeof texto)
                usado += (size_t)sprintf(texto + usado, "  ");
        }
    borrar_estado();
    dibujadas = (int)(usado < ancho ? usado : ancho);
    printf("%.*s", dibujadas, texto);
    fflush(stdout);
}

static void refrescar(void)
{
    char texto[512];
    for (size_t i = 0; i < o.n; i++) {
        struct descarga *d = &descargas[i];
        if (!d->en_marcha)
            continue;
        int64_t ahora = ahora_ms();
        if (ahora > d->ms_antes)
            d->kb_por_segundo = (double)(d->bytes - d->bytes_antes) / 1.024 /
                                (double)(ahora - d->ms_antes);
        d->ms_antes = ahora;
        d->bytes_antes = d->bytes;
        describir(d, texto, sizeof texto);
        if (!terminal)
            printf("PROGRESO %s\n", texto);
    }
    if (terminal)
        dibujar_estado();
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
        borrar_estado();
        printf("LISTO %s %" PRId64 " bytes\n", d->nombre, d->bytes);
        break;
    case FALLA:
        d->en_marcha = false;
        errores++;
        borrar_estado();
        printf("ERROR %s %s\n", d->url, d->motivo);
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
    borrar_estado();
    printf("RESUMEN listos=%zu errores=%zu interrumpidos=%zu bytes=%" PRId64 "\n", listos,
           errores, o.n - listos - errores, bytes);
}

/* ---- Todas a la vez --------------------------------------------------------------- */

static bool crear_directorio(const char *dir)
{
    char camino[4096];
    snprintf(camino, sizeof camino, "%s/", dir);
    for (char *barra = strchr(camino + 1, '/'); barra; barra = strchr(barra + 1, '/')) {
        *barra = '\0';
        if (mkdir(camino, 0777) < 0 && errno != EEXIST)
            return false;
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
    snprintf(d->motivo, sizeof d->motivo, "nombre de archivo no válido");
    for (size_t j = 0; j < i && d->nombre; j++)
        if (descargas[j].nombre && strcmp(descargas[j].nombre, d->nombre) == 0) {
            snprintf(d->motivo, sizeof d->motivo, "nombre de archivo repetido");
            free(d->nombre);
            d->nombre = NULL;
        }
    if (!d->nombre)
        return;
    *d->motivo = '\0';
    if (asprintf(&d->destino, "%s/%s", o.dir, d->nombre) < 0 ||
        asprintf(&d->part, "%s/%s.part", o.dir, d->nombre) < 0)
        abort();
}

static int gestionar(void)
{
    pthread_t hilos[100];
    pthread_condattr_t atributos;
    descargas = calloc(o.n, sizeof *descargas);
    if (!descargas || !crear_directorio(o.dir)) {
        fprintf(stderr, "descargas: no se puede crear «%s»\n", o.dir);
        return SALIDA_FALLO;
    }
    for (size_t i = 0; i < o.n; i++)
        nombrar(i);
    pthread_condattr_init(&atributos);
    pthread_condattr_setclock(&atributos, CLOCK_MONOTONIC);
    pthread_cond_init(&hay_mensaje, &atributos);
    terminal = isatty(STDOUT_FILENO);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = ctrl_c, .sa_flags = SA_RESTART},
              NULL);
    for (int i = 0; i < o.max; i++)
        if (pthread_create(&hilos[i], NULL, trabajar, NULL) != 0)
            abort();
    mostrar_progreso(o.max);
    for (int i = 0; i < o.max; i++)
        pthread_join(hilos[i], NULL);
    return listos == o.n ? SALIDA_BIEN : SALIDA_FALLO;
}

/* ---- Línea de órdenes (está hecha) ------------------------------------------- */

#define USO "[--dir D] [--max N] [--refresco S] [--timeout S] URL..."

static int leer_opciones(int argc, char **argv, struct opciones *opciones)
{
    *opciones = (struct opciones){
        .dir = "descargas", .max = 3, .refresco_ms = 500, .timeout_ms = 30000};
    const struct as_arg tabla[] = {
        {"dir", AS_ARG_TEXT, &opciones->dir, 0, 0},
        {"max", AS_ARG_INT, &opciones->max, 1, 100},
        {"refresco", AS_ARG_SECONDS, &opciones->refresco_ms, 0.01, 3600},
        {"timeout", AS_ARG_SECONDS, &opciones->timeout_ms, 0.01, 86400},
        {0},
    };
    int primera = as_args(argc, argv, USO, tabla);
    if (primera < 0)
        return -1;
    if (primera == argc || !*opciones->dir) {
        fprintf(stderr,
                "descargas: falta la URL o el directorio. Uso: descargas " USO "\n");
        return -1;
    }
    for (int i = primera; i < argc; i++)
        if (as_http_check_url(argv[i]) < 0) {
            fprintf(stderr, "descargas: «%s» no es una URL http:// o https://\n",
                    argv[i]);
            return -1;
        }
    opciones->urls = argv + primera;
    opciones->n = (size_t)(argc - primera);
    return 0;
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
