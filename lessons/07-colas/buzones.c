/* Un buzón por oyente; a quien no lo vacía se le da de baja. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { OYENTES = 2, BUZON = 3, NOTICIAS = 8 };

struct oyente {
    const char *nombre;
    int ms; /* lo que tarda en leer una noticia */
    as_queue buzon;
    as_task *tarea;
};

/* [escuchar] */
static int escuchar(void *arg)
{
    struct oyente *o = arg;
    void *noticia;
    int rc, leidas = 0;

    while ((rc = as_queue_get(&o->buzon, &noticia)) == 0) {
        rc = as_sleep(o->ms);
        if (rc < 0)
            break;
        leidas++;
    }
    printf("%s leyó %d noticias%s\n", o->nombre, leidas,
           rc == UV_ECANCELED ? " y lo dieron de baja" : "");
    return rc == UV_EOF ? 0 : rc;
}
/* [/escuchar] */

/* [difundir] */
static void difundir(struct oyente *oyentes, void *noticia)
{
    for (int i = 0; i < OYENTES; i++) {
        struct oyente *o = &oyentes[i];
        if (as_queue_put_nowait(&o->buzon, noticia) == UV_EAGAIN)
            as_cancel(o->tarea); /* lleno: no se espera a nadie */
    }
}
/* [/difundir] */

static int emitir(struct oyente *oyentes)
{
    static char noticia[] = "hace sol";

    for (int i = 0; i < NOTICIAS; i++) {
        difundir(oyentes, noticia);
        int rc = as_sleep(100);
        if (rc < 0)
            return rc;
    }
    for (int i = 0; i < OYENTES; i++)
        as_queue_close(&oyentes[i].buzon);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    struct oyente oyentes[OYENTES] = {{.nombre = "Rita", .ms = 50},
                                      {.nombre = "Lolo", .ms = 700}};
    int rc = 0;
    as_group grupo;

    as_group_enter(&grupo);
    for (int i = 0; i < OYENTES; i++)
        as_queue_init(&oyentes[i].buzon, BUZON);
    for (int i = 0; i < OYENTES && rc == 0; i++) {
        oyentes[i].tarea = as_spawn(&grupo, oyentes[i].nombre, escuchar,
                                    &oyentes[i]);
        rc = oyentes[i].tarea ? 0 : UV_ENOMEM;
    }
    if (rc == 0)
        rc = emitir(oyentes);
    rc = as_group_leave(&grupo, rc);
    for (int i = 0; i < OYENTES; i++)
        as_queue_destroy(&oyentes[i].buzon);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
