/* Tres clientas y un solo probador. Una tiene prisa. */
#include <asinc/asinc.h>
#include <stdio.h>

struct clienta {
    const char *nombre;
    int paciencia; /* ms que espera en la fila */
};

static as_lock probador;
static uint64_t inicio;

static void contar(const struct clienta *c, const char *que)
{
    printf("%d: %s %s\n", (int)(as_now() - inicio), c->nombre, que);
}

static int probarse(void *arg)
{
    const struct clienta *c = arg;
    as_scope plazo;

    as_scope_enter(&plazo, c->paciencia);
    int rc = as_scope_leave(&plazo, as_lock_acquire(&probador));
    if (rc < 0) {
        contar(c, "se va");
        return 0;
    }
    contar(c, "entra");
    rc = as_sleep(100);
    as_lock_release(&probador);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct clienta clientas[] = {
        {"Ana", 10}, {"Bea", 60}, {"Cris", 150}};

    inicio = as_now();
    as_lock_init(&probador);
    return as_gather_each(probarse, clientas, 3, sizeof *clientas,
                          NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
