#!/bin/bash
# Dibuja los diagramas de mermaid de los capítulos que no están dibujados, y la cubierta del EPUB,
# que algunos lectores solo enseñan si no es un SVG; y retira los que ya nadie usa. Es lo único del libro que pide Chromium y npm; lo dibujado se guarda en el curso.
#   draw.sh [todos]
set -eu
book=lessons/.book
made=$book/dibujos
mermaid=12.3.0

for tool in chromium npm pandoc; do
    command -v "$tool" >/dev/null || {
        echo "dibujos: falta «$tool», que solo hace falta para dibujar (en Debian: apt install $tool)" >&2
        exit 1
    }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$made"

browser() {
    chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --hide-scrollbars \
        --user-data-dir="$work/perfil" "$@" 2>"$work/chromium"
}

# Con el nombre que le da su texto, como los diagramas.
cover=$made/$(sha1sum <"$book/portada.svg" | cut -c1-40).png
if [ ! -e "$cover" ]; then
    rm -f "$made"/*.png
    printf '<body style="margin:0">%s' "$(cat "$book/portada.svg")" >"$work/portada.html"
    browser --window-size=1200,1600 --screenshot="$PWD/$cover" "file://$work/portada.html"
    echo 'dibujos: la cubierta'
fi

# Cada diagrama, con el nombre que le da su texto.
find lessons labs solutions -name '*.md' -print0 | sort -z |
    while IFS= read -r -d '' file; do
        LIBRO_DIBUJOS=$work pandoc -f gfm -t plain --lua-filter "$book/fences.lua" -o /dev/null "$file"
    done

for svg in "$made"/*.svg; do
    name=$(basename "$svg" .svg)
    if [ ! -e "$work/$name.mmd" ]; then
        rm -f "$svg"
    elif [ "${1:-}" != todos ]; then
        rm -f "$work/$name.mmd"
    fi
done
if ! compgen -G "$work/*.mmd" >/dev/null; then
    echo 'dibujos: todos están hechos'
    exit 0
fi

mkdir -p "build/book/.npm"
if [ ! -e "build/book/.npm/package/dist/mermaid.min.js" ]; then
    (cd build/book/.npm && npm pack --silent "mermaid@$mermaid" >/dev/null &&
        tar xzf "mermaid-$mermaid.tgz" package/dist/mermaid.min.js)
fi
cp build/book/.npm/package/dist/mermaid.min.js "$book/draw.js" "$work/"
{
    printf '<!DOCTYPE html><meta charset="utf-8"><body><script src="mermaid.min.js"></script><script>var DIAGRAMAS = {\n'
    for diagram in "$work"/*.mmd; do
        printf '"%s": %s,\n' "$(basename "$diagram" .mmd)" "$(cat "$diagram")"
    done
    printf '};</script><script src="draw.js"></script>\n'
} >"$work/dibujar.html"

browser --virtual-time-budget=120000 --dump-dom "file://$work/dibujar.html" >"$work/dom"
grep -q '<p id="fin">' "$work/dom" || {
    echo 'dibujos: Chromium no acabó de dibujar:' >&2
    tail -3 "$work/chromium" >&2
    exit 1
}
if grep -q '<pre class="fallo">' "$work/dom"; then
    sed -n 's/.*<pre class="fallo">\([^<]*\).*/dibujos: \1/p' "$work/dom" >&2
    exit 1
fi

awk -v dir="$made" '
    match($0, /^<!--dibujo [0-9a-f]+-->/) { name = substr($0, 12, 40); next }
    /^<!--fin-->/ { if (name) close(dir "/" name ".svg"); name = "" }
    name { print > (dir "/" name ".svg") }' "$work/dom"
for diagram in "$work"/*.mmd; do
    name=$(basename "$diagram" .mmd)
    title=$(sed 's/.*accTitle: *//; s/\\u000a.*//' "$diagram")
    [ -s "$made/$name.svg" ] || { echo "dibujos: no ha salido «$title»" >&2; exit 1; }
    echo "dibujos: $title"
done
