#include <asinc/asinc.h>
#include <stdio.h>

/* [recurso] */
struct recurso {
    bool abierto;
};

static int entrar(struct recurso *r)
{
    puts("  Contexto: entrada");
    int rc = as_sleep(1000);
    r->abierto = rc == 0;
    return rc;
}

static int actuar(struct recurso *r)
{
    printf("  Contexto: acción con el recurso %s\n",
           r->abierto ? "abierto" : "cerrado");
    return as_sleep(1000);
}

static void salir(struct recurso *r)
{
    as_scope limpieza;

    /* Aunque estén cancelando la tarea, cerrar debe terminar. */
    as_shield_enter(&limpieza, 5000);
    int rc = as_scope_leave(&limpieza, as_sleep(1000));
    r->abierto = false;
    printf("  Contexto: salida%s\n", rc < 0 ? " a medias" : "");
}
/* [/recurso] */

/* [con] */
static int con_recurso(int hacer(struct recurso *))
{
    struct recurso r;

    int rc = entrar(&r);
    if (rc < 0)
        return rc;
    rc = hacer(&r);
    salir(&r); /* haya ido bien o mal */
    return rc;
}
/* [/con] */

static int fallar(struct recurso *r)
{
    int rc = actuar(r);

    return rc < 0 ? rc : as_error_set(UV_EIO, "la acción salió mal");
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_scope plazo;

    puts("Todo va bien:");
    printf("= %d\n", con_recurso(actuar));
    puts("La acción falla:");
    printf("= %s\n", as_error_text(con_recurso(fallar)));
    puts("Se acaba el tiempo en plena acción:");
    as_scope_enter(&plazo, 1500);
    int rc = as_scope_leave(&plazo, con_recurso(actuar));
    printf("= %s\n", as_error_text(rc));
    return 0;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
