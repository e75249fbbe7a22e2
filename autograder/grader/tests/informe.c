/* La cronología, leída sin fiarse, y la página que sale de ella. */
#include "base/memory.h"
#include "grader/chronicle_read.h"
#include "grader/html.h"
#include "grader/report.h"
#include "grader/report_page.h"
#include "grader/timeline.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(cronologia, .timeout = 20);
TestSuite(linea, .timeout = 20);
TestSuite(pagina, .timeout = 20);

/* ---- leerla ------------------------------------------------------------------------------ */

#define EVENT(fields)    "{\"ms\":10,\"tono\":\"normal\",\"texto\":\"hola\"" fields "}"
#define LANE(events)     "{\"clase\":\"ruta\",\"nombre\":\"/a\",\"sucesos\":[" events "]}"
#define CHRONICLE(lanes) "{\"fin\":100,\"omitidos\":0,\"carriles\":[" lanes "]}"

static json_t *read_text(const char *text)
{
    json_error_t bad;
    json_t *raw = json_loads(text, 0, &bad);
    cr_assert(raw, "%s: %s", text, bad.text);
    json_t *clean = gr_chronicle_read(raw);
    json_decref(raw);
    return clean;
}

Test(cronologia, lo_que_se_entiende_queda_igual)
{
    static const char *const good[] = {
        CHRONICLE(""),
        CHRONICLE(LANE("")),
        CHRONICLE(LANE(EVENT("") "," EVENT(",\"hasta\":20.5"))),
        CHRONICLE(LANE(EVENT(",\"hasta\":20,\"cuantos\":4"))),
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        json_t *clean = read_text(good[i]), *raw = json_loads(good[i], 0, NULL);
        cr_assert(clean, "%s", good[i]);
        cr_assert_eq(json_array_size(json_object_get(clean, "carriles")),
                     json_array_size(json_object_get(raw, "carriles")));
        json_decref(raw);
        json_decref(clean);
    }
}

