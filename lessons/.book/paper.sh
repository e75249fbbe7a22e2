#!/bin/sh
# El EPUB y el PDF, con las mismas páginas que el sitio.
#   paper.sh DESTINO
set -eu
out=$1
book=lessons/.book
work=$LIBRO_OBRA

cut -f1 "$LIBRO_PAGINAS" | xargs -d '\n' -P "$(nproc)" -n 6 "$book/page.sh" papel

# Las fechas y el identificador son fijos: dos veces el mismo libro son los mismos bytes.
pandoc -f markdown -t json --lua-filter "$book/join.lua" -o "$work/libro.json" "$book/libro.yaml"

epub() {
    pandoc -f json -t epub3 --toc --toc-depth=3 --epub-chapter-level=1 --css "$book/epub.css" \
        --epub-cover-image "$book/portada.svg" --metadata title='Programación asíncrona en C' \
        -o "$work/libro.epub" "$work/libro.json"
    rm -rf "$work/epub"
    mkdir "$work/epub"
    unzip -q "$work/libro.epub" -d "$work/epub"
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
    pandoc -f json -t html5 --wrap=none --template "$book/paper.html" --toc --toc-depth=2 "$work/libro.json" |
        sed -Ef "$book/slim.sed" |
        sed -E 's/ tabindex="0"//g; s;<span class="(dt|dv|pp|im|sc|ch|fl|bn|va|at)">([^<]*)</span>;\2;g' >"$work/libro.html"
    weasyprint -q -s "$book/paper.css" "$work/libro.html" "$work/libro.pdf"
    mv "$work/libro.pdf" "$out/asincronia-en-c.pdf"
}

epub &
epub_pid=$!
pdf
wait "$epub_pid"
