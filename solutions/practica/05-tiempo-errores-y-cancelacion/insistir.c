/*
 * 6 · Construir · 45 minutos
 * Insistir, pero no para siempre, ni con quien ya dijo que no.
 *
 * Escribe `insistir`, que llama a `e->pedir` hasta que sale bien. Devuelve lo que
 * devolvió la última vez, con estas reglas:
 *
 * - cada intento tiene `e->cada_ms`; el que no acaba a tiempo cuenta como
 *   UV_ETIMEDOUT y se repite;
 * - entre un intento y el siguiente se descansa 100 ms, luego 200, luego 400...;
 * - hay `e->intentos` como mucho: con el último no se descansa;
 * - UV_EACCES no se repite: quien dijo que no, lo dirá otra vez;
 * - todo junto dura `e->total_ms` como mucho. Si se acaban, devuelve UV_ETIMEDOUT;
 * - si cancelan a quien insiste, devuelve UV_ECANCELED enseguida.
 *
 * Las piezas: dos ámbitos, uno dentro de otro, y as_sleep.
 */
#include <asinc/asinc.h>
#include <stdio.h>

struct encargo {
    const char *nombre;
    int (*pedir)(int intento); /* el primero es el 1 */
    int intentos, cada_ms, total_ms;
};

/* Un intento, con su plazo. */
static int intentar(const struct encargo *e, int intento)
{
    as_scope plazo;

    as_scope_enter(&plazo, e->cada_ms);
    return as_scope_leave(&plazo, e->pedir(intento));
}

static int repetir(const struct encargo *e)
{
    int descanso = 100;

    for (int intento = 1;; intento++) {
        int rc = intentar(e, intento);
        if (rc >= 0 || rc == UV_EACCES || rc == UV_ECANCELED || intento == e->intentos)
            return rc;
        rc = as_sleep(descanso);
        if (rc < 0)
            return rc;
        descanso *= 2;
    }
}

static int insistir(const struct encargo *e)
{
    as_scope todo;

    as_scope_enter(&todo, e->total_ms);
    return as_scope_leave(&todo, repetir(e));
}

/* ---- a quién se le pide ---- */

static int a_la_tercera(int intento)
{
    int rc = as_sleep(50);
    if (rc < 0)
        return rc;
    return intento < 3 ? UV_ECONNREFUSED : 7;
}

static int lento_dos_veces(int intento)
{
    int rc = as_sleep(intento < 3 ? 5000 : 10);
    return rc < 0 ? rc : intento;
}

static int prohibido(int intento)
{
    (void)intento;
    return UV_EACCES;
}

static int nunca(int intento)
{
    int rc = as_sleep(10);
    (void)intento;
    return rc < 0 ? rc : UV_ECONNREFUSED;
}

static int contar(void *arg)
{
    const struct encargo *e = arg;
    uint64_t inicio = as_now();

    int rc = insistir(e);
    printf("%-16s %4d ms  ", e->nombre, (int)(as_now() - inicio));
    if (rc < 0)
        puts(as_error_text(rc));
    else
        printf("%d\n", rc);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    struct encargo encargos[] = {{"a la tercera", a_la_tercera, 5, 1000, 5000},
                                 {"lento dos veces", lento_dos_veces, 5, 200, 5000},
                                 {"prohibido", prohibido, 5, 1000, 5000},
                                 {"nunca", nunca, 3, 1000, 5000},
                                 {"nunca, con prisa", nunca, 9, 1000, 500},
                                 {"cancelado", lento_dos_veces, 9, 9000, 60000}};
    as_scope paciencia;

    for (size_t i = 0; i < 5; i++) {
        int rc = contar(&encargos[i]);
        if (rc < 0)
            return rc;
    }
    as_scope_enter(&paciencia, 70);
    return as_scope_leave(&paciencia, contar(&encargos[5]));
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
