#!/bin/bash
# El camino entero de quien estudia, en una terminal de verdad: de clonar el curso, por la práctica, a
# los 600 puntos, con Ctrl+C en cada paso. Nada queda en marcha y nada se pierde.
# Se ejecuta en la raíz del curso; escribe TAP. Compila y califica el curso entero: tarda minutos.
set -u
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-entero.XXXXXX")
chmod 755 "$work"
mkdir -m 1777 "$work/tmp"
export TMPDIR=$work/tmp
unset "${from_make[@]}"
trap 'rm -rf "$work"' EXIT
course=$work/curso said=$work/dice

# Los procesos que están en el curso, o salieron de él.
alive() {
    local process
    for process in /proc/[0-9]*; do
        case $(readlink "$process/cwd" 2>/dev/null) in "$course"*) echo "${process#/proc/}" ;; esac
    done
}
quiet() { # ni procesos ni nada a medias
    local left
    for _ in {1..100}; do
        left=$(alive)
        [ -z "$left" ] && [ -z "$(ls -A "$TMPDIR")" ] && return
        sleep 0.1
    done
    echo "queda en marcha: $(for p in $left; do tr '\0' ' ' <"/proc/$p/cmdline" 2>/dev/null; done) y en TMPDIR: $(ls -A "$TMPDIR")"
    return 1
}

# En una terminal: la orden, y lo que dice, en $said.
on_terminal() {
    (cd "$course" && script -qfec "$1" "$said" </dev/null >/dev/null 2>&1)
}
# Lo mismo, con Ctrl+C en cuanto se ve $2.
ctrl_c() {
    local pipe=$work/teclas
    rm -f "$pipe" "$said"
    mkfifo "$pipe"
    (cd "$course" && exec script -qfec "$1" "$said" <"$pipe" >/dev/null 2>&1) &
    exec 5>"$pipe"
    for _ in {1..1200}; do
        grep -qaE -- "$2" "$said" 2>/dev/null && break
        sleep 0.1
    done
    printf '\003' >&5
    wait "$!"
    exec 5>&-
    grep -qaE -- "$2" "$said" || { echo "no llegó a decir «$2»:" && tail -c 600 "$said" && return 1; }
    quiet
}
sees() { grep -qaF -- "$1" "$said" || { echo "no dice «$1»:" && tail -c 2500 "$said" && return 1; }; }
does() { on_terminal "$1" && shift && for text; do sees "$text" || return 1; done && quiet; }

check se_clona git clone -q . "$course"
check ctrl_c_compilando ctrl_c 'make grade' '  Compilando: [0-9]+'
check ctrl_c_calificando ctrl_c 'make grade' 'Calificando|compila'
check la_primera_vez_un_cero does 'make grade' 'TOTAL 0/600'

chapters=("$course"/lessons/[0-9][0-9]-*/)
check ctrl_c_en_la_practica ctrl_c 'make practica CAP=02' '  [A-Z]+ '
check ctrl_c_mirando_la_practica ctrl_c 'make watch CAP=01' 'Veredicto'
practise() {
    local dir name
    for dir in "${chapters[@]}"; do
        name=$(basename "$dir")
        cp "$course/solutions/practica/$name"/*.c "$dir/practica/" || return
    done
    does 'make practica'
}
check toda_la_practica practise

for dir in "$course"/labs/[0-9][0-9]-*/; do
    name=$(basename "$dir") lab=${name%%-*}
    source=("$course/solutions/$name"/*.c)
    own=$dir$(basename "${source[0]}")
    check "${lab}_una_pista" does "make hint LAB=$lab" 'pista 1 de'
    check "${lab}_ctrl_c_mirando" ctrl_c "make watch LAB=$lab" 'q salir'
    cp "${source[0]}" "$own"
    check "${lab}_ctrl_c_calificando" ctrl_c "make grade LAB=$lab" 'Calificando|compila'
    check "${lab}_lo_escrito_sigue" cmp "${source[0]}" "$own"
    check "${lab}_los_cien_puntos" does "make grade LAB=$lab" 'TOTAL 100/100'
done
check los_seiscientos does 'make grade' 'TOTAL 600/600'
exercises=("$course"/lessons/[0-9]*/practica/*.c)
check el_progreso_lo_dice does 'make progreso' "${#exercises[@]} de ${#exercises[@]} ejercicios y 600 de 600 puntos"

changed() { # lo único que ha cambiado en el curso es lo que se escribió
    local other
    other=$(cd "$course" && git status --porcelain | grep -vE '^ M (labs|lessons/[^/]+/practica)/[^ ]*\.c$')
    same '' "$other"
}
check nada_mas_ha_cambiado changed
finish
