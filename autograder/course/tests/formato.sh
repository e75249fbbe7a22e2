#!/bin/bash
# Lo que se sabe del curso no depende de cómo estén escritos sus JSON: en una copia se escriben todos de
# otra manera, y todas las respuestas son las mismas. Escribe TAP.
#   formato.sh BUILD/VARIANTE
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
own=$1
root=$PWD
course=$root/$own/autograder/asinc-course
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-formato.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Con las mismas fechas que aquí: lo compilado vale.
mkdir -p "$work/$own" "$work/lessons"
cp -a Makefile .setup labs solutions common autograder "$work"
cp -a lessons/*.mk "$work/lessons"
cp -a lessons/.book "$work/lessons"
cp -a "$own"/{autograder,common} "$work/$own"
rewritten() { # dentro de una cadena no hay saltos de línea
    local file
    for file in "$work"/labs/*/.grader/lab.json "$work/autograder/curso.json"; do
        tr '\n' '\t' <"$file" | sed 's/á/\\u00e1/g; s/ó/\\u00F3/g' >"$file.otro" && ! cmp -s "$file" "$file.otro" &&
            mv "$file.otro" "$file" || return 1
    done
}
check 'se_escriben_de_otra_manera' rewritten

answers() { # en la carpeta en que se está
    local lab
    for order in laboratorios fechas publicados carpetas base-de-datos 'base-de-datos 07' 'base-de-datos 12'; do
        # shellcheck disable=SC2086
        CURSO_HOY=1803000000 "$course" $order && echo "$order: sí"
    done
    for lab in $("$course" laboratorios); do
        "$course" archivos "$lab" && "$course" pruebas "$lab"
    done
}
same_answers() { same "$(answers 2>&1)" "$(cd "$work" && answers 2>&1)" && has <(answers) '^labs/[0-9]+-[a-z_]+/[a-z_]+\.c$'; }
check 'asinc_course_responde_lo_mismo' same_answers
links() {
    local program=$own/solutions/11-descargas/descargas
    (cd "$work" && "${as_typed[@]}" make -s "$program" && [ -x "$program" ])
}
check 'una_solucion_se_enlaza_con_lo_que_da_el_laboratorio' links
database() { # LAB: ¿se prepara?
    rm -f "$work/$own/autograder/postgres.tar"
    (cd "$work" && "${as_typed[@]}" make -s "$own/autograder/postgres.tar" LAB="$1")
    [ -e "$work/$own/autograder/postgres.tar" ]
}
if command -v initdb /usr/lib/postgresql/*/bin/initdb >/dev/null; then
    check 'se_sabe_que_laboratorio_usa_la_base_de_datos' database 12
else
    skip 'se_sabe_que_laboratorio_usa_la_base_de_datos' 'no hay PostgreSQL'
fi
check 'y_cual_no' eval '! database 07'
finish
