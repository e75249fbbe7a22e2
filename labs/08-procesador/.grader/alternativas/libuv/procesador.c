/*
 * procesador con libuv a secas: una máquina de estados por archivo. Cada callback sabe qué
 * toca después: demora, abrir, leer hasta el final, cerrar, y empezar el siguiente.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { MUESTRAS = 5, TROZO = 16 * 1024 };

struct archivo {
    const char *ruta;
    uint64_t palabras;
    int error;
    uv_timer_t demora;
    uv_fs_t peticion;
    uv_file fd;
    /* El texto se decodifica con un autómata: los bytes de un carácter a medias. */
    unsigned char medio[4];
    size_t en_medio;
    bool dentro;
    char trozo[TROZO];
};

static struct opciones o;
static const char **rutas;
static struct archivo **archivos;
static size_t n, empezados;
static uv_loop_t bucle;

static void empezar_otro(void);

/* ---- Palabras ------------------------------------------------------------------------ */

static const char *const espacios =
    " \t\n\v\f\r\x1c\x1d\x1e\x1f|\xc2\x85|\u00a0|\u1680|\u2000|\u2001|\u2002|\u2003|"
    "\u2004|"
    "\u2005|\u2006|\u2007|\u2008|\u2009|\u200a|\u2028|\u2029|\u202f|\u205f|\u3000|";

static bool es_espacio(const unsigned char *bytes, size_t largo)
{
    if (largo == 1)
        return bytes[0] && bytes[0] != '|' && bytes[0] < 0x80 &&
               strchr(espacios, bytes[0]);
    char buscado[6] = {0};
    memcpy(buscado, bytes, largo);
    buscado[largo] = '|';
    return strstr(espacios, buscado);
}

static void caracter(struct archivo *a, size_t largo)
{
    if (es_espacio(a->medio, largo)) {
        a->dentro = false;
    } else {
        a->palabras += !a->dentro;
        a->dentro = true;
    }
    a->en_medio = 0;
}

static size_t largo_de(unsigned char primero)
{
    return primero >= 0xf0 ? 4 : primero >= 0xe0 ? 3 : primero >= 0xc2 ? 2 : 1;
}

static void contar(struct archivo *a, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)a->trozo[i];
        if (a->en_medio > 0 && (c & 0xc0) != 0x80)
            caracter(a, 1); /* lo que quedó a medias es una letra */
        a->medio[a->en_medio++] = c;
        if (a->en_medio == largo_de(a->medio[0]))
            caracter(a, a->en_medio);
    }
}

/* ---- Un archivo, paso a paso ------------------------------------------------------------ */

static void terminado(struct archivo *a)
{
    if (a->en_medio > 0)
        caracter(a, 1);
    if (a->error < 0)
        printf("%s ERROR %s\n", a->ruta, uv_strerror(a->error));
    else
        printf("%s palabras=%" PRIu64 "\n", a->ruta, a->palabras);
    uv_close((uv_handle_t *)&a->demora, NULL);
    empezar_otro();
}

static void al_cerrar(uv_fs_t *peticion)
{
    struct archivo *a = peticion->data;
    uv_fs_req_cleanup(peticion);
    terminado(a);
}

static void al_leer(uv_fs_t *peticion)
{
    struct archivo *a = peticion->data;
    ssize_t leido = peticion->result;
    uv_fs_req_cleanup(peticion);
    if (leido > 0) {
        contar(a, (size_t)leido);
        uv_buf_t buf = uv_buf_init(a->trozo, TROZO);
        uv_fs_read(&bucle, peticion, a->fd, &buf, 1, -1, al_leer);
        return;
    }
    a->error = (int)leido;
    uv_fs_close(&bucle, peticion, a->fd, al_cerrar);
}

static void al_abrir(uv_fs_t *peticion)
{
    struct archivo *a = peticion->data;
    int fd = (int)peticion->result;
    uv_fs_req_cleanup(peticion);
    if (fd < 0) {
        a->error = fd;
        terminado(a);
        return;
    }
    a->fd = fd;
    uv_buf_t buf = uv_buf_init(a->trozo, TROZO);
    uv_fs_read(&bucle, peticion, fd, &buf, 1, -1, al_leer);
}

