/* mal: lee un número sin mirar si lo es. */
#include <asinc/asinc.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* [leer] */
static double leer_grados(const char *texto)
{
    json_t *raiz = json_loadb(texto, strlen(texto), 0, NULL);
    double grados = json_number_value(json_object_get(raiz, "grados"));

    json_decref(raiz);
    return grados;
}
/* [/leer] */

/* [main] */
int main(void)
{
    printf("%.1f °C\n", leer_grados("{\"grados\": 14.1}"));
    printf("%.1f °C\n", leer_grados("{\"grados\": \"14.1\"}"));
    printf("%.1f °C\n", leer_grados("{\"error\": \"sin clave\"}"));
    printf("%.1f °C\n", leer_grados("<h1>En obras</h1>"));
    return 0;
}
/* [/main] */
