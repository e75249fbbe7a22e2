/* El compás con un bucle hecho a mano: una libreta de dos renglones. */
#include <stddef.h>
#include <unistd.h>

#include "compas.h"

enum { RENGLONES = 2 };

struct renglon {
    const char *nombre;
    int cada, proximo; /* en pulsos */
    int quedan;        /* golpes */
};

/* El renglón vivo que antes vence, o NULL si no queda ninguno. */
static struct renglon *primero(struct renglon *libreta)
{
    struct renglon *mejor = NULL;

    for (int i = 0; i < RENGLONES; i++) {
        struct renglon *r = &libreta[i];
        if (r->quedan > 0 && (!mejor || r->proximo < mejor->proximo))
            mejor = r;
    }
    return mejor;
}

/* [main] */
int main(void)
{
    struct renglon libreta[] = {{"tic", 3, 3, 4}, {"tac", 5, 5, 2}};
    double inicio = ahora();
    struct renglon *r;

    while ((r = primero(libreta)) != NULL) {
        double falta = inicio + r->proximo * PULSO - ahora();
        if (falta > 0)
            usleep((useconds_t)(falta * 1000));
        sonar(inicio, r->nombre);
        r->proximo += r->cada;
        r->quedan--;
    }
    return 0;
}
/* [/main] */