static void tras_la_demora(uv_timer_t *demora)
{
    struct archivo *a = demora->data;
    a->peticion.data = a;
    uv_fs_open(&bucle, &a->peticion, a->ruta, O_RDONLY, 0, al_abrir);
}

static void empezar_otro(void)
{
    if (empezados == n)
        return;
    struct archivo *a = archivos[empezados++];
    uint64_t azar = 0;
    uv_random(NULL, NULL, &azar, sizeof azar, 0, NULL);
    uint64_t demora = (uint64_t)o.demora_min_ms +
                      azar % (uint64_t)(o.demora_max_ms - o.demora_min_ms + 1);
    a->demora.data = a;
    uv_timer_init(&bucle, &a->demora);
    uv_timer_start(&a->demora, tras_la_demora, demora, 0);
}

/* ---- Todos ---------------------------------------------------------------------------- */

static int resumir(void)
{
    uint64_t total = 0;
    size_t leidos = 0;
    const struct archivo *mayor = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct archivo *a = archivos[i];
        if (a->error < 0)
            continue;
        leidos++;
        total += a->palabras;
        if (!mayor || a->palabras > mayor->palabras)
            mayor = a;
    }
    printf("TOTAL palabras=%" PRIu64 "\nPROMEDIO palabras=%.2f\n", total,
           leidos ? (double)total / (double)leidos : 0);
    if (mayor)
        printf("MAYOR %s palabras=%" PRIu64 "\n", mayor->ruta, mayor->palabras);
    return leidos == n && !ferror(stdout) ? SALIDA_BIEN : SALIDA_FALLO;
}

static int procesar(void)
{
    archivos = calloc(n, sizeof *archivos);
    for (size_t i = 0; archivos && i < n; i++) {
        archivos[i] = calloc(1, sizeof **archivos);
        if (!archivos[i])
            return SALIDA_FALLO;
        archivos[i]->ruta = rutas[i];
    }
    if (!archivos || uv_loop_init(&bucle) < 0)
        return SALIDA_FALLO;
    size_t plazas = o.concurrencia > 0 ? (size_t)o.concurrencia : n;
    for (size_t i = 0; i < plazas && i < n; i++)
        empezar_otro();
    uv_run(&bucle, UV_RUN_DEFAULT);
    uv_loop_close(&bucle);
    int salida = resumir();
    for (size_t i = 0; i < n; i++)
        free(archivos[i]);
    free(archivos);
    return salida;
}

/* Antes de que haya bucle no hay a quien hacer esperar: aquí todo es síncrono. */
static int crear_muestras(const char *dir, char nombres[MUESTRAS][4096])
{
    uv_fs_t peticion;
    int rc = uv_fs_mkdir(NULL, &peticion, dir, 0777, NULL);
    uv_fs_req_cleanup(&peticion);
    for (int i = 0; (rc == 0 || rc == UV_EEXIST) && i < MUESTRAS; i++) {
        snprintf(nombres[i], sizeof nombres[i], "%s/muestra%d.txt", dir, i + 1);
        FILE *f = fopen(nombres[i], "w");
        if (!f)
            return -1;
        for (int j = 0; j < 20 - i; j++)
            fprintf(f, "número %d\n", j);
        if (fclose(f) != 0)
            return -1;
    }
    return rc == UV_EEXIST ? 0 : rc;
}

int main(int argc, char **argv)
{
    static char nombres[MUESTRAS][4096];
    if (leer_opciones(argc, argv, &o) < 0)
        return SALIDA_ARGUMENTOS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (o.crear && crear_muestras(o.crear, nombres) < 0) {
        fprintf(stderr, "procesador: no puedo crear las muestras en %s\n", o.crear);
        return SALIDA_FALLO;
    }
    rutas = calloc(o.n + MUESTRAS, sizeof *rutas);
    if (!rutas)
        return SALIDA_FALLO;
    for (int i = 0; o.crear && i < MUESTRAS; i++)
        rutas[n++] = nombres[i];
    for (size_t i = 0; i < o.n; i++)
        rutas[n++] = o.rutas[i];
    int salida = procesar();
    free(rutas);
    return salida;
}
