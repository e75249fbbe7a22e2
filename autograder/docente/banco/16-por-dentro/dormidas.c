/* Cómo está la lista de las dormidas, y en qué orden despiertan. */
#include "mini.h"

#include <stdio.h>

struct siesta {
    const char *nombre;
    int ms;
};

static int dormir(void *arg)
{
    const struct siesta *s = arg;

    int rc = as_sleep(s->ms);
    printf("despierta %s\n", s->nombre);
    return rc;
}

static int principal(void *arg)
{
    struct siesta siestas[] = {{"a", 30}, {"b", 10}, {"c", 30}};
    as_group grupo;
    int rc = 0, cuantas = 0;
    (void)arg;

    as_group_enter(&grupo);
    for (int i = 0; i < 3 && rc == 0; i++)
        rc = as_start_soon(&grupo, NULL, dormir, &siestas[i]);
    if (rc == 0)
        rc = as_sleep(20);
    for (const as_task *t = dormidas; t; t = t->siguiente)
        cuantas++;
    printf("quedan %d dormidas\n", cuantas);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
