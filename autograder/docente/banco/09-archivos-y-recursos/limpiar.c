/* Borrar un archivo después de que venza un plazo. */
#include <asinc/asinc.h>
#include <stdio.h>

static void contar(const char *que, int rc)
{
    printf("%s: %s\n", que, rc < 0 ? uv_err_name(rc) : "bien");
}

static int principal(void *arg)
{
    (void)arg;
    as_scope plazo, limpieza;

    int rc = as_file_write_all("obra.part", "a medias", 8);
    if (rc < 0)
        return rc;
    as_scope_enter(&plazo, 100);
    rc = as_sleep(200);
    contar("esperar", rc);
    contar("borrar", as_file_remove("obra.part"));
    as_shield_enter(&limpieza, 1000);
    contar("borrar",
           as_scope_leave(&limpieza, as_file_remove("obra.part")));
    contar("salir", as_scope_leave(&plazo, rc));
    contar("borrar", as_file_remove("obra.part"));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
