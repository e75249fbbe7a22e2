/*
 * El libro en un Chromium de verdad, abierto desde el disco como lo abre quien lo lee.
 *   navegador [--sueltas] SITIO [AXE]
 * SITIO es la carpeta del libro, o con --sueltas otra cualquiera con páginas; AXE, el guion de
 * axe-core, para buscar barreras de acceso. La salida es TAP.
 */
#include "navegador.h"

#include <asinc/asinc.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct browser *b;
static const char *site, *axe_file;
static char *axe; /* el guion de axe-core, o NULL */
static int count, failed;
static bool loose;

/* ---- TAP --------------------------------------------------------------------------------- */

bool check(bool good, const char *name, ...)
{
    va_list args;
    va_start(args, name);
    printf("%sok %d - ", good ? "" : "not ", ++count);
    vprintf(name, args);
    printf("\n");
    va_end(args);
    fflush(stdout);
    failed += !good;
    return good;
}

void explain(json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_INDENT(1));
    for (char *line = strtok(text, "\n"); line;
         line = strtok(NULL, "\n"))
        printf("#   %s\n", line);
    free(text);
}

void holds(const char *name, const char *script)
{
    json_t *value = browser_run(b, script);
    if (!check(json_is_true(value), "%s", name))
        explain(value);
    json_decref(value);
}

void becomes(const char *name, const char *script)
{
    check(browser_wait(b, script), "%s", name);
}

void open_page(const char *page)
{
    char url[4200];
    snprintf(url, sizeof url, "file://%s/%s", site, page);
    browser_go(b, url);
}

void run(const char *script)
{
    json_decref(browser_run(b, script));
}

void media(const char *kind)
{
    browser_cdp(b, "Emulation.setEmulatedMedia",
                json_pack("{s:s}", "media", kind));
}

void without_script(bool off)
{
    browser_cdp(b, "Emulation.setScriptExecutionDisabled",
                json_pack("{s:b}", "value", off));
}

/* ---- Buscar ------------------------------------------------------------------------------ */

void search(const char *words)
{
    browser_keys(b, "/");
    browser_wait(b,
                 "return document.querySelector('dialog.buscar').open");
    browser_run(
        b, "document.querySelector('dialog.buscar input').value = ''");
    browser_keys(b, words);
}

static void finds(const char *words, const char *inside)
{
    char script[600];
    open_page("index.html");
    search(words);
    snprintf(script, sizeof script,
             "var l = document.querySelectorAll('dialog.buscar li');"
             "return l.length > 0 && Array.from(l).some(function (e) {"
             "  return e.querySelector('mark') && "
             "e.querySelector('mark').textContent"
             "    .normalize('NFD').replace(/[\\u0300-\\u036f]/g, "
             "'').toLowerCase().startsWith('%s'); })",
             inside);
    char name[200];
    snprintf(name, sizeof name, "buscar «%s» lo encuentra y lo señala",
             words);
    becomes(name, script);
}

static void searching(void)
{
    finds("senal", "senal");
    finds("señal", "senal");
    finds("temporizacion", "temporiza");
    finds("bloqueado", "bloque");
    finds("as_gather", "as_gather");

    open_page("index.html");
    search("zarzaparrilla");
    becomes("una palabra que no está lo dice",
            "return /Nada con "
            "«zarzaparrilla»/"
            ".test(document.querySelector('.cuenta').textContent)");

    open_page("index.html");
    search("semáforo");
    browser_wait(b, "return document.querySelectorAll('dialog.buscar "
                    "li').length > 1");
    browser_keys(b, KEY_DOWN KEY_DOWN KEY_UP);
    holds("las flechas recorren los resultados",
          "return document.activeElement === "
          "document.querySelector('dialog.buscar li a')");
    browser_keys(b, KEY_ENTER);
    becomes(
        "Intro abre el resultado",
        "return location.pathname.indexOf('index.html') < 0 ||"
        " /sincronizacion|procesador|glosario/.test(location.href)");
    open_page("index.html");
    search("cola");
    browser_keys(b, KEY_ESCAPE);
    becomes("Escape cierra el buscador",
            "return !document.querySelector('dialog.buscar').open");
}

