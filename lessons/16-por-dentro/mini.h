/* Una biblioteca asíncrona en un archivo, con los nombres de asinc y casi
 * su conducta: los programas del capítulo 03 corren con ella. */
#pragma once

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>

enum { UV_ENOMEM = -ENOMEM, UV_ECANCELED = -ECANCELED };
enum { UV_ECONNREFUSED = -ECONNREFUSED, UV_ENOSYS = -ENOSYS };
enum { UV_EALREADY = -EALREADY, AS_EDEADLK = -EDEADLK };
enum { PILA = 256 * 1024, PAGINA = 4096 };

typedef int as_fn(void *arg);

/* [un-futuro] */
typedef struct as_future {
    int cumplido;
    void *valor;
    struct as_task *esperan; /* la lista de quienes lo esperan */
} as_future;
/* [/un-futuro] */

/* [grupo] */
typedef struct as_group {
    struct as_task *tareas; /* las nacidas aquí */
    struct as_task *duena;  /* quien lo abrió */
    struct as_task *espera; /* la dueña, si espera la salida */
    int vivas, error, cancelado;
} as_group;
/* [/grupo] */

/* [tarea] */
typedef struct as_task {
    char pila[PILA];      /* con qué variables iba */
    ucontext_t registros; /* y por dónde */
    as_fn *fn;
    void *arg;
    struct as_task **en;       /* en qué lista está, o NULL */
    struct as_task *siguiente; /* la de detrás en esa lista */
    uint64_t plazo;            /* si duerme, hasta cuándo */
    struct pollfd lectura;     /* si espera datos, de dónde */
    as_future fin;             /* se cumple al terminar */
    int resultado;             /* qué devolvió su función */
    int cancelaciones;         /* las pendientes */
    as_group *grupo;           /* en el que nació */
    struct as_task *hermana;   /* otra del mismo grupo */
} as_task;
/* [/tarea] */

/* [turno] */
static as_task *turno;    /* pueden correr */
static as_task *dormidas; /* la de plazo menor, delante */
static as_task *lectoras; /* esperan datos de un descriptor */
static as_task *actual;   /* la que corre; NULL si es el bucle */
static ucontext_t bucle;  /* por dónde iba el bucle */
/* [/turno] */

/* [poner] */
/* Detrás de las que tienen un plazo igual o menor. */
static void poner(as_task **lista, as_task *t)
{
    if (t->en)
        errx(1, "la tarea ya está en una lista");
    t->en = lista;
    while (*lista && (*lista)->plazo <= t->plazo)
        lista = &(*lista)->siguiente;
    t->siguiente = *lista;
    *lista = t;
}

static void quitar(as_task *t)
{
    as_task **sitio = t->en;
    while (*sitio != t)
        sitio = &(*sitio)->siguiente;
    *sitio = t->siguiente;
    t->en = NULL;
    t->plazo = 0;
}

static void despertar(as_task *t)
{
    quitar(t);
    poner(&turno, t);
}
/* [/poner] */

/* [saltos] */
static void suspender(as_task **lista)
{
    poner(lista, actual);
    swapcontext(&actual->registros, &bucle);
}

static void reanudar(as_task *t)
{
    quitar(t);
    actual = t;
    swapcontext(&bucle, &t->registros);
    actual = NULL;
}
/* [/saltos] */

/* [esperar] */
static int esperar_en(as_task **lista, uint64_t plazo)
{
    if (actual->cancelaciones == 0) {
        actual->plazo = plazo;
        suspender(lista);
    }
    return actual->cancelaciones > 0 ? UV_ECANCELED : 0;
}
/* [/esperar] */

static int simulado; /* AS_CLOCK=virtual: el tiempo salta */
static uint64_t ahora_simulado;

