/* Lo que tienen en común los programas de estas preguntas. */
#ifndef CONVERSACION_H
#define CONVERSACION_H

#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

struct conversacion {
    as_listener *telefono;
    int (*atender)(as_stream *cliente, void *arg);
    int (*hablar)(as_stream *flujo, const char *quien);
    const char *quien;
};

static inline int llamar_a_uno(void *arg)
{
    const struct conversacion *c = arg;
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", as_listener_port(c->telefono),
                        &flujo);
    if (rc < 0)
        return rc;
    rc = c->hablar(flujo, c->quien);
    as_stream_close(flujo);
    return rc;
}

static inline int servir_a_todos(void *arg)
{
    const struct conversacion *c = arg;

    return as_serve(c->telefono, c->atender, NULL);
}

/* Un servidor que atiende a cada cliente con `atender`, y un cliente
 * por nombre, todos a la vez, que ejecutan `hablar`. */
static inline int conversar(int (*atender)(as_stream *, void *),
                            int (*hablar)(as_stream *, const char *),
                            const char *const *quienes, size_t n)
{
    struct conversacion todas[8] = {{.atender = atender}};
    as_group grupo;

    int rc = as_listen("127.0.0.1", 0, 0, &todas[0].telefono);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "servidor", servir_a_todos, &todas[0]);
    for (size_t i = 0; i < n; i++)
        todas[i] = (struct conversacion){todas[0].telefono, atender,
                                         hablar, quienes[i]};
    if (rc == 0)
        rc = as_gather_each(llamar_a_uno, todas, n, sizeof *todas,
                            NULL);
    as_listener_close(todas[0].telefono);
    return as_group_leave(&grupo, rc);
}

#endif
