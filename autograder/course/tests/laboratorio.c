/* lab.json: el bueno se lee entero, y cada error se nombra. */
#include "base/memory.h"
#include "course/tests/bueno.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(laboratorio, .timeout = 20);

/* `good_lab` con la primera aparición de `what` cambiada por `with`. */
static char *changed(const char *what, const char *with)
{
    const char *at = strstr(good_lab, what);
    cr_assert(at, "«%s» no está en el bueno", what);
    return ag_format("%.*s%s%s", (int)(at - good_lab), good_lab, with, at + strlen(what));
}

Test(laboratorio, bueno)
{
    struct lab lab;
    char *why = load_text(&lab, good_lab);
    cr_assert_null(why, "%s", why);
    cr_expect(strcmp(lab.id, "07") == 0 && strcmp(lab.program, "monitor") == 0);
    cr_expect(lab.n_sources == 2 && lab.n_given == 2 && lab.n_tests == 3 &&
              lab.seconds == LAB_SUITE_SECONDS);
    cr_expect(lab.tests[2].n_needs == 1 && lab.tests[2].needs[0] == 1);
    cr_expect(lab.tests[0].read && !lab.tests[1].read);
    cr_expect(lab.n_milestones == 3 && strcmp(lab.milestones[1], "Segunda") == 0 &&
              lab.tests[1].milestone == 1);
    cr_expect(lab.tests[2].asan && !lab.tests[1].asan);
    cr_expect(lab_find(&lab, "tres") == 2 && lab_find(&lab, "cuatro") == -1);
    lab_free(&lab);
}

