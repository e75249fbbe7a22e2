/* Lo que curso.json puede tener mal, y lo que se dice de cada cosa. */
#include "base/dir.h"
#include "base/memory.h"
#include "course/course.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(curso, .timeout = 20);

static const char good[] =
    "{\n"
    "  \"curso\": \"Un curso\",\n"
    "  \"retraso\": { \"dias_de_gracia\": 1,\n"
    "    \"penalizacion_por_dia\": 10, \"penalizacion_maxima\": 50 },\n"
    "  \"limites\": { \"archivo_mib\": 8,\n"
    "    \"desempaquetado_mib\": 32, \"archivos\": 500 },\n"
    "  \"laboratorios\": {\n"
    "    \"08\": { \"peso\": 3, \"entrega\": \"2027-02-07T23:59:59+01:00\",\n"
    "            \"publicacion\": \"2027-02-15T00:00:00+01:00\" },\n"
    "    \"07\": { \"peso\": 1, \"entrega\": \"2027-01-24T23:59:59+01:00\",\n"
    "            \"publicacion\": \"2027-02-01T00:00:00+01:00\" }\n"
    "  }\n"
    "}\n";

/* Lee `text` como si fuera curso.json. En `*why` queda la queja sin la carpeta, o NULL. */
static int load(const char *text, struct course *course, char **why)
{
    char *dir;
    cr_assert_geq(ag_temp_dir("curso", &dir), 0);
    char *path = ag_format("%s/curso.json", dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    cr_assert_geq(fd, 0);
    cr_assert_eq(ag_write(fd, text, strlen(text)), 0);
    close(fd);
    *why = NULL;
    int rc = course_load(path, course, why);
    if (*why) {
        char *name = strstr(*why, "curso.json");
        cr_assert_not_null(name, "%s", *why);
        memmove(*why, name, strlen(name) + 1);
    }
    ag_remove_tree(dir);
    free(path);
    free(dir);
    return rc;
}

/* El bueno, con `from` cambiado por `to`. */
static char *changed(const char *from, const char *to)
{
    const char *at = strstr(good, from);
    cr_assert_not_null(at, "el curso bueno no tiene «%s»", from);
    return ag_format("%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
}

/* Con ese cambio, la queja empieza por `line` y el campo, y dice también `advice`. */
static void refuses(const char *from, const char *to, const char *starts,
                    const char *advice)
{
    struct course course;
    char *text = changed(from, to), *why;
    cr_expect_eq(load(text, &course, &why), -1, "se admitió:\n%s", text);
    if (why) {
        cr_expect_eq(strncmp(why, starts, strlen(starts)), 0,
                     "esperado: %s\nobtenido: %s", starts, why);
        cr_expect_not_null(strstr(why, advice), "falta «%s» en: %s", advice, why);
    }
    free(why);
    free(text);
}

Test(curso, lee_lo_que_hay)
{
    struct course course;
    char *why;
    cr_assert_eq(load(good, &course, &why), 0, "%s", why);
    cr_assert_str_eq(course.title, "Un curso");
    cr_assert_eq(course.n_labs, 2);
    cr_assert_str_eq(course.labs[0].id, "07");
    cr_assert_eq(course.limits.archive_bytes, (size_t)8 << 20);
    cr_assert_eq(course.limits.unpacked_bytes, (size_t)32 << 20);
    cr_assert_eq(course.limits.files, 500);
    const struct course_lab *lab = course_find(&course, "08");
    cr_assert_eq(lab->weight, 3);
    cr_assert_eq(lab->due, 1802041199);
    cr_assert_str_eq(lab->published_text, "2027-02-15T00:00:00+01:00");
    cr_assert_null(course_find(&course, "8"));
    course_free(&course);
}

Test(curso, una_fecha_lleva_su_zona)
{
    time_t when;
    cr_assert_eq(course_date("1970-01-01T00:00:00+00:00", &when), 0);
    cr_assert_eq(when, 0);
    cr_assert_eq(course_date("2028-02-29T23:00:00-05:30", &when), 0);
    cr_assert_eq(when, 1835497800);
    static const char *const wrong[] = {
        "",
        "2027-02-01",
        "2027-02-01T00:00:00",
        "2027-02-01T00:00:00Z",
        "2027-02-01 00:00:00+01:00",
        "2027-02-30T00:00:00+01:00",
        "2027-13-01T00:00:00+01:00",
        "2027-02-01T24:00:00+01:00",
        "2027-02-01T00:60:00+01:00",
        "2027-02-01T00:00:00+15:00",
        "2027-02-01T00:00:00+01:60",
        "2027-02-01T00:00:00+01:00 ",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(course_date(wrong[i], &when), -1, "«%s» vale", wrong[i]);
}

Test(curso, cuenta_el_retraso_por_dias_empezados)
{
    struct course course;
    char *why;
    cr_assert_eq(load(good, &course, &why), 0, "%s", why);
    const struct course_lab *lab = course_find(&course, "07");
    time_t day = (time_t)24 * 60 * 60, due = lab->due;
    static const struct {
        double days;
        int late, percent;
    } cases[] = {{-3, 0, 0},     {0, 0, 0},    {1, 0, 0},    {1.001, 1, 10}, {2, 1, 10},
                 {2.001, 2, 20}, {5.5, 5, 50}, {6.9, 6, 50}, {7.01, 7, 100}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        time_t when = due + (time_t)(cases[i].days * (double)day);
        struct course_late late = course_lateness(&course, lab, when);
        cr_expect_eq(late.days, cases[i].late, "%g: %d días", cases[i].days, late.days);
        cr_expect_eq(late.percent, cases[i].percent, "%g: %d %%", cases[i].days,
                     late.percent);
    }
    course_free(&course);
}

Test(curso, dice_la_linea_y_el_campo_que_falta)
{
    refuses("\"dias_de_gracia\": 1,", "",
            "curso.json:3: falta retraso.dias_de_gracia; escribe ",
            "un número entero de 0 a 60, sin comillas");
    refuses("\"peso\": 1, ", "", "curso.json:10: falta laboratorios.07.peso; escribe ",
            "de 1 a 1000");
    refuses("\"entrega\": \"2027-02-07T23:59:59+01:00\",", "",
            "curso.json:8: falta laboratorios.08.entrega; escribe ",
            "\"2027-02-01T23:59:59+01:00\"");
    refuses("\"curso\": \"Un curso\",", "", "curso.json:1: falta curso; escribe ",
            "el nombre del curso");
}

Test(curso, dice_que_campo_sobra_y_cuales_hay)
{
    refuses("\"archivos\": 500", "\"archivos\": 500, \"archivo\": 1",
            "curso.json:6: sobra limites.archivo; ",
            "archivo_mib, desempaquetado_mib y archivos");
    refuses("\"peso\": 1", "\"puntos\": 1",
            "curso.json:10: sobra laboratorios.07.puntos; ",
            "peso, entrega y publicacion");
    refuses("\"curso\"", "\"titulo\"", "curso.json:2: sobra titulo; ", "curso, retraso");
    refuses("\"penalizacion_por_dia\"", "\"penalización_por_dia\"",
            "curso.json:4: sobra retraso.penalización_por_dia; ", "penalizacion_por_dia");
}

Test(curso, dice_que_valor_no_vale)
{
    refuses("\"peso\": 3", "\"peso\": 0",
            "curso.json:8: laboratorios.08.peso es 0; escribe ", "de 1 a 1000");
    refuses("\"peso\": 3", "\"peso\": \"3\"",
            "curso.json:8: laboratorios.08.peso es \"3\"; escribe ", "sin comillas");
    refuses("\"peso\": 3", "\"peso\": 1.5", "curso.json:8: laboratorios.08.peso es 1.5; ",
            "entero");
    refuses("2027-01-24T23:59:59+01:00", "mañana",
            "curso.json:10: laboratorios.07.entrega es \"mañana\"; escribe ",
            "con su hora");
    refuses("\"penalizacion_maxima\": 50", "\"penalizacion_maxima\": 5",
            "curso.json:4: retraso.penalizacion_maxima es 5; escribe ", "de 10 a 100");
    refuses("\"desempaquetado_mib\": 32", "\"desempaquetado_mib\": 4",
            "curso.json:6: limites.desempaquetado_mib es 4; escribe ", "de 8 a 4096");
    refuses("\"07\"", "\"7\"", "curso.json:10: laboratorios.7 no vale; escribe ",
            "las dos cifras");
    refuses("\"Un curso\"", "\"Un\\ncurso\"", "curso.json:2: curso es ", "en una línea");
    refuses("{ \"dias_de_gracia\": 1,\n    \"penalizacion_por_dia\": 10, "
            "\"penalizacion_maxima\": 50 }",
            "[]", "curso.json:3: retraso es []; escribe ", "dias_de_gracia");
}

Test(curso, no_se_publica_lo_que_aun_se_entrega)
{
    refuses("2027-02-01T00:00:00+01:00", "2027-01-25T23:59:59+01:00",
            "curso.json:11: laboratorios.07.publicacion es ", "posterior a la entrega");
}

Test(curso, dice_donde_deja_de_ser_json)
{
    refuses("\"Un curso\",", "\"Un curso\"", "curso.json:3: esto no es JSON", "una coma");
    refuses("  }\n}\n", "  }\n", "curso.json:", "se acaba antes de tiempo");
    refuses("\"08\": {", "\"07\": {", "curso.json:10: ", "clave repetida");
    refuses("  }\n}\n", "  }\n}\nsobra", "curso.json:14: ", "sobra");
    refuses("Un curso", "Un \xff", "curso.json:2: ", "UTF-8");
    struct course course;
    char *why;
    cr_assert_eq(load("[]", &course, &why), -1);
    cr_assert_not_null(strstr(why, "escribe un objeto"), "%s", why);
    free(why);
}

Test(curso, una_clave_se_busca_en_su_objeto)
{
    /* La misma clave dentro de otro objeto, de una cadena y de una lista. */
    static const char text[] = "{ \"a\": { \"c\": [1, {\"b\": 2}, \"}\"] },\n"
                               "  \"x\": \"\\\"b\\\": {\",\n"
                               "  \"b\"\n : { \"n\": 0,\n \"c\": 3 } }";
    static const struct {
        const char *keys[4];
        int line;
    } cases[] = {{{"b", "c"}, 5}, {{"a", "c"}, 1}, {{"b"}, 3},  {{"b", "z"}, 3},
                 {{"z"}, 1},      {{"x"}, 2},      {{NULL}, 1}, {{"b", "c", "d"}, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(course_line(text, cases[i].keys), cases[i].line, "caso %zu: %d", i,
                     course_line(text, cases[i].keys));
}

Test(curso, lo_que_no_esta_o_no_es_un_archivo)
{
    struct course course;
    char *why;
    cr_assert_eq(course_load("/no/existe/curso.json", &course, &why), -1);
    cr_assert_not_null(strstr(why, "/no/existe/curso.json: no se puede leer: "), "%s",
                       why);
    free(why);
    cr_assert_eq(course_load("/tmp", &course, &why), -1);
    free(why);
}