Test(cronologia, lo_que_no_se_entiende_se_tira_entero)
{
    static const char *const bad[] = {
        "[]",
        "{}",
        "{\"fin\":-1,\"omitidos\":0,\"carriles\":[]}",
        "{\"fin\":1e300,\"omitidos\":0,\"carriles\":[]}",
        "{\"fin\":1,\"omitidos\":-1,\"carriles\":[]}",
        "{\"fin\":1,\"omitidos\":0,\"carriles\":{}}",
        CHRONICLE("7"),
        CHRONICLE("{\"clase\":\"otra\",\"nombre\":\"a\",\"sucesos\":[]}"),
        CHRONICLE("{\"clase\":\"ruta\",\"nombre\":7,\"sucesos\":[]}"),
        CHRONICLE("{\"clase\":\"ruta\",\"nombre\":\"a\",\"sucesos\":{}}"),
        CHRONICLE(LANE("7")),
        CHRONICLE(LANE("{\"ms\":-1,\"tono\":\"normal\",\"texto\":\"\"}")),
        CHRONICLE(LANE("{\"ms\":\"1\",\"tono\":\"normal\",\"texto\":\"\"}")),
        CHRONICLE(LANE("{\"ms\":1,\"tono\":\"rosa\",\"texto\":\"\"}")),
        CHRONICLE(LANE(EVENT(",\"hasta\":9"))),
        CHRONICLE(LANE(EVENT(",\"hasta\":null"))),
        CHRONICLE(LANE(EVENT(",\"cuantos\":-4"))),
        CHRONICLE(LANE(EVENT(",\"cuantos\":1000000000"))),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_null(read_text(bad[i]), "%s", bad[i]);
    cr_assert_null(gr_chronicle_read(NULL));
}

Test(cronologia, ni_muchos_carriles_ni_muchos_sucesos_ni_textos_largos)
{
    char *text = NULL;
    size_t size;
    for (int what = 0; what < 3; what++) {
        FILE *f = open_memstream(&text, &size);
        fputs("{\"fin\":1,\"omitidos\":0,\"carriles\":[", f);
        for (int i = 0; i < (what == 0 ? 1000 : 1); i++) {
            fprintf(f, "%s{\"clase\":\"ruta\",\"nombre\":\"", i ? "," : "");
            for (int k = 0; k < (what == 1 ? 10000 : 1); k++)
                fputc('a', f);
            fputs("\",\"sucesos\":[", f);
            for (int k = 0; k < (what == 2 ? 10000 : 1); k++)
                fprintf(f, "%s" EVENT(""), k ? "," : "");
            fputs("]}", f);
        }
        fputs("]}", f);
        fclose(f);
        cr_assert_null(read_text(text), "%d", what);
        free(text);
    }
}

/* ---- colocarla --------------------------------------------------------------------------- */

static void span(json_t *lane, double from, double to, int count)
{
    json_t *event = json_pack("{s:f s:f s:s s:s}", "ms", from, "hasta", to, "tono",
                              "normal", "texto", "t");
    if (count)
        json_object_set_new(event, "cuantos", json_integer(count));
    json_array_append_new(json_object_get(lane, "sucesos"), event);
}

static json_t *lane_of(const char *kind, const char *name)
{
    return json_pack("{s:s s:s s:[]}", "clase", kind, "nombre", name, "sucesos");
}

/* Cuatro peticiones de 10 ms que debían ir a la vez: en fila, o juntas. */
static json_t *four(bool together)
{
    json_t *lanes = json_array(), *wanted = lane_of("esperado", "peticiones a la vez");
    span(wanted, 0, 40, 4);
    json_array_append_new(lanes, wanted);
    for (int i = 0; i < 4; i++) {
        char name[] = {'/', (char)('a' + i), '\0'};
        json_t *lane = lane_of("ruta", name);
        span(lane, together ? 1 : 10 * i, together ? 11 : 10 * (i + 1), 0);
        json_array_append_new(lanes, lane);
    }
    return json_pack("{s:f s:i s:o}", "fin", 40.0, "omitidos", 0, "carriles", lanes);
}

Test(linea, en_fila_se_ve_en_fila_y_junto_se_ve_junto)
{
    for (int together = 0; together < 2; together++) {
        json_t *chronicle = four(together);
        struct gr_timeline t;
        cr_assert(gr_timeline_open(&t, chronicle));
        cr_assert_eq(t.wanted, 4);
        cr_assert_eq(t.real.n_marks, 4);
        cr_assert_eq(t.real.n_rows, together ? 4 : 1, "%zu", t.real.n_rows);
        gr_timeline_close(&t);
        json_decref(chronicle);
    }
}

Test(linea, un_rato_vacio_se_encoge_y_lo_demas_conserva_su_orden)
{
    json_t *chronicle = four(true);
    json_object_set_new(chronicle, "fin", json_real(10000));
    struct gr_timeline t;
    cr_assert(gr_timeline_open(&t, chronicle));
    cr_assert_eq(t.axis.n_breaks, 1);
    cr_assert_eq(t.axis.breaks[0].from, 40);
    cr_assert_eq(gr_axis_at(&t.axis, 0), 0);
    cr_assert_eq(gr_axis_at(&t.axis, 1e9), 1);
    cr_assert_gt(gr_axis_at(&t.axis, 40), 0.5);
    double last = -1;
    for (double ms = 0; ms <= 10000; ms += 7) {
        double now = gr_axis_at(&t.axis, ms);
        cr_assert(now >= last && now >= 0 && now <= 1);
        last = now;
    }
    gr_timeline_close(&t);
    json_decref(chronicle);
}

Test(linea, sin_nada_que_dibujar_no_hay_dibujo)
{
    struct gr_timeline t;
    json_t *empty = read_text(CHRONICLE(LANE("")));
    cr_assert_not(gr_timeline_open(&t, empty));
    cr_assert_not(gr_timeline_open(&t, NULL));
    json_decref(empty);
}

/* ---- la página --------------------------------------------------------------------------- */

/* Lo que escribe `gr_html` con un texto ajeno. */
static char *shown(const char *text)
{
    char *html = NULL;
    size_t size;
    FILE *f = open_memstream(&html, &size);
    gr_html(f, "<p title=\"%s\">%s</p> %d%% %.2f", text, text, 7, 1.5);
    fclose(f);
    return html;
}

Test(pagina, lo_ajeno_sale_escapado_y_lo_invisible_se_ve)
{
    static const char *const cases[][2] = {
        {"<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"},
        {"\x1b[31m", "\\x1b[31m"},
        {"a\u202e"
         "b",
         "a\\u202eb"},
        {"\xff", "\ufffd"},
        {"%s%n", "%s%n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *html = shown(cases[i][0]);
        char *expected = ag_format("<p title=\"%s\">%s</p> 7%% 1.50", cases[i][1],
                                   cases[i][1]);
        cr_assert_str_eq(html, expected);
        free(expected);
        free(html);
    }
}

#define EVIL "\"><script>alert(1)</script>\x1b[2J\u202e<!--"

/* Unos resultados en los que todo texto es hostil. */
static json_t *hostile(void)
{
    json_t *chronicle = four(false);
    json_t *lane = json_array_get(json_object_get(chronicle, "carriles"), 1);
    json_object_set_new(lane, "nombre", json_string(EVIL));
    json_object_set_new(json_array_get(json_object_get(lane, "sucesos"), 0), "texto",
                        json_string(EVIL));
    json_t *test = json_pack(
        "{s:s s:i s:i s:s s:i s:s s:s s:s s:[s,s,s,s] s:o}", "nombre", EVIL, "puntos", 0,
        "maximo", 5, "veredicto", "mal", "etapa", 1, "titulo", EVIL, "leer", EVIL,
        "espera_a", EVIL, "historia", " 1. +0,001 s  " EVIL, "FALLO: " EVIL, "  | " EVIL,
        "Para repetirlo: " EVIL, "cronologia", chronicle);
    json_t *lab = json_pack(
        "{s:s s:s s:s s:i s:i s:s s:s s:[{s:i s:s s:i s:i s:s}] s:[o]}", "lab", EVIL,
        "titulo", EVIL, "veredicto", "mal", "puntos", 0, "maximo", 5, "dados_cambiados",
        EVIL, "gcc", EVIL, "etapas", "etapa", 1, "titulo", EVIL, "puntos", 0, "maximo", 5,
        "estado", "siguiente", "pruebas", test);
    return json_pack("{s:i s:s s:i s:s s:s s:s s:s s:i s:i s:s s:[o]}", "version", 3,
                     "fecha", EVIL, "ms", 1, "semilla", EVIL, "solo", EVIL, "peldano",
                     EVIL, "sin_aislar", EVIL, "total", 0, "maximo", 5, "siguiente", EVIL,
                     "laboratorios", lab);
}

static char *page_of(const json_t *results)
{
    char *html = NULL;
    size_t size;
    FILE *f = open_memstream(&html, &size);
    gr_report_html(f, results);
    fclose(f);
    return html;
}

Test(pagina, ningun_texto_hostil_llega_vivo)
{
    json_t *results = hostile();
    char *html = page_of(results);
    static const char *const forbidden[] = {"<script", "\x1b", "\u202e", "<!--",
                                            "\">alert"};
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        cr_assert_null(strstr(html, forbidden[i]), "%s", forbidden[i]);
    cr_assert(strstr(html, "&lt;script&gt;alert(1)"));
    cr_assert(strstr(html, "debían ir a la vez"));
    cr_assert(strstr(html, "</html>"));
    free(html);
    json_decref(results);
}

Test(pagina, con_resultados_vacios_o_de_otra_forma_sigue_en_pie)
{
    static const char *const odd[] = {
        "{}",
        "[]",
        "{\"laboratorios\":7}",
        "{\"laboratorios\":[{}]}",
        "{\"laboratorios\":[{\"pruebas\":[{}],\"etapas\":[{}]}]}",
        "{\"laboratorios\":[{\"etapas\":[{\"etapa\":1}],\"pruebas\":[{\"etapa\":1,"
        "\"cronologia\":{\"carriles\":[{}]},\"historia\":[7,\"\"]}]}]}"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        json_t *results = json_loads(odd[i], 0, NULL);
        char *html = page_of(results);
        cr_assert(strstr(html, "</html>"), "%s", odd[i]);
        free(html);
        json_decref(results);
    }
}
