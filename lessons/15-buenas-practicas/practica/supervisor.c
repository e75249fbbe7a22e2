/*
 * 5 · Construir · 35 minutos
 * Quien vuelve a arrancar lo que se cae.
 *
 * Un servicio que se cae de madrugada no puede esperar a que alguien
 * llegue. `supervisar` ejecuta una función y, si falla, la arranca otra
 * vez, con cuidado de no empeorar las cosas:
 *
 *   - Antes de cada arranque suma uno a `arranques`.
 *   - Si la función devuelve 0, o si la cancelan, supervisar devuelve lo
 *     mismo y no arranca nada más. También si lo cancelan mientras espera.
 *   - Si falla, escribe «10 s: nerviosa cae; vuelve en 1 s» y espera: un
 *     segundo la primera vez, y el doble cada una de las siguientes.
 *   - Si aguantó un minuto o más antes de caer, las cuentas empiezan de
 *     nuevo: esta es la primera caída, y la espera, de un segundo.
 *   - A la quinta caída seguida escribe «15 s: rota se rinde» y devuelve
 *     el error.
 *
 * Los segundos son los de `segundos()`. Antes de escribir, haz a mano la
 * línea de tiempo de `nerviosa`. ¿Por qué hay que rendirse?
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { AGUANTA_MS = 60000, MAX_CAIDAS = 5 };

struct puesto {
    const char *nombre;
    int (*trabajar)(struct puesto *);
    int arranques;
};

static uint64_t inicio;

static int segundos(void)
{
    return (int)((as_now() - inicio) / 1000);
}

static int supervisar(struct puesto *p)
{
    /* TODO */
    (void)segundos;
    p->arranques++;
    return p->trabajar(p);
}

/* ---- Desde aquí no hay que tocar nada ---------------------------- */

static int nerviosa(struct puesto *p)
{
    static const int aguanta[] = {10, 10, 10, 100, 5};
    int i = p->arranques < 5 ? p->arranques - 1 : 4;

    int rc = as_sleep(aguanta[i] * 1000);
    return rc < 0 || i == 4 ? rc : UV_ECONNRESET;
}

static int rota(struct puesto *p)
{
    (void)p;
    return UV_EIO;
}

static int eterna(struct puesto *p)
{
    (void)p;
    return as_sleep((int64_t)24 * 3600 * 1000);
}

/* Con un plazo, en segundos. */
static void probar(const char *nombre, int trabajar(struct puesto *),
                   int plazo)
{
    struct puesto p = {.nombre = nombre, .trabajar = trabajar};
    as_scope ambito;

    inicio = as_now();
    as_scope_enter(&ambito, plazo * 1000);
    int rc = as_scope_leave(&ambito, supervisar(&p));
    printf("%d s: %s acaba: %s, %d arranques\n", segundos(), nombre,
           rc < 0 ? as_error_text(rc) : "bien", p.arranques);
}

static int principal(void *arg)
{
    (void)arg;
    probar("nerviosa", nerviosa, 3600);
    probar("rota", rota, 3600);
    probar("eterna", eterna, 100);
    probar("rota", rota, 2); /* el plazo vence entre dos arranques */
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
