/* De la base a las notas: qué se guarda, qué no se pisa, qué descuenta llegar tarde y cómo se
 * escribe. */
#include "base/dir.h"
#include "base/memory.h"
#include "class/csv.h"
#include "class/marks.h"
#include "class/moodle.h"
#include "class/store.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(notas, .timeout = 30);

static char *zone;
static struct cl_store *store;
static struct gr_error err;
static struct course_lab only[] = {{.id = "07", .weight = 1}};
static struct course course = {
    .labs = only,
    .n_labs = 1,
    .late = {.grace_days = 1, .percent_per_day = 10, .percent_max = 50},
};

static void open_store(void)
{
    cr_assert(ag_temp_dir("asinc-notas", &zone) == 0);
    cr_assert(cl_store_open(&store, zone, true, &err) == 0, "%s", err.text);
    cr_assert(course_date("2027-01-24T23:59:59+01:00", &only[0].due) == 0);
    cr_assert(course_date("2027-03-01T00:00:00+01:00", &only[0].published) == 0);
}

static void close_store(void)
{
    cl_store_close(store);
    ag_remove_tree(zone);
    free(zone);
}

static void hand(const char *student, const char *key, const char *date)
{
    cr_assert(cl_store_student(store, &(struct cl_student){.name = student}, &err) == 0);
    const struct cl_handed handed = {.student = student,
                                     .lab = "07",
                                     .key = key,
                                     .why = key ? NULL : "Está dañado.",
                                     .notes = "[]",
                                     .folder = "/entregas",
                                     .origin = student,
                                     .date = date,
                                     .date_from = date ? "archivo" : NULL};
    cr_assert(cl_store_handed(store, &handed, &err) == 0, "%s", err.text);
}

static void result(const char *key, bool graded, int points)
{
    const struct cl_result told = {.key = key,
                                   .lab = "07",
                                   .graded = graded,
                                   .points = points,
                                   .max = 100,
                                   .json = graded ? "{}" : NULL,
                                   .why = graded ? NULL : "murió",
                                   .seconds = 1};
    cr_assert(cl_store_result(store, &told, &err) == 0, "%s", err.text);
}

struct asked {
    const char *student;
    struct cl_mark mark;
    int rows;
};

static int keep_mark(const struct cl_row *row, void *context)
{
    struct asked *asked = context;
    if (strcmp(row->student, asked->student) == 0) {
        asked->mark = cl_mark_of(row, &course);
        asked->rows++;
    }
    return 0;
}

static struct cl_mark mark_of(const char *student)
{
    const char *const wanted[] = {"07"};
    struct asked asked = {.student = student};
    cr_assert(cl_store_rows(store, wanted, 1, keep_mark, &asked, &err) == 0, "%s",
              err.text);
    cr_assert_eq(asked.rows, 1);
    return asked.mark;
}

Test(notas, los_cinco_estados, .init = open_store, .fini = close_store)
{
    hand("ana", "aa", NULL);
    result("aa", true, 80);
    hand("beto", NULL, NULL);
    hand("caro", "cc", NULL);
    hand("dina", "dd", NULL);
    result("dd", false, 0);
    cr_assert(cl_store_student(store, &(struct cl_student){.name = "eva"}, &err) == 0);
    static const struct {
        const char *student;
        enum cl_state state;
        bool known;
        double points;
    } expected[] = {{"ana", CL_GRADED, true, 80},
                    {"beto", CL_REJECTED, true, 0},
                    {"caro", CL_WAITING, false, 0},
                    {"dina", CL_UNGRADED, false, 0},
                    {"eva", CL_MISSING, false, 0}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct cl_mark mark = mark_of(expected[i].student);
        cr_expect_eq(mark.state, expected[i].state, "%s", expected[i].student);
        cr_expect_eq(mark.known, expected[i].known, "%s", expected[i].student);
        cr_expect_float_eq(mark.points, expected[i].points, 1e-9);
    }
}

Test(notas, un_fallo_no_pisa_una_nota, .init = open_store, .fini = close_store)
{
    hand("ana", "aa", NULL);
    result("aa", false, 0);
    cr_expect_eq(mark_of("ana").state, CL_UNGRADED);
    result("aa", true, 70);
    result("aa", false, 0);
    cr_expect_float_eq(mark_of("ana").points, 70, 1e-9);
}

Test(notas, llegar_tarde, .init = open_store, .fini = close_store)
{
    static const struct {
        const char *date;
        double points;
    } expected[] = {
        {"2027-01-24T22:59:59Z", 80}, /* en el último segundo, con su zona */
        {"2027-01-25T22:59:59Z", 80}, /* la gracia */
        {"2027-01-25T23:00:00Z", 72},
        {"2027-01-27T22:59:59Z", 64},
        {"2027-02-20T00:00:00Z", 40}, /* no más de la mitad */
        {"2027-03-02T00:00:00Z", 0},  /* con la solución publicada */
        {NULL, 80},                   /* no se sabe: no llega tarde */
    };
    result("aa", true, 80);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        hand("ana", "aa", expected[i].date);
        cr_expect_float_eq(mark_of("ana").points, expected[i].points, 1e-9, "%s: %g",
                           expected[i].date, mark_of("ana").points);
    }
}

