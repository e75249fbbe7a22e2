/*
 * descargas: baja archivos de la web, unos cuantos a la vez, y enseña cómo van.
 *
 * Cada descarga es una tarea que no sabe nada de la pantalla: cuenta lo que le pasa con
 * mensajes en una cola. Una sola tarea los lee y es la única que escribe, así que ninguna
 * línea se mezcla con otra.
 *
 * El archivo crece con el nombre acabado en «.part» y recibe el suyo, con rename, cuando
 * está entero. Por eso nada de lo que puede salir mal deja un archivo a medias que parezca
 * bueno, y lo que llegó sirve para seguir la próxima vez.
 */
#include "dibujo.h"
#include "nombre.h"
#include "opciones.h"

#include <asinc/asinc.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { BLOQUE = 32 * 1024, MENSAJES = 64, ETIQUETA = 256 };

/* Lo que comparten todas las tareas. */
struct gestor {
    const struct opciones *opciones;
    as_http *http;
    as_semaphore turnos;
    as_queue cola; /* de struct mensaje, que libera quien lo saca */
    struct descarga *descargas;

    /* Los cuenta quien muestra el progreso. */
    size_t listos, errores;
    int64_t bytes; /* recibidos en esta ejecución */
};

struct descarga {
    struct gestor *gestor;
    const char *url;
    char *nombre;         /* NULL si la URL no da uno bueno */
    char *destino, *part; /* dir/nombre y dir/nombre.part */
    char *ficha;          /* dir/nombre.part.etag: de qué versión es el .part */
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
    as_shield_enter(&escudo, AS_FOREVER);
    return as_scope_leave(&escudo, avisar(mensaje));
}

/* La etiqueta de la versión del .part; "" si no tiene. Una más larga quedaría recortada, y no
 * sería la de ninguna: se empezaría de cero. */
static int leer_etiqueta(const struct descarga *d, char etiqueta[static ETIQUETA])
{
    char *datos;
    int rc = as_file_read_all(d->ficha, &datos, NULL);
    snprintf(etiqueta, ETIQUETA, "%.*s", rc == 0 ? (int)strcspn(datos, "\r\n") : 0,
             rc == 0 ? datos : "");
    free(datos);
    return rc == UV_ENOENT ? 0 : rc;
}

static int olvidar_etiqueta(const struct descarga *d)
{
    int rc = as_file_remove(d->ficha);
    return rc == UV_ENOENT ? 0 : rc;
}

/* Apunta de qué versión es el .part que empieza. Con una etiqueta débil, W/"...", el servidor
 * no promete que los bytes sean los mismos. */
static int guardar_etiqueta(const struct descarga *d, const as_http_stream *flujo)
{
    const char *etiqueta = as_http_stream_header(flujo, "ETag");
    if (!etiqueta || *etiqueta != '"')
        return olvidar_etiqueta(d);
    return as_file_write_all(d->ficha, etiqueta, strlen(etiqueta));
}

