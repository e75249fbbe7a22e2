/* Guarda los ajustes con otro nombre. Si no acaba, no debe quedar
 * ningún resto. */
#include <asinc/asinc.h>
#include <stdio.h>

static int escribir(void)
{
    int rc = as_file_write_all("ajustes.part", "tema=", 5);

    if (rc == 0)
        rc = as_sleep(500); /* un disco lento */
    return rc;
}

static void borrar(void)
{
    if (as_file_remove("ajustes.part") == 0)
        puts("borrado");
}

static int guardar(void)
{
    int rc = escribir();

    if (rc == 0)
        rc = as_file_rename("ajustes.part", "ajustes");
    if (rc < 0)
        borrar();
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_scope plazo;
    struct stat info;

    as_scope_enter(&plazo, 100);
    int rc = as_scope_leave(&plazo, guardar());
    puts(rc < 0 ? uv_err_name(rc) : "guardado");
    if (as_file_stat("ajustes.part", &info) == 0)
        puts("queda ajustes.part");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
