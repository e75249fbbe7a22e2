/*
 * 4 · Construir · 12 minutos
 * Urgencias, y a igual gravedad pasa antes quien llegó antes.
 *
 * as_queue_init_priority no promete orden entre iguales: tiene que decidirlo tu
 * función. Escribe `comparar`, que recibe dos pacientes y devuelve un número: negativo
 * si el primero pasa antes, positivo si pasa antes el segundo. Y escribe `llega`, que
 * pone en la sala un paciente con su número de llegada. Los pacientes son del montón;
 * quien los saca los libera.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

struct paciente {
    const char *nombre;
    int gravedad; /* 1 es lo más grave */
    int llegada;
};

static int comparar(const void *a, const void *b)
{
    const struct paciente *uno = a, *otro = b;

    if (uno->gravedad != otro->gravedad)
        return uno->gravedad - otro->gravedad;
    return uno->llegada - otro->llegada;
}

static int llega(as_queue *sala, const char *nombre, int gravedad)
{
    static int llegadas;
    struct paciente *p = malloc(sizeof *p);

    if (!p)
        return UV_ENOMEM;
    *p = (struct paciente){nombre, gravedad, llegadas++};
    int rc = as_queue_put(sala, p);
    if (rc < 0)
        free(p);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_queue sala;
    void *sacado;

    as_queue_init_priority(&sala, 0, comparar);
    int rc = llega(&sala, "tos", 5);
    if (rc == 0)
        rc = llega(&sala, "fractura", 2);
    if (rc == 0)
        rc = llega(&sala, "fiebre", 3);
    if (rc == 0)
        rc = llega(&sala, "corte", 2);
    if (rc == 0)
        rc = llega(&sala, "mareo", 3);
    if (rc == 0)
        rc = llega(&sala, "infarto", 1);
    as_queue_close(&sala);
    while (rc == 0 && (rc = as_queue_get(&sala, &sacado)) == 0) {
        struct paciente *p = sacado;
        printf("%s\n", p->nombre);
        free(p);
    }
    as_queue_destroy(&sala);
    return rc == UV_EOF ? 0 : rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
