/* Un puerto con dos grúas. Un barco grande necesita las dos.
 *   gruas          la pregunta 1
 *   gruas dos      la pregunta 2: hay dos barcos grandes, y acaba mal */
#include <asinc/asinc.h>
#include <stdio.h>

static uint64_t inicio;

static int ahora(void)
{
    return (int)(as_now() - inicio);
}

/* [barco] */
static as_semaphore gruas; /* dos permisos */

struct barco {
    const char *nombre;
    int llega_ms, necesita, descarga_ms;
};

static int atracar(void *arg)
{
    const struct barco *b = arg;
    int tiene = 0;

    int rc = as_sleep(b->llega_ms);
    while (rc == 0 && tiene < b->necesita) {
        rc = as_semaphore_acquire(&gruas);
        if (rc < 0)
            break;
        tiene++;
        printf("%3d: %s tiene %d\n", ahora(), b->nombre, tiene);
        rc = as_sleep(10); /* mover la grúa hasta el barco */
    }
    if (rc == 0)
        rc = as_sleep(b->descarga_ms);
    for (; tiene > 0; tiene--)
        as_semaphore_release(&gruas);
    if (rc == 0)
        printf("%3d: %s zarpa\n", ahora(), b->nombre);
    return rc;
}
/* [/barco] */

/* [dia] */
static int dia(void *arg)
{
    (void)arg;
    struct barco barcos[] = {{"Ana", 0, 1, 100},
                             {"Gigante", 20, 2, 200},
                             {"Berta", 40, 1, 50}};

    inicio = as_now();
    as_semaphore_init(&gruas, 2);
    return as_gather_each(atracar, barcos, 3, sizeof *barcos, NULL);
}
/* [/dia] */

/* [dos] */
static int dia_de_gigantes(void *arg)
{
    (void)arg;
    as_group muelle;
    struct barco uno = {"Gigante", 0, 2, 200},
                 otro = {"Coloso", 0, 2, 200};

    inicio = as_now();
    as_semaphore_init(&gruas, 2);
    as_group_enter(&muelle);
    int rc = as_start_soon(&muelle, "Gigante", atracar, &uno);
    if (rc == 0)
        rc = as_start_soon(&muelle, "Coloso", atracar, &otro);
    return as_group_leave(&muelle, rc);
}
/* [/dos] */

int main(int argc, char **argv)
{
    (void)argv;
    return as_run(argc > 1 ? dia_de_gigantes : dia, NULL) < 0;
}
