/* Un buzón por camarero; a quien no lo vacía se le manda a casa. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

enum { CAMAREROS = 2, BUZON = 3, AVISOS = 8 };

/* [aviso] */
struct aviso {
    const char *texto;
    int usos; /* cuántos lo tienen */
};

static void soltar(struct aviso *a)
{
    if (--a->usos == 0)
        free(a);
}
/* [/aviso] */

struct camarero {
    const char *nombre;
    int ms;         /* lo que tarda en leer un aviso */
    as_queue buzon; /* de struct aviso * */
    as_task *tarea;
};

/* [escuchar] */
static int escuchar(void *arg)
{
    struct camarero *c = arg;
    void *aviso;
    int rc, leidos = 0;

    while ((rc = as_queue_get(&c->buzon, &aviso)) == 0) {
        rc = as_sleep(c->ms);
        soltar(aviso);
        if (rc < 0)
            break;
        leidos++;
    }
    printf("%s leyó %d avisos%s\n", c->nombre, leidos,
           rc == UV_ECANCELED ? " y lo mandaron a casa" : "");
    return rc == UV_EOF ? 0 : rc;
}
/* [/escuchar] */

/* [difundir] */
static void difundir(struct camarero *camareros, struct aviso *aviso)
{
    for (int i = 0; i < CAMAREROS; i++) {
        struct camarero *c = &camareros[i];
        if (as_queue_put_nowait(&c->buzon, aviso) == 0)
            aviso->usos++;
        else
            as_cancel(c->tarea); /* lleno: no se espera a nadie */
    }
}
/* [/difundir] */

static int emitir(struct camarero *camareros)
{
    for (int i = 0; i < AVISOS; i++) {
        struct aviso *aviso = malloc(sizeof *aviso);
        if (!aviso)
            return UV_ENOMEM;
        *aviso = (struct aviso){"se acabó la merluza", 1}; /* yo */
        difundir(camareros, aviso);
        soltar(aviso);
        int rc = as_sleep(100);
        if (rc < 0)
            return rc;
    }
    for (int i = 0; i < CAMAREROS; i++)
        as_queue_close(&camareros[i].buzon);
    return 0;
}

static void vaciar(struct camarero *c)
{
    void *resto;

    while (as_queue_get_nowait(&c->buzon, &resto) == 0)
        soltar(resto);
    as_queue_destroy(&c->buzon);
}

static int principal(void *arg)
{
    (void)arg;
    struct camarero camareros[CAMAREROS] = {
        {.nombre = "Rita", .ms = 50}, {.nombre = "Lolo", .ms = 700}};
    int rc = 0;
    as_group grupo;

    as_group_enter(&grupo);
    for (int i = 0; i < CAMAREROS; i++)
        as_queue_init(&camareros[i].buzon, BUZON);
    for (int i = 0; i < CAMAREROS && rc == 0; i++) {
        camareros[i].tarea = as_spawn(&grupo, camareros[i].nombre,
                                      escuchar, &camareros[i]);
        rc = camareros[i].tarea ? 0 : UV_ENOMEM;
    }
    if (rc == 0)
        rc = emitir(camareros);
    rc = as_group_leave(&grupo, rc);
    for (int i = 0; i < CAMAREROS; i++)
        vaciar(&camareros[i]);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