/* ---- El tema, copiar, lo leído y el teclado ---------------------------------------------- */

#define CHAPTER "03-corrutinas-y-tareas/index.html"

static void theme(void)
{
    open_page(CHAPTER);
    browser_screen(b, 1280, 900, "dark");
    holds("sin elegir, el tema es el del sistema",
          "return getComputedStyle(document.body).backgroundColor === "
          "'rgb(22, 25, 29)'");
    browser_run(b, "document.getElementById('tema').click()");
    holds("el botón elige el claro",
          "return getComputedStyle(document.body).backgroundColor === "
          "'rgb(253, 253, 251)'");
    browser_reload(b);
    holds("y al volver sigue elegido",
          "return document.documentElement.dataset.tema === 'claro' &&"
          " getComputedStyle(document.body).backgroundColor === "
          "'rgb(253, 253, 251)'");
    open_page("glosario.html");
    holds("también en otra página",
          "return document.documentElement.dataset.tema === 'claro'");
    browser_run(b, "localStorage.clear()");
    browser_screen(b, 1280, 900, "light");
}

static void copying(void)
{
    browser_cdp(b, "Browser.grantPermissions",
                json_pack("{s:[s,s]}", "permissions",
                          "clipboardReadWrite",
                          "clipboardSanitizedWrite"));
    open_page(CHAPTER);
    browser_run(
        b, "document.querySelector('.bloque.codigo .copiar').click()");
    browser_wait(b, "return document.querySelector('.bloque.codigo "
                    ".copiar').textContent === 'Copiado'");
    holds("copiar código lo deja entero en el portapapeles",
          "return navigator.clipboard.readText().then(function (t) {"
          " return t === document.querySelector('.bloque.codigo "
          "pre').textContent; })");
    browser_run(
        b, "document.querySelector('.bloque.salida .copiar').click()");
    browser_wait(b, "return document.querySelector('.bloque.salida "
                    ".copiar').textContent === 'Copiado'");
    holds("de una consola se copian solo las órdenes",
          "return navigator.clipboard.readText().then(function (t) { "
          "return t === './panel_1' || t; })");
    holds("junto a un programa grabado está su paso a paso",
          "var a = Array.from(document.querySelectorAll("
          "'.bloque.codigo .rotulo')).find(function (r) {"
          " return r.textContent.startsWith('panel_2.c'); });"
          "a = a && a.querySelector('a.boton');"
          "return !!a && a.getAttribute('href') === "
          "'panel_2.pasos.html' && a.textContent === 'Paso a paso'");
}

static void reading(void)
{
    open_page(CHAPTER);
    browser_run(b, "document.querySelector('#leida button').click()");
    open_page("index.html");
    holds("lo leído queda señalado en el mapa",
          "return document.querySelectorAll('.mapa "
          ".leida').length === 1");
    open_page("glosario.html");
    holds("y en el índice",
          "return document.querySelectorAll('nav.indice "
          "a.leida').length === 1");
    browser_run(b, "localStorage.clear()");
}

static void keyboard(void)
{
    open_page(CHAPTER);
    browser_keys(b, KEY_RIGHT);
    becomes("la flecha derecha pasa a la página siguiente",
            "return "
            "location.pathname.endsWith('/03-corrutinas-y-tareas/"
            "practica.html')");
    browser_keys(b, KEY_LEFT);
    becomes("y la izquierda vuelve",
            "return location.pathname.endsWith('/" CHAPTER "')");
    open_page(CHAPTER);
    browser_keys(b, KEY_TAB);
    holds("lo primero con el tabulador es ir al contenido",
          "return document.activeElement.className === 'saltar'");
    browser_run(b, "document.querySelector('.termino a').focus()");
    holds("un término del glosario se explica al llegar a él",
          "return getComputedStyle(document.querySelector('.termino "
          "[role=tooltip]')).display === 'block'");
    browser_keys(b, KEY_ESCAPE);
    holds("y Escape lo calla",
          "return getComputedStyle(document.querySelector('.termino "
          "[role=tooltip]')).display === 'none'");
}

