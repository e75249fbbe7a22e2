/* La central a la que pregunta el banco, y los cinco clientes de central.c y lineas.c. */
#ifndef CENTRAL_H
#define CENTRAL_H

#include <asinc/asinc.h>
#include <stdio.h>

/* [central] */
enum { LINEAS = 2, CONSULTA_MS = 50 };

static int hablando; /* los que están con la central ahora */

static inline int consultar(void)
{
    if (hablando == LINEAS)
        return as_error_set(UV_EBUSY, "líneas ocupadas");
    hablando++;
    int rc = as_sleep(CONSULTA_MS);
    hablando--;
    return rc;
}
/* [/central] */

/* [cuenta] */
struct cuenta {
    int saldo;
    as_lock cerrojo; /* cada cuenta, el suyo */
};

struct cliente {
    const char *nombre;
    struct cuenta *cuenta;
};
/* [/cuenta] */

enum { CLIENTES = 5, CUENTAS = 4, RETIRAN = 30 };

/* Cada cliente retira RETIRAN de su cuenta, todos a la vez. */
static inline int retiran_todos(as_fn *retirar)
{
    struct cuenta c[CUENTAS];
    struct cliente clientes[CLIENTES] = {{"Ana", &c[0]},
                                         {"Blas", &c[0]},
                                         {"Cora", &c[1]},
                                         {"Dan", &c[2]},
                                         {"Eva", &c[3]}};
    as_outcome casillas[CLIENTES];
    as_call llamadas[CLIENTES];
    uint64_t inicio = as_now();

    for (int i = 0; i < CUENTAS; i++) {
        c[i].saldo = 100;
        as_lock_init(&c[i].cerrojo);
    }
    for (int i = 0; i < CLIENTES; i++)
        llamadas[i] = (as_call){retirar, &clientes[i],
                                clientes[i].nombre};
    int fallos = as_gather(llamadas, CLIENTES, casillas);
    for (int i = 0; i < CLIENTES && fallos >= 0; i++)
        printf("%-4s %s\n", clientes[i].nombre,
               casillas[i].rc < 0 ? casillas[i].text : "hecho");
    printf("en %d ms\n", (int)(as_now() - inicio));
    return fallos < 0 ? fallos : 0;
}

#endif
