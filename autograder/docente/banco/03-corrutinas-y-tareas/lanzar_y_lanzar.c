/* Una tarea se lanza antes de la siesta y otra después. */
#include <asinc/asinc.h>
#include <stdio.h>

struct paseo {
    const char *nombre;
    int ms;
};

static int pasear(void *arg)
{
    const struct paseo *p = arg;

    printf("%s sale\n", p->nombre);
    int rc = as_sleep(p->ms);
    if (rc == 0)
        printf("%s vuelve\n", p->nombre);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct paseo ana = {"ana", 50}, luis = {"luis", 20};
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "ana", pasear, &ana);
    puts("uno");
    if (rc == 0)
        rc = as_sleep(10);
    puts("dos");
    if (rc == 0)
        rc = as_start_soon(&grupo, "luis", pasear, &luis);
    puts("tres");
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
