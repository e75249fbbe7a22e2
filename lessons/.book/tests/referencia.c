#include "navegador.h"

#define QUEUE "referencia/queue.html"

static void without_help(void)
{
    without_script(true);
    open_page(QUEUE);
    holds("sin JavaScript la referencia está entera, y su ejemplo se "
          "despliega",
          "var d = document.getElementById('as_queue_put'); while (d "
          "&& d.tagName !== 'DETAILS') d = d.nextElementSibling; "
          "d.querySelector('summary').click(); return d.open && "
          "d.querySelector('pre').getBoundingClientRect().height > 40 "
          "&& !!document.querySelector('nav.indice a[href]') && "
          "!!document.querySelector('main li "
          "a[href=\"#as_queue_put_nowait\"]')");
    without_script(false);
    open_page(QUEUE);
    media("print");
    becomes(
        "impresa tiene desplegados los ejemplos, y nada que pulsar",
        "var p = Array.from(document.querySelectorAll('main details "
        "pre')); return p.length > 5 && p.every(function (e) { "
        "return e.checkVisibility({contentVisibilityAuto: true}) && "
        "e.getBoundingClientRect().height > 40; }) && "
        "!Array.from(document.querySelectorAll('header.barra, "
        "nav.indice, nav.pagina, button')).some(function (e) { "
        "return e.checkVisibility(); })");
    media("");
}

void reference(void)
{
    open_page("index.html");
    search("as_queue_put");
    becomes("quien busca una función encuentra primero su referencia",
            "var a = document.querySelector('dialog.buscar li a'); "
            "return !!a && a.getAttribute('href').endsWith('" QUEUE
            "#as_queue_put')");
    browser_keys(b, KEY_ENTER);
    becomes(
        "y ahí está qué devuelve si la cancelan, si suspende, a qué "
        "equivale, un ejemplo y dónde se enseña",
        "var h = document.getElementById('as_queue_put'), t = ''; "
        "for (var e = h && h.nextElementSibling; e && e.tagName !== "
        "'H2'; e = e.nextElementSibling) t += e.textContent; "
        "return /UV_ECANCELED \\(no lo puso\\)/.test(t) && "
        "/Suspende: sí/.test(t) && /await put\\(item\\)/.test(t) && "
        "/Un ejemplo/.test(t) && /capítulo 07/.test(t)");
    open_page("index.html");
    search("panel_plazo");
    becomes(
        "quien busca un programa grabado encuentra su paso a paso",
        "var a = document.querySelector('dialog.buscar li a'); "
        "return !!a && "
        "a.getAttribute('href').endsWith('/panel_plazo.pasos.html')");
    open_page("07-colas/index.html");
    holds(
        "el capítulo lleva a ella la primera vez que la nombra",
        "var a = document.querySelectorAll('a.ref[href$=\"#as_queue_put"
        "\"]'); return a.length === 1 && a[0].textContent"
        ".startsWith('as_queue_put') && !a[0].closest('h2, h3')");
    run("document.querySelector('a.ref[href$=\"#as_queue_put\"]')."
        "click()");
    becomes("de un clic",
            "return location.href.endsWith('" QUEUE "#as_queue_put')");
    run("Array.from(document.querySelectorAll('main li a')).find("
        "function (a) { return a.hash === '#ix-as_queue_put'; "
        "}).click()");
    becomes("y ella, a donde el capítulo la presenta",
            "var e = location.hash && "
            "document.getElementById(location.hash.slice(1)); return "
            "!!e && /as_queue_put/.test(e.textContent) && "
            "/07-colas/.test(location.pathname)");
    without_help();
    browser_screen(b, 390, 844, "light");
    open_page("referencia/http.html");
    fits_a_phone("la referencia");
    holds("donde no hay ratón, el botón de copiar no tapa el código",
          "var b = Array.from(document.querySelectorAll('.bloque > "
          "button')); return matchMedia('(hover: none)').matches && "
          "b.length > 5 && b.every(function (e) { return "
          "!e.checkVisibility() || e.getBoundingClientRect().top >= "
          "e.parentElement.querySelector('pre')"
          ".getBoundingClientRect().bottom; })");
    no_barriers("la referencia", "light");
    no_barriers("la referencia", "dark");
    browser_screen(b, 1280, 900, "light");
    open_page("index.html");
}
