/* Un buzón por cliente, medido en bytes: a quien no lee se le echa. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OYENTES = 2, AVISOS = 300, LARGO = 64 * 1024, TOPE = 1 << 19 };

/* [oyente] */
struct aviso {
    size_t n;
    char texto[]; /* n bytes */
};

struct oyente {
    as_stream *flujo;
    as_queue buzon; /* de struct aviso *, sin tope de elementos */
    size_t bytes;   /* lo que ocupan, con el que se está escribiendo */
};
/* [/oyente] */

struct emisora {
    struct oyente *oyentes[OYENTES]; /* NULL: un sitio libre */
    int conectados;
};

static char texto[LARGO]; /* lo que dice cada aviso */

/* [echar] */
/* No suspende: la llama quien habla, y no espera por nadie. */
static void avisar(struct oyente *o, const char *bytes, size_t n)
{
    struct aviso *a = NULL;
    size_t peso = sizeof *a + n; /* el corto también ocupa */

    if (o->bytes + peso <= TOPE)
        a = malloc(peso);
    if (!a) { /* no cabe, o no hay memoria */
        printf("a un cliente le quedan %zu KiB por leer: lo echo\n",
               o->bytes / 1024);
        as_stream_abort(o->flujo);
        return;
    }
    a->n = n;
    memcpy(a->texto, bytes, n);
    if (as_queue_put_nowait(&o->buzon, a) < 0) { /* está cerrado */
        free(a);
        return;
    }
    o->bytes += peso;
}
/* [/echar] */

/* [repartir] */
static int repartir(struct oyente *o)
{
    void *sacado;
    int rc;

    while ((rc = as_queue_get(&o->buzon, &sacado)) == 0) {
        struct aviso *a = sacado; /* ya no está en el buzón: es mío */
        rc = as_write(o->flujo, a->texto, a->n);
        o->bytes -= sizeof *a + a->n;
        free(a); /* se haya escrito o no */
        if (rc < 0)
            break;
    }
    return rc == UV_EOF ? 0 : rc;
}

static void vaciar(struct oyente *o)
{
    void *sacado;

    while (as_queue_get_nowait(&o->buzon, &sacado) == 0)
        free(sacado);
    as_queue_destroy(&o->buzon);
}
/* [/repartir] */

/* [atender] */
static int atender(as_stream *cliente, void *arg)
{
    struct emisora *e = arg;
    struct oyente o = {.flujo = cliente};
    int sitio = e->conectados++;

    as_queue_init(&o.buzon, 0);
    e->oyentes[sitio] = &o;
    int rc = repartir(&o);
    e->oyentes[sitio] = NULL; /* desde aquí nadie le deja nada */
    vaciar(&o);
    return rc;
}
/* [/atender] */

static int emitir(struct emisora *e)
{
    for (int i = 0; i < AVISOS; i++) {
        for (int j = 0; j < OYENTES; j++)
            if (e->oyentes[j])
                avisar(e->oyentes[j], texto, sizeof texto);
        int rc = as_sleep(5);
        if (rc < 0)
            return rc;
    }
    for (int j = 0; j < OYENTES; j++)
        if (e->oyentes[j])
            as_queue_close(&e->oyentes[j]->buzon); /* no habrá más */
    return 0;
}

/* ---- Los clientes --------------------------------------------------- */

static int leer(as_stream *flujo)
{
    static char trozo[LARGO];
    size_t leidos = 0;
    ssize_t n;

    while ((n = as_read(flujo, trozo, sizeof trozo)) > 0)
        leidos += (size_t)n;
    printf("Atento ha leído %zu avisos\n", leidos / LARGO);
    return (int)n;
}

static int dormir(as_stream *flujo)
{
    (void)flujo; /* no lee nunca */
    return as_sleep(3000);
}

struct cliente {
    int puerto;
    int (*hacer)(as_stream *);
};

static int llamar(void *arg)
{
    const struct cliente *c = arg;
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", c->puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = c->hacer(flujo);
    as_stream_close(flujo);
    return rc;
}

static int llamar_todos(void *arg)
{
    int puerto = *(int *)arg;
    struct cliente clientes[] = {{puerto, leer}, {puerto, dormir}};

    return as_gather_each(llamar, clientes, OYENTES, sizeof *clientes,
                          NULL);
}

struct servicio {
    as_listener *telefono;
    struct emisora *emisora;
};

static int servir(void *arg)
{
    struct servicio *s = arg;

    return as_serve(s->telefono, atender, s->emisora);
}

static int principal(void *arg)
{
    (void)arg;
    struct emisora emisora = {0};
    struct servicio servicio = {.emisora = &emisora};
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &servicio.telefono);
    if (rc < 0)
        return rc;
    int puerto = as_listener_port(servicio.telefono);
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir, &servicio);
    if (rc == 0)
        rc = as_start_soon(&grupo, "clientes", llamar_todos, &puerto);
    while (rc == 0 && emisora.conectados < OYENTES)
        rc = as_sleep(1); /* hasta que estén los dos */
    if (rc == 0)
        rc = emitir(&emisora);
    as_listener_close(servicio.telefono);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "avisos: %s\n", as_error_text(rc));
    return rc < 0;
}
