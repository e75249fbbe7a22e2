#include "visitar.h"

/* [informe] */
static int responder_informe(as_web_request *peticion, void *arg)
{
    (void)arg;
    static const char *const meses[] = {"enero", "febrero", "marzo"};

    for (int i = 0; i < 3; i++) {
        int rc = as_sleep(1000); /* sumar un mes */
        if (rc < 0) {
            printf("informe: %s se queda sin sumar\n", meses[i]);
            return rc;
        }
        printf("informe: %s, sumado\n", meses[i]);
    }
    return as_web_reply_text(peticion, 200, "12 ventas");
}
/* [/informe] */

/* [compra] */
static int anotar(void)
{
    as_scope protegido;

    as_shield_enter(&protegido, 5000);
    int rc = as_sleep(1000); /* escribir en la base de datos */
    if (rc == 0)
        puts("compra: anotada");
    return as_scope_leave(&protegido, rc);
}

static int comprar(as_web_request *peticion, void *arg)
{
    (void)arg;
    int rc = as_sleep(1000); /* cobrar en el banco */

    if (rc < 0)
        return rc; /* no se ha cobrado: no hay nada que hacer */
    puts("compra: cobrada");
    rc = anotar(); /* cobrada, hay que anotarla */
    if (rc < 0)
        return rc;
    return as_web_reply_text(peticion, 201, "gracias");
}
/* [/compra] */

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"GET /informe",
                                          "POST /compras {}", NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/informe", responder_informe,
                      NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "POST", "/compras", comprar, NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
