/*
 * descargas: baja archivos de la web, unos cuantos a la vez, y enseña cómo van.
 *
 * Cada descarga es una tarea que no sabe nada de la pantalla: cuenta lo que le pasa con
 * mensajes en una cola. Una sola tarea los lee y es la única que escribe, así que ninguna
 * línea se mezcla con otra y solo ella sabe si al otro lado hay una terminal.
 *
 * El archivo crece con el nombre acabado en «.part» y recibe el suyo, con rename, cuando
 * está entero. Por eso nada de lo que puede salir mal deja un archivo a medias que parezca
 * bueno, y lo que llegó sirve para seguir la próxima vez.
 */
#include <asinc/asinc.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { SALIDA_BIEN = 0, SALIDA_FALLO = 1, SALIDA_ARGUMENTOS = 2 };
enum { BLOQUE = 32 * 1024, MENSAJES = 64 };

struct opciones {
    const char *dir;
    int max; /* descargas a la vez */
    int64_t refresco_ms;
    int64_t timeout_ms; /* lo que se espera sin que llegue nada */
    char **urls;
    size_t n;
};

/* Lo que comparten todas las tareas. */
struct gestor {
    const struct opciones *opciones;
    as_http *http;
    as_semaphore turnos;
    as_queue cola; /* de struct mensaje, que libera quien lo saca */
    struct descarga *descargas;
    size_t listos, errores; /* los cuenta quien muestra el progreso */
};

struct descarga {
    struct gestor *gestor;
    const char *url;
    char *nombre;         /* NULL si la URL no da uno bueno */
    char *destino, *part; /* dir/nombre y dir/nombre.part */
    char motivo[120];     /* por qué falló, si no lo dice ya el código de error */

    /* Solo de quien muestra el progreso. */
    bool en_marcha;
    int64_t bytes, total;  /* total < 0: no se sabe */
    int64_t bytes_antes;   /* en el refresco anterior */
    uint64_t ms_antes;     /* cuándo fue */
    double kb_por_segundo; /* entre los dos */
};

struct mensaje {
    struct descarga *descarga;
    enum { EMPIEZA, AVANZA, ACABA, FALLA } que;
    int64_t bytes; /* EMPIEZA: los que ya había; AVANZA: los que acaban de llegar */
    int64_t total; /* EMPIEZA */
};

/* ---- El nombre ------------------------------------------------------------------- */

static int cifra(char c)
{
    const char *cifras = "0123456789abcdef";
    const char *donde = c ? strchr(cifras, c | 0x20) : NULL;
    return donde ? (int)(donde - cifras) : -1;
}

/* Un nombre que no es de un archivo del directorio, o que chocaría con un .part. */
static bool nombre_malo(const char *nombre, size_t n)
{
    if (n == 0 || strcmp(nombre, ".") == 0 || strcmp(nombre, "..") == 0)
        return true;
    for (size_t i = 0; i < n; i++)
        if (nombre[i] == '/' || (unsigned char)nombre[i] < ' ' || nombre[i] == 0x7f)
            return true;
    return n >= 5 && strcmp(nombre + n - 5, ".part") == 0;
}

/*
 * El último tramo de la ruta, sin consulta y descodificado. Se juzga después de
 * descodificar: «%2e%2e%2f» es tan «../» como el escrito a las claras.
 */
static char *nombre_de_url(const char *url)
{
    const char *resto = strstr(url, "://") + 3;
    const char *fin = resto + strcspn(resto, "?#");
    const char *inicio = memrchr(resto, '/', (size_t)(fin - resto));
    char *nombre = calloc(1, (size_t)(fin - resto) + 1);
    size_t n = 0;
    if (!nombre)
        return NULL;
    for (const char *c = inicio ? inicio + 1 : fin; c < fin; c++) {
        bool codificado = *c == '%' && cifra(c[1]) >= 0 && cifra(c[2]) >= 0;
        nombre[n++] = codificado ? (char)(cifra(c[1]) * 16 + cifra(c[2])) : *c;
        c += codificado ? 2 : 0;
    }
    if (!nombre_malo(nombre, n))
        return nombre;
    free(nombre);
    return NULL;
}

