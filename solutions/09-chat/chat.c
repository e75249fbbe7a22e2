/*
 * chat: una sala en la que cada línea que alguien escribe la leen los demás.
 *
 * Cada cliente tiene dos tareas y una cola entre el mundo y él. Una tarea lee lo que
 * escribe; la otra saca de la cola lo que los demás le dicen y lo envía. Difundir es poner
 * el mensaje en todas las colas, y eso no espera nunca: quien no lee solo atasca la suya,
 * y si en ella se junta más de 1 MiB se le echa.
 */
#include "opciones.h"

#include <asinc/asinc.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_NOMBRE = 20,         /* bytes */
    MAX_LINEA = 1000,        /* bytes, sin el fin de línea */
    MAX_PENDIENTE = 1 << 20, /* bytes que puede tener sin recoger un cliente */
    DESPEDIDA_MS = 500,      /* para entregar lo último a quien se va */
};

/* Una línea ya hecha, con su «\n». Está a la vez en las colas de muchos clientes. */
struct mensaje {
    size_t usos; /* colas en las que está */
    size_t largo;
    char texto[];
};

struct sala {
    struct cliente **clientes; /* los que ya tienen nombre */
    size_t n, caben;
};

struct cliente {
    struct sala *sala;
    as_stream *flujo;
    as_task *tarea; /* la que lee; cancelarla es echarlo */
    char nombre[MAX_NOMBRE + 1];
    as_queue salida;         /* struct mensaje *, por enviar */
    struct mensaje *en_mano; /* el que se está enviando */
    size_t pendiente;        /* bytes en los dos sitios */
    bool echado;
};

/* ---- Mensajes ------------------------------------------------------------------ */

static struct mensaje *mensaje_nuevo(const char *formato, va_list datos)
{
    va_list otra;
    va_copy(otra, datos);
    int largo = vsnprintf(NULL, 0, formato, otra);
    va_end(otra);
    struct mensaje *m = malloc(sizeof *m + (size_t)largo + 2);
    if (!m)
        return NULL;
    *m = (struct mensaje){.usos = 1, .largo = (size_t)largo + 1};
    vsnprintf(m->texto, m->largo, formato, datos);
    m->texto[largo] = '\n';
    return m;
}

static void soltar(struct mensaje *m)
{
    if (m && --m->usos == 0)
        free(m);
}

/*
 * Deja `m` para que se le envíe. No suspende, y por eso quien difunde no espera a nadie. Si
 * no hay memoria para un mensaje más, se le echa como al que no lee: cualquier otra cosa
 * sería perderle líneas sin decírselo.
 */
static void encolar(struct cliente *c, struct mensaje *m)
{
    if (c->echado)
        return;
    if (c->pendiente + m->largo > MAX_PENDIENTE ||
        as_queue_put_nowait(&c->salida, m) < 0) {
        c->echado = true;
        as_cancel(c->tarea);
        return;
    }
    m->usos++;
    c->pendiente += m->largo;
}

/* Lo que dice el servidor a un cliente. */
__attribute__((format(printf, 2, 3))) static void decir(struct cliente *c,
                                                        const char *formato, ...)
{
    va_list datos;
    va_start(datos, formato);
    struct mensaje *m = mensaje_nuevo(formato, datos);
    va_end(datos);
    if (m)
        encolar(c, m);
    soltar(m);
}

/* A todos los de la sala menos a `salvo`, que puede ser NULL. */
__attribute__((format(printf, 3, 4))) static void
difundir(struct sala *sala, const struct cliente *salvo, const char *formato, ...)
{
    va_list datos;
    va_start(datos, formato);
    struct mensaje *m = mensaje_nuevo(formato, datos);
    va_end(datos);
    for (size_t i = 0; m && i < sala->n; i++)
        if (sala->clientes[i] != salvo)
            encolar(sala->clientes[i], m);
    soltar(m);
}

/* ---- La otra mitad de un cliente: enviarle lo suyo ------------------------------ */

