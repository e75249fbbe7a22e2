#!/bin/bash
# Usa la edición de estudiantes como quien la recibe: sin red, sin ser root y lejos de este árbol.
# Compara sus notas con las de quien enseña. La salida es TAP.
#   use.sh BUILD/VARIANTE
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
own=$1
root=$PWD
export ASINC_COURSE=$root/$own/autograder/asinc-course CURSO_HOY=0
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-use.XXXXXX")
trap 'rm -rf "$work"' EXIT
course=$work/programacion-asincrona-en-c
if ! autograder/dist/dist.sh "$own" "$work/dist" >"$work/out" 2>&1; then
    echo 'Bail out! la edición no se hace'
    cat "$work/out"
    exit 1
fi
tar xzf "$work"/dist/*.tar.gz -C "$work"
mkdir -m 1777 "$work/tmp"
chmod 755 "$work"

# Como quien estudia: otro usuario si somos root, y una red en la que no hay nadie, si se puede.
as_student=("${as_typed[@]}" -u ASINC_COURSE HOME="$work/tmp" TMPDIR="$work/tmp" LC_ALL=C.UTF-8)
if [ "$(id -u)" -eq 0 ]; then
    chown -R 65534:65534 "$course"
    as_student=(setpriv --reuid 65534 --regid 65534 --clear-groups "${as_student[@]}")
    ! unshare -n true 2>/dev/null || as_student=(unshare -n "${as_student[@]}")
fi
student() { (cd "$course" && "${as_student[@]}" "$@" >"$work/out" 2>&1); }
give() { # ARCHIVO DESTINO: lo deja quien estudia
    student cp /dev/stdin "$2" <"$1"
}

points() { "$root/$own/autograder/asinc-grade" --informe "$1" --resultados laboratorios | cut -d' ' -f1,2; } # «07 100» cada uno
marks() { points "$course/build/informe"; }
every() { printf '%s\n' labs/[0-9][0-9]-*/ | sed "s|labs/||; s|-.*| $1|"; }

check 'todo_se_compila_sin_red' student make -j"$(nproc)" grade
check 'el_esqueleto_saca_0' eval 'same "$(every 0)" "$(marks)"'
check 'y_dice_por_donde_empezar' has "$work/out" 'Lee el enunciado: +labs/07-monitor/README.md'

for solution in solutions/[0-9][0-9]-*/; do
    for file in "$solution"*.c; do give "$file" "labs/${file#solutions/}"; done
done
check 'se_califica_lo_que_se_escribe' student make grade
check 'la_solucion_saca_100' eval 'same "$(every 100)" "$(marks)"'

# Un mutante, con su nota de la edición de quien enseña.
mkdir -p "$work/mutante/07-monitor"
cp solutions/07-monitor/monitor.c "$work/mutante/07-monitor/"
patch -s -p1 -d "$work/mutante/07-monitor" <labs/07-monitor/.grader/mutantes/hora_utc.patch
"$own/autograder/asinc-grade" --lab 07 --desde "$work/mutante" --semilla 1 --informe "$work/informe" >/dev/null 2>&1
give "$work/mutante/07-monitor/monitor.c" labs/07-monitor/monitor.c
check 'un_mutante_se_califica' student make grade LAB=07 SEMILLA=1
check 'y_saca_lo_mismo_que_en_la_edicion_de_quien_ensena' eval \
    'same "$(points "$work/informe")" "$(marks)" && has <(marks) "^07 [1-9][0-9]?$"'

check 'hay_pistas_de_lo_que_falla' student make hint LAB=07
check 'y_se_ve_lo_que_se_lleva_hecho' student make progreso
check 'la_practica_dice_lo_que_falta' student make practica CAP=03
check 'y_cual_toca' has "$work/out" '0 de [0-9]+\. Ahora: lessons/03-corrutinas-y-tareas/practica/'
check 'un_laboratorio_se_ejecuta' student make run LAB=08 ARGS=/dev/null
check 'los_ejemplos_se_compilan' student make -j"$(nproc)" lessons
check 'y_se_ejecutan' student build/normal/lessons/03-corrutinas-y-tareas/saludar
check 'con_su_salida' eval 'same "Hola
Mundo" "$(cat "$work/out")"'
check 'la_linea_de_tiempo_se_dibuja' student env AS_CLOCK=virtual make trace PROGRAMA=build/normal/lessons/03-corrutinas-y-tareas/tiempos
check 'y_queda_en_su_sitio' eval 'grep -q "</svg>" "$course/build/traza.svg"'
check 'un_programa_se_recorre_paso_a_paso' student make pasos PROGRAMA=lessons/03-corrutinas-y-tareas/saludar.c
check 'y_la_pagina_esta_entera' eval 'grep -q "</html>" "$course/build/pasos/saludar/index.html"'
check 'todo_se_borra' eval 'student make clean && [ ! -e "$course/build" ]'
finish