/* ---- Una descarga ---------------------------------------------------------------- */

/* Explica un fallo que no lo es de la red ni del disco. */
__attribute__((format(printf, 2, 3))) static int negar(struct descarga *d,
                                                       const char *formato, ...)
{
    va_list args;
    va_start(args, formato);
    vsnprintf(d->motivo, sizeof d->motivo, formato, args);
    va_end(args);
    return UV_EPROTO;
}

static int avisar(struct mensaje mensaje)
{
    struct mensaje *copia = malloc(sizeof *copia);
    if (!copia)
        return UV_ENOMEM;
    *copia = mensaje;
    int rc = as_queue_put(&mensaje.descarga->gestor->cola, copia);
    if (rc < 0)
        free(copia);
    return rc;
}

/* Lo último de una descarga se cuenta aunque la cancelen. */
static int avisar_del_final(struct mensaje mensaje)
{
    as_scope escudo;
    as_scope_enter(&escudo, AS_FOREVER, AS_SHIELD);
    return as_scope_leave(&escudo, avisar(mensaje));
}

static int pedir(struct descarga *d, int64_t desde, as_http_stream **flujo)
{
    char rango[48];
    const char *const cabeceras[] = {desde > 0 ? rango : NULL, NULL};
    snprintf(rango, sizeof rango, "Range: bytes=%" PRId64 "-", desde);
    as_http_request peticion = {
        .url = d->url,
        .headers = cabeceras,
        .timeout_ms = d->gestor->opciones->timeout_ms,
    };
    return as_http_open(d->gestor->http, &peticion, flujo);
}

/* El primer byte que trae una respuesta 206, o -1 si no lo dice. */
static int64_t inicio_del_rango(const as_http_stream *flujo)
{
    const char *rango = as_http_stream_header(flujo, "Content-Range");
    if (!rango || strncasecmp(rango, "bytes ", 6) != 0)
        return -1;
    char *fin;
    int64_t inicio = strtoll(rango + 6, &fin, 10);
    return *fin == '-' ? inicio : -1;
}

/*
 * Pide lo que falta. En `*desde` entra lo que ya hay en el .part y sale desde dónde llega
 * el cuerpo: 0 si el servidor lo manda entero, y entonces lo que había no sirve.
 */
static int abrir(struct descarga *d, int64_t *desde, as_http_stream **flujo)
{
    int rc = pedir(d, *desde, flujo);
    if (rc == 0 && *desde > 0 && as_http_stream_status(*flujo) == 416) {
        as_http_stream_close(*flujo);
        *flujo = NULL;
        *desde = 0;
        rc = pedir(d, 0, flujo);
    }
    if (rc < 0)
        return rc;
    int estado = as_http_stream_status(*flujo);
    if (estado == 200)
        *desde = 0;
    else if (estado != 206)
        return negar(d, "HTTP %d", estado);
    else if (*desde == 0 || inicio_del_rango(*flujo) != *desde)
        return negar(d, "el servidor manda una parte que no se pidió");
    return 0;
}

/* Lee un bloque; el plazo es de cada lectura, porque una descarga larga no es un fallo. */
static int leer(struct descarga *d, as_http_stream *flujo, char *bloque)
{
    as_scope plazo;
    as_scope_enter(&plazo, d->gestor->opciones->timeout_ms, 0);
    return as_scope_leave(&plazo, (int)as_http_read(flujo, bloque, BLOQUE));
}

static int copiar(struct descarga *d, as_http_stream *flujo, as_file *archivo)
{
    char bloque[BLOQUE];
    int n;
    while ((n = leer(d, flujo, bloque)) > 0) {
        int rc = as_file_write(archivo, bloque, (size_t)n);
        if (rc == 0)
            rc = avisar((struct mensaje){.descarga = d, .que = AVANZA, .bytes = n});
        if (rc < 0)
            return rc;
    }
    return n;
}

