/* Lo que AS_DEBUG=1 cuenta de un programa que parece ir bien. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <unistd.h>

/* [tareas] */
static int resumir(void *arg)
{
    (void)arg;
    usleep(150 * 1000); /* mal: para a todas */
    return 0;
}

static int enviar(void *arg)
{
    return as_error_set(UV_ECONNREFUSED, "%s no contesta",
                        (const char *)arg);
}

static int principal(void *arg)
{
    (void)arg;
    as_file *acta;
    as_group grupo;

    /* mal: ¿quién lo cierra? */
    int rc = as_file_open("/dev/null", "w", &acta);
    if (rc < 0)
        return rc;
    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "resumen", resumir, NULL);
    if (rc == 0)
        rc = as_start_soon(&grupo, "correo", enviar, "Ana");
    if (rc == 0)
        rc = as_start_soon(&grupo, "copia", enviar, "Blas");
    rc = as_group_leave(&grupo, rc);
    printf("acaba: %s\n", as_error_text(rc));
    return 0;
}
/* [/tareas] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