/* Envía el que está en mano. Si no llega a hacerlo, en mano se queda. */
static int enviar(struct cliente *c)
{
    int rc = as_write(c->flujo, c->en_mano->texto, c->en_mano->largo);
    if (rc < 0)
        return rc;
    c->pendiente -= c->en_mano->largo;
    soltar(c->en_mano);
    c->en_mano = NULL;
    return 0;
}

/* La tarea que vacía su cola. */
static int escribir_salida(void *arg)
{
    struct cliente *c = arg;
    void *m;
    int rc;
    while ((rc = as_queue_get(&c->salida, &m)) == 0) {
        c->en_mano = m;
        rc = enviar(c);
        if (rc < 0)
            break;
    }
    return rc;
}

/*
 * Entrega lo que quede, con plazo para no esperar siempre a quien no lee, y protegido de
 * Ctrl+C, que es cuando más falta hace. Si no se logra, cancelar la tarea hace que
 * as_stream_close tampoco espere.
 */
static void entregar_lo_ultimo(struct cliente *c)
{
    as_scope plazo;
    void *m;
    int rc = 0;
    as_shield_enter(&plazo, DESPEDIDA_MS);
    if (c->en_mano)
        rc = enviar(c);
    while (rc == 0 && as_queue_get_nowait(&c->salida, &m) == 0) {
        c->en_mano = m;
        rc = enviar(c);
    }
    if (rc == 0)
        rc = as_drain(c->flujo);
    if (as_scope_leave(&plazo, rc) < 0)
        as_cancel(c->tarea);
}

static void tirar_salida(struct cliente *c)
{
    void *m;
    soltar(c->en_mano);
    while (as_queue_get_nowait(&c->salida, &m) == 0)
        soltar(m);
    as_queue_destroy(&c->salida);
}

/* ---- Entrar y salir ------------------------------------------------------------- */

static bool ocupado(const struct sala *sala, const char *nombre)
{
    for (size_t i = 0; i < sala->n; i++)
        if (strcmp(sala->clientes[i]->nombre, nombre) == 0)
            return true;
    return false;
}

/* Por qué no puede llamarse así, o NULL si puede. */
static const char *pega_del_nombre(const struct sala *sala, const char *nombre, ssize_t n)
{
    if (n == UV_EMSGSIZE || n > MAX_NOMBRE)
        return "el nombre es demasiado largo: caben 20 bytes";
    if (n == 0)
        return "el nombre no puede estar vacío";
    for (ssize_t i = 0; i < n; i++)
        if ((unsigned char)nombre[i] <= ' ' || strchr(":,*/\x7f", nombre[i]))
            return "un nombre no lleva espacios ni caracteres de control ni : , * /";
    return ocupado(sala, nombre) ? "ese nombre ya lo usa otra persona" : NULL;
}

static int pedir_nombre(struct cliente *c)
{
    char linea[MAX_LINEA + 1];
    for (;;) {
        decir(c, "* ¿Cómo te llamas?");
        ssize_t n = as_readline(c->flujo, linea, sizeof linea);
        if (n < 0 && n != UV_EMSGSIZE)
            return (int)n;
        const char *pega = pega_del_nombre(c->sala, linea, n);
        if (!pega) {
            memcpy(c->nombre, linea, (size_t)n + 1);
            return 0;
        }
        decir(c, "* ERROR %s", pega);
    }
}

static int entrar(struct cliente *c)
{
    struct sala *sala = c->sala;
    if (sala->n == sala->caben) {
        size_t caben = sala->caben ? 2 * sala->caben : 16;
        struct cliente **mas = realloc(sala->clientes, caben * sizeof(struct cliente *));
        if (!mas)
            return UV_ENOMEM;
        sala->clientes = mas;
        sala->caben = caben;
    }
    decir(c, "* Hola, %s", c->nombre);
    difundir(sala, NULL, "* %s ha entrado", c->nombre);
    sala->clientes[sala->n++] = c;
    return 0;
}

