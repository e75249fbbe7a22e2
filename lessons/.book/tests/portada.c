#include "navegador.h"

#define BARS                                                           \
    "function anchos() { return "                                      \
    "Array.from(document.querySelectorAll('.barra-t'), function (x) "  \
    "{ "                                                               \
    "return Math.round(x.getBoundingClientRect().width); }); } "
#define LATER                                                          \
    "var uno = String(anchos()); return new Promise(function (r) { "   \
    "setTimeout(function () { r(String(anchos()) "

/* Qué es, el programa con su línea de tiempo y las puertas, con la de volver si la hay. */
static void fits_one_screen(const char *name)
{
    holds(name, "var mal = Array.from(document.querySelectorAll("
                "'.presenta, .programa pre, .en-marcha, .puerta, "
                ".seguir'), function (e) { var r = "
                "e.getBoundingClientRect(); return [e.className, "
                "r.top, r.bottom]; }).filter(function (r) { return "
                "r[1] < 0 || r[2] > innerHeight || r[1] === r[2]; });"
                "return mal.length === 0 || [innerHeight].concat(mal)");
}

static void been_somewhere(void)
{
    run("Libro.memoria.guarda('lugar', "
        "'05-tiempo-errores-y-cancelacion/index.html#quién\\nTiempo, "
        "errores y cancelación\\nQuién cancela, y a quién')");
    browser_reload(b);
}

static void moving(void)
{
    holds("en la portada la línea de tiempo está en marcha sin tocar "
          "nada",
          BARS LATER "!== uno); }, 400); })");
    run("document.querySelector('.parar').click()");
    becomes(
        "y se puede parar",
        "var a = document.getAnimations(); return a.length > 10 && "
        "a.every(function (x) { return x.playState === 'paused'; })");
    holds("lo que se mueve es lo grabado: cada barra dura lo que su "
          "espera",
          "return Array.from(document.querySelectorAll('.barra-t'), "
          "function (x) { return x.style.width; }).join(' ') === "
          "'100% 61.54% 15.38% 38.46% 100%' && "
          "document.querySelectorAll('.escribe span').length === 6");
    fits_one_screen("cabe en una pantalla, con sus puertas");
    browser_cdp(b, "Emulation.setEmulatedMedia",
                json_pack("{s:[{s:s,s:s}]}", "features", "name",
                          "prefers-reduced-motion", "value", "reduce"));
    browser_reload(b);
    holds("quien no quiere movimiento lo ve entero y quieto", BARS
          "return anchos()[0] > 100 && anchos()[0] === anchos()[4] "
          "&& !document.querySelector('.parar') && "
          "document.getAnimations().length === 0");
    media("");
}

static void map(void)
{
    holds("el mapa dice qué son sus minutos y cuánto es el camino "
          "entero",
          "var c = Array.from(document.querySelectorAll('.mapa "
          ".cuanto'), function (e) { return e.textContent; });"
          "return c.length === 16 && c.every(function (t) { return "
          "/^[0-9]+ min de lectura y [0-9]+ de práctica · necesita "
          "./.test(t); }) && /En total son [0-9]+ h [0-9]+ min de "
          "lectura y [0-9]+ h [0-9]+ min de práctica/"
          ".test(document.querySelector('main').textContent) || c");
}

static void coming_back(void)
{
    open_page("05-tiempo-errores-y-cancelacion/index.html");
    run("document.documentElement.style.scrollBehavior = 'auto';"
        "document.querySelectorAll('main > h2')[3].scrollIntoView()");
    open_page("index.html");
    holds("la portada lleva a la sección donde se estaba",
          "var a = document.querySelector('a.seguir'); return !!a && "
          "/^05-tiempo-errores-y-cancelacion\\/index.html#./"
          ".test(a.getAttribute('href')) && /Tiempo, errores y "
          "cancelación: ./.test(a.textContent)");
    fits_one_screen("y cabe en una pantalla con lo demás");
    open_page("03-corrutinas-y-tareas/panel_2.pasos.html");
    browser_keys(b, KEY_RIGHT KEY_RIGHT);
    open_page("index.html");
    run("document.querySelector('a.seguir').click()");
    becomes("y al paso de un programa",
            "return location.hash === '#paso-3' && "
            "document.querySelector('main').dataset.paso === '2'");
    run("localStorage.clear()");
}

static void small(void)
{
    browser_screen(b, 390, 844, "light");
    open_page("index.html");
    fits_one_screen("en un teléfono caben el programa, su línea de "
                    "tiempo y las puertas");
    been_somewhere();
    fits_one_screen("y también con la de volver adonde se estaba");
    run("localStorage.clear()");
    browser_reload(b);
    holds("en un teléfono, el mapa tiene los dieciséis capítulos y sus "
          "laboratorios, a lo ancho",
          "var p = Array.from(document.querySelectorAll('.mapa "
          ".parada')); return p.length === 16 && "
          "document.querySelectorAll('.mapa .abre a').length === 6 && "
          "p.every(function (e) { return "
          "e.getBoundingClientRect().width > 300; })");
    holds(
        "y las filas de una tabla son tarjetas que no se recorren de "
        "lado",
        "var t = document.querySelector('.tarjetas'); return "
        "t.scrollWidth <= t.clientWidth && "
        "t.querySelector('td[data-de]').getBoundingClientRect().width "
        "> 250");
    browser_screen(b, 1280, 900, "light");
}

void cover(void)
{
    open_page("index.html");
    moving();
    map();
    coming_back();
    small();
    without_script(true);
    open_page("index.html");
    holds("sin JavaScript la portada y el mapa están enteros",
          "return document.querySelectorAll('.puerta').length === 3 && "
          "document.querySelectorAll('.mapa .parada').length === 16 && "
          "!document.querySelector('.parar')");
    without_script(false);
    media("print");
    holds("impresa, la línea de tiempo está entera", BARS
          "return anchos()[0] > 100 && anchos()[0] === anchos()[4]");
    media("");
}
