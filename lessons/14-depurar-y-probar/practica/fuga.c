/*
 * 3 · Arreglar · 8 minutos · sanitizers
 * Un programa que acaba bien y pierde memoria.
 *
 * La salida es correcta, y aun así AddressSanitizer protesta al final. Para leerlo:
 *
 *   build/normal/lessons/14-depurar-y-probar/practica/fuga
 *
 * Dice qué línea pidió la memoria que nadie devolvió. ¿Por qué camino se fue la
 * tarea?
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pagina {
    const char *nombre;
    int ms;
};

static int bajar(void *arg)
{
    const struct pagina *p = arg;
    char *texto = strdup(p->nombre);

    if (!texto)
        return UV_ENOMEM;
    int rc = as_sleep(p->ms);
    if (rc < 0)
        return rc;
    printf("bajada: %s\n", texto);
    free(texto);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    struct pagina paginas[] = {
        {"portada", 100}, {"mapa", 200}, {"archivo", 60000}};
    as_scope plazo;

    as_scope_enter(&plazo, 1000);
    int rc = as_gather_each(bajar, paginas, 3, sizeof *paginas, NULL);
    rc = as_scope_leave(&plazo, rc);
    printf("fin: %s\n", rc < 0 ? as_error_text(rc) : "todas");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