/* Ya llegó todo: ponerle su nombre es un momento, y a medias no se deja. */
static int terminar(struct descarga *d)
{
    as_scope escudo;
    as_scope_enter(&escudo, AS_FOREVER, AS_SHIELD);
    int rc = as_file_rename(d->part, d->destino);
    if (rc == 0)
        rc = avisar((struct mensaje){.descarga = d, .que = ACABA});
    return as_scope_leave(&escudo, rc);
}

static int descargar_con_progreso(struct descarga *d)
{
    struct stat info;
    as_http_stream *flujo = NULL;
    as_file *archivo = NULL;
    int rc = as_file_stat(d->part, &info);
    int64_t desde = rc == 0 ? info.st_size : 0, total = -1;
    if (rc < 0 && rc != UV_ENOENT)
        return rc;
    rc = abrir(d, &desde, &flujo);
    if (rc < 0)
        goto cerrar_flujo;
    rc = as_file_open(d->part, desde > 0 ? "a" : "w", &archivo);
    if (rc < 0)
        goto cerrar_flujo;

    const char *longitud = as_http_stream_header(flujo, "Content-Length");
    if (longitud)
        total = desde + strtoll(longitud, NULL, 10);
    rc = avisar((struct mensaje){d, EMPIEZA, desde, total});
    if (rc == 0)
        rc = copiar(d, flujo, archivo);

    int cierre = as_file_close(archivo);
    if (rc == 0)
        rc = cierre;
    if (rc == 0)
        rc = terminar(d);
cerrar_flujo:
    as_http_stream_close(flujo);
    return rc;
}

/* Un fallo es de esta descarga y de ninguna más. Solo se propaga la cancelación. */
static int descargar(void *arg)
{
    struct descarga *d = arg;
    int rc = 0;
    if (d->nombre) {
        rc = as_semaphore_acquire(&d->gestor->turnos);
        if (rc < 0)
            return rc;
        rc = descargar_con_progreso(d);
        as_semaphore_release(&d->gestor->turnos);
        if (rc == 0 || rc == UV_ECANCELED)
            return rc;
    }
    if (!*d->motivo)
        snprintf(d->motivo, sizeof d->motivo, "%s", as_strerror(rc));
    return avisar_del_final((struct mensaje){.descarga = d, .que = FALLA});
}

/* ---- La pantalla ----------------------------------------------------------------- */

struct pantalla {
    struct gestor *gestor;
    bool terminal;
    int64_t bytes; /* recibidos en esta ejecución */
};

/* «archivo.zip 42% 120.5 KB/s», o los KB recibidos si no se sabe cuántos serán. */
static int describir(const struct descarga *d, char *texto, size_t tamano)
{
    if (d->total < 0)
        return snprintf(texto, tamano, "%s %" PRId64 " KB %.1f KB/s", d->nombre,
                        d->bytes / 1024, d->kb_por_segundo);
    int64_t porcentaje = d->total > 0 ? d->bytes * 100 / d->total : 100;
    return snprintf(texto, tamano, "%s %" PRId64 "%% %.1f KB/s", d->nombre, porcentaje,
                    d->kb_por_segundo);
}

static int columnas(void)
{
    struct winsize ventana;
    bool sabe = ioctl(STDOUT_FILENO, TIOCGWINSZ, &ventana) == 0 && ventana.ws_col > 0;
    return sabe ? ventana.ws_col : 80;
}

/* Escribe como mucho `ancho` caracteres, sin partir ninguno que ocupe varios bytes. */
static void escribir_recortado(const char *texto, int ancho)
{
    const char *fin = texto;
    while (*fin && (ancho > 0 || (*fin & 0xc0) == 0x80)) {
        fin++;
        ancho -= (*fin & 0xc0) != 0x80;
    }
    fwrite(texto, 1, (size_t)(fin - texto), stdout);
}

/*
 * Reescribe la línea de estado: todas las descargas en marcha, en una fila. No llega a la
 * última columna: si la pasara, la terminal abriría otra fila y \r ya no volvería a esta.
 */
