#!/bin/bash
# Hace unas páginas del libro: las que digan algo nuevo.
#   page.sh sitio FUENTE...     páginas del curso, o un archivo suyo, para leerlo
#   page.sh papel FUENTE...     lo mismo, como árbol de pandoc para imprimir
#   page.sh pasos GRABACION...  el paso a paso de un ejemplo
#   page.sh lista FUENTE...     dice cómo se llaman las páginas, sin hacerlas
set -eu
kind=$1
shift
book=lessons/.book

target() { # deja en $target la página que le toca a una fuente; es la de paths.lua
    target=${1#lessons/}
    case $target in
        labs/*) target=laboratorios/${target#labs/} ;;
        solutions/*) target=soluciones/${target#solutions/} ;;
    esac
    case $target in
        */pasos/*.json) target=${target%.json} target=${target%/pasos/*}/${target##*/}.pasos.html ;;
        *README.md) target=${target%README.md}index.html ;;
        *.md) target=${target%.md}.html ;;
        *) target=$target.html ;;
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

make_room() { [ -d "${1%/*}" ] || mkdir -p "${1%/*}"; } # para un archivo

markdown() { # deja en $input el Markdown de una fuente, que puede no ser un archivo
    case $1 in
        */practica.md)
            input=$LIBRO_OBRA/$1
            if ! fresh "$input" "${1%.md}"/* "${1%.md}"/.salidas/* "solutions/practica/$(basename "$(dirname "$1")")"/* "$book/practica.sh"; then
                make_room "$input"
                "$book/practica.sh" "$(dirname "$1")" >"$input.$$" # el sitio y el papel, a la vez
                mv "$input.$$" "$input"
            fi
            ;;
        referencia/*) input=$LIBRO_OBRA/$1 ;;
        *) input=$1 ;;
    esac
}

# ¿Es nueva la página $1, que sale de $source y de lo que además se diga?
current() {
    local dir=${source%/*} page=$1
    shift
    # Las respuestas de un capítulo van plegadas en sus páginas.
    [ ! -e "$dir/respuestas.md" ] || set -- "$@" "$dir/respuestas.md"
    fresh "$page" "$input" "$LIBRO_PAGINAS" "$LIBRO_OBRA/referencia/nombres" lessons/glosario.md "$book"/*.lua "$book/page.sh" "$@"
}

stale=() # las que hay que hacer: fuente, Markdown y página
for source; do
    target "$source"
    case $kind in
        lista) echo "$target" ;;
        sitio)
            markdown "$source"
            page=$LIBRO_SITIO/$target dir=${source%/*}
            more=("$book/slim.sed" "$book/template.html")
            if [ -d "$dir/dibujos" ]; then more+=("$dir/dibujos"/*); else more+=("$book"/*); fi
            # La portada lleva dentro un programa en marcha.
            [ "$source" != lessons/README.md ] || more+=(lessons/03-corrutinas-y-tareas/pasos/panel_2.json)
            [ ! -d "$dir/pasos" ] || more+=("$dir/pasos")
            current "$page" "${more[@]}" || stale+=("$source" "$input" "$page")
            ;;
        papel)
            markdown "$source"
            page=$LIBRO_OBRA/papel/$source.json
            current "$page" || stale+=("$source" "$input" "$page")
            ;;
        pasos)
            page=$LIBRO_SITIO/$target
            dir=${source%/pasos/*}
            name=$(basename "$source" .json)
            if fresh "$page" "$source" "$dir/$name.c" "$LIBRO_PAGINAS" "$book/pasos/player.sh"; then continue; fi
            make_room "$page"
            title=$(awk -F'\t' -v from="$dir/README.md" '$1 == from { print $4 }' "$LIBRO_PAGINAS")
            "$book/pasos/player.sh" "$source" "$dir/$name.c" ../ "${source%.json}.svg" index.html "$title" >"$page.nueva"
            mv "$page.nueva" "$page"
            ;;
    esac
done
[ "${#stale[@]}" -gt 0 ] || exit 0

made=()
for ((i = 2; i < ${#stale[@]}; i += 3)); do
    make_room "${stale[i]}"
    made+=("${stale[i]}")
done
# Lo que pandoc lee es esa lista: el documento que él escribiría está vacío.
printf '%s\t%s\t%s.nueva\n' "${stale[@]}" |
    LIBRO_MODO=$kind pandoc -f gfm -t html5 --wrap=none --template "$book/template.html" \
        --metadata title=- --lua-filter "$book/each.lua" -o /dev/null /dev/null
[ "$kind" = papel ] || sed -i -Ef "$book/slim.sed" "${made[@]/%/.nueva}"
for page in "${made[@]}"; do mv "$page.nueva" "$page"; done
