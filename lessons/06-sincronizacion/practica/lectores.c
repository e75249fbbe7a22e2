/*
 * 6 · Construir · 40 minutos
 * Una sala en la que leen muchos a la vez, y en la que para escribir hay que estar solo.
 *
 * Escribe las cuatro funciones de la sala con el cerrojo y la condición que ya
 * están:
 *
 * - entrar_a_leer espera mientras alguien escriba, y también mientras alguien
 *   espere para escribir: si no, con lectores llegando sin parar, quien escribe
 *   no entraría nunca.
 * - entrar_a_escribir espera hasta que no quede nadie dentro.
 * - salir_de_leer y salir_de_escribir avisan a quienes esperan. También tienen que
 *   poder salir en una tarea cancelada: usa un ámbito protegido.
 *
 * Las dos primeras devuelven 0, o un error, y entonces no se ha entrado. Cuidado:
 * quien se cansa de esperar para escribir ya no espera, y puede que otros
 * estuvieran parados por él.
 */
#include <asinc/asinc.h>
#include <stdio.h>

struct sala {
    as_lock cerrojo;
    as_condition hay_cambio;
    int leyendo, esperan_escribir;
    bool escribiendo;
};

static int entrar_a_leer(struct sala *s)
{
    /* TODO */
    (void)s;
    return 0;
}

static void salir_de_leer(struct sala *s)
{
    /* TODO */
    (void)s;
}

static int entrar_a_escribir(struct sala *s)
{
    /* TODO */
    (void)s;
    return 0;
}

static void salir_de_escribir(struct sala *s)
{
    /* TODO */
    (void)s;
}

struct persona {
    const char *nombre;
    bool escribe;
    int llega_ms, paciencia_ms, tarda_ms;
};

static struct sala sala;
static uint64_t inicio;

static void decir(const struct persona *p, const char *que)
{
    printf("%3d ms: %s %s\n", (int)(as_now() - inicio), p->nombre, que);
}

static int entrar(const struct persona *p)
{
    as_scope paciencia;

    as_scope_enter(&paciencia, p->paciencia_ms);
    int rc = p->escribe ? entrar_a_escribir(&sala)
                        : entrar_a_leer(&sala);
    return as_scope_leave(&paciencia, rc);
}

static int visitar(void *arg)
{
    const struct persona *p = arg;

    int rc = as_sleep(p->llega_ms);
    if (rc == 0)
        rc = entrar(p);
    if (rc == UV_ETIMEDOUT) {
        decir(p, "se cansa");
        return 0;
    }
    if (rc < 0)
        return rc;
    decir(p, p->escribe ? "escribe" : "lee");
    rc = as_sleep(p->tarda_ms);
    decir(p, "sale");
    if (p->escribe)
        salir_de_escribir(&sala);
    else
        salir_de_leer(&sala);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct persona personas[] = {
        {"Ada", false, 0, 1000, 100}, {"Beto", false, 10, 1000, 100},
        {"Cora", true, 30, 1000, 50}, {"Dan", false, 60, 1000, 100},
        {"Eva", true, 130, 20, 50},   {"Fe", false, 300, 1000, 100},
        {"Gil", true, 320, 20, 50},   {"Hugo", false, 330, 1000, 40},
    };

    inicio = as_now();
    as_lock_init(&sala.cerrojo);
    as_condition_init(&sala.hay_cambio, &sala.cerrojo);
    return as_gather_each(visitar, personas,
                          sizeof personas / sizeof *personas,
                          sizeof *personas, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
