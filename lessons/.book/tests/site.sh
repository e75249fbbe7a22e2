#!/bin/bash
# El libro, hecho y mirado: lo que puede comprobarse sin navegador, y lo que no, en uno.
#   site.sh DESTINO
# Un navegador abre además todas las páginas, y las miran otros. La salida es TAP.
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
out=$1
site=$out/sitio
mkdir -p "$out"
export CURSO_HOY=0 # antes de la primera fecha, sea cual sea el día en que se prueba

check el_sitio_se_hace lessons/.book/build.sh "$out"

# El libro se hace donde aún no está dibujado un diagrama nuevo: lo dice, y no deja media página.
drawn() {
    local missing
    missing=$(for file in lessons/*.md lessons/*/*.md; do
        LIBRO_DIBUJOS=$out/fences pandoc -f gfm -t plain --lua-filter lessons/.book/fences.lua -o /dev/null "$file"
    done 2>&1; for f in "$out"/fences/*.mmd; do
        [ -s "lessons/.book/dibujos/$(basename "$f" .mmd).svg" ] || sed 's/.*accTitle: *//; s/\\u000a.*//' "$f"
    done)
    [ -z "$missing" ] || { printf 'sin dibujar (make dibujos):\n%s\n' "$missing"; return 1; }
}
mkdir -p "$out/fences" && rm -f "$out"/fences/*
check todos_los_diagramas_estan_dibujados drawn

# Cada enlace a otra página, y a una sección suya, existe.
links() {
    local bad
    bad=$(cd "$site" && find . -name '*.html' -printf '%P\n' | while read -r page; do
        grep -oE '(href|src)="[^"]*"' "$page" | sed -E 's/^[a-z]+="//; s/"$//' | sort -u |
            awk -v page="$page" '!/^(https?|mailto|data):/ { print page "\t" $0 }'
    done | awk -F'\t' '
        function normal(path,    n, parts, i, kept, k) {
            n = split(path, parts, "/"); k = 0
            for (i = 1; i <= n; i++) {
                if (parts[i] == "..") k--
                else if (parts[i] != "." && parts[i] != "") kept[++k] = parts[i]
            }
            path = kept[1]
            for (i = 2; i <= k; i++) path = path "/" kept[i]
            return path
        }
        function anchors(file,    line, id) {
            if (file in known) return
            known[file] = 1
            while ((getline line < file) > 0)
                while (match(line, / id="[^"]*"/)) {
                    id = substr(line, RSTART + 5, RLENGTH - 6)
                    has[file "#" id] = 1
                    line = substr(line, RSTART + RLENGTH)
                }
            close(file)
        }
        {
            dir = $1; if (!sub(/\/[^\/]*$/, "", dir)) dir = ""
            target = $2; fragment = ""
            if ((i = index(target, "#"))) { fragment = substr(target, i + 1); target = substr(target, 1, i - 1) }
            file = target == "" ? $1 : normal((dir == "" ? "" : dir "/") target)
            if ((getline line < file) < 0) { print $1 " -> " $2; next }
            close(file)
            if (fragment != "") { anchors(file); if (!((file "#" fragment) in has)) print $1 " -> " $2 }
        }')
    [ -z "$bad" ] || { printf '%s\n' "$bad"; return 1; }
}
check los_enlaces_llevan_a_algun_sitio links

# Nada se pide fuera: ni hojas de estilo, ni guiones, ni letras, ni imágenes.
local_only() {
    local bad
    bad=$(grep -lE '<(link|script|img|iframe|source)[^>]*(href|src)="(https?:)?//' -r "$site" --include='*.html'
        grep -nE '@import|url\((https?:)?//' "$site"/*.css)
    [ -z "$bad" ] || { printf '%s\n' "$bad"; return 1; }
}
check nada_se_pide_fuera local_only

# Ninguna solución sin publicar, ni lo oculto de un laboratorio.
nothing_hidden() {
    local bad
    bad=$(find "$site" -path '*soluciones/[0-9]*' -o -path '*.grader*' | head -5)
    [ -z "$bad" ] || { printf '%s\n' "$bad"; return 1; }
}
check ninguna_solucion_sin_publicar nothing_hidden

# La lista de páginas, que es de lo que se hace el libro, un día antes y otro después de una fecha.
solutions_on() { # SEGUNDOS
    # shellcheck disable=SC2046 # son números de laboratorio
    LIBRO_OBRA=$out/.obra lessons/.book/pages.sh $(CURSO_HOY=$1 "$ASINC_COURSE" publicados) | cut -f1 | grep '^solutions/[0-9]'
}
listed_on_its_date() {
    same '' "$(solutions_on 1801436399)" && same solutions/07-monitor/README.md "$(solutions_on 1801436400)"
}
check la_lista_de_paginas_lleva_cada_solucion_desde_su_fecha listed_on_its_date

# Con el reloj después de una fecha, entra su solución y solo la suya.
on_its_date() {
    CURSO_HOY=1801436400 lessons/.book/build.sh "$out/publicado" &&
        [ -s "$out/publicado/sitio/soluciones/07-monitor/index.html" ] &&
        [ -s "$out/publicado/sitio/soluciones/07-monitor/monitor.c.html" ] &&
        ! [ -e "$out/publicado/sitio/soluciones/08-procesador" ]
}
check una_solucion_entra_en_su_fecha on_its_date

# Cada grabación tiene su botón en una página de su capítulo, junto al programa; y el programa que el
# capítulo solo enlaza, junto al enlace.
stepped() {
    local page dir name bad
    bad=$(find "$site" -name '*.pasos.html' | sort | while read -r page; do
        dir=${page%/*} name=${page##*/}
        find "$dir" -maxdepth 1 -name '*.html' ! -name '*.c.html' -exec grep -qF "<a class=\"boton\" href=\"$name\"" {} + || echo "$page"
    done)
    same '' "$bad" && [ "$(find "$site" -name '*.pasos.html' | wc -l)" -ge 50 ]
}
check 'a_cada_grabacion_se_llega_desde_su_capitulo' stepped

