/*
 * Quien va por una etapa, y no ha leído las siguientes: con ETAPA 1, la primera; y así hasta la 5.
 * El corrector le exige enteras las que lleva. Hasta la cuarta, cada lectura es una línea: es lo
 * que se cree quien aún no sabe que TCP no las conserva.
 */
#ifndef ETAPA
#define ETAPA 5
#endif

#include "opciones.h"

#include <asinc/asinc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NOMBRE = 20, MAX_LINEA = 1000, MAX_PENDIENTE = 1 << 20, CABEN = 1000 };

struct cliente {
    as_stream *flujo;
    char nombre[MAX_NOMBRE + 1];
#if ETAPA >= 5
    as_task *tarea;
    as_queue salida;
    size_t pendiente;
    bool echado;
#endif
};

static struct cliente *sala[CABEN];
static size_t n_sala;

/* Una línea, con su final. */
static void enviar(struct cliente *c, const char *texto)
{
#if ETAPA >= 5
    size_t largo = strlen(texto);
    char *copia = strdup(texto);
    if (c->echado || c->pendiente + largo > MAX_PENDIENTE ||
        as_queue_put_nowait(&c->salida, copia) < 0) {
        free(copia);
        c->echado = true;
        as_cancel(c->tarea);
        return;
    }
    c->pendiente += largo;
#else
    if (as_write(c->flujo, texto, strlen(texto)) < 0)
        return;
#endif
}

#if ETAPA >= 2
static void difundir(const char *texto, const struct cliente *salvo)
{
    for (size_t i = 0; i < n_sala; i++)
        if (sala[i] != salvo)
            enviar(sala[i], texto);
}

static bool ocupado(const char *nombre)
{
    for (size_t i = 0; i < n_sala; i++)
        if (strcmp(sala[i]->nombre, nombre) == 0)
            return true;
    return false;
}
#endif

/* La siguiente línea, sin su final: su largo, o un error. */
static ssize_t leer_linea(struct cliente *c, char linea[static MAX_LINEA + 1])
{
#if ETAPA >= 4
    ssize_t n = as_readline(c->flujo, linea, MAX_LINEA + 1);
#else
    ssize_t n = as_read(c->flujo, linea, MAX_LINEA);
    if (n == 0)
        return UV_EOF;
    if (n > 0 && linea[n - 1] == '\n')
        n--;
#endif
    if (n >= 0)
        linea[n] = '\0';
    return n;
}

static const char *pega(const char *nombre, ssize_t n)
{
    if (n <= 0 || n > MAX_NOMBRE)
        return "el nombre debe tener de 1 a 20 bytes";
    for (ssize_t i = 0; i < n; i++)
        if ((unsigned char)nombre[i] <= ' ' || strchr(":,*/\x7f", nombre[i]))
            return "ese nombre lleva algo que no puede llevar";
#if ETAPA >= 2
    if (ocupado(nombre))
        return "ese nombre ya lo usan";
#endif
    return NULL;
}

static int presentarse(struct cliente *c)
{
    char linea[MAX_LINEA + 1], texto[200];
    const char *por;
    do {
        enviar(c, "* ¿Cómo te llamas?\n");
        ssize_t n = leer_linea(c, linea);
        if (n < 0 && n != UV_EMSGSIZE)
            return (int)n;
        por = pega(linea, n);
        snprintf(texto, sizeof texto, "* ERROR %s\n", por ? por : "");
        if (por)
            enviar(c, texto);
    } while (por);
    strcpy(c->nombre, linea);
    snprintf(texto, sizeof texto, "* Hola, %s\n", c->nombre);
    enviar(c, texto);
    return 0;
}

#if ETAPA >= 3
static void listar(struct cliente *c)
{
    char *texto = malloc(n_sala * (MAX_NOMBRE + 2) + 40);
    int n = sprintf(texto, "* Conectados (%zu): ", n_sala);
    for (size_t i = 0; i < n_sala; i++)
        n += sprintf(texto + n, "%s%s", i ? ", " : "", sala[i]->nombre);
    strcpy(texto + n, "\n");
    enviar(c, texto);
    free(texto);
}
#endif

#if ETAPA >= 2
static void conversar(struct cliente *c)
{
    char linea[MAX_LINEA + 1], texto[MAX_LINEA + MAX_NOMBRE + 20];
    snprintf(texto, sizeof texto, "* %s ha entrado\n", c->nombre);
    difundir(texto, c);
    sala[n_sala++] = c;
    for (;;) {
        ssize_t n = leer_linea(c, linea);
        if (n == UV_EMSGSIZE) {
            enviar(c, "* ERROR la línea es demasiado larga\n");
            continue;
        }
        if (n < 0)
            break;
        if (n == 0)
            continue;
#if ETAPA >= 3
        if (strcmp(linea, "/quit") == 0) {
            enviar(c, "* Adiós\n");
            break;
        }
        if (strcmp(linea, "/list") == 0) {
            listar(c);
            continue;
        }
        if (linea[0] == '/') {
            enviar(c, "* ERROR no conozco esa orden\n");
            continue;
        }
#endif
        snprintf(texto, sizeof texto, "%s: %s\n", c->nombre, linea);
        difundir(texto, c);
    }
    size_t i = 0;
    while (sala[i] != c)
        i++;
    sala[i] = sala[--n_sala];
    snprintf(texto, sizeof texto, "* %s ha salido\n", c->nombre);
    difundir(texto, NULL);
}
#endif

#if ETAPA >= 5
static int escribir(void *arg)
{
    struct cliente *c = arg;
    void *texto;
    int rc;
    while ((rc = as_queue_get(&c->salida, &texto)) == 0) {
        size_t largo = strlen(texto);
        rc = as_write(c->flujo, texto, largo);
        free(texto);
        c->pendiente -= largo;
        if (rc < 0)
            break;
    }
    return rc;
}
#endif

static int atender(as_stream *flujo, void *arg)
{
    (void)arg;
    struct cliente c = {.flujo = flujo};
#if ETAPA >= 5
    as_group grupo;
    c.tarea = as_current_task();
    as_queue_init(&c.salida, 0);
    as_group_enter(&grupo);
    int empezo = as_start_soon(&grupo, "escribe", escribir, &c);
    if (empezo < 0)
        return as_group_leave(&grupo, empezo);
#endif
    int rc = presentarse(&c);
#if ETAPA >= 2
    if (rc == 0)
        conversar(&c);
#endif
#if ETAPA >= 5
    as_queue_close(&c.salida);
    if (c.echado)
        as_group_cancel(&grupo);
    rc = as_group_leave(&grupo, 0);
    void *texto;
    while (as_queue_get_nowait(&c.salida, &texto) == 0)
        free(texto);
    as_queue_destroy(&c.salida);
#endif
    return rc < 0 ? 0 : rc;
}

static int chatear(void *arg)
{
    const struct opciones *o = arg;
    as_listener *puerta;
    int rc = as_listen(o->host, o->puerto, 0, &puerta);
    if (rc < 0) {
        fprintf(stderr, "chat: no se puede escuchar en el puerto %d: %s\n", o->puerto,
                as_strerror(rc));
        return rc;
    }
    printf("Escuchando en %s\n", as_listener_name(puerta));
    fflush(stdout);
    rc = as_serve(puerta, atender, NULL);
    as_listener_close(puerta);
    return rc;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    return as_run(chatear, &opciones) < 0 ? SALIDA_FALLO : SALIDA_BIEN;
}
