#include "navegador.h"

#define CHAPTER "03-corrutinas-y-tareas/index.html"
#define BOX     "var p = document.querySelector('.prediccion'); "
/* ¿Se ve lo que hay en un elemento? Lo que espera a ser encontrado mide cero. */
#define SEEN                                                           \
    "function seVe(e) { var r = e.getBoundingClientRect(); return "    \
    "e.checkVisibility({contentVisibilityAuto: true}) && r.height > "  \
    "0; } "

static void before_deciding(void)
{
    holds(
        "la salida que se pregunta está escondida, y lo que la explica",
        BOX SEEN "return p.dataset.pregunta === 'panel_2' && "
                 "!seVe(p.querySelector('pre')) && "
                 "!seVe(p.querySelector('svg')) && "
                 "seVe(document.querySelector('.decide textarea'))");
    holds("la que no se pregunta se ve",
          SEEN "return seVe(document.querySelector('.bloque.salida "
               "pre'))");
}

static void deciding(void)
{
    run("document.querySelector('.decide textarea').focus()");
    browser_keys(b, "ronda lanzada" KEY_ENTER
                    "PAGOS:  todo bien" KEY_ENTER "la ronda dura poco");
    holds("las flechas y la barra se escriben, no pasan página",
          "return document.querySelector('.decide textarea').value"
          ".split('\\n').length === 3");
    run("document.querySelector('.decide button').click()");
    holds(
        "al decidirlo se ven juntas, y las líneas distintas, marcadas",
        BOX SEEN
        "var f = Array.from(p.querySelectorAll('.comparacion tbody "
        "tr'), function (f) {"
        "  return [f.className, f.cells[0].textContent, "
        "f.cells[1].textContent]; });"
        "return seVe(p.querySelector('svg')) && "
        "!seVe(p.querySelector('.bloque.salida')) && "
        "f[0][0] === '' && f[0][1] === f[0][2] && f[1][0] === '' && "
        "f.length === 6 && "
        "f.filter(function (x) { return x[0] === 'distinta'; })"
        ".length === 4 && "
        "/^Coinciden 2 líneas de 6/"
        ".test(p.querySelector('.cuenta').textContent) || f");
    no_barriers("una predicción comparada", "light");
    no_barriers("una predicción comparada", "dark");
    browser_screen(b, 390, 844, "light");
    fits_a_phone("una predicción comparada");
    browser_screen(b, 1280, 900, "light");
    browser_reload(b);
    holds("al volver sigue decidido, con lo que se escribió", BOX SEEN
          "return seVe(p.querySelector('.comparacion')) && "
          "p.querySelector('.comparacion td').textContent === 'ronda "
          "lanzada'");
    run("document.querySelector('.otra-vez button').click()");
    holds("y se puede ocultar otra vez sin perderlo", BOX SEEN
          "return !seVe(p.querySelector('pre')) && "
          "/^ronda lanzada/.test(document.querySelector('.decide "
          "textarea').value)");
    run("var t = document.querySelector('.decide textarea'); t.value = "
        "''; t.form.requestSubmit()");
    holds("en blanco, se ve la salida sola",
          BOX SEEN "return seVe(p.querySelector('.bloque.salida pre')) "
                   "&& !p.querySelector('.comparacion')");
}

static void all_at_once(void)
{
    run("localStorage.clear()");
    browser_reload(b);
    run("document.getElementById('salidas').click()");
    const char *all_open = SEEN
        "return Array.from(document.querySelectorAll('.prediccion "
        "pre')).every(seVe) && "
        "!seVe(document.querySelector('.decide'))";
    holds("un botón las enseña todas", all_open);
    open_page("05-tiempo-errores-y-cancelacion/index.html");
    holds("también en otra página", all_open);
    run("localStorage.clear()");
    browser_reload(b);
}

/* El 07 pregunta tres veces por ./barra: cada pregunta es una. */
static void each_apart(void)
{
    open_page("07-colas/index.html");
    holds(
        "cada pregunta tiene su sitio donde escribir, también las de "
        "un mismo programa",
        "var ids = Array.from(document.querySelectorAll('.decide "
        "textarea'), function (t) { return t.id; });"
        "return ids.length > 2 && new Set(ids).size === ids.length || "
        "ids");
    run("var t = document.querySelector('.decide textarea'); t.value = "
        "'x'; t.form.requestSubmit()");
    browser_reload(b);
    holds("decidir una y volver no abre las demás",
          SEEN "var v = Array.from(document.querySelectorAll("
               "'.prediccion'), function (p) { return "
               "seVe(p.querySelector('.bloque.salida, .comparacion')); "
               "});"
               "return v[0] && !v.slice(1).some(Boolean) || v");
    run("localStorage.clear()");
}

/* El 16 pide decidir algo antes de leer un apartado, y no antes de ver una salida. */
static void before_reading(void)
{
    open_page("16-por-dentro/index.html");
    holds("lo que se pide decidir antes de leer un apartado lo esconde",
          SEEN "var h = document.getElementById('el-bucle'), p = "
               "document.querySelector('.prediccion[data-pregunta=el-"
               "bucle]'); return seVe(h) && !!p && "
               "h.compareDocumentPosition(p) === 4 && "
               "!seVe(p.querySelector('.bloque.codigo')) && "
               "!p.querySelector('h2, h3') && "
               "seVe(document.querySelector('#prediccion-el-bucle'))");
    run("var t = document.querySelector('#prediccion-el-bucle'); "
        "t.value = 'la de reanudar'; t.form.requestSubmit()");
    holds("y al decidirlo está delante lo que se contestó",
          SEEN "var p = document.querySelector('.prediccion"
               "[data-pregunta=el-bucle]'); return "
               "p.firstElementChild.className === 'comparacion' && "
               "/la de reanudar$/.test(p.firstElementChild"
               ".textContent) && "
               "seVe(p.querySelector('.bloque.codigo'))");
    run("localStorage.clear()");
}

static void always_open(void)
{
    media("print");
    holds(
        "impresa, la página tiene todas las salidas y ninguna pregunta",
        SEEN "return Array.from(document.querySelectorAll('.prediccion "
             "pre, .prediccion svg')).every(seVe) && "
             "!seVe(document.querySelector('.decide'))");
    run("var t = document.querySelector('.decide textarea'); t.value = "
        "'x'; t.form.requestSubmit()");
    holds("también la que ya se comparó",
          BOX SEEN "return seVe(p.querySelector('.bloque.salida pre')) "
                   "&& !seVe(p.querySelector('.comparacion'))");
    media("");
    run("localStorage.clear()");
    without_script(true);
    open_page(CHAPTER);
    holds("sin JavaScript está todo abierto",
          SEEN "return !document.querySelector('.decide') && "
               "Array.from(document.querySelectorAll('.prediccion "
               "pre')).every(seVe)");
    without_script(false);
}

void predicting(void)
{
    open_page(CHAPTER);
    before_deciding();
    deciding();
    all_at_once();
    each_apart();
    before_reading();
    open_page(CHAPTER);
    always_open();
    open_page("index.html");
}
