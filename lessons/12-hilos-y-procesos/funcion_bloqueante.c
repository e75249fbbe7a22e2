#include <asinc/asinc.h>
#include <stdio.h>
#include <unistd.h>

struct charla {
    int tuberia[2];
    char respuesta[40];
};

/* [bloqueante] */
/* Como tantas funciones, para a su hilo hasta tener datos. */
static int funcion_bloqueante(void *arg)
{
    struct charla *c = arg;

    ssize_t n = read(c->tuberia[0], c->respuesta,
                     sizeof c->respuesta - 1);
    c->respuesta[n > 0 ? n : 0] = '\0';
    return n < 0 ? UV_EIO : (int)n;
}

static int delegar(void *arg)
{
    struct charla *c = arg;

    int rc = as_work(funcion_bloqueante, c); /* en otro hilo */
    if (rc >= 0)
        printf("La función bloqueante terminó: %s\n", c->respuesta);
    return rc;
}
/* [/bloqueante] */

/* [latir] */
/* Con el bucle parado, nadie escribiría: no acabaría nunca. */
static int latir(void *arg)
{
    static const char texto[] = "tres latidos después";
    const struct charla *c = arg;

    for (int i = 1; i <= 3; i++) {
        int rc = as_sleep(10);
        if (rc < 0)
            return rc;
        printf("El bucle sigue: latido %d\n", i);
    }
    return write(c->tuberia[1], texto, sizeof texto) < 0 ? UV_EIO : 0;
}
/* [/latir] */

static int principal(void *arg)
{
    (void)arg;
    struct charla charla;
    const as_call llamadas[] = {
        {.fn = delegar, .arg = &charla},
        {.fn = latir, .arg = &charla},
    };

    if (pipe(charla.tuberia) != 0)
        return UV_EMFILE;
    int rc = as_gather(llamadas, 2, NULL);
    close(charla.tuberia[0]);
    close(charla.tuberia[1]);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
