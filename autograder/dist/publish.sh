#!/bin/bash
# Publica las soluciones cuya fecha ha pasado: un archivo para repartir. El libro lo hace make.
#   publish.sh DESTINO [LABORATORIO]
# Se ejecuta en la raíz del curso. ASINC_COURSE dice qué soluciones son públicas. Con FORZAR se
# adelanta una, que hay que nombrar, y queda apuntado quién y cuándo.
set -eu
out=$1
lab=${2:+$("$ASINC_COURSE" laboratorios "$2")}
here=$(dirname "$0")
log=autograder/adelantadas.txt

die() {
    printf 'make publish: %s\n' "$1" >&2
    exit 1
}

if [ -n "${FORZAR:-}" ]; then
    [ -n "$lab" ] || die 'FORZAR adelanta una solución: di cuál, por ejemplo make publish LAB=07 FORZAR=1'
fi

if [ -n "$lab" ]; then
    status=0
    why=$("$ASINC_COURSE" publicado "$lab") || status=$?
    case $status in
    0) ;;
    1)
        [ -n "${FORZAR:-}" ] || die "$why.
Para adelantarla: make publish LAB=$lab FORZAR=1. Quedará apuntado en $log."
        # Antes de publicarla: si algo se tuerce después, consta que se intentó.
        printf '%s %s %s en %s\n' "$(date +%FT%T%:z)" "$lab" "${SUDO_USER:-$(id -un)}" "$(uname -n)" >>"$log"
        printf 'La solución del laboratorio %s se adelanta: apuntado en %s.\n' "$lab" "$log"
        ;;
    *) exit "$status" ;;
    esac
    labs=$lab name=solucion-$lab.tar.gz
else
    labs=$("$ASINC_COURSE" publicados)
    name=soluciones.tar.gz
    if [ -z "$labs" ]; then
        printf 'make publish: todavía no hay ninguna solución que publicar. Las fechas:\n\n' >&2
        "$ASINC_COURSE" fechas >&2
        exit 1
    fi
fi

mkdir -p "$out"
work=$(mktemp -d "$out/.obra.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/solutions"
for number in $labs; do
    cp -r solutions/"$number"-* "$work/solutions/"
done
"$here/pack.sh" "$work" "$out/$name" solutions
printf 'Publicadas: %s. Para repartir: %s\n' "${labs// /, }" "$out/$name"
printf 'Quien estudia lo desempaqueta en la carpeta del curso: tar xzf %s\n' "$name"
