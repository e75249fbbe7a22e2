#!/bin/bash
# Comprueba que los exámenes dicen la verdad: su código es el de los programas de su carpeta, y sus
# salidas, las que dan. Escribe TAP.
#   examenes.sh BUILD/VARIANTE [escribe]    con «escribe», además lo corrige
#
# Sus bloques llevan las marcas de los capítulos, y los mira quien mira los capítulos (lessons/.check).
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
exams=autograder/docente/examenes own=$1
write=${2:-}
export LC_ALL=C.UTF-8
true_to_its_programs() { # CARPETA
    common/tests/pg_cluster.sh "$own/lessons/.check/check" ${write:+--escribe} --programas "$own/$exams" --carpeta "$exams/$1"
}

# Un fragmento que no existe saldría vacío.
no_empty_block() { ! awk '/^```[a-z]/ { open = NR } /^```$/ && open == NR - 1 { print FILENAME ":" open ": bloque vacío"; bad = 1 } END { exit !bad }' "$1"; }

every_program_is_used() {
    local source bad=
    for source in "$exams/$folder"/*.c; do
        grep -q "$(basename "$source" .c)" "$exams/$folder"/*.md || bad+=" $source"
    done
    same '' "$bad"
}

points() { # ARCHIVO.md: sus apartados suman 100 y, en el enunciado, cada uno lo que dice y entre todos su duración
    awk '
        function close_section() { if (asked && asked != worth) { print FILENAME ": «" title "» vale " worth " y sus preguntas suman " asked; bad = 1 } asked = 0 }
        /^\*\*Duración:\*\*/ { long = $2 + 0 }
        /^## [0-9]/ {
            close_section()
            title = $0
            worth = $0; sub(/.*\(/, "", worth); worth += 0; total += worth
            if (match($0, /[0-9]+ minutos/)) minutes += substr($0, RSTART, RLENGTH) + 0
        }
        match($0, /\([0-9]+ puntos\)$/) && !/^## / { asked += substr($0, RSTART + 1) + 0 }
        END {
            close_section()
            if (total != 100) { print FILENAME ": suma " total " puntos"; bad = 1 }
            if (long && long != minutes) { print FILENAME ": dura " long " minutos y sus preguntas suman " minutes; bad = 1 }
            exit bad
        }' "$1"
}

has_no_answer() { # en un enunciado, ninguna salida de sus respuestas
    local name bad=
    for name in "$exams/$folder"/*_bien.c; do
        [ ! -e "$name" ] || ! grep -q "$(basename "$name")" "$exams/$folder/enunciado.md" || bad+=" $name"
    done
    same '' "$bad"
}

for folder in $(cd $exams && ls -d [0-9]*); do
    check "${folder}_dice_lo_que_hacen_sus_programas" true_to_its_programs "$folder"
    for page in enunciado guia; do
        check "${folder}_${page}_no_tiene_huecos" no_empty_block "$exams/$folder/$page.md"
        check "${folder}_${page}_suma_lo_que_dice" points "$exams/$folder/$page.md"
    done
    check "${folder}_no_sobra_ningun_programa" every_program_is_used
    check "${folder}_el_enunciado_no_trae_la_respuesta" has_no_answer
done
finish
