#!/bin/bash
# Compila un programa para grabarlo, lo graba con gdb y deja la grabación en DESTINO.
#   record.sh DESTINO virtual|real FUENTE [OTRA_FUENTE...] [-- ARGUMENTOS]
# En el entorno: PASOS_CC (el compilador con sus opciones), PASOS_LIBS (con qué se enlaza) y, si
# ha de quedar al lado la línea de tiempo que se ve sin JavaScript, PASOS_DIBUJANTE.
# FUENTE es la que se enseña; las otras se compilan con ella. Con el reloj virtual se graba dos
# veces, salvo que PASOS_VECES sea 1, y lo que no sale igual no vale. Corre en una carpeta nueva con
# los datos que haya junto a FUENTE, o en PASOS_CORRE. Escribe cuántos pasos son y cómo acabó:
# «20 codigo 0», «7 senal SIGABRT», «500 tope pasos».
set -eu
book=$(dirname "$0")
target=$1 clock=$2 source=$3
shift 3
others=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do others+=("$1"); shift; done
[ $# -eq 0 ] || shift

fail() { echo "pasos: $1" >&2; exit 1; }

command -v gdb >/dev/null || fail 'falta «gdb», que solo hace falta para grabar: haz make setup-pasos'

work=$(mktemp -d "${TMPDIR:-/tmp}/pasos.XXXXXX")
trap 'rm -rf "$work"' EXIT
name=$(basename "$source" .c)
mkdir "$work/datos" "$work/obj" "$work/bin"

# Una línea es un paso: sin columnas, el compilador apunta una dirección por línea.
n=0
for file in "$source" ${others[@]+"${others[@]}"} "$book/state.c"; do
    n=$((n + 1))
    # shellcheck disable=SC2086
    $PASOS_CC ${PASOS_INCLUDE:-} -Icommon/src -I. -O0 -g -gno-column-info -fno-omit-frame-pointer -c -o "$work/obj/$n.o" "$file" \
        2>"$work/errores" || { cat "$work/errores" >&2; fail "$file no compila"; }
done
# shellcheck disable=SC2086
$PASOS_CC -o "$work/bin/$name" "$work"/obj/*.o $PASOS_LIBS 2>"$work/errores" ||
    { cat "$work/errores" >&2; fail "$source compila, pero no se puede enlazar"; }

# Los datos que el ejemplo lee están a su lado.
for data in "$(dirname "$source")"/*; do
    case $data in *.c | *.md | *.salida | */pasos | */practica | */dibujos) ;; *) cp -r "$data" "$work/datos/" ;; esac
done

if [ "$clock" = virtual ]; then
    export AS_CLOCK=virtual PASOS_VECES=${PASOS_VECES:-2}
else
    unset AS_CLOCK
    export PASOS_VECES=1
fi
unset AS_DEBUG AS_TRACE
export LC_ALL=C.UTF-8 TZ=UTC SHELL=/bin/sh
export PASOS_FUENTE=$source PASOS_OBRA=$work PASOS_DESTINO=$work/grabacion PASOS_ARGS="$*" PASOS_RELOJ=$clock
export PASOS_TOPE=${PASOS_TOPE:-1500} PASOS_PLAZO=${PASOS_PLAZO:-60}
# La traza cambia lo que la biblioteca dice de un interbloqueo: si se puede, en otra ejecución.
if [ "$PASOS_VECES" = 2 ]; then
    { (cp -r "$work/datos" "$work/prueba" && cd "$work/prueba" && eval "AS_TRACE=../traza timeout 20 '../bin/$name' $PASOS_ARGS" </dev/null >/dev/null 2>&1) || true; } 2>/dev/null
fi
# Hasta el 13, gdb no puede con los registros de un procesador con AMX: ver ptrace.c.
patch=
version=$(gdb --version | sed -n '1s/.* \([0-9][0-9]*\)\..*/\1/p')
if [ "$(uname -m)" = x86_64 ] && [ "${version:-99}" -lt 14 ]; then
    patch=$work/ptrace.so
    # shellcheck disable=SC2086
    $PASOS_CC -shared -fPIC -o "$patch" "$book/ptrace.c" 2>"$work/errores" || patch=
fi
LD_PRELOAD=$patch gdb -nx -batch -x "$book/record.py" "$work/bin/$name" >"$work/gdb" 2>"$work/errores" || true
if [ ! -s "$work/grabacion" ]; then
    grep -q '^pasos: ' "$work/errores" || { tail -5 "$work/errores" >&2; fail "gdb no pudo grabar $source"; }
    sed -n '/^pasos: /,$p' "$work/errores" >&2
    exit 1
fi
mkdir -p "$(dirname "$target")"
# La traza de un programa al que mata una señal puede quedar vacía: sin ella no hay dibujo.
[ -z "${PASOS_DIBUJANTE:-}" ] || [ ! -s "$work/traza" ] || "$PASOS_DIBUJANTE" "$work/traza" "${target%.json}.svg"
mv "$work/grabacion" "$target"
cat "$work/resumen"
