/* Ejercicio 1: un descargador de imágenes, cuatro a la vez. */
#include "servidor_local.h"

enum { IMAGENES = 8, A_LA_VEZ = 4, PLAZO_MS = 2000, MAXIMO = 1 << 20 };

/* [firma] */
static const char firma[] = "\x89PNG\r\n\x1a\n"; /* así empiezan */
/* [/firma] */

static char gato[120001], perro[95001], pez[30001], loro[210001],
    buho[64001];

/* [sitio] */
static const struct pagina paginas[] = {
    {"/gato.png", 500, 200, gato},
    {"/perro.png", 300, 200, perro},
    {"/lobo.png", 100, 404, "<h1>No existe</h1>"},
    {"/loro.png", 900, 200, loro},
    {"/oso.png", 9000, 200, perro},
    {"/zorro.png", 400, 200, "<h1>Inicia sesión</h1>"},
    {"/pez.png", 600, 200, pez},
    {"/buho.png", 600, 200, buho},
    {0},
};
/* [/sitio] */

/* [datos] */
struct album {
    as_http *http;
    as_semaphore turnos;
    int hechas; /* bien o mal */
};

struct imagen {
    struct album *album;
    const char *nombre;
    char url[64], destino[64];
    size_t bytes; /* si se guardó */
};
/* [/datos] */

/* [juzgar] */
static int juzgar(const as_http_response *respuesta)
{
    size_t n = strlen(firma);

    if (respuesta->status < 200 || respuesta->status > 299)
        return as_error_set(UV_EPROTO, "estado %d", respuesta->status);
    if (respuesta->body_size < n ||
        memcmp(respuesta->body, firma, n) != 0)
        return as_error_set(UV_EPROTO, "no es una imagen");
    return 0;
}
/* [/juzgar] */

/* [guardar] */
static int guardar(const char *destino, const char *bytes, size_t n)
{
    char part[80];
    as_file *archivo;

    snprintf(part, sizeof part, "%s.part", destino);
    int rc = as_file_open(part, "w", &archivo);
    if (rc < 0)
        return rc;
    rc = as_file_write(archivo, bytes, n);
    if (rc == 0)
        rc = as_file_sync(archivo);
    int cierre = as_file_close(archivo);
    if (rc == 0)
        rc = cierre;
    if (rc == 0)
        rc = as_file_rename(part, destino);
    return rc;
}
/* [/guardar] */

/* [bajar] */
static int bajar(struct imagen *i)
{
    const as_http_request peticion = {
        .url = i->url, .timeout_ms = PLAZO_MS, .max_body = MAXIMO};
    as_http_response respuesta;

    int rc = as_http_send(i->album->http, &peticion, &respuesta);
    if (rc < 0)
        return as_error_set(rc, "%s", as_strerror(rc));
    rc = juzgar(&respuesta);
    if (rc == 0)
        rc = guardar(i->destino, respuesta.body, respuesta.body_size);
    if (rc == 0)
        i->bytes = respuesta.body_size;
    as_http_response_clear(&respuesta);
    return rc;
}
/* [/bajar] */

/* [turno] */
static void contar(struct imagen *i, int rc)
{
    struct album *a = i->album;

    a->hechas++;
    printf("[%3d %%] %s: ", 100 * a->hechas / IMAGENES, i->nombre);
    if (rc < 0)
        printf("FALLA, %s\n", as_error_text(rc));
    else
        printf("%zu bytes\n", i->bytes);
}

static int bajar_con_turno(void *arg)
{
    struct imagen *i = arg;

    int rc = as_semaphore_acquire(&i->album->turnos);
    if (rc < 0)
        return rc;
    rc = bajar(i);
    as_semaphore_release(&i->album->turnos);
    if (rc != UV_ECANCELED)
        contar(i, rc);
    return rc;
}
/* [/turno] */

/* [comprobar] */
static int comprobar(const struct imagen *imagenes)
{
    int archivos = 0;

    for (int i = 0; i < IMAGENES; i++) {
        struct stat info;
        int rc = as_file_stat(imagenes[i].destino, &info);
        if (rc == UV_ENOENT)
            continue;
        if (rc < 0)
            return rc;
        archivos++;
        if ((size_t)info.st_size != imagenes[i].bytes)
            printf("%s no mide lo que llegó\n", imagenes[i].nombre);
    }
    printf("en el disco hay %d\n", archivos);
    return 0;
}
/* [/comprobar] */

/* [todas] */
static int bajar_todas(struct album *album, const char *base)
{
    struct imagen imagenes[IMAGENES];
    as_outcome casillas[IMAGENES];
    uint64_t inicio = as_now();

    for (int i = 0; i < IMAGENES; i++) {
        struct imagen *nueva = &imagenes[i];
        *nueva = (struct imagen){.album = album,
                                 .nombre = paginas[i].camino + 1};
        snprintf(nueva->url, sizeof nueva->url, "%s/%s", base,
                 nueva->nombre);
        snprintf(nueva->destino, sizeof nueva->destino, "descargas/%s",
                 nueva->nombre);
    }
    int fallos = as_gather_each(bajar_con_turno, imagenes, IMAGENES,
                                sizeof *imagenes, casillas);
    if (fallos < 0)
        return fallos;
    printf("%d bajadas y %d fallos en %.1f s\n", IMAGENES - fallos,
           fallos, (double)(as_now() - inicio) / 1000);
    return comprobar(imagenes);
}
/* [/todas] */

static void rellenar(char *imagen, size_t bytes)
{
    memset(imagen, '.', bytes);
    memcpy(imagen, firma, sizeof firma - 1);
}

/* [principal] */
static int principal(void *base)
{
    struct album album = {0};

    int rc = as_file_mkdir("descargas");
    if (rc == 0)
        rc = as_http_new(NULL, &album.http);
    if (rc < 0)
        return rc;
    as_semaphore_init(&album.turnos, A_LA_VEZ);
    rc = bajar_todas(&album, base);
    as_http_close(album.http);
    return rc;
}
/* [/principal] */

int main(void)
{
    rellenar(gato, sizeof gato - 1);
    rellenar(perro, sizeof perro - 1);
    rellenar(pez, sizeof pez - 1);
    rellenar(loro, sizeof loro - 1);
    rellenar(buho, sizeof buho - 1);
    return con_servidor(paginas, principal);
}
