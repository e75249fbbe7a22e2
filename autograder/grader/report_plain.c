/* Los resultados, para un guion: una línea por cosa y sus datos separados por espacios. */
#include "grader/report.h"
#include "grader/report_page.h"

#include <string.h>

static void put_total(const json_t *root)
{
    const json_t *lab;
    size_t i;
    int missing = 0;
    json_array_foreach(json_object_get(root, "laboratorios"), i, lab)
    {
        missing += gr_page_int(lab, "sin_calificar");
    }
    printf("%d %d %d\n", gr_page_int(root, "total"), gr_page_int(root, "maximo"),
           missing);
}

static void put_labs(const json_t *root)
{
    const json_t *lab;
    size_t i;
    json_array_foreach(json_object_get(root, "laboratorios"), i, lab)
    {
        printf("%s %d %d\n", gr_page_text(lab, "lab"), gr_page_int(lab, "puntos"),
               gr_page_int(lab, "maximo"));
    }
}

static void put_tests(const json_t *root)
{
    const json_t *lab, *test;
    size_t i, k;
    json_array_foreach(json_object_get(root, "laboratorios"), i, lab)
    {
        json_array_foreach(json_object_get(lab, "pruebas"), k, test)
        {
            printf("%s %s %s\n", gr_page_text(lab, "lab"), gr_page_text(test, "nombre"),
                   gr_page_text(test, "veredicto"));
        }
    }
}

static void put_rung(const json_t *root)
{
    puts(gr_page_text(root, "peldano"));
}

static void put_verdict(const json_t *root)
{
    puts(gr_page_text(root, "veredicto"));
}

int gr_report_plain(const char *path, const char *what, struct gr_error *err)
{
    static const struct {
        const char *what;
        void (*put)(const json_t *root);
    } parts[] = {{"total", put_total},
                 {"laboratorios", put_labs},
                 {"pruebas", put_tests},
                 {"peldano", put_rung},
                 {"veredicto", put_verdict}};
    const size_t n = sizeof parts / sizeof *parts;
    size_t i = 0;
    while (i < n && strcmp(parts[i].what, what) != 0)
        i++;
    if (i == n)
        return gr_error(err, "--resultados es de: total, laboratorios, pruebas, peldano "
                             "o veredicto");
    json_error_t why;
    json_t *root = json_load_file(path, 0, &why);
    if (!root)
        return gr_error(err, "no se puede leer %s: %s", path, why.text);
    parts[i].put(root);
    json_decref(root);
    return 0;
}
