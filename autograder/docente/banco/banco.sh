#!/bin/bash
# Ejecuta los programas del banco y mira si escriben lo que está guardado.
#   banco.sh [--escribe] [--veces N] BUILD/VARIANTE
# Se ejecuta en la raíz del curso, con todo compilado.
#
# Junto a cada programa.c está programa.salida: «$ ./programa» y lo que escribe. El de un fallo tiene
# además programa.arreglo, el parche que lo quita, y programa.arreglo.salida, lo que escribe con él. La
# orden se puede cambiar («$ AS_DEBUG=1 ./programa 2>/dev/null»). El reloj es el virtual; detrás de la orden,
# «# real» pide el de verdad y «# postgres», un PostgreSQL.
# --escribe guarda lo que sale en lugar de compararlo. La salida es TAP.
set -u
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
bank=autograder/docente/banco
write=no times=1
while [[ ${1-} == --* ]]; do
    case $1 in
    --escribe) write=yes ;;
    --veces) times=$2 && shift ;;
    *) echo "banco.sh: no conozco $1" >&2 && exit 2 ;;
    esac
    shift
done
own=$PWD/$1
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-banco.XXXXXX")
trap 'rm -rf "$work"' EXIT
ulimit -c 0

# Lo que se ve en una terminal, como en los ejemplos de los capítulos.
run() { # PROGRAMA NOMBRE ORDEN RELOJ
    local dir=$work/aqui
    rm -rf "$dir" && mkdir "$dir" && ln -s "$1" "$dir/$2"
    "$own/lessons/.check/check" --programas "$dir" ${4:+--real} --ejecuta "exec env $3" >"$work/sale" || { cat "$work/sale" && return 1; }
}

one() { # PROGRAMA NOMBRE GUARDADA
    local first real i
    first="\$ ./$2"
    [ ! -s "$3" ] || first=$(head -n 1 "$3")
    [[ $first =~ ^\$\ (([A-Z_]+=[^ ]+ )?\./$2( [^#]*)?)( # (real|postgres))?$ ]] || {
        echo "$3: la primera línea es «\$ ./$2», y detrás «# real» o «# postgres» si hace falta" && return 1
    }
    local command=${BASH_REMATCH[1]}
    real=${BASH_REMATCH[4]}
    for ((i = 0; i < times; i++)); do
        run "$1" "$2" "$command" "$real" || return 1
        { echo "$first" && cat "$work/sale"; } >"$work/salida"
        [ "$write" = no ] || [ "$i" -gt 0 ] || cmp -s "$work/salida" "$3" || cp "$work/salida" "$3"
        diff -u "$3" "$work/salida" || return 1
    done
}

shopt -s nullglob
for source in "$bank"/[0-9]*/*.c; do
    base=${source%.c}
    if grep -qs '^\$ .* # postgres$' "$base.salida" && [ -z "${ASINC_PG_CLUSTER:-}" ]; then
        skip "$base" 'falta PostgreSQL'
        continue
    fi
    check "${base#"$bank"/}" one "$own/$base" "${base##*/}" "$base.salida"
    [ ! -e "$base.arreglo" ] ||
        check "${base#"$bank"/}, arreglado" one "$own/$base.arreglado" "${base##*/}" "$base.arreglo.salida"
done
for output in "$bank"/[0-9]*/*.{salida,arreglo}; do
    base=${output%.salida} base=${base%.arreglo}
    [ -e "$base.c" ] || check "${output#"$bank"/}: no hay tal programa" false
done
finish
