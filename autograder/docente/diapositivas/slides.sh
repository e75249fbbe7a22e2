#!/bin/sh
# Hace las diapositivas de unos capítulos: un archivo por capítulo, que se abre sin red.
#   slides.sh DESTINO CAPÍTULO...    cada capítulo es su carpeta, lessons/05-...
# Se ejecuta en la raíz del curso.
set -eu
out=$1
shift
here=$(dirname "$0")
mkdir -p "$out"
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-slides.XXXXXX")
trap 'rm -rf "$work"' EXIT
{
    echo '<style>'
    cat "$here/slides.css"
    echo '</style><script>'
    cat "$here/slides.js"
    echo '</script>'
} >"$work/cabecera.html"
for chapter; do
    name=$(basename "$chapter")
    SLIDES_FUENTE=$chapter/README.md pandoc -f gfm -t dzslides --slide-level=2 --wrap=none \
        --template "$here/slides.html" -H "$work/cabecera.html" --lua-filter "$here/slides.lua" \
        -o "$work/deck.html" "$chapter/README.md"
    mv "$work/deck.html" "$out/$name.html"
    printf '  %-8s %s: %d\n' SLIDES "$name" "$(grep -c '^<section ' "$out/$name.html")"
done
printf 'Las diapositivas están en %s\n' "$out"
