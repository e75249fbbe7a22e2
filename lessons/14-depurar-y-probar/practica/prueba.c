/*
 * 4 · Construir · 20 minutos
 * Una prueba, y cinco vigilantes para probarla a ella.
 *
 * Un vigilante hace una ronda cada 30 segundos hasta que lo cancelan. Escribe
 * `pasa`: ejecuta el vigilante un día entero con el reloj virtual, y devuelve true
 * si lo cortó el plazo, dio 2880 rondas y la última empezó en su segundo. Solo el
 * primero de los cinco está bien. Una prueba que los deja pasar a todos no prueba
 * nada; una que no deja pasar a ninguno, tampoco.
 *
 * Las piezas: as_run_options, y dentro un ámbito de DIA milisegundos.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CADA_MS = 30000, DIA = 24 * 3600 * 1000 };

struct panel {
    int rondas;
    uint64_t inicio,
        ultima; /* cuándo empezaron la primera y la última */
};

typedef int vigilante(struct panel *p);

static int ronda(struct panel *p)
{
    p->ultima = as_now();
    p->rondas++;
    return as_sleep(700);
}

static int hasta(struct panel *p, uint64_t ms)
{
    return as_sleep((int64_t)(p->inicio + ms - as_now()));
}

static int puntual(struct panel *p)
{
    int rc = 0;

    for (uint64_t n = 1; rc == 0; n++) {
        rc = ronda(p);
        if (rc == 0)
            rc = hasta(p, n * CADA_MS);
    }
    return rc;
}

static int a_la_deriva(struct panel *p)
{
    int rc = 0;

    while (rc == 0) {
        rc = ronda(p);
        if (rc == 0)
            rc = as_sleep(CADA_MS);
    }
    return rc;
}

static int con_siesta(struct panel *p)
{
    int rc = 0;

    for (uint64_t n = 1; rc == 0; n++) {
        if (n != 1000)
            rc = ronda(p);
        if (rc == 0)
            rc = hasta(p, n * CADA_MS);
    }
    return rc;
}

static int tardon(struct panel *p)
{
    int rc = as_sleep(5000);

    p->inicio += 5000;
    return rc < 0 ? rc : puntual(p);
}

static int funcionario(struct panel *p)
{
    int rc = 0;

    for (uint64_t n = 1; n <= 2880 && rc == 0; n++) {
        rc = ronda(p);
        if (rc == 0 && n < 2880)
            rc = hasta(p, n * CADA_MS);
    }
    return rc; /* hecho lo de hoy, se va */
}

static bool pasa(vigilante *v)
{
    /* TODO: p.inicio es la hora a la que empieza. */
    (void)v;
    return true;
}

int main(void)
{
    static const struct {
        const char *nombre;
        vigilante *v;
    } todos[] = {{"puntual", puntual},
                 {"a la deriva", a_la_deriva},
                 {"con siesta", con_siesta},
                 {"tardón", tardon},
                 {"funcionario", funcionario}};

    for (int i = 0; i < 5; i++)
        printf("%s: %s\n", todos[i].nombre,
               pasa(todos[i].v) ? "pasa" : "no pasa");
    return 0;
}
