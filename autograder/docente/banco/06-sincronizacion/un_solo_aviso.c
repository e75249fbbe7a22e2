/* Dos tareas esperan a que el contador llegue a su número. */
#include <asinc/asinc.h>
#include <stdio.h>

static int contador;
static as_lock cerrojo;
static as_condition hay_cambio;

static int esperar_a(void *arg)
{
    const int *numero = arg;

    int rc = as_lock_acquire(&cerrojo);
    if (rc < 0)
        return rc;
    while (rc == 0 && contador < *numero)
        rc = as_condition_wait(&hay_cambio);
    if (rc == 0)
        printf("visto el %d\n", *numero);
    as_lock_release(&cerrojo);
    return rc;
}

static int sumar(void)
{
    int rc = as_sleep(10);
    if (rc == 0)
        rc = as_lock_acquire(&cerrojo);
    if (rc < 0)
        return rc;
    contador++;
    as_condition_notify(&hay_cambio, 1);
    as_lock_release(&cerrojo);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int dos = 2, uno = 1, rc = 0;
    as_group grupo;

    as_lock_init(&cerrojo);
    as_condition_init(&hay_cambio, &cerrojo);
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "el dos", esperar_a, &dos);
    if (rc == 0)
        rc = as_start_soon(&grupo, "el uno", esperar_a, &uno);
    for (int i = 0; i < 2 && rc == 0; i++)
        rc = sumar();
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
