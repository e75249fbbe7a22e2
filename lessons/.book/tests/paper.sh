#!/bin/bash
# El EPUB y el PDF: que salen, que valen y que dicen lo que el sitio. La salida es TAP.
#   paper.sh DESTINO
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
out=$1
epub=$out/asincronia-en-c.epub pdf=$out/asincronia-en-c.pdf
mkdir -p "$out"

for tool in weasyprint zip unzip pdftotext java; do
    command -v "$tool" >/dev/null && continue
    skip el_epub_y_el_pdf "no hay $tool"
    finish
done

check el_libro_entero_se_hace lessons/.book/build.sh "$out" todo

valid_epub() {
    java -jar /usr/share/java/epubcheck.jar "$epub" >"$out/epubcheck" 2>&1 && return
    grep -E '^(ERROR|FATAL|WARNING)' "$out/epubcheck" | head -20
    return 1
}
check epubcheck_no_le_ve_ningun_error valid_epub

contents() { # un índice con capítulos y, dentro, sus secciones
    unzip -p "$epub" EPUB/nav.xhtml | tr '\n' ' ' >"$out/nav"
    has "$out/nav" 'Corrutinas y tareas' && has "$out/nav" '<ol[^>]*>.*<ol[^>]*>.*Un panel que vuelve a sumar'
}
check el_epub_tiene_un_indice_anidado contents

pdftotext -layout "$pdf" "$out/pdf.txt" 2>"$out/pdftotext"
text() { has "$out/pdf.txt" 'Un panel que vuelve a sumar \.{5,} *[0-9]+' && has "$out/pdf.txt" 'la ronda duró 560 ms'; }
check el_pdf_tiene_contenido_con_paginas text
hyphens() { # el guion con que se parte una palabra al final de la línea es U+2010
    local n
    n=$(grep -c '‐$' "$out/pdf.txt")
    [ "$n" -gt 100 ] || { echo "solo $n líneas acaban en guion: ¿falta hyphen-es?"; return 1; }
}
check el_pdf_parte_las_palabras_en_espanol hyphens
# Nada se sale por la derecha: el texto de cada página cabe entre sus márgenes.
margins() {
    local bad
    bad=$(pdftotext -bbox "$pdf" - | awk '/<page/ { page++ }
        /<word/ { match($0, /xMax="[0-9.]+/); x = substr($0, RSTART + 6, RLENGTH - 6)
                  if (x + 0 > 595 - 40) { sub(/.*">/, ""); sub(/<.*/, ""); print "página " page ": " $0 } }' | head -10)
    [ -z "$bad" ] || { printf '%s\n' "$bad"; return 1; }
}
check ninguna_linea_del_pdf_se_corta margins

same_bytes() { # también los del sitio
    local was=$out/antes
    rm -rf "$was" && mkdir "$was" && mv "$out/sitio" "$epub" "$pdf" "$was" && lessons/.book/build.sh "$out" todo &&
        cmp "$epub" "$was/${epub##*/}" && cmp "$pdf" "$was/${pdf##*/}" && diff -rq "$out/sitio" "$was/sitio"
}
check hechos_dos_veces_son_los_mismos_bytes same_bytes
finish
