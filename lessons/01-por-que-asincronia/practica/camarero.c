/*
 * 4 · Construir · 15 minutos
 * ¿Quién come cuándo, con un camarero que no espera de pie?
 *
 * Hay una cocina con sitio para todos los platos y un solo camarero. Apuntar un
 * pedido le cuesta 1 minuto, y servir un plato, otro. `de_pie` ya está escrita:
 * apunta, espera el plato, lo sirve y va a la mesa siguiente.
 *
 * Escribe `moviendose`: el camarero apunta las tres mesas, una tras otra, y
 * después sirve cada plato en cuanto está. Si hay varios listos, primero el que
 * antes estuvo. Si no hay ninguno, espera al próximo.
 */
#include <stdio.h>

enum { MESAS = 3 };

static const int cocina[MESAS] = {20, 5,
                                  10}; /* minutos de cada plato */

static void de_pie(void)
{
    int minuto = 0;

    for (int mesa = 0; mesa < MESAS; mesa++) {
        minuto += 1;            /* apunta */
        minuto += cocina[mesa]; /* espera de pie */
        minuto += 1;            /* sirve */
        printf("minuto %2d: come la mesa %d\n", minuto, mesa + 1);
    }
}

static void moviendose(void)
{
    int minuto = 0, listo[MESAS]; /* en qué minuto está cada plato */

    for (int mesa = 0; mesa < MESAS; mesa++) {
        minuto += 1;
        listo[mesa] = minuto + cocina[mesa];
    }
    /* TODO: sirve los tres platos, en el orden en que están listos. */
    (void)listo;
}

int main(void)
{
    puts("de pie");
    de_pie();
    puts("moviéndose");
    moviendose();
    return 0;
}