/* ---- Paso a paso ------------------------------------------------------------------------- */

/* Recorre una grabación con la flecha, de principio a fin, apuntando lo que enseña la página en
 * cada paso, y lo compara con lo grabado. */
static void step_through(const char *page)
{
    open_page(page);
    browser_keys(b, KEY_HOME);
    json_decref(browser_run(
        b, "var m = document.querySelector('main'); window.visto = "
           "[[m.dataset.linea, m.dataset.tarea]];"
           "new MutationObserver(function (c) {"
           "  if (c.some(function (x) { return x.attributeName === "
           "'data-paso'; }))"
           "    visto.push([m.dataset.linea, m.dataset.tarea]);"
           "}).observe(m, {attributes: true})"));
    json_t *last = browser_run(
        b, "return +document.querySelector('main').dataset.pasos");
    long steps = (long)json_integer_value(last);
    json_decref(last);
    char *keys = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&keys, &size);
    for (long i = 0; i < steps; i++)
        fputs(KEY_RIGHT, f);
    fclose(f);
    browser_keys(b, keys);
    free(keys);
    browser_wait(b, "var d = document.querySelector('main').dataset; "
                    "return d.paso === d.pasos");
    json_t *value = browser_run(
        b,
        "var g = "
        "JSON.parse(document.getElementById('grabacion').textContent), "
        "mal = [];"
        "g.pasos.forEach(function (p, i) {"
        "  var v = visto[i] || [], q = [String(p[0]), g.tareas[p[1]]];"
        "  if (i < g.pasos.length && (v[0] !== q[0] || v[1] !== q[1])) "
        "mal.push([i, v, q]); });"
        "var d = document.querySelector('main').dataset;"
        "if (d.paso !== d.pasos) mal.push(['no llegó', d.paso, "
        "d.pasos]);"
        "var dicho = "
        "document.getElementById('escrito').textContent.trim();"
        "if (g.salida.trim() && dicho !== g.salida.trim()) "
        "mal.push(['salida', dicho]);"
        "return mal.length ? mal.slice(0, 4) : true");
    if (!check(json_is_true(value),
               "%s, paso a paso con la flecha, enseña lo grabado",
               page))
        explain(value);
    json_decref(value);
}

static void every_recording(void)
{
    char pattern[4200];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/*/*.pasos.html", site);
    if (!check(glob(pattern, 0, NULL, &found) == 0, "hay grabaciones"))
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        step_through(found.gl_pathv[i] + strlen(site) + 1);
    globfree(&found);
}

/* ---- Todas las páginas ------------------------------------------------------------------- */

static char *slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (int c; (c = getc(f)) != EOF;)
        putc(c, out);
    fclose(out);
    fclose(f);
    return text;
}

void fits_a_phone(const char *page)
{
    json_t *value = browser_run(
        b, "var d = document.documentElement;"
           "return document.fonts.ready.then(function () {"
           "  return new Promise(requestAnimationFrame); "
           "}).then(function () {"
           "  return d.scrollWidth <= 390 || [[d.scrollWidth, "
           "innerWidth]].concat("
           "    Array.from(document.querySelectorAll('body *'))"
           "    .filter(function (e) { return "
           "e.getBoundingClientRect().right >"
           "      391 && !e.closest('.corre, pre'); })"
           "    .slice(0, 3).map(function (e) {"
           "      return e.outerHTML.slice(0, 200); })); });");
    if (!check(json_is_true(value), "%s cabe en 390 píxeles", page))
        explain(value);
    json_decref(value);
}

void no_barriers(const char *page, const char *scheme)
{
    if (!axe)
        return;
    browser_screen(b, 1280, 900, scheme);
    json_decref(browser_run(b, axe));
    json_t *value = browser_run(
        b,
        "return axe.run(document, {resultTypes: "
        "['violations']}).then(function (r) {"
        " return r.violations.map(function (v) { return [v.id, v.help,"
        "  v.nodes.slice(0, 3).map(function (n) { return "
        "n.html.slice(0, 160) + ' | ' + n.failureSummary; })]; }); })");
    if (!check(json_array_size(value) == 0,
               "%s, tema %s: sin barreras de acceso", page, scheme))
        explain(value);
    json_decref(value);
}

