/*
 * 3 · Arreglar · 10 minutos · sanitizers
 * ¿De quién es lo que va por la cola?
 *
 * Quien saca un mensaje lo libera; mientras está en la cola es de la cola. Aquí
 * hay dos fallos: uno libera lo que ya no es suyo y otro no libera lo que nadie
 * va a sacar. El programa se compila con AddressSanitizer, y `make practica` te
 * dice en qué línea ve cada uno.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static as_queue buzon;

static int escribir(void *arg)
{
    (void)arg;
    static const char *const textos[] = {"hola", "¿vienes?", "ya no", "adiós"};
    int rc = 0;

    for (int i = 0; i < 4 && rc == 0; i++) {
        char *texto = strdup(textos[i]);
        if (!texto)
            return UV_ENOMEM;
        rc = as_queue_put(&buzon, texto);
        if (rc < 0)
            free(texto); /* no entró: sigue siendo mío */
    }
    return rc;
}

static int leer(void *arg)
{
    (void)arg;
    void *texto;

    for (int i = 0; i < 2; i++) { /* solo lee dos */
        int rc = as_queue_get(&buzon, &texto);
        if (rc < 0)
            return rc;
        printf("leo: %s\n", (char *)texto);
        free(texto);
    }
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {{.fn = escribir}, {.fn = leer}};

    as_queue_init(&buzon, 0);
    int rc = as_gather(llamadas, 2, NULL);
    printf("quedan %zu sin leer\n", as_queue_size(&buzon));
    void *resto;
    while (as_queue_get_nowait(&buzon, &resto) == 0)
        free(resto);
    as_queue_destroy(&buzon);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