Test(laboratorio, cada_error_se_nombra)
{
    static const struct {
        const char *what, *with, *says;
    } cases[] = {
        {"{\"lab\"", "[\"lab\"", "JSON mal escrito"},
        {"\"07\"", "7", "\"lab\" debe ser un texto no vacío"},
        {"\"07\"", "\"08\"", "la carpeta es 07-monitor"},
        {"\"titulo\"", "\"título\"", "sobra la clave \"título\""},
        {"\"Monitor\"", "\"\"", "\"titulo\" debe ser un texto no vacío"},
        {"\"Monitor\"", "\"Mo\\nnitor\"", "\"titulo\" debe caber en una línea"},
        {"\"monitor\"", "\"../monitor\"", "\"programa\" debe ser un nombre sencillo"},
        {"\"monitor.c\"", "\"../monitor.c\"", "fuentes[0]"},
        {"\"monitor.c\"", "\"/etc/x.c\"", "fuentes[0]"},
        {"\"monitor.c\"", "\"monitor.py\"", "fuentes[0]"},
        {"\"monitor.c\"", "\"monitor.h\"", "no tiene ningún .c"},
        {"[\"monitor.c\", \"sitio.h\"]", "[]", "\"fuentes\" debe ser una lista"},
        {"[\"opciones.c\", \"opciones.h\"]", "\"opciones.c\"",
         "\"dados\" debe ser una lista"},
        {"[\"opciones.c\", \"opciones.h\"]", "[]", "\"dados\" debe ser una lista"},
        {"\"opciones.c\"", "7", "dados[0] debe ser un nombre .c o .h sin carpetas"},
        {"\"opciones.h\"", "\"../opciones.h\"",
         "dados[1] debe ser un nombre .c o .h sin carpetas"},
        {"\"opciones.h\"", "\"opciones.txt\"", "dados[1]"},
        {"\"opciones.h\"", "\"sitio.h\"",
         "sitio.h no puede estar en \"fuentes\" y en \"dados\""},
        {"\"opciones.h\"", "\"opciones.c\"", "opciones.c está repetido en \"dados\""},
        {"\"una\", \"titulo\"", "\"u na\", \"titulo\"", "solo admite letras, cifras y _"},
        {"\"una\", \"titulo\"", "\"../una\", \"titulo\"",
         "solo admite letras, cifras y _"},
        {"\"dos\", \"titulo\"", "\"una\", \"titulo\"", "la prueba \"una\" está repetida"},
        {"60", "61", "los puntos suman 101 y deben sumar 100"},
        {"60", "0", "prueba \"una\": \"puntos\" debe ser un entero de 1 a 100"},
        {"60", "60.0", "\"puntos\" debe ser un entero"},
        {"60", "\"60\"", "\"puntos\" debe ser un entero"},
        {"[\"una\"]", "[\"tres\"]", "requiere \"tres\", que no es una prueba anterior"},
        {"[\"una\"]", "[\"dos\"]", "requiere \"dos\", que no es una prueba anterior"},
        {"[\"una\"]", "[1]", "requiere \"?\""},
        {"[\"una\"]", "\"una\"", "\"requiere\" debe ser una lista"},
        {"requiere", "require", "prueba \"dos\": sobra la clave \"require\""},
        {"\"asan\": true", "\"asan\": 1", "\"asan\" debe ser true o false"},
        {"\"etapas\": [\"Primera\", \"Segunda\", \"Tercera\"],", "",
         "\"etapas\" debe ser una lista de 3 a 6 títulos"},
        {", \"Tercera\"", "", "\"etapas\" debe ser una lista de 3 a 6 títulos"},
        {"\"Tercera\"", "\"3\", \"4\", \"5\", \"6\", \"7\"",
         "\"etapas\" debe ser una lista de 3 a 6 títulos"},
        {"\"Segunda\"", "2", "etapas[1] debe ser un título de una línea"},
        {"\"Segunda\"", "\"\"", "etapas[1] debe ser un título de una línea"},
        {"\"Segunda\"", "\"Se\\ngunda\"", "etapas[1] debe ser un título de una línea"},
        {"\"Segunda\"", "\"Primera\"", "etapas[1] repite el título «Primera»"},
        {"\"Tercera\"", "\"Tercera\", \"Cuarta\"",
         "etapas[3], «Cuarta», no da puntos: ninguna prueba tiene \"etapa\": 4"},
        {"\"etapa\": 2,", "", "prueba \"dos\": \"etapa\" debe ser un entero de 1 a 3"},
        {"\"etapa\": 2", "\"etapa\": 0", "prueba \"dos\": \"etapa\" debe ser un entero"},
        {"\"etapa\": 2", "\"etapa\": 4", "prueba \"dos\": \"etapa\" debe ser un entero"},
        {"\"etapa\": 2", "\"etapa\": \"2\"", "\"etapa\" debe ser un entero de 1 a 3"},
        {"\"etapa\": 1", "\"etapa\": 3",
         "prueba \"dos\": requiere \"una\", que es de una etapa posterior"},
        {"\"etapa\": 2,   \"requiere\": [\"una\"]}",
         "\"etapa\": 3},"
         "{\"nombre\": \"mal\", \"titulo\": \"Mal\", \"puntos\": 1, \"etapa\": 2}",
         "prueba \"mal\": \"etapa\" es 2 y la prueba anterior, \"dos\", es de la 3"},
        {"\"capitulo\"", "\"segundos\": 0, \"capitulo\"",
         "\"segundos\" debe ser un entero"},
        {"\"capitulo\"", "\"descriptores\": 255, \"capitulo\"",
         "\"descriptores\" debe ser un entero de 256"},
        {"\"capitulo\"", "\"capitulos\": 3, \"capitulo\"",
         "\"capitulos\" debe ser una lista"},
        {"\"capitulo\"", "\"capitulos\": [\"03\", \"5\"], \"capitulo\"",
         "capitulos[1] debe ser un número, como \"05\""},
        {"\"capitulo\"", "\"lab\": \"07\", \"capitulo\"", "JSON mal escrito"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab lab;
        char *text = changed(cases[i].what, cases[i].with);
        char *why = load_text(&lab, text);
        cr_assert_not_null(why, "se acepta %s", cases[i].with);
        cr_expect(strstr(why, cases[i].says), "con %s dice «%s»", cases[i].with, why);
        free(why);
        free(text);
    }
}

Test(laboratorio, que_no_existe)
{
    struct lab lab;
    char *why;
    cr_assert(lab_load(&lab, "/no/hay/lab.json", "07-monitor", &why) < 0);
    cr_expect(strstr(why, "/no/hay/lab.json: no se puede leer"), "%s", why);
    free(why);
}
