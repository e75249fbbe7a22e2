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

every_lab() { # cada fecha es de un laboratorio que está
    same "$("$course" carpetas | sed 's|labs/||; s|-.*||')" "$("$course" fechas | sed 1d | cut -d' ' -f1)"
}
check 'el_curso_de_verdad_vale' every_lab
check 'sus_tablas_y_sus_menus_los_nombran' "$course" anotado

# Con unas fechas que no son las de este curso, que cambian cada año.
mkdir "$work/autograder"
cat >"$work/autograder/curso.json" <<'FIN'
{
  "curso": "Un curso",
  "retraso": {
    "dias_de_gracia": 1,
    "penalizacion_por_dia": 10,
    "penalizacion_maxima": 50
  },
  "limites": {
    "archivo_mib": 32,
    "desempaquetado_mib": 32,
    "archivos": 500
  },
  "laboratorios": {
    "07": { "peso": 1, "entrega": "2027-01-24T23:59:59+01:00", "publicacion": "2027-02-01T00:00:00+01:00" },
    "08": { "peso": 1, "entrega": "2027-02-07T23:59:59+01:00", "publicacion": "2027-02-15T00:00:00+01:00" },
    "12": { "peso": 1, "entrega": "2027-04-18T23:59:59+02:00", "publicacion": "2027-04-26T00:00:00+02:00" }
  }
}
FIN
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
check 'con_el_tiempo_lo_son_todas' same '07 08 12' "$(cat "$work/out")"
run $due publicado 07
check 'la_publica_acaba_con_0' rc 0
run $due publicado 7
check 'tambien_por_su_numero_sin_cero' rc 0
run $((due - 86400)) publicado 07
check 'la_que_no_lo_es_con_1' rc 1
check 'y_dice_cuando_lo_sera' has "$work/out" 'se publica el 2027-02-01T00:00:00\+01:00, dentro de 1 día$'
run $due publicado 77
check 'un_laboratorio_que_no_esta_es_un_mal_uso' rc 2
check 'y_dice_los_que_hay' has "$work/out" 'Los que hay: 07 08'
run mañana publicados
check 'CURSO_HOY_es_un_numero' rc 2
run $due
check 'sin_orden_la_ensena' has "$work/out" '^Uso: asinc-course'

late() { # DÍAS-DE-GRACIA POR-DÍA MÁXIMO
    sed -i -E "s/(gracia\": )[0-9]+/\1$1/; s/(por_dia\": )[0-9]+/\1$2/; s/(maxima\": )[0-9]+/\1$3/" "$work/autograder/curso.json"
    run 0 retraso
    cat "$work/out"
}
zero='Lo que llega cuando su solución ya es pública vale 0.'
check 'dice_lo_que_cuesta_el_retraso' same "Después de esa hora hay un día de gracia. A partir de ahí, cada día empezado quita el 10 % de la nota, hasta el 50 %. $zero" "$(late 1 10 50)"
check 'y_sin_dias_de_gracia' same "A partir de esa hora, cada día empezado quita el 20 % de la nota. $zero" "$(late 0 20 100)"
check 'y_con_un_solo_descuento' same "Después de esa hora hay 2 días de gracia. A partir de ahí, llegar tarde quita el 30 % de la nota. $zero" "$(late 2 30 30)"
check 'y_si_no_cuesta_nada' same "Llegar después de esa hora no quita puntos. $zero" "$(late 1 0 0)"

printf '2026-12-01T10:00:00+01:00 08 ana\n' >"$work/autograder/adelantadas.txt"
run 0 publicados
check 'la_que_se_adelanto_es_publica' same 08 "$(cat "$work/out")"
sed -i 's/"peso": 1/"peso": uno/' "$work/autograder/curso.json"
run 0 publicados
check 'un_curso_que_no_vale_acaba_con_3' rc 3
check 'y_dice_la_linea' has "$work/out" '^autograder/curso.json:14: '

# Lo que otras páginas dicen de los laboratorios, cuando al curso se le quita el primero de los suyos.
read -r gone next rest < <("$course" laboratorios)
folder=$("$course" carpetas | grep "/$gone-")
folder=${folder#labs/}
other=$work/otro
mkdir "$other"
cp -r --parents README.md lessons/README.md autograder/dist/LEEME.md autograder/curso.json .vscode labs "$other"
told() { # ORDEN
    (cd "$other" && "$course" "$1" >"$work/out" 2>&1)
    echo $? >"$work/rc"
}
# shellcheck disable=SC2086 # son varios
"$course" solo "$next" $rest >"$other/autograder/curso.json"
told anotado
check 've_el_laboratorio_que_ya_no_es_del_curso' rc 1
check 'y_dice_donde' has "$work/out" "^README.md:[0-9]+: según los lab.json, aquí debe decir «\\| \\[$next "
told anota
check 'lo_pone_al_dia' rc 0
told anotado
check 'y_no_vuelve_a_quejarse' rc 0
check 'en_ninguna_tabla' hasnt <(cat "$other/README.md" "$other/autograder/dist/LEEME.md" "$other/lessons/README.md") "^\\|.*$folder"
check 'ni_en_los_menus' hasnt <(cat "$other"/.vscode/*.json) "\"${folder#*-}\""
path() { grep -E '^\| [0-9]+ \|' "$1/lessons/README.md"; } # el camino, una fila por capítulo
check 'ni_lo_abre_ningun_capitulo' same "$(path . | sed -E "s;\[$gone\]\([^)]*\)(, )?;;; s;, \|$; |;; s;\|  \|$;| |;")" "$(path "$other")"
check 'no_toca_lo_demas' same 1 "$(diff README.md "$other/README.md" | grep -c '^[<>]')"
sed -i 's/| Lo difícil |/| Lo malo |/' "$other/README.md"
told anotado
check 've_una_tabla_que_ya_no_esta' has "$work/out" '^README.md: no están las tablas'
sed -i '/"escribes"/d' "$other"/labs/"$next"-*/.grader/lab.json
told anotado
check 've_lo_que_le_falta_a_un_laboratorio' has "$work/out" "^labs/$next-[^/]*/.grader/lab.json: falta \"escribes\""
finish
