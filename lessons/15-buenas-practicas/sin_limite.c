/* Un servicio mudo, y nadie que cuente lo que se acumula. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CADA_MS = 30000, HORAS = 24, RONDAS = HORAS * 120 };

static int esperando;

/* [sondear] */
/* El servicio acepta la pregunta y no contesta en toda la semana. */
static int preguntar(void)
{
    esperando++;
    int rc = as_sleep((int64_t)7 * 24 * 3600 * 1000);
    esperando--;
    return rc;
}

static int sin_plazo(void *arg)
{
    (void)arg;
    return preguntar(); /* mal: puede no volver */
}

static int con_plazo(void *arg)
{
    (void)arg;
    as_scope plazo;

    as_scope_enter(&plazo, 10000);
    int rc = as_scope_leave(&plazo, preguntar());
    return rc == UV_ETIMEDOUT ? 0 : rc; /* se cuenta como fallo */
}
/* [/sondear] */

/* [dia] */
static int un_dia(const char *titulo, as_fn *sondear)
{
    int rc = 0;
    as_group grupo;

    as_group_enter(&grupo);
    for (int ronda = 1; ronda <= RONDAS && rc == 0; ronda++) {
        rc = as_start_soon(&grupo, NULL, sondear, NULL);
        if (rc == 0)
            rc = as_sleep(CADA_MS);
    }
    printf("%s: tras %d horas, %d tareas esperando\n", titulo, HORAS,
           esperando);
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}
/* [/dia] */

static int principal(void *arg)
{
    (void)arg;
    int rc = un_dia("sin plazo", sin_plazo);

    return rc < 0 ? rc : un_dia("con plazo", con_plazo);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
