/*
 * 4 · Arreglar · 8 minutos · sanitizers
 * Un proceso que no acaba nunca.
 *
 * `seq 100000` escribe cien mil líneas en una tubería. El programa espera a que
 * acabe para leerlas, y no acaba. Debe contar las líneas y decir el código de
 * salida. Se compila con AddressSanitizer, que protesta si el proceso queda sin cerrar.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { TOPE = 1 << 20 };

static int contar_lineas(const char *texto)
{
    int lineas = 0;

    for (; *texto; texto++)
        lineas += *texto == '\n';
    return lineas;
}

static int principal(void *arg)
{
    (void)arg;
    const char *argv[] = {"seq", "100000", NULL};
    const as_process_options opciones = {.out = AS_PIPE};
    as_process_output dicho = {0};
    as_process *seq;

    int rc = as_process_spawn(argv, &opciones, &seq);
    if (rc < 0)
        return rc;
    int codigo = as_process_wait(seq, NULL);
    rc = as_process_communicate(seq, NULL, 0, TOPE, &dicho);
    if (rc == 0)
        printf("%d líneas, código %d\n", contar_lineas(dicho.out),
               codigo);
    as_process_output_clear(&dicho);
    as_process_close(seq);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
