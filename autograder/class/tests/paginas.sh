#!/bin/bash
# Las páginas de los informes y de la clase, en un navegador: caben en un teléfono y no tienen
# barreras, con todo desplegado y en los dos temas.
#   paginas.sh ASINC_GRADE PAGINAS NAVEGADOR DESTINO     (make test-pages); escribe TAP
set -u
grader=$(realpath "$1") pages=$(realpath "$2") browser=$(realpath "$3")
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
rm -rf "$4" && mkdir -p "$4" && out=$(realpath "$4")

# Un informe de verdad, de un programa que va en fila y en el que casi todo falla.
sequential() {
    local lab=07-monitor
    mkdir -p "$out/arbol" && cp -r "solutions/$lab" "$out/arbol/" &&
        patch -s -p1 -d "$out/arbol/$lab" <"labs/$lab/.grader/mutantes/secuencial.patch" &&
        "$grader" --lab 07 --desde "$out/arbol" --prueba verifica_todas_a_la_vez --informe "$out/informe" &&
        grep -q 'debían ir a la vez' "$out/informe/index.html" &&
        grep -q 'como mucho hubo 1\.' "$out/informe/index.html" &&
        cp "$out/informe/index.html" "$out/secuencial.html"
}
check lo_que_va_en_fila_se_dibuja_en_fila sequential

class() { # las de la clase de mentira de paginas.c
    PAGINAS_EN=$out/clase "$pages" --filter 'paginas/*cuenta*' &&
        cp "$out/clase/index.html" "$out/clase.html" && cp "$out"/clase/alumnos/Ana*.html "$out/alumno.html"
}
check las_de_una_clase_se_hacen class

if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
    skip en_un_navegador 'no hay Chromium'
    finish
fi
axe=$(lessons/.book/tests/npm.sh axe) || skip sin_barreras 'no hay npm con que traer axe-core'
looked() {
    "$browser" --sueltas "$out" ${axe:+"$axe"} >"$out/navegador.tap" 2>&1
    grep -E '^not ok|^#|^navegador' "$out/navegador.tap"
    grep -q '^1\.\.' "$out/navegador.tap" && ! grep -q '^not ok' "$out/navegador.tap"
}
check se_ven_bien_en_un_navegador looked
finish
