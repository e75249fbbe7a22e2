#!/bin/sh
# Construye el libro: el sitio, y con «todo» también el EPUB y el PDF.
#   build.sh DESTINO [todo]
# Se ejecuta en la raíz del curso; ASINC_COURSE es el programa que dice qué soluciones son
# públicas. DESTINO guarda las páginas y, en .obra, lo que hace falta para hacerlas; una página
# que no ha cambiado no se hace otra vez.
set -eu
out=$1 what=${2:-sitio}
book=lessons/.book
work=$out/.obra
site=$out/sitio
jobs=$(nproc)
export LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=1767225600

mkdir -p "$work/apuntes" "$site"
export LIBRO_PAGINAS="$work/paginas" LIBRO_APUNTES="$work/apuntes" LIBRO_OBRA="$work" LIBRO_SITIO="$site"

# La referencia, de las cabeceras; una página que no cambia conserva su fecha.
fresh=$work/referencia.nueva
rm -rf "$fresh" && mkdir -p "$fresh" "$work/referencia"
awk -v form=md -v out="$fresh" -f common/tools/reference.awk common/include/asinc/*.h \
    common/src/core/strerror.c lessons/[0-9]*/README.md lessons/[0-9]*/*.c
awk -v form=enlaces -f common/tools/reference.awk common/include/asinc/*.h >"$fresh/nombres"
for file in "$fresh"/*; do
    cmp -s "$file" "$work/referencia/${file##*/}" || mv "$file" "$work/referencia/"
done

published=$("$ASINC_COURSE" publicados)
# shellcheck disable=SC2086 # son números de laboratorio, separados por espacios
"$book/pages.sh" $published >"$work/paginas.nueva"
cmp -s "$work/paginas.nueva" "$work/paginas" || mv "$work/paginas.nueva" "$work/paginas"

# El PDF ocupa un procesador casi todo el tiempo, y es lo que más tarda: el sitio, mientras, se hace
# con lo que deje.
paper=
[ "$what" != todo ] || { "$book/paper.sh" "$out" & paper=$!; renice -n 10 -p $$ >/dev/null 2>&1 || :; }

# Las páginas; después, el código que enlazan.
cut -f1 "$work/paginas" | xargs -d '\n' -P "$jobs" -n 25 "$book/page.sh" sitio
cut -f1 "$work/paginas" | xargs -d '\n' "$book/page.sh" lista |
    sed 's|/index.html$||; s|\.html$||; s|/|--|g' >"$work/nombres"
notes() { sed "s|\$|.$1|" "$work/nombres" | (cd "$work/apuntes" && xargs -d '\n' cat); }
notes enlaza | sort -u >"$work/enlazado"
xargs -d '\n' -P "$jobs" -n 50 "$book/page.sh" sitio <"$work/enlazado"

# El paso a paso de cada ejemplo que está grabado.
printf '%s\n' lessons/*/pasos/*.json >"$work/grabados"
xargs -d '\n' -P "$jobs" -n 8 "$book/page.sh" pasos <"$work/grabados"

# Lo que ya no es del libro se va: un capítulo que cambió de nombre, una solución retirada.
{ cut -f1 "$work/paginas"; cat "$work/enlazado" "$work/grabados"; } | xargs -d '\n' "$book/page.sh" lista | sort >"$work/son"
find "$site" -name '*.html' -printf '%P\n' | sort | comm -23 - "$work/son" | (cd "$site" && xargs -rd '\n' rm -f)
find "$site" -mindepth 1 -type d -empty -delete

for file in libro.css portada.css libro.js predice.js portada.js pasos/pasos.css pasos/linea.js pasos/pasos.js; do
    cp "$book/$file" "$site/"
done
cat "$book/stem.js" "$book/search.js" >"$site/buscar.js"
{
    echo 'var SECCIONES = ['
    notes indice
    # También se busca por el nombre de un programa grabado.
    awk -F'\t' 'NR == FNR { title[$1] = $4; next }
        { name = $1; sub(/.*\//, "", name); sub(/\.json$/, "", name); dir = $1; sub(/\/pasos\/.*/, "", dir)
          page = dir; sub(/^lessons\//, "", page)
          printf "[\"%s/%s.pasos.html\",\"%s\",\"Paso a paso: %s.c\",\"\",\"\"],\n", page, name, title[dir "/README.md"], name }' \
        "$work/paginas" "$work/grabados"
    echo '];'
} >"$site/indice.js"

[ -z "$paper" ] || wait "$paper"
