/* Los clientes de eco_de_uno.c y de eco.c, que son los mismos. */
#ifndef CLIENTES_H
#define CLIENTES_H

#include <asinc/asinc.h>
#include <stdio.h>

struct persona {
    const char *nombre;
    int piensa_ms; /* lo que tarda en decir algo */
    int puerto;
};

/* [llamar] */
static int conversar(as_stream *flujo, const struct persona *p)
{
    char linea[80];

    int rc = as_sleep(p->piensa_ms);
    if (rc == 0)
        rc = as_writef(flujo, "Hola, soy %s\n", p->nombre);
    if (rc < 0)
        return rc;
    uint64_t dicho = as_now();
    ssize_t n = as_readline(flujo, linea, sizeof linea);
    if (n < 0)
        return (int)n;
    printf("%s oye «%s» %d ms después de decirlo\n", p->nombre, linea,
           (int)(as_now() - dicho));
    return 0;
}

static int llamar(void *arg)
{
    const struct persona *p = arg;
    as_stream *flujo;

    int rc = as_connect("127.0.0.1", p->puerto, &flujo);
    if (rc < 0)
        return rc;
    rc = conversar(flujo, p);
    as_stream_close(flujo);
    return rc;
}
/* [/llamar] */

/* [llaman] */
static int llaman_dos(int puerto)
{
    struct persona luis = {"Luis", 2000, puerto};
    struct persona eva = {"Eva", 0, puerto};
    const as_call llamadas[] = {
        {.fn = llamar, .arg = &luis, .name = "Luis"},
        {.fn = llamar, .arg = &eva, .name = "Eva"},
    };

    return as_gather(llamadas, 2, NULL);
}
/* [/llaman] */

#endif
