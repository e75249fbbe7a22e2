/*
 * 6 · Construir · 40 minutos
 * Cuatro hilos buscan una combinación, y el que la encuentra para a los demás.
 *
 * `abre` prueba un número, y tarda. Reparte los números de 0 a NUMEROS - 1 entre
 * PARTES hilos, a trozos seguidos. Cuando uno la encuentra, los otros deben dejarlo:
 * no se prueban todos. Si no la encuentra ninguno, `buscar` lo dice con -1 después
 * de probarlos todos. Mientras, el bucle tiene que seguir latiendo.
 *
 * Escribe `buscar_parte`, que corre en un hilo; `encargar`, que es la tarea que
 * espera a ese hilo, y `buscar`. Ningún hilo toca lo de otro, ni las cosas del
 * bucle: quien para a los demás es una tarea.
 *
 * Las piezas: as_work, as_work_cancelled y un grupo que se cancela. Repasa en el
 * capítulo 05 qué devuelve as_group_leave entonces.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { PARTES = 4, NUMEROS = 8000, VUELTAS = 20000 };

struct parte {
    int desde, hasta; /* el último no se prueba */
    unsigned cerradura;
    int probados, hallada; /* -1: no */
    as_group *grupo;
};

/* ¿La abre ese número? Despacio a propósito. */
static unsigned huella(unsigned numero)
{
    unsigned h = numero + 1;

    for (int i = 0; i < VUELTAS; i++) {
        h ^= h << 13;
        h ^= h >> 17;
        h ^= h << 5;
    }
    return h;
}

static bool abre(unsigned cerradura, int numero)
{
    return huella((unsigned)numero) == cerradura;
}

/* Corre en otro hilo. */
static int buscar_parte(void *arg)
{
    struct parte *p = arg;

    for (int n = p->desde; n < p->hasta; n++) {
        if (as_work_cancelled())
            return UV_ECANCELED;
        p->probados++;
        if (abre(p->cerradura, n)) {
            p->hallada = n;
            return 0;
        }
    }
    return 0;
}

/* Corre en el bucle: aquí sí se puede tocar el grupo. */
static int encargar(void *arg)
{
    struct parte *p = arg;

    int rc = as_work(buscar_parte, p);
    if (p->hallada >= 0)
        as_group_cancel(p->grupo);
    return rc;
}

/* Deja en *hallada la combinación, o -1, y en *probados cuántos números se probaron. Quien cancela
 * el grupo es una tarea suya: a la salida no es un error. */
static int buscar(unsigned cerradura, int *hallada, int *probados)
{
    struct parte partes[PARTES];
    as_group grupo;
    int rc = 0;

    as_group_enter(&grupo);
    for (int i = 0; i < PARTES && rc == 0; i++) {
        partes[i] = (struct parte){.desde = i * NUMEROS / PARTES,
                                   .hasta = (i + 1) * NUMEROS / PARTES,
                                   .cerradura = cerradura,
                                   .hallada = -1,
                                   .grupo = &grupo};
        rc = as_start_soon(&grupo, "parte", encargar, &partes[i]);
    }
    rc = as_group_leave(&grupo, rc);
    if (rc < 0)
        return rc;
    *hallada = -1;
    *probados = 0;
    for (int i = 0; i < PARTES; i++) {
        *probados += partes[i].probados;
        if (partes[i].hallada >= 0)
            *hallada = partes[i].hallada;
    }
    return 0;
}

static int latidos;

static int latir(void *arg)
{
    (void)arg;
    int rc;

    while ((rc = as_sleep(2)) == 0)
        latidos++;
    return rc;
}

static int probar(unsigned cerradura)
{
    int hallada, probados;

    int rc = buscar(cerradura, &hallada, &probados);
    if (rc < 0)
        return rc;
    printf("combinación: %d; se probaron %s\n", hallada,
           probados == NUMEROS  ? "todos"
           : probados < NUMEROS ? "menos que todos"
                                : "de más");
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "corazón", latir, NULL);
    if (rc == 0)
        rc = probar(huella(NUMEROS / 2 + 7));
    if (rc == 0)
        rc = probar(0); /* no la abre ninguno */
    puts(latidos > 3 ? "el bucle siguió latiendo" : "el bucle se paró");
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
