/*
 * 5 · Construir · 12 minutos
 * Diez archivos, tres a la vez, sin tandas.
 *
 * Procesa los diez con tres a la vez como mucho. «Sin tandas» quiere decir que en
 * cuanto acaba uno empieza el siguiente, sin esperar a sus compañeros. Escribe
 * `procesar` y reúne las diez llamadas en `procesar_todos`, que devuelve cuántos
 * fallaron (el cuarto falla, y los demás deben seguir).
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { ARCHIVOS = 10, A_LA_VEZ = 3 };

static int abiertos, maximo;

/* Ya está hecha: lee un archivo, y apunta cuántos hay a la vez. */
static int leer(int numero)
{
    if (++abiertos > maximo)
        maximo = abiertos;
    int rc = as_sleep(numero % 3 == 0 ? 300 : 100);
    abiertos--;
    if (rc == 0 && numero == 4)
        rc = as_error_set(UV_EIO, "el archivo %d está roto", numero);
    return rc;
}

static int procesar_todos(int *numeros)
{
    /* TODO */
    (void)numeros, (void)leer;
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int numeros[ARCHIVOS];
    uint64_t inicio = as_now();

    for (int i = 0; i < ARCHIVOS; i++)
        numeros[i] = i + 1;
    int fallos = procesar_todos(numeros);
    printf("fallos: %d\n", fallos);
    printf("como mucho a la vez: %d\n", maximo);
    printf("en %d ms\n", (int)(as_now() - inicio));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
