/*
 * 5 · Construir · 12 minutos
 * Diez registros a la vez por tres conexiones, y dos que ya estaban.
 *
 * Escribe `registrar` y lo que falta en `registrar_diez`. El registro que no se puede
 * insertar escribe «FALLO id motivo» y no detiene a los demás: se cuenta. Solo una
 * cancelación es un error de la tarea. Al final, «insertados=N fallidos=N».
 * La segunda vez, un plazo de 15 ms cancela lo que no haya acabado: lo cancelado no
 * es un fallo, y no se cuenta.
 *
 * Las piezas: tomar, insertar y devolver, de falsa.h; as_error_text y
 * as_gather_each. Es una parte de lo que hará el laboratorio 12.
 */
#include "lessons/13-bases-de-datos/falsa.h"

enum { REGISTROS = 10 };

static struct reserva reserva;
static int insertados, fallidos;

static int registrar(void *arg)
{
    const int *id = arg;
    /* TODO */
    (void)id, (void)reserva;
    return 0;
}

static int registrar_diez(void)
{
    /* TODO: una tarea por registro, del 1 al 10 */
    (void)registrar;
    return 0;
}

/* Los diez, con ese plazo. */
static int tanda(int plazo_ms)
{
    uint64_t inicio = as_now();
    as_scope plazo;

    insertados = fallidos = 0;
    abrir_reserva(&reserva, 3);
    as_scope_enter(&plazo, plazo_ms);
    int rc = as_scope_leave(&plazo, registrar_diez());
    printf("insertados=%d fallidos=%d en %d ms\n", insertados, fallidos,
           (int)(as_now() - inicio));
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = tanda(1000);

    if (rc < 0)
        return rc;
    rc = tanda(15);
    printf("15 ms: %s\n", rc < 0 ? as_error_text(rc) : "han bastado");
    return rc == UV_ETIMEDOUT ? 0 : rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