static void dibujar_estado(const struct pantalla *p)
{
    char texto[4096];
    size_t usado = 0;
    texto[0] = '\0';
    for (size_t i = 0; i < p->gestor->opciones->n; i++) {
        const struct descarga *d = &p->gestor->descargas[i];
        if (!d->en_marcha || usado + 4 > sizeof texto)
            continue;
        if (usado > 0)
            usado += (size_t)sprintf(texto + usado, " | ");
        usado += (size_t)describir(d, texto + usado, sizeof texto - usado);
    }
    printf("\r\x1b[K");
    escribir_recortado(texto, columnas() - 1);
    fflush(stdout);
}

/* Una línea que se queda, por encima de la de estado. */
__attribute__((format(printf, 2, 3))) static void anunciar(const struct pantalla *p,
                                                           const char *formato, ...)
{
    va_list args;
    if (p->terminal)
        printf("\r\x1b[K");
    va_start(args, formato);
    vprintf(formato, args);
    va_end(args);
    putchar('\n');
    if (p->terminal)
        dibujar_estado(p);
}

static void medir_velocidad(struct descarga *d)
{
    uint64_t ahora = as_now(), ms = ahora - d->ms_antes;
    if (ms > 0)
        d->kb_por_segundo = (double)(d->bytes - d->bytes_antes) / 1.024 / (double)ms;
    d->bytes_antes = d->bytes;
    d->ms_antes = ahora;
}

static void refrescar(const struct pantalla *p)
{
    char texto[512];
    for (size_t i = 0; i < p->gestor->opciones->n; i++) {
        struct descarga *d = &p->gestor->descargas[i];
        if (!d->en_marcha)
            continue;
        medir_velocidad(d);
        describir(d, texto, sizeof texto);
        if (!p->terminal)
            printf("PROGRESO %s\n", texto);
    }
    if (p->terminal)
        dibujar_estado(p);
}

static void atender(struct pantalla *p, const struct mensaje *m)
{
    struct descarga *d = m->descarga;
    switch (m->que) {
    case EMPIEZA:
        d->en_marcha = true;
        d->bytes = d->bytes_antes = m->bytes;
        d->total = m->total;
        d->ms_antes = as_now();
        break;
    case AVANZA:
        d->bytes += m->bytes;
        p->bytes += m->bytes;
        break;
    case ACABA:
        d->en_marcha = false;
        p->gestor->listos++;
        anunciar(p, "LISTO %s %" PRId64 " bytes", d->nombre, d->bytes);
        break;
    case FALLA:
        d->en_marcha = false;
        p->gestor->errores++;
        anunciar(p, "ERROR %s %s", d->url, d->motivo);
        break;
    }
}

/* Saca un mensaje, si llega antes de que toque refrescar. */
static int sacar(as_queue *cola, int64_t ms, struct mensaje **mensaje)
{
    void *sacado = NULL;
    as_scope plazo;
    as_scope_enter(&plazo, ms, 0);
    int rc = as_scope_leave(&plazo, as_queue_get(cola, &sacado));
    *mensaje = sacado;
    return rc;
}

/*
 * Lee de la cola y lo enseña, hasta que la cierren. Ctrl+C no la cancela: se entera por la
 * cola, como de todo lo demás, y así cuenta también lo último.
 */
static int mostrar_progreso(void *arg)
{
    struct gestor *g = arg;
    struct pantalla p = {.gestor = g, .terminal = isatty(STDOUT_FILENO)};
    uint64_t proximo = as_now() + (uint64_t)g->opciones->refresco_ms;
    struct mensaje *m;
    as_scope escudo;
    int rc;
    as_scope_enter(&escudo, AS_FOREVER, AS_SHIELD);
    do {
        uint64_t ahora = as_now();
        rc = sacar(&g->cola, proximo > ahora ? (int64_t)(proximo - ahora) : 0, &m);
        if (rc == 0)
            atender(&p, m);
        free(m);
        if (as_now() >= proximo) {
            refrescar(&p);
            proximo = as_now() + (uint64_t)g->opciones->refresco_ms;
        }
    } while (rc == 0 || rc == UV_ETIMEDOUT);
    if (p.terminal)
        printf("\r\x1b[K");
    printf("RESUMEN listos=%zu errores=%zu interrumpidos=%zu bytes=%" PRId64 "\n",
           g->listos, g->errores, g->opciones->n - g->listos - g->errores, p.bytes);
    return as_scope_leave(&escudo, 0);
}

