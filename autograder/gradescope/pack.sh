#!/bin/bash
# Hace el archivo que se sube a Gradescope para un laboratorio.
#   pack.sh BUILD/VARIANTE DESTINO LABORATORIO [CAJA]
# Se ejecuta en la raíz del curso, con las suites ya compiladas; ASINC_COURSE es asinc-course. Lleva la edición de estudiantes,
# que allí se compila, y además la parte que califica una clase: la entrega es una clase de uno.
set -eu
own=$1 out=$2 lab=${3:-} box=${4:-}
here=$(dirname "$0")

if [ -z "$lab" ]; then
    printf 'make gradescope: di qué laboratorio, por ejemplo make gradescope LAB=07\n' >&2
    exit 2
fi
lab=$("$ASINC_COURSE" laboratorios "$lab")
case $box in
'' | completa | parcial | minima | ya-aislado) ;;
*)
    printf 'make gradescope: CAJA puede ser «completa», «parcial», «minima» o «ya-aislado»: «no», con código ajeno, nunca\n' >&2
    exit 2
    ;;
esac
mkdir -p "$out"
work=$(mktemp -d "$out/.obra.XXXXXX")
trap 'rm -rf "$work"' EXIT
autograder/dist/dist.sh "$own" "$work/dist"
mkdir "$work/zip"
mv "$work"/dist/*/ "$work/zip/curso"
mkdir "$work/zip/curso/autograder/"{class,gradescope}
cp autograder/class/*.[ch] autograder/class/*.mk "$work/zip/curso/autograder/class"
cp "$here/gradescope.mk" "$work/zip/curso/autograder/gradescope"
cp "$here/setup.sh" "$here/run_autograder" "$work/zip"
printf '%s\n' "$lab" >"$work/zip/laboratorio"
[ -z "$box" ] || printf '%s\n' "$box" >"$work/zip/caja"
(cd "$work/zip" && zip -qr -X ../todo.zip .)
mv "$work/todo.zip" "$out/$lab.zip"
printf 'Para subir a Gradescope: %s (%s).\n' "$out/$lab.zip" "$(du -h --apparent-size "$out/$lab.zip" | cut -f1)"