/* La página abierta, en un teléfono y, si está axe, en los dos temas. */
static void look_at(const char *page)
{
    browser_screen(b, 390, 844, "light");
    open_page(page);
    if (loose)
        json_decref(browser_run(
            b, "document.querySelectorAll('details').forEach("
               "function (d) { d.open = true; })"));
    fits_a_phone(page);
    no_barriers(page, "light");
    no_barriers(page, "dark");
}

/* La lista de páginas es la del índice de búsqueda, que las tiene todas. Las grabaciones son
 * todas iguales: basta mirar unas pocas. */
static void every_page(void)
{
    open_page("index.html");
    json_decref(
        browser_run(b, "var s = document.createElement('script'); "
                       "s.src = 'indice.js'; document.head.append(s)"));
    browser_wait(b, "return typeof SECCIONES !== 'undefined'");
    json_t *pages = browser_run(
        b, "return Array.from(new Set(SECCIONES.map(function (s) { "
           "return s[0].split('#')[0]; })))");
    size_t i;
    json_t *page;
    json_array_foreach(pages, i, page)
    {
        const char *name = json_string_value(page);
        if (!strstr(name, ".pasos.html"))
            look_at(name);
    }
    json_decref(pages);
    look_at("03-corrutinas-y-tareas/panel_2.pasos.html");
    look_at("06-sincronizacion/saldo_con_cerrojo.pasos.html");
    look_at("06-sincronizacion/limitador.pasos.html");
    look_at("08-flujos-tcp/multitud.pasos.html");
}

static void stays_on_disk(void)
{
    char base[4200];
    snprintf(base, sizeof base, "file://%s/", site);
    json_t *urls = browser_requests(b), *url, *outside = json_array();
    size_t i;
    json_array_foreach(urls, i, url)
    {
        const char *s = json_string_value(url);
        if (strncmp(s, base, strlen(base)) != 0 &&
            strncmp(s, "data:", 5) != 0)
            json_array_append(outside, url);
    }
    check(json_array_size(urls) > 20,
          "se han visto las peticiones del navegador");
    if (!check(json_array_size(outside) == 0,
               "ninguna petición sale de la carpeta del libro"))
        explain(outside);
    json_decref(outside);
    json_decref(urls);
}

static int everything(void *arg)
{
    (void)arg;
    axe = axe_file ? slurp(axe_file) : NULL;
    b = browser_open();
    browser_screen(b, 1280, 900, "light");
    cover();
    searching();
    theme();
    copying();
    reading();
    keyboard();
    predicting();
    reference();
    every_recording();
    every_page();
    stays_on_disk();
    browser_close(b);
    free(axe);
    printf("1..%d\n", count);
    return 0;
}

/* Las páginas de una carpeta que no es el libro: solo se miran, con todo desplegado. */
static int loose_pages(void *arg)
{
    char pattern[4200];
    glob_t found;
    (void)arg;
    snprintf(pattern, sizeof pattern, "%s/*.html", site);
    axe = axe_file ? slurp(axe_file) : NULL;
    b = browser_open();
    if (check(glob(pattern, 0, NULL, &found) == 0, "hay páginas")) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            look_at(found.gl_pathv[i] + strlen(site) + 1);
        globfree(&found);
    }
    browser_close(b);
    free(axe);
    printf("1..%d\n", count);
    return 0;
}

int main(int argc, char **argv)
{
    loose = argc > 2 && strcmp(argv[1], "--sueltas") == 0;
    argc -= loose;
    argv += loose;
    if (argc < 2) {
        fprintf(stderr, "Uso: navegador [--sueltas] SITIO [AXE]\n");
        return 2;
    }
    site = realpath(argv[1], NULL);
    if (argc > 2)
        axe_file = argv[2];
    if (!site) {
        perror(argv[1]);
        return 2;
    }
    int rc = as_run(loose ? loose_pages : everything, NULL);
    if (rc < 0)
        fprintf(stderr, "navegador: %s\n", as_error_text(rc));
    return rc < 0 || failed > 0;
}