uint64_t as_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return simulado ? ahora_simulado
                    : (uint64_t)(t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

/* [dormir] */
int as_sleep(int64_t ms)
{
    return esperar_en(&dormidas, as_now() + (ms > 0 ? ms : 0));
}
/* [/dormir] */

/* [mundo] */
int esperar_lectura(int fd)
{
    actual->lectura = (struct pollfd){.fd = fd, .events = POLLIN};
    return esperar_en(&lectoras, 0);
}

/* Nadie puede correr: el hilo duerme hasta que pase algo. */
static void esperar_al_mundo(uint64_t ahora)
{
    struct pollfd fds[64];
    as_task *quien[64];
    nfds_t n = 0;
    int ms = -1; /* lo que haga falta */

    for (as_task *t = lectoras; t; t = t->siguiente) {
        if (n == 64)
            errx(1, "más de 64 tareas esperan datos");
        quien[n] = t;
        fds[n++] = t->lectura;
    }
    if (dormidas)
        ms = simulado ? 0 : (int)(dormidas->plazo - ahora);
    if (poll(fds, n, ms) == 0 && dormidas)
        ahora_simulado = dormidas->plazo;
    for (nfds_t i = 0; i < n; i++) {
        if (fds[i].revents)
            despertar(quien[i]);
    }
}
/* [/mundo] */

/* [girar] */
static int girar(const as_task *principal)
{
    while (!principal->fin.cumplido) {
        uint64_t ahora = as_now();
        while (dormidas && dormidas->plazo <= ahora)
            despertar(dormidas);
        if (turno)
            reanudar(turno);
        else if (dormidas || lectoras)
            esperar_al_mundo(ahora);
        else
            return AS_EDEADLK;
    }
    return principal->resultado;
}
/* [/girar] */

void as_future_init(as_future *f)
{
    *f = (as_future){.cumplido = 0};
}

/* [futuro] */
int as_future_set_result(as_future *f, void *valor)
{
    if (f->cumplido)
        return UV_EALREADY;
    f->cumplido = 1;
    f->valor = valor;
    while (f->esperan)
        despertar(f->esperan);
    return 0;
}

int as_future_wait(as_future *f, void **valor)
{
    int rc = f->cumplido ? 0 : esperar_en(&f->esperan, 0);
    if (rc == 0 && valor)
        *valor = f->valor;
    return rc;
}

int as_await(as_task *t)
{
    if (!t)
        return UV_ENOMEM;
    int rc = as_future_wait(&t->fin, NULL);
    return rc < 0 ? rc : t->resultado;
}
/* [/futuro] */

/* [cancelar] */
static void cancelar(as_task *t)
{
    t->cancelaciones++;
    if (t->en && t->en != &turno)
        despertar(t);
}

static void cancelar_grupo(as_group *g)
{
    if (g->cancelado)
        return;
    g->cancelado = 1;
    for (as_task *t = g->tareas; t; t = t->hermana)
        cancelar(t);
    if (g->duena)
        cancelar(g->duena);
}
/* [/cancelar] */

/* [arrancar] */
/* Lo primero y lo último que corre en la pila de una tarea. */
static void arrancar(void)
{
    as_task *t = actual;
    as_group *g = t->grupo;

    t->resultado = t->fn(t->arg);
    as_future_set_result(&t->fin, NULL);
    g->vivas--;
    if (t->resultado < 0 && t->resultado != UV_ECANCELED && !g->error) {
        g->error = t->resultado;
        cancelar_grupo(g);
    }
    if (g->vivas == 0 && g->espera)
        despertar(g->espera);
}
/* [/arrancar] */

/* [crear] */
static void preparar(as_task *t)
{
    mprotect(t->pila, PAGINA, PROT_NONE);
    getcontext(&t->registros);
    t->registros.uc_stack.ss_sp = t->pila;
    t->registros.uc_stack.ss_size = PILA;
    t->registros.uc_link = &bucle; /* adónde ir al terminar */
    makecontext(&t->registros, arrancar, 0);
}

as_task *as_spawn(as_group *g, const char *nombre, as_fn *fn, void *arg)
{
    (void)nombre; /* aquí no se usa */
    as_task *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (t == MAP_FAILED)
        return NULL;
    t->fn = fn;
    t->arg = arg;
    t->grupo = g;
    t->hermana = g->tareas;
    g->tareas = t;
    g->vivas++;
    t->cancelaciones = g->cancelado;
    preparar(t);
    poner(&turno, t);
    return t;
}
/* [/crear] */

int as_start_soon(as_group *g, const char *nombre, as_fn *fn, void *arg)
{
    return as_spawn(g, nombre, fn, arg) ? 0 : UV_ENOMEM;
}

/* [salir] */
void as_group_enter(as_group *g)
{
    *g = (as_group){.duena = actual};
}

static void liberar(as_task *t)
{
    while (t) {
        as_task *otra = t->hermana;
        munmap(t, sizeof *t);
        t = otra;
    }
}

int as_group_leave(as_group *g, int rc)
{
    if (rc < 0)
        cancelar_grupo(g);
    while (g->vivas > 0) {
        if (actual->cancelaciones > 0)
            cancelar_grupo(g);
        suspender(&g->espera);
    }
    actual->cancelaciones -= g->cancelado;
    liberar(g->tareas);
    if (g->error < 0)
        return g->error;
    if (rc >= 0 && actual->cancelaciones > 0)
        return UV_ECANCELED;
    return rc;
}
/* [/salir] */

typedef struct {
    as_fn *fn;
    void *arg;
    const char *name;
} as_call;

/* [reunir] */
int as_gather_each(as_fn *fn, void *datos, size_t n, size_t bytes,
                   void *casillas)
{
    int rc = casillas ? UV_ENOSYS : 0;
    as_group g;

    as_group_enter(&g);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = as_start_soon(&g, NULL, fn, (char *)datos + i * bytes);
    return as_group_leave(&g, rc);
}
/* [/reunir] */

static int llamar(void *arg)
{
    const as_call *c = arg;
    return c->fn(c->arg);
}

int as_gather(const as_call *c, size_t n, void *casillas)
{
    return as_gather_each(llamar, (void *)c, n, sizeof *c, casillas);
}

const char *as_error_text(int rc)
{
    return rc == UV_ECONNREFUSED ? "conexión rechazada" : strerror(-rc);
}

/* [correr] */
int as_run(as_fn *fn, void *arg)
{
    const char *reloj = getenv("AS_CLOCK");
    simulado = reloj && strcmp(reloj, "virtual") == 0;
    as_group raiz = {.duena = NULL};
    as_task *principal = as_spawn(&raiz, NULL, fn, arg);
    int rc = principal ? girar(principal) : UV_ENOMEM;
    liberar(raiz.tareas);
    return rc;
}
/* [/correr] */
