#!/bin/sh
# El EPUB y el PDF, con las mismas páginas que el sitio.
#   paper.sh DESTINO
set -eu
out=$1
book=lessons/.book
work=$LIBRO_OBRA

cut -f1 "$LIBRO_PAGINAS" | xargs -d '\n' -P "$(nproc)" -n 25 "$book/page.sh" papel

cover=$book/dibujos/$(sha1sum <"$book/portada.svg" | cut -c1-40).png
[ -e "$cover" ] || { echo 'libro: la cubierta ha cambiado y no está dibujada: haz make dibujos' >&2; exit 1; }

# Las fechas y el identificador son fijos: dos veces el mismo libro son los mismos bytes.
whole() { pandoc -f markdown --lua-filter "$book/join.lua" "$@" "$book/libro.yaml"; }

epub() {
    whole -t epub3 --toc --toc-depth=3 --epub-chapter-level=1 --css "$book/epub.css" \
        --epub-cover-image "$cover" --metadata title='Programación asíncrona en C' \
        -o "$work/libro.epub"
    rm -rf "$work/epub"
    mkdir "$work/epub"
    unzip -q "$work/libro.epub" -d "$work/epub"
    find "$work/epub" -name '*.xhtml' | while IFS= read -r page; do
        awk -f "$book/epub_pages.awk" "$page" "$page" >"$work/page.xhtml" && mv "$work/page.xhtml" "$page"
    done
    sed -i "s;</metadata>;$(tr -d '\n' <"$book/epub_access.xml")&;" "$work/epub/EPUB/content.opf"
    find "$work/epub" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    (
        cd "$work/epub"
        rm -f ../libro.epub
        TZ=UTC zip -q -X0 ../libro.epub mimetype
        find . -type f ! -name mimetype | sort | TZ=UTC zip -q -X9 -@ ../libro.epub
    )
    mv "$work/libro.epub" "$out/asincronia-en-c.epub"
}

pdf() {
    whole -t html5 --wrap=none --template "$book/paper.html" --toc --toc-depth=2 --lua-filter "$book/back.lua" |
        sed -Ef "$book/slim.sed" |
        sed -E 's/ tabindex="0"//g; s;<span class="(dt|dv|pp|im|sc|ch|fl|bn|va|at)">([^<]*)</span>;\2;g' >"$work/libro.html"
    # WeasyPrint, con su Python y sin recoger basura: buscarla es la cuarta parte de lo que tarda.
    "$(sed -n '1s/^#!//p' "$(command -v weasyprint)")" -c 'import gc; gc.disable(); from weasyprint.__main__ import main; main()' \
        -q -s "$book/paper.css" "$work/libro.html" "$work/libro.pdf"
    mv "$work/libro.pdf" "$out/asincronia-en-c.pdf"
}

epub &
epub_pid=$!
pdf
wait "$epub_pid"
