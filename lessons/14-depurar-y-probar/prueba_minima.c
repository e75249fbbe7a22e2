/* Dos pruebas de una función de tres líneas. Una falla: acaba mal. */
#include <criterion/criterion.h>

TestSuite(rondas, .timeout = 10);

enum { CADA_MS = 30000, DIA = 24 * 3600 * 1000 };

/* [minima] */
/* Cuántas rondas empiezan en esos milisegundos. */
static int rondas_en(int ms)
{
    return ms / CADA_MS;
}

Test(rondas, en_un_dia)
{
    cr_expect_eq(rondas_en(DIA), 2880);
}

Test(rondas, en_45_segundos)
{
    cr_expect_eq(rondas_en(45000), 2, "dio %d", rondas_en(45000));
}
/* [/minima] */