static void salir(struct cliente *c)
{
    struct sala *sala = c->sala;
    size_t i = 0;
    while (i < sala->n && sala->clientes[i] != c)
        i++;
    if (i == sala->n)
        return; /* no llegó a entrar */
    memmove(sala->clientes + i, sala->clientes + i + 1,
            (--sala->n - i) * sizeof(struct cliente *));
    if (!as_interrupted()) /* si se van todos, no hay a quien decírselo */
        difundir(sala, NULL, "* %s ha salido", c->nombre);
}

/* ---- Conversar ------------------------------------------------------------------ */

static void listar(struct cliente *c)
{
    const struct sala *sala = c->sala;
    size_t caben = sala->n * (MAX_NOMBRE + 2) + 1, n = 0;
    char *nombres = malloc(caben);
    if (!nombres) {
        decir(c, "* ERROR no queda memoria para la lista");
        return;
    }
    for (size_t i = 0; i < sala->n; i++)
        n += (size_t)snprintf(nombres + n, caben - n, "%s%s", i > 0 ? ", " : "",
                              sala->clientes[i]->nombre);
    decir(c, "* Conectados (%zu): %s", sala->n, nombres);
    free(nombres);
}

/* Atiende una línea; falso si pide irse. */
static bool atender(struct cliente *c, const char *linea)
{
    if (linea[0] == '\0')
        return true;
    if (linea[0] != '/')
        difundir(c->sala, c, "%s: %s", c->nombre, linea);
    else if (strcmp(linea, "/list") == 0)
        listar(c);
    else if (strcmp(linea, "/quit") == 0)
        return false;
    else
        decir(c, "* ERROR no conozco esa orden; hay /list y /quit");
    return true;
}

/* De la primera línea a la última. 0 si se fue él; si no, qué lo impidió. */
static int conversar(struct cliente *c)
{
    char linea[MAX_LINEA + 1];
    int rc = pedir_nombre(c);
    if (rc == 0)
        rc = entrar(c);
    while (rc == 0) {
        ssize_t n = as_readline(c->flujo, linea, sizeof linea);
        if (n == UV_EMSGSIZE)
            decir(c, "* ERROR la línea es demasiado larga: caben %d bytes", MAX_LINEA);
        else if (n < 0)
            rc = (int)n;
        else if (!atender(c, linea))
            break;
    }
    return rc;
}

static int manejar_cliente(as_stream *flujo, void *arg)
{
    struct cliente c = {.sala = arg, .flujo = flujo, .tarea = as_current_task()};
    as_group grupo;
    as_queue_init(&c.salida, 0);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "escritura", escribir_salida, &c);
    if (rc == 0)
        rc = conversar(&c);
    salir(&c);
    as_group_cancel(&grupo);
    rc = as_group_leave(&grupo, rc);

    if (!c.echado) {
        if (rc == 0 || as_interrupted())
            decir(&c, "* Adiós");
        entregar_lo_ultimo(&c);
    }
    tirar_salida(&c);
    return rc;
}

/* ---- El servidor ----------------------------------------------------------------- */

/* La tarea principal. Solo vuelve con Ctrl+C o si no puede escuchar. */
static int chatear(void *arg)
{
    const struct opciones *opciones = arg;
    struct sala sala = {0};
    as_listener *puerta;
    int rc = as_listen(opciones->host, opciones->puerto, 0, &puerta);
    if (rc < 0) {
        fprintf(stderr, "chat: no puedo escuchar en %s:%d: %s\n", opciones->host,
                opciones->puerto, as_strerror(rc));
        return rc;
    }
    printf("Escuchando en %s\n", as_listener_name(puerta));
    fflush(stdout);
    rc = as_serve(puerta, manejar_cliente, &sala);
    as_listener_close(puerta);
    free(sala.clientes);
    return as_interrupted() ? 0 : rc;
}

int main(int argc, char **argv)
{
    struct opciones opciones;
    if (leer_opciones(argc, argv, &opciones) < 0)
        return SALIDA_ARGUMENTOS;
    return as_run(chatear, &opciones) < 0 ? SALIDA_FALLO : SALIDA_BIEN;
}
