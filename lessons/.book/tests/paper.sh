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

for tool in weasyprint zip unzip pdftotext; do
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
if command -v java >/dev/null && [ -r /usr/share/java/epubcheck.jar ]; then
    check epubcheck_no_le_ve_ningun_error valid_epub
else
    skip epubcheck_no_le_ve_ningun_error 'no hay epubcheck'
fi

# Quien no lo ve oye el título de cada página, en español, y sabe qué puede esperar del libro entero.
heard() {
    local page bad
    rm -rf "$out/epub" && mkdir "$out/epub" && unzip -q "$epub" -d "$out/epub" || return
    bad=$(find "$out/epub" -name '*.xhtml' | while IFS= read -r page; do
        grep -q '<html [^>]* lang="es"' "$page" && ! grep -qE '<title>(ch[0-9]+\.xhtml)?</title>' "$page" || echo "$page"
    done)
    same '' "$bad" && for page in accessMode accessModeSufficient accessibilityFeature accessibilityHazard accessibilitySummary; do
        has "$out/epub/EPUB/content.opf" "property=\"schema:$page\"" || return
    done && has "$out/epub/EPUB/content.opf" '<dc:creator'
}
check el_epub_se_puede_oir heard

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

# Al final, dónde está cada término y cada función; al principio, la cubierta, que es una imagen.
entries() {
    has "$out/pdf.txt" '(^| )as_queue_put +[0-9]+, [0-9]+' && has "$out/pdf.txt" '(^| )contrapresión +[0-9]+'
}
check el_pdf_tiene_un_indice_de_terminos_y_funciones entries
# La referencia también va en los dos, y el capítulo lleva a ella.
has_reference() {
    has "$out/pdf.txt" 'Pone item; suspende mientras esté llena' &&
        unzip -p "$epub" 'EPUB/text/ch*.xhtml' >"$out/epub.txt" && has "$out/epub.txt" 'href="[^"]*#referencia--queue--as_queue_put"'
}
check la_referencia_va_en_papel has_reference
cover() {
    local png
    png=lessons/.book/dibujos/$(sha1sum <lessons/.book/portada.svg | cut -c1-40).png
    unzip -p "$epub" EPUB/content.opf | tr '\n' ' ' >"$out/opf"
    has "$out/opf" '"cover-image"[^>]*"image/png"' &&
        unzip -p "$epub" 'EPUB/media/*.png' | cmp - "$png" &&
        pdftoppm -r 20 -f 1 -l 1 "$pdf" "$out/cubierta" && [ "$(tail -c 3000 "$out"/cubierta-*.ppm | head -c 3 | od -An -tx1)" = ' 0e 20 38' ]
}
check el_epub_y_el_pdf_tienen_cubierta cover
# Ningún título se queda solo al pie de una página.
alone() {
    local bad
    bad=$(awk -v titles="$out/nav" '
        BEGIN {
            while ((getline line < titles) > 0) text = text line " "
            n = split(text, link, "</a>")
            for (i = 1; i < n; i++) {
                sub(/.*<a href="[^"]*">/, "", link[i]); gsub(/<[^>]*>/, "", link[i]); is[link[i]] = 1
            }
        }
        # Los títulos van junto al margen: lo que empieza lejos de él es la celda de una tabla.
        { page = NR == 1 ? 1 : page + gsub(/\f/, ""); cell = /^         /; gsub(/^ +| +$/, "") }
        page != seen { if (seen > 12 && last in is) print "página " seen ": " last; seen = page; last = "" }
        $0 != "" && !/^[0-9]+$/ { last = cell ? "" : $0 }' "$out/pdf.txt")
    [ -z "$bad" ] || { printf '%s\n' "$bad"; return 1; }
}
check ningun_titulo_solo_al_pie alone

# El código y las salidas de hasta 50 líneas están enteros en una página, donde caben 60: quitados
# los blancos, su texto está seguido en ella. Las páginas se recorren en orden, como los bloques.
whole() {
    awk '
        function bare(text) { gsub(/[ \t\r]/, "", text); return text }
        function plain(text) {
            gsub(/<[^>]*>/, "", text)
            gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&#39;/, "\047", text)
            gsub(/&amp;/, "\\&", text)
            return bare(text)
        }
        FNR == 1 { file++ }
        file == 1 { last += gsub(/\f/, ""); page[last] = page[last] bare($0); next }
        /<div class="bloque/ { text = ""; lines = 0; inside = 1; next }
        inside && /<div class="rotulo"/ { next }
        inside {
            text = text $0; lines++
            if (!/<\/pre>/) next
            inside = 0; text = plain(text)
            if (lines > 50 || text == "") next
            blocks++
            for (p = at + 0; p <= last && !index(page[p], text); p++) {}
            if (p <= last) at = p
            else print "se parte, detrás de la página " at + 1 ": " substr(text, 1, 60)
        }
        END { if (blocks < 900) print "solo se han visto " blocks " bloques" }' "$out/pdf.txt" "$out/.obra/libro.html" >"$out/partidos"
    same '' "$(cat "$out/partidos")"
}
check ningun_bloque_de_hasta_50_lineas_se_parte whole

same_bytes() { # también los del sitio
    local was=$out/antes
    rm -rf "$was" && mkdir "$was" && mv "$out/sitio" "$epub" "$pdf" "$was" && lessons/.book/build.sh "$out" todo &&
        cmp "$epub" "$was/${epub##*/}" && cmp "$pdf" "$was/${pdf##*/}" && diff -rq "$out/sitio" "$was/sitio"
}
check hechos_dos_veces_son_los_mismos_bytes same_bytes
finish
