/* Un futuro con dos que esperan y uno que llega tarde. */
#include "mini.h"

#include <stdio.h>

static as_future futuro;

/* [tareas] */
static int esperar(void *arg)
{
    void *valor;

    printf("%s: espero\n", (char *)arg);
    int rc = as_future_wait(&futuro, &valor);
    if (rc == 0)
        printf("%s: recibo «%s»\n", (char *)arg, (char *)valor);
    return rc;
}

static int cumplir(void *arg)
{
    int rc = as_sleep(100);

    if (rc < 0)
        return rc;
    rc = as_future_set_result(&futuro, arg);
    puts("cumplido");
    return rc;
}
/* [/tareas] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    as_future_init(&futuro);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, esperar, "Ana");
    if (rc == 0)
        rc = as_start_soon(&grupo, NULL, esperar, "Luis");
    if (rc == 0)
        rc = as_await(as_spawn(&grupo, NULL, cumplir, "pan"));
    if (rc == 0)
        rc = esperar("principal");
    return as_group_leave(&grupo, rc);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