# Los que miran por su cuenta: enlaces con anclas, y el HTML de cada página.
linkchecker_clean() {
    linkchecker -f lessons/.book/tests/linkcheckerrc --no-status "file://$(realpath "$site")/index.html" 2>&1 | tail -40
    return "${PIPESTATUS[0]}"
}
if command -v linkchecker >/dev/null; then
    check linkchecker_no_ve_ningun_enlace_roto linkchecker_clean
else
    skip linkchecker_no_ve_ningun_enlace_roto 'no hay linkchecker'
fi
if ! command -v java >/dev/null; then
    skip el_html_es_valido 'no hay java con que ejecutar vnu'
elif vnu=$(lessons/.book/tests/npm.sh vnu); then
    check el_html_es_valido java -jar "$vnu" --skip-non-html --errors-only "$site"
else
    skip el_html_es_valido 'no hay npm con que traer vnu'
fi
axe=$(lessons/.book/tests/npm.sh axe) || { axe= && skip sin_barreras_de_acceso 'no hay npm con que traer axe-core'; }

if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
    skip en_un_navegador 'no hay Chromium'
    finish
fi
"$NAVEGADOR" "$site" ${axe:+"$axe"} >"$out/navegador.tap" 2>&1
while IFS= read -r line; do
    case $line in
        'ok '* | 'not ok '*)
            tap_count=$((tap_count + 1))
            [ "${line%% *}" = ok ] || tap_failed=$((tap_failed + 1))
            printf '%s %d - %s\n' "$(sed -E 's/^((not )?ok).*/\1/' <<<"$line")" "$tap_count" "${line#* - }"
            ;;
        1..*) seen=yes ;;
        *) printf '%s\n' "$line" ;;
    esac
done <"$out/navegador.tap"
check el_navegador_llego_al_final test "${seen:-no}" = yes
finish
