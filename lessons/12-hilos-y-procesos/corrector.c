/* Corrige cuatro entregas: cada una es otro programa. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

enum { ENTREGAS = 4, PLAZO_MS = 500, TOPE = 1024 };

struct entrega {
    const char *nombre, *programa;
    char nota[64];
};

/* [ejecutar] */
static int ejecutar(const char *programa, as_process_output *dicho)
{
    const char *argv[] = {"sh", "-c", programa, NULL};
    const as_process_options opciones = {
        .in = AS_PIPE, .out = AS_PIPE, .err = AS_NULL};
    as_process *hijo;

    int rc = as_process_spawn(argv, &opciones, &hijo);
    if (rc < 0)
        return rc;
    rc = as_process_communicate(hijo, "4 5\n", 4, TOPE, dicho);
    as_process_close(hijo); /* si sigue vivo, lo mata */
    return rc;
}
/* [/ejecutar] */

/* [corregir] */
static int corregir(void *arg)
{
    struct entrega *e = arg;
    as_process_output dicho = {0};
    char *nota = e->nota;
    as_scope plazo;

    as_scope_enter(&plazo, PLAZO_MS);
    int rc = as_scope_leave(&plazo, ejecutar(e->programa, &dicho));
    const char *dijo = dicho.out ? dicho.out : "";
    if (rc < 0)
        snprintf(nota, sizeof e->nota, "%s", as_error_text(rc));
    else if (dicho.signum != 0)
        snprintf(nota, sizeof e->nota, "lo mató la señal %d",
                 dicho.signum);
    else if (dicho.code != 0)
        snprintf(nota, sizeof e->nota, "acabó con el código %d",
                 dicho.code);
    else if (strcmp(dijo, "9\n") != 0)
        snprintf(nota, sizeof e->nota, "debía decir 9 y dijo %.*s",
                 (int)strcspn(dijo, "\n"), dijo);
    else
        snprintf(nota, sizeof e->nota, "bien");
    as_process_output_clear(&dicho);
    return rc == UV_ETIMEDOUT ? 0 : rc;
}
/* [/corregir] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct entrega entregas[ENTREGAS] = {
        {"Ana", "read a b; echo $((a + b))", ""},
        {"Blas", "read a b; echo $((a - b))", ""},
        {"Cora", "kill -SEGV $$", ""},
        {"Dan", "while :; do :; done", ""}};

    int rc = as_gather_each(corregir, entregas, ENTREGAS,
                            sizeof *entregas, NULL);
    for (int i = 0; i < ENTREGAS && rc == 0; i++)
        printf("%-5s %s\n", entregas[i].nombre, entregas[i].nota);
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
