/* Dos carteros reparten cinco cartas, y luego dicen cuántas. */
#include <asinc/asinc.h>
#include <stdio.h>

struct cartero {
    const char *nombre;
    int ms, entregadas;
};

static as_queue saca;

static int repartir(void *arg)
{
    struct cartero *c = arg;
    void *carta;
    int rc;

    while ((rc = as_queue_get(&saca, &carta)) == 0) {
        rc = as_sleep(c->ms);
        if (rc < 0)
            return rc;
        c->entregadas++;
    }
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct cartero dos[] = {{"Inés", 10, 0}, {"Juan", 60, 0}};
    int carta = 0, rc = 0;

    as_queue_init(&saca, 0);
    for (int i = 0; i < 5 && rc == 0; i++)
        rc = as_queue_put(&saca, &carta);
    as_queue_close(&saca);
    if (rc == 0)
        rc = as_gather_each(repartir, dos, 2, sizeof *dos, NULL);
    for (int i = 0; i < 2; i++)
        printf("%s: %d\n", dos[i].nombre, dos[i].entregadas);
    puts(rc < 0 ? uv_err_name(rc) : "reparto hecho");
    as_queue_destroy(&saca);
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