Test(notas, el_ajuste_manda, .init = open_store, .fini = close_store)
{
    const double points = 91.5;
    hand("ana", "aa", "2027-01-27T22:59:59Z");
    result("aa", true, 80);
    cr_assert(cl_store_override(store, "ana", "07", &points, "porque sí", NULL, &err) ==
              0);
    hand("ana", NULL, NULL);
    cr_expect_float_eq(mark_of("ana").points, 91.5, 1e-9);
    cr_expect(mark_of("ana").overridden);
    cr_assert(cl_store_drop_override(store, "ana", "07", &err) == 0);
    cr_expect_float_eq(mark_of("ana").points, 0, 1e-9);
}

Test(notas, otra_version_no_se_toca, .init = open_store, .fini = close_store)
{
    char *path = ag_format("%s/" CL_STORE_NAME, zone);
    cl_store_close(store);
    store = NULL;
    FILE *f = fopen(path, "r+");
    cr_assert(f && fseek(f, 60, SEEK_SET) == 0); /* user_version, en la cabecera */
    cr_assert_eq(fwrite("\0\0\0\x63", 1, 4, f), 4);
    fclose(f);
    struct cl_store *other = NULL;
    cr_assert(cl_store_open(&other, zone, true, &err) < 0);
    cr_assert(strstr(err.text, "otra versión"), "%s", err.text);
    free(path);
}

/* ---- cómo se escribe ------------------------------------------------------------------------ */

static void written(const char *text, const char *expected)
{
    char *out = NULL;
    size_t size;
    FILE *f = open_memstream(&out, &size);
    cl_csv_put(f, 1, text);
    fclose(f);
    cr_expect_str_eq(out, expected);
    free(out);
}

Test(notas, ninguna_hoja_de_calculo_ejecuta_un_nombre)
{
    written("Pérez, Ana", "\"Pérez, Ana\"");
    written("di \"hola\"", "\"di \"\"hola\"\"\"");
    written("=1+1", "'=1+1");
    written("+34 600", "'+34 600");
    written("@SUM(A1)", "'@SUM(A1)");
    written("-2+3", "'-2+3");
    written("-2.5", "-2.5");
    written("\t=1", "\"'\t'=1\"");
    written("=a,b\n", "\"'=a,b\n\"");
    written("a;=1+1;b.zip", "\"a;'=1+1;b.zip\"");
    written("a, =1+1", "\"a, '=1+1\"");
    written("a;\"=1+1", "\"a;\"\"'=1+1\"");
    written("a\tb\n@c", "\"a\tb\n'@c\"");
    written(" =1", " '=1");
    written("a-b=c", "a-b=c");
    written("", "");
}

Test(notas, lo_que_se_lee)
{
    struct cl_csv csv = cl_csv_parse(
        "\xef\xbb\xbf"
        "alumno;Correo\r\n\"Gil;  Ana\";a@b\r\n\r\nbeto\r\n");
    cr_assert_eq(csv.n, 3);
    cr_expect_eq(cl_csv_column(&csv, "correo"), 1);
    cr_expect_eq(cl_csv_column(&csv, "fecha"), -1);
    cr_expect_str_eq(csv.rows[1][0], "Gil;  Ana");
    cr_expect_str_eq(csv.rows[1][1], "a@b");
    cr_expect_str_eq(csv.rows[2][1], "");
    cr_expect_eq(csv.lines[2], 4);
    cl_csv_free(&csv);
    csv = cl_csv_parse("a,b\n\"x \"\"y\"\"\",\"1\n2\"\nz,w,sobra");
    cr_assert_eq(csv.n, 3);
    cr_expect_str_eq(csv.rows[1][0], "x \"y\"");
    cr_expect_str_eq(csv.rows[1][1], "1\n2");
    cr_expect_eq(csv.lines[2], 4);
    cl_csv_free(&csv);
    csv = cl_csv_parse("alumno;correo\rana;\"a\rb\"\r\rbeto;c\r"); /* de un Mac antiguo */
    cr_assert_eq(csv.n, 3);
    cr_expect_eq(csv.columns, 2);
    cr_expect_str_eq(csv.rows[1][1], "a\nb");
    cr_expect_str_eq(csv.rows[2][1], "c");
    cr_expect_eq(csv.lines[2], 5);
    cl_csv_free(&csv);
}

