#!/bin/bash
# Hace unas páginas del libro, si lo que dicen ha cambiado.
#   page.sh sitio FUENTE...     páginas del curso
#   page.sh pasos GRABACION...  el paso a paso de un ejemplo
#   page.sh codigo ARCHIVO...   un archivo del curso, para leerlo
#   page.sh papel FUENTE...     lo mismo que sitio, como árbol de pandoc para imprimir
#   page.sh lista FUENTE...     dice cómo se llaman las páginas, sin hacerlas
set -eu
kind=$1
shift
book=lessons/.book
export LIBRO_FUENTE LIBRO_MODO

target() { # la página que le toca a una fuente; es la de paths.lua
    path=${1#lessons/}
    case $path in
        labs/*) path=laboratorios/${path#labs/} ;;
        solutions/*) path=soluciones/${path#solutions/} ;;
    esac
    case $path in
        */pasos/*.json) echo "${path%/pasos/*}/$(basename "$path" .json).pasos.html" ;;
        *README.md) echo "${path%README.md}index.html" ;;
        *.md) echo "${path%.md}.html" ;;
        *) echo "$path.html" ;;
    esac
}

# ¿Es más nueva que todo lo que entra en ella?
fresh() {
    [ -e "$1" ] || return 1
    shift_target=$1
    shift
    for from; do
        [ ! "$from" -nt "$shift_target" ] || return 1
    done
}

markdown() { # deja en $input el Markdown de una fuente, que puede no ser un archivo
    case $1 in
        */practica.md)
            input=$LIBRO_OBRA/$1
            if ! fresh "$input" "${1%.md}"/* "solutions/practica/$(basename "$(dirname "$1")")"/* "$book/practica.sh"; then
                mkdir -p "$(dirname "$input")"
                "$book/practica.sh" "$(dirname "$1")" >"$input.$$" # el sitio y el papel, a la vez
                mv "$input.$$" "$input"
            fi
            ;;
        *) input=$1 ;;
    esac
}

for LIBRO_FUENTE; do
    case $kind in
        lista) target "$LIBRO_FUENTE" ;;
        sitio)
            LIBRO_MODO=sitio
            markdown "$LIBRO_FUENTE"
            page=$LIBRO_SITIO/$(target "$LIBRO_FUENTE")
            drawings=$(dirname "$LIBRO_FUENTE")/dibujos
            [ -d "$drawings" ] || drawings=$book
            steps=$(dirname "$LIBRO_FUENTE")/pasos
            [ -d "$steps" ] || steps=
            # shellcheck disable=SC2086
            if fresh "$page" "$input" "$LIBRO_PAGINAS" lessons/glosario.md "$book"/*.lua "$book/slim.sed" "$book/page.sh" "$book/template.html" "$drawings"/* ${steps:+"$steps"}; then continue; fi
            mkdir -p "$(dirname "$page")"
            pandoc -f gfm+footnotes -t html5 --wrap=none --template "$book/template.html" \
                --lua-filter "$book/page.lua" "$input" >"$page.nueva"
            sed -Ef "$book/slim.sed" "$page.nueva" >"$page.limpia"
            rm "$page.nueva"
            mv "$page.limpia" "$page"
            ;;
        codigo)
            LIBRO_MODO=sitio
            page=$LIBRO_SITIO/$(target "$LIBRO_FUENTE")
            steps=$(dirname "$LIBRO_FUENTE")/pasos
            [ -d "$steps" ] || steps=
            if fresh "$page" "$LIBRO_FUENTE" ${steps:+"$steps"} "$LIBRO_PAGINAS" "$book"/*.lua "$book/slim.sed" "$book/page.sh" "$book/template.html"; then continue; fi
            mkdir -p "$(dirname "$page")"
            case $LIBRO_FUENTE in *.sh) lang=bash ;; *) lang=c ;; esac
            { printf '%s%s\n' '~~~~~~~~~~~~' "$lang"; cat "$LIBRO_FUENTE"; printf '%s\n' '~~~~~~~~~~~~'; } |
                pandoc -f gfm -t html5 --wrap=none --template "$book/template.html" --lua-filter "$book/page.lua" >"$page.nueva"
            sed -Ef "$book/slim.sed" "$page.nueva" >"$page.limpia"
            rm "$page.nueva"
            mv "$page.limpia" "$page"
            ;;
        pasos)
            page=$LIBRO_SITIO/$(target "$LIBRO_FUENTE")
            dir=${LIBRO_FUENTE%/pasos/*}
            name=$(basename "$LIBRO_FUENTE" .json)
            if fresh "$page" "$LIBRO_FUENTE" "$dir/$name.c" "$LIBRO_PAGINAS" "$book/pasos/player.sh"; then continue; fi
            mkdir -p "$(dirname "$page")"
            title=$(awk -F'\t' -v from="$dir/README.md" '$1 == from { print $4 }' "$LIBRO_PAGINAS")
            "$book/pasos/player.sh" "$LIBRO_FUENTE" "$dir/$name.c" ../ "${LIBRO_FUENTE%.json}.svg" index.html "$title" >"$page.nueva"
            mv "$page.nueva" "$page"
            ;;
        papel)
            LIBRO_MODO=papel
            markdown "$LIBRO_FUENTE"
            tree=$LIBRO_OBRA/papel/$LIBRO_FUENTE.json
            if fresh "$tree" "$input" "$LIBRO_PAGINAS" lessons/glosario.md "$book"/*.lua; then continue; fi
            mkdir -p "$(dirname "$tree")"
            LIBRO_APUNTES='' pandoc -f gfm+footnotes -t json --lua-filter "$book/page.lua" -o "$tree" "$input"
            ;;
    esac
done
