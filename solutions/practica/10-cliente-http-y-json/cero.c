/*
 * 3 · Arreglar · 8 minutos
 * Un aviso de heladas que salta por nada.
 *
 * Hay helada si la temperatura es de cero grados o menos. Dos de estas estaciones no
 * han dicho ningún número, y el programa avisa igual. De ellas debe escribir
 * «NOMBRE: sin dato», y no contarlas. La última tiene un cero de verdad.
 */
#include <asinc/asinc.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { ESTACIONES = 5 };

struct estacion {
    const char *nombre, *texto;
};

/* Lee la temperatura en `*grados`. Devuelve 0, o un error si no la trae. */
static int leer(const char *texto, double *grados)
{
    json_t *raiz = json_loadb(texto, strlen(texto), 0, NULL);
    json_t *valor = json_object_get(raiz, "grados");
    int rc = json_is_number(valor) ? 0 : UV_EPROTO;

    *grados = json_number_value(valor);
    json_decref(raiz);
    return rc;
}

int main(void)
{
    static const struct estacion estaciones[ESTACIONES] = {
        {"valle", "{\"grados\": 11.5}"}, {"puerto", "{\"grados\": \"7.25\"}"},
        {"cumbre", "{\"grados\": -4}"},  {"refugio", "{\"error\": \"sensor helado\"}"},
        {"lago", "{\"grados\": 0}"},
    };
    int heladas = 0;

    for (int i = 0; i < ESTACIONES; i++) {
        const struct estacion *e = &estaciones[i];
        double grados;
        if (leer(e->texto, &grados) < 0) {
            printf("%s: sin dato\n", e->nombre);
            continue;
        }
        printf("%s: %.1f °C%s\n", e->nombre, grados, grados <= 0 ? ", helada" : "");
        heladas += grados <= 0;
    }
    printf("heladas: %d\n", heladas);
    return 0;
}