/* Lo más que ha ocupado este proceso, en KiB. */
static long peak(void)
{
    long kib = -1;
    char line[256];
    FILE *f = fopen("/proc/self/status", "re");
    while (f && fgets(line, sizeof line, f) && sscanf(line, "VmHWM: %ld", &kib) != 1)
        ;
    if (f)
        fclose(f);
    cr_assert_gt(kib, 0);
    return kib;
}

/* Un campo ocupa lo suyo, y no lo que queda de archivo: si no, la memoria crece con el cuadrado. */
Test(notas, leer_una_lista_ocupa_lo_que_ella)
{
    static const struct {
        size_t rows;
        long most; /* KiB */
    } cases[] = {{2000, 4 << 10}, {15000, 16 << 10}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = NULL;
        size_t size;
        FILE *f = open_memstream(&text, &size);
        fputs("alumno,nombre,correo,grupo\n", f);
        for (size_t row = 0; row < cases[i].rows; row++)
            fprintf(f, "u%05zu,\"Apellido, Nombre\",u%05zu@ejemplo.org,A\n", row, row);
        fclose(f);
        long before = peak();
        struct cl_csv csv = cl_csv_parse(text);
        long grown = peak() - before;
        cr_expect_eq(csv.n, cases[i].rows + 1);
        cr_expect_str_eq(csv.rows[cases[i].rows][3], "A");
        cr_assert_leq(grown, cases[i].most, "%zu filas ocuparon %ld KiB", cases[i].rows,
                      grown);
        cl_csv_free(&csv);
        free(text);
    }
}

Test(notas, los_puntos_sin_ceros_de_mas)
{
    static const struct {
        double points;
        const char *text;
    } expected[] = {{100, "100"}, {0, "0"},          {76.5, "76.5"},
                    {80, "80"},   {33.333, "33.33"}, {0.1, "0.1"}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        char text[32];
        cl_points_text(text, expected[i].points);
        cr_expect_str_eq(text, expected[i].text);
    }
}

/* ---- lo que dice Moodle ------------------------------------------------------------------ */

/* Lo que dice `status`, «2027-01-25 23:59», «no» si no hay prórroga o «?» si no se entiende. */
static const char *extension_of(const char *status)
{
    static char text[32];
    struct tm tm;
    time_t until;
    int told = cl_moodle_extension(status, &until);
    if (told == 1)
        strftime(text, sizeof text, "%Y-%m-%d %H:%M", localtime_r(&until, &tm));
    return told == 1 ? text : told == 0 ? "no" : "?";
}

Test(notas, la_prorroga_se_entiende_entera_o_no_vale)
{
    static const char *const cases[][2] = {
        {"Enviado para calificar - 3 días tarde", "no"},
        {"Plazo ampliado hasta: lunes, 25 de enero de 2027, 23:59", "2027-01-25 23:59"},
        {"Plazo ampliado hasta: miércoles, 3 de marzo de 2027, 09:05 - Calificado",
         "2027-03-03 09:05"},
        {"Se otorgó extensión hasta: 25 de enero del 2027, 11:59 p.\u202fm.",
         "2027-01-25 23:59"},
        {"Prórroga concedida hasta: sábado, 4 de setiembre de 2027, 12:00 AM",
         "2027-09-04 00:00"},
        {"Extension granted until: Monday, 25 January 2027, 11:59\u202fPM",
         "2027-01-25 23:59"},
        {"Extension granted until: Monday, January 25, 2027, 23:59", "2027-01-25 23:59"},
        {"Extension granted until: Tuesday, 25 January 2027, 11:59 PM", "?"},
        {"Extension granted until: 30 February 2027, 11:59 PM", "?"},
        {"Extension granted until: 25 January 2027, 13:59 PM", "?"},
        {"Extension granted until: 25/01/2027 23:59", "?"},
        {"Extension granted until: Monday, 25 January, 11:59 PM", "?"},
        {"Extension granted until: Monday, 25 January 2027, 11:59 PM or later", "?"},
        {"Extension granted", "?"},
        {"Plazo ampliado hasta: lundi 25 janvier 2027, 23:59", "?"},
        {"Plazo ampliado hasta: a b c d e f g h i j k l m n o p q r s t", "?"},
        {"Plazo ampliado hasta: enerooooooooooooooooooooooooooooo", "?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(extension_of(cases[i][0]), cases[i][1], "«%s»: %s", cases[i][0],
                         extension_of(cases[i][0]));
}

Test(notas, la_prorroga_de_moodle_no_acorta, .init = open_store, .fini = close_store)
{
    struct cl_row row = {.lab = "07",
                         .state = "entregada",
                         .result = "calificado",
                         .date = "2027-01-24T12:00:00Z",
                         .extension = "2027-01-20T23:59:00+01:00",
                         .extension_by = "moodle",
                         .json = "{}",
                         .points = 80,
                         .max = 100};
    cr_assert(cl_mark_of(&row, &course).late_days == 0);
    row.extension_by = "nota";
    cr_assert(cl_mark_of(&row, &course).late_days > 0);
}
