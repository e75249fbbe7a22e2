#!/bin/bash
# Cada prueba de un laboratorio exige algo que dice su contrato, y de cada párrafo del contrato se sabe
# qué prueba lo juzga o que no lo juzga ninguna. Las parejas están en labs/NN-x/.grader/contrato.txt:
#   nombre_de_la_prueba: el principio, o un trozo, del párrafo que exige
#   nadie: un trozo de otro que no se juzga
# Escribe TAP; con --lista, los párrafos que nadie juzga. ASINC_COURSE dice qué pruebas hay.
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh

# Los párrafos del contrato de un README, uno por línea; cada punto de una lista y cada fila de una
# tabla es uno. Con «todo», los del README entero.
blocks() {
    awk -v all="${2:-}" '
        function flush() { gsub(/[ \t]+/, " ", text); sub(/^ /, "", text); if (text != "") print text; text = "" }
        /^## / { flush(); inside = /^## Contrato/ || (inside && !/^## (Cómo se califica|Cuándo se gana)/); next }
        !inside && !all { next }
        /^```/ { flush(); fence = !fence; next }
        fence { next }
        /^#/ || /^$/ || /^<!--/ || /^\|[-|: ]*$/ { flush(); next }
        /^- / || /^[0-9]+[.] / || /^\|/ { flush() }
        { text = text " " $0 }
        END { flush() }' "$1"
}

# Lo que dice contrato.txt y no está en el contrato.
unsaid() {
    local name text found=
    while IFS= read -r line; do
        [[ $line == ?*': '* && $line != '#'* ]] || continue
        name=${line%%: *} text=${line#*: }
        grep -qF -- "$text" "$2" || found+="$name: «$text» no está en el contrato"$'\n'
    done <"$1"
    printf '%s' "$found"
    [ -z "$found" ]
}

# Las pruebas que no exigen nada del contrato, y los nombres que no son de ninguna prueba.
unpaired() {
    local names
    names=$("$ASINC_COURSE" pruebas "$2" | cut -d' ' -f1 | sort)
    diff <(echo "$names") <(sed -n 's/^\([a-z0-9_]*\): .*/\1/p' "$1" | grep -vx nadie | sort -u) |
        sed -n 's/^< \(.*\)/\1: no dice qué párrafo exige/p; s/^> \(.*\)/\1: no es ninguna prueba/p' >"$3"
    cat "$3"
    [ ! -s "$3" ]
}

# Los párrafos de los que no se dice nada; con «nadie», los que nadie juzga.
forgotten() {
    sed -n "s/^$3: //p" "$1" >"$work/said"
    if [ "$3" = nadie ]; then grep -F -f "$work/said" "$2" || :; return; fi
    grep -vF -f "$work/said" "$2" >"$work/left" || :
    cat "$work/left"
    [ ! -s "$work/left" ]
}

work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-contrato.XXXXXX")
trap 'rm -rf "$work"' EXIT
for lab in labs/[0-9]*/; do
    pairs=$lab.grader/contrato.txt
    blocks "$lab/README.md" >"$work/blocks"
    blocks "$lab/README.md" todo >"$work/all"
    if [ "${1:-}" = --lista ]; then
        echo "$lab"
        forgotten "$pairs" "$work/blocks" nadie | sed 's/^/  /'
        continue
    fi
    number=$(basename "$lab")
    number=${number%%-*}
    check "${number}_lo_que_exige_cada_prueba_esta_en_el_enunciado" unsaid "$pairs" "$work/all"
    check "${number}_cada_prueba_exige_algo_del_contrato" unpaired "$pairs" "$number" "$work/diff"
    check "${number}_de_cada_parrafo_se_sabe_quien_lo_juzga" forgotten "$pairs" "$work/blocks" '[a-z0-9_]*'
done
# Las llamadas con alguna regla en el filtro que la página de la caja no nombra.
unnamed() {
    local call found=
    while read -r call; do
        grep -qF "\`$call\`" labs/caja.md || found+="$call "
    done < <(grep -oE 'SCMP_SYS\([a-z0-9_]+' autograder/box/seccomp.c | cut -d'(' -f2 | sort -u)
    [ -z "$found" ] || { echo "labs/caja.md no nombra: $found" && return 1; }
}
if [ "${1:-}" != --lista ]; then
    check la_pagina_de_la_caja_nombra_lo_que_cierra unnamed
    finish
fi
