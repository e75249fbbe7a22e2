#!/bin/bash
# Pruebas de asinc-course con un curso de un solo laboratorio, y del curso de verdad.
#   orden.sh ASINC-COURSE
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
course=$PWD/$1
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-course.XXXXXX")
trap 'rm -rf "$work"' EXIT

every_lab() { # cada carpeta de laboratorio tiene sus fechas, y cada fecha, su carpeta
    same "$(printf '%s\n' labs/[0-9][0-9]-*/ | sed 's|labs/||; s|-.*||')" \
        "$("$course" fechas | sed 1d | cut -d' ' -f1)"
}
check 'el_curso_de_verdad_vale_y_nombra_cada_laboratorio' every_lab

mkdir "$work/autograder"
cp autograder/curso.json "$work/autograder/"
due=1801436400 # el 1 de febrero de 2027 a medianoche, en la península
run() { # HOY ORDEN...
    local today=$1
    shift
    (cd "$work" && CURSO_HOY=$today "$course" "$@" >"$work/out" 2>&1)
    echo $? >"$work/rc"
}
rc() { same "$1" "$(cat "$work/rc")"; }

run $((due - 1)) publicados
check 'un_segundo_antes_no_hay_ninguna' same '' "$(cat "$work/out")"
run $due publicados
check 'en_su_segundo_es_publica' same 07 "$(cat "$work/out")"
run 2000000000 publicados
check 'con_el_tiempo_lo_son_todas' same '07 08 09 10 11 12' "$(cat "$work/out")"
run $due publicado 07
check 'la_publica_acaba_con_0' rc 0
run $((due - 86400)) publicado 07
check 'la_que_no_lo_es_con_1' rc 1
check 'y_dice_cuando_lo_sera' has "$work/out" 'se publica el 2027-02-01T00:00:00\+01:00, dentro de 1 día$'
run $due publicado 7
check 'un_laboratorio_que_no_esta_es_un_mal_uso' rc 2
check 'y_dice_los_que_hay' has "$work/out" 'Los que hay: 07 08'
run mañana publicados
check 'CURSO_HOY_es_un_numero' rc 2
run $due
check 'sin_orden_la_ensena' has "$work/out" '^Uso: asinc-course'

printf '2026-12-01T10:00:00+01:00 08 ana\n' >"$work/autograder/adelantadas.txt"
run 0 publicados
check 'la_que_se_adelanto_es_publica' same 08 "$(cat "$work/out")"
sed -i 's/"peso": 1/"peso": uno/' "$work/autograder/curso.json"
run 0 publicados
check 'un_curso_que_no_vale_acaba_con_3' rc 3
check 'y_dice_la_linea' has "$work/out" '^autograder/curso.json:14: '
finish
