/* El orden de los nombres, y cuáles son el mismo. */
#include "class/alphabet.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(alfabeto, .timeout = 30);

Test(alfabeto, el_de_un_diccionario)
{
    static const char *const sorted[] = {
        "",
        "12",
        "=1+1",
        "a",
        "Alba",
        "Álvarez Ana",
        "Alvarez Beto",
        "De la Cruz",
        "Delgado",
        "Ingrid",
        "íñigo", /* la ñ va entre la n y la o */
        "Łukasz",
        "Nguyễn",
        "Nuñez",
        "Núñez",
        "nun\u0303ez",
        "Núñez A",
        "Ñandú",
        "N\u0303o\u0301",
        "Óscar",
        "Penzo",
        "peña",
        "Pépé",
        "Șerban",
        "Zoe\u0308",
        "Zoë",
        "Ωμέγα",
        "日本",
        "\xff, que no es UTF-8",
    };
    enum { N = sizeof sorted / sizeof *sorted };
    const char *names[N];
    memcpy(names, sorted, sizeof sorted);
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++) {
            int order = cl_name_order(names[i], names[k]);
            cr_expect((order < 0) == (i < k) && (order > 0) == (i > k), "«%s» y «%s»: %d",
                      names[i], names[k], order);
        }
}

Test(alfabeto, el_mismo_sin_tildes)
{
    cr_expect(cl_name_same("Pérez Gil, Íñigo", "perez gil, INIGO"));
    cr_expect(cl_name_same("Pe\u0301rez", "Pérez"));
    cr_expect(cl_name_same("Ștefan Łukasz Đỗ", "stefan lukasz do"));
    cr_expect(!cl_name_same("Pérez", "Pérez Gil"));
    cr_expect(!cl_name_same("Pérez Gil", "Pérez"));
    cr_expect(!cl_name_same("Ω", "O"));
}

Test(alfabeto, medio_nombre)
{
    cr_expect(cl_name_has("Pérez Gil Íñigo", "inigo perez"));
    cr_expect(cl_name_has("Pérez Gil Íñigo", "per"));
    cr_expect(!cl_name_has("Pérez Gil Íñigo", "perez ana"));
    cr_expect(!cl_name_has("Pérez Gil Íñigo", "erez"));
    cr_expect(!cl_name_has("Pérez Gil Íñigo", ""));
    cr_expect(!cl_name_has("Pérez", "  "));
}
