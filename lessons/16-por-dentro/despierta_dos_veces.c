/* Pone en la lista de las que pueden correr a una que está dormida. */
#include "mini.h"

#include <stdio.h>

static int dormir(void *arg)
{
    (void)arg;
    int rc = as_sleep(1000);
    puts("despierto");
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    as_group_enter(&grupo);
    /* [despertar] */
    as_task *dormilona = as_spawn(&grupo, NULL, dormir, NULL);
    int rc = dormilona ? as_sleep(10) : UV_ENOMEM;
    if (rc == 0)
        poner(&turno, dormilona); /* mal: sigue entre las dormidas */
    /* [/despertar] */
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
