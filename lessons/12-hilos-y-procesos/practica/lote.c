/*
 * 5 · Construir · 20 minutos
 * Un lote de órdenes, todas a la vez y cada una con su plazo.
 *
 * Escribe `ejecutar`: lanza `sh -c ORDEN` con la entrada, la salida y la salida de
 * error a /dev/null, lo espera PLAZO_MS como mucho, y deja en `resultado` su
 * código, 128 más la señal si lo mató una, o UV_ETIMEDOUT. Pase lo que pase, el
 * proceso no puede quedar vivo: al acabar, `main` pregunta al sistema si queda algún
 * hijo. Devuelve 0 salvo si no se pudo lanzar.
 *
 * Y completa `principal`. Hay doce órdenes: de una en una no da tiempo.
 *
 * Las piezas: as_process_spawn, as_process_wait, un ámbito y as_process_close.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <sys/wait.h>

enum { ORDENES = 12, PLAZO_MS = 250 };

struct orden {
    const char *texto;
    int resultado;
};

static int ejecutar(void *arg)
{
    struct orden *o = arg;
    /* TODO */
    (void)o;
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    static struct orden ordenes[ORDENES] = {
        {"true", -1}, {"exit 3", -1}, {"kill -TERM $$", -1}};
    int agotadas = 0;

    for (int i = 3; i < ORDENES; i++)
        ordenes[i] = (struct orden){"sleep 5", -1};
    /* TODO: ejecútalas todas a la vez. */
    int rc = 0;
    (void)ejecutar;
    for (int i = 0; i < 3; i++)
        printf("%s: %d\n", ordenes[i].texto, ordenes[i].resultado);
    for (int i = 0; i < ORDENES; i++)
        agotadas += ordenes[i].resultado == UV_ETIMEDOUT;
    printf("%d agotaron el plazo\n", agotadas);
    return rc;
}

int main(void)
{
    int rc = as_run(principal, NULL);

    /* waitpid falla si a este programa no le queda ningún hijo */
    bool ninguno = waitpid(-1, NULL, WNOHANG) < 0;
    printf("hijos que quedan: %s\n", ninguno ? "ninguno" : "alguno");
    return rc < 0;
}