/* ---- Todas a la vez -------------------------------------------------------------- */

/* Decide el nombre de una descarga. Sin él, `motivo` dice por qué. */
static int nombrar(struct descarga *d, const struct descarga *primera)
{
    d->nombre = nombre_de_url(d->url);
    if (!d->nombre)
        return negar(d, "la URL no acaba en un nombre de archivo válido");
    for (const struct descarga *otra = primera; otra < d; otra++)
        if (otra->nombre && strcmp(otra->nombre, d->nombre) == 0) {
            free(d->nombre);
            d->nombre = NULL;
            return negar(d, "otra URL anterior da el mismo nombre de archivo");
        }
    const char *dir = d->gestor->opciones->dir;
    if (asprintf(&d->destino, "%s/%s", dir, d->nombre) < 0 ||
        asprintf(&d->part, "%s/%s.part", dir, d->nombre) < 0)
        return UV_ENOMEM;
    return 0;
}

/* La tarea principal: 0 si se bajó todo, 1 si no, < 0 si no se pudo ni empezar. */
static int gestionar(void *arg)
{
    const struct opciones *o = arg;
    as_http_options http = {.max_connections = (size_t)o->max};
    struct gestor g = {.opciones = o};
    as_group grupo;
    int rc = as_file_mkdir(o->dir);
    if (rc < 0)
        return as_error_set(rc, "no se puede crear el directorio «%s»", o->dir);
    rc = UV_ENOMEM;
    int *estados = calloc(o->n, sizeof *estados);
    g.descargas = calloc(o->n, sizeof *g.descargas);
    g.http = as_http_new(&http);
    if (!estados || !g.descargas || !g.http)
        goto liberar;
    for (size_t i = 0; i < o->n; i++) {
        g.descargas[i] = (struct descarga){.gestor = &g, .url = o->urls[i]};
        if (nombrar(&g.descargas[i], g.descargas) == UV_ENOMEM)
            goto liberar;
    }

    as_semaphore_init(&g.turnos, (size_t)o->max);
    as_queue_init(&g.cola, MENSAJES);
    as_group_enter(&grupo, 0);
    rc = as_start_soon(&grupo, "pantalla", mostrar_progreso, &g);
    if (rc == 0)
        rc = as_gather_each(descargar, g.descargas, o->n, sizeof *g.descargas, estados);
    as_queue_close(&g.cola); /* no habrá más mensajes: la pantalla se despide */
    rc = as_group_leave(&grupo, rc);
    as_queue_destroy(&g.cola);
    if (rc >= 0 || as_interrupted())
        rc = g.listos < o->n;

liberar:
    for (size_t i = 0; g.descargas && i < o->n; i++) {
        free(g.descargas[i].nombre);
        free(g.descargas[i].destino);
        free(g.descargas[i].part);
    }
    as_http_close(g.http);
    free(g.descargas);
    free(estados);
    return rc;
}

/* ---- Línea de órdenes (dada en el esqueleto) -------------------------------------- */

#define USO "[--dir D] [--max N] [--refresco S] [--timeout S] URL..."

/* Llena `opciones`, o explica qué está mal en una línea y devuelve -1. */
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
    if (!*opciones->dir) {
        fprintf(stderr, "descargas: --dir está vacío. Uso: descargas " USO "\n");
        return -1;
    }
    if (primera == argc) {
        fprintf(stderr, "descargas: falta la URL que bajar. Uso: descargas " USO "\n");
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
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    /* En una tubería, stdio guardaría las líneas hasta juntar unos KiB. */
    setvbuf(stdout, NULL, _IOLBF, 0);

    int rc = as_run(gestionar, &opciones);
    if (rc < 0)
        fprintf(stderr, "descargas: %s: %s\n", as_error_detail(), as_strerror(rc));
    return rc == 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
