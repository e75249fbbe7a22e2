#include <asinc/asinc.h>
#include <stdio.h>

enum { ESPEJOS = 3 };

struct espejo {
    const char *ciudad;
    int demora_ms;
};

/* [pedir] */
static int pedir(void *arg)
{
    const struct espejo *e = arg;

    int rc = as_sleep(e->demora_ms);
    printf("%s: %s\n", as_task_name(as_current_task()),
           rc < 0 ? as_strerror(rc) : "respondió");
    return rc;
}
/* [/pedir] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct espejo espejos[ESPEJOS] = {
        {"Madrid", 300}, {"Lima", 120}, {"Sídney", 900}};
    as_task *tareas[ESPEJOS];

    as_group grupo;
    as_group_enter(&grupo, 0);
    for (int i = 0; i < ESPEJOS; i++) {
        tareas[i] = as_spawn(&grupo, espejos[i].ciudad, pedir,
                             &espejos[i]);
        if (!tareas[i])
            return as_group_leave(&grupo, UV_ENOMEM);
    }

    int primera = (int)as_wait_any(tareas, ESPEJOS);
    if (primera >= 0)
        printf("Gana %s\n", espejos[primera].ciudad);
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, primera);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
