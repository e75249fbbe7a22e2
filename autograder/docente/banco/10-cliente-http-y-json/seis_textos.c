/* Seis textos, y lo que se encuentra en cada uno. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

static void mirar(const char *texto)
{
    json_t *raiz = json_loadb(texto, strlen(texto), 0, NULL);
    json_t *kilo = json_object_get(raiz, "kilo");
    json_t *precio = json_object_get(kilo, "precio");

    if (!raiz)
        puts("no es JSON");
    else if (!precio)
        puts("no trae el precio");
    else if (!json_is_number(precio))
        puts("el precio no es un número");
    else
        printf("%.1f\n", json_number_value(precio));
    json_decref(raiz);
}

int main(void)
{
    mirar("{\"precio\": 4}");
    mirar("{\"kilo\": {\"precio\": \"4\"}}");
    mirar("{\"kilo\": {\"precio\": 4}}");
    mirar("[{\"kilo\": {\"precio\": 4}}]");
    mirar("{kilo: {precio: 4}}");
    mirar("{\"kilo\": {\"precio\": null}}");
    return 0;
}