static int pedir(struct descarga *d, int64_t desde, as_http_stream **flujo)
{
    char rango[48], etiqueta[ETIQUETA] = "", si_es[ETIQUETA + 16];
    int rc = desde > 0 ? leer_etiqueta(d, etiqueta) : 0;
    if (rc < 0)
        return rc;
    const char *const cabeceras[] = {desde > 0 ? rango : NULL, *etiqueta ? si_es : NULL,
                                     NULL};
    snprintf(rango, sizeof rango, "Range: bytes=%" PRId64 "-", desde);
    snprintf(si_es, sizeof si_es, "If-Range: %s", etiqueta);
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

/* Lo que ya se leyó es algo que llegó: se guarda y se cuenta aunque en medio llegue Ctrl+C. */
static int guardar(struct descarga *d, as_file *archivo, const char *bloque, int n)
{
    as_scope escudo;
    as_shield_enter(&escudo, AS_FOREVER);
    int rc = as_file_write(archivo, bloque, (size_t)n);
    if (rc == 0)
        rc = avisar((struct mensaje){.descarga = d, .que = AVANZA, .bytes = n});
    return as_scope_leave(&escudo, rc);
}

/* Lee un bloque; el plazo es de cada lectura, porque una descarga larga no es un fallo. */
static int leer(struct descarga *d, as_http_stream *flujo, char *bloque)
{
    as_scope plazo;
    as_scope_enter(&plazo, d->gestor->opciones->timeout_ms);
    return as_scope_leave(&plazo, (int)as_http_read(flujo, bloque, BLOQUE));
}

static int copiar(struct descarga *d, as_http_stream *flujo, as_file *archivo)
{
    char bloque[BLOQUE];
    int n;
    while ((n = leer(d, flujo, bloque)) > 0) {
        int rc = guardar(d, archivo, bloque, n);
        if (rc < 0)
            return rc;
    }
    return n;
}

/* Ya llegó todo: ponerle su nombre es un momento, y a medias no se deja. */
static int terminar(struct descarga *d)
{
    as_scope escudo;
    as_shield_enter(&escudo, AS_FOREVER);
    /* En este orden: una etiqueta sin su .part no hace daño; un .part sin la suya, sí. */
    int rc = as_file_rename(d->part, d->destino);
    if (rc == 0)
        rc = olvidar_etiqueta(d);
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
    if (desde == 0) /* con el .part ya vacío: lo que tenía era de otra versión */
        rc = guardar_etiqueta(d, flujo);
    if (rc == 0)
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

static void medir_velocidad(struct descarga *d)
{
    uint64_t ahora = as_now(), ms = ahora - d->ms_antes;
    if (ms > 0)
        d->kb_por_segundo = (double)(d->bytes - d->bytes_antes) / 1.024 / (double)ms;
    d->bytes_antes = d->bytes;
    d->ms_antes = ahora;
}

static void refrescar(const struct gestor *g)
{
    struct fila filas[MAX_A_LA_VEZ];
    size_t n = 0;
    for (size_t i = 0; i < g->opciones->n && n < MAX_A_LA_VEZ; i++) {
        struct descarga *d = &g->descargas[i];
        if (!d->en_marcha)
            continue;
        medir_velocidad(d);
        filas[n++] = (struct fila){d->nombre, d->bytes, d->total, d->kb_por_segundo};
    }
    dibujar_progreso(filas, n);
}

static void atender(struct gestor *g, const struct mensaje *m)
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
        g->bytes += m->bytes;
        break;
    case ACABA:
        d->en_marcha = false;
        g->listos++;
        dibujar_linea("LISTO %s %" PRId64 " bytes", d->nombre, d->bytes);
        break;
    case FALLA:
        d->en_marcha = false;
        g->errores++;
        dibujar_linea("ERROR %s %s", d->url, d->motivo);
        break;
    }
}

/* Saca un mensaje, si llega antes de que toque refrescar. */
static int sacar(as_queue *cola, int64_t ms, struct mensaje **mensaje)
{
    void *sacado = NULL;
    as_scope plazo;
    as_scope_enter(&plazo, ms);
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
    uint64_t proximo = as_now() + (uint64_t)g->opciones->refresco_ms;
    struct mensaje *m;
    as_scope escudo;
    int rc;
    as_shield_enter(&escudo, AS_FOREVER);
    do {
        uint64_t ahora = as_now();
        rc = sacar(&g->cola, proximo > ahora ? (int64_t)(proximo - ahora) : 0, &m);
        if (rc == 0)
            atender(g, m);
        free(m);
        if (as_now() >= proximo) {
            refrescar(g);
            proximo = as_now() + (uint64_t)g->opciones->refresco_ms;
        }
    } while (rc == 0 || rc == UV_ETIMEDOUT);
    dibujar_linea("RESUMEN listos=%zu errores=%zu interrumpidos=%zu bytes=%" PRId64,
                  g->listos, g->errores, g->opciones->n - g->listos - g->errores,
                  g->bytes);
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
        asprintf(&d->part, "%s/%s.part", dir, d->nombre) < 0 ||
        asprintf(&d->ficha, "%s.etag", d->part) < 0)
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
        return rc;
    rc = UV_ENOMEM;
    as_outcome *finales = calloc(o->n, sizeof *finales);
    g.descargas = calloc(o->n, sizeof *g.descargas);
    if (!finales || !g.descargas)
        goto liberar;
    rc = as_http_new(&http, &g.http);
    if (rc < 0)
        goto liberar;
    rc = UV_ENOMEM;
    for (size_t i = 0; i < o->n; i++) {
        g.descargas[i] = (struct descarga){.gestor = &g, .url = o->urls[i]};
        if (nombrar(&g.descargas[i], g.descargas) == UV_ENOMEM)
            goto liberar;
    }

    as_semaphore_init(&g.turnos, (size_t)o->max);
    as_queue_init(&g.cola, MENSAJES);
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "pantalla", mostrar_progreso, &g);
    if (rc == 0)
        rc = as_gather_each(descargar, g.descargas, o->n, sizeof *g.descargas, finales);
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
        free(g.descargas[i].ficha);
    }
    as_http_close(g.http);
    free(g.descargas);
    free(finales);
    return rc;
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
        fprintf(stderr, "descargas: %s\n", as_error_text(rc));
    return rc == 0 ? SALIDA_BIEN : SALIDA_FALLO;
}
