#!/bin/sh
# Ejecuta un programa con AS_TRACE y dibuja su traza, o una que ya había.
# Uso: [TRAZA=f.json] trace.sh DIBUJANTE DIBUJO.svg [PROGRAMA ARGUMENTO...]
#
# Acaba bien si hay dibujo, aunque el programa falle: ver por qué falló es para lo que sirve.
set -u
drawer=$1 picture=$2
shift 2

fail() {
    echo "make trace: $1" >&2
    exit "${2:-1}"
}

if [ -n "${TRAZA-}" ]; then
    [ $# -eq 0 ] || fail "da PROGRAMA o TRAZA, no los dos" 2
    "$drawer" "$TRAZA" "$picture" || exit 1
    echo "El dibujo está en $picture"
    exit
fi
[ $# -gt 0 ] || fail "di qué programa: make trace PROGRAMA='build/normal/lessons/03-corrutinas-y-tareas/tiempos'" 2
command -v "$1" >/dev/null || fail "no encuentro el programa «$1», o no se puede ejecutar"

trace=${picture%.svg}.json
rm -f "$trace" "$picture"
: >"$trace" || fail "no puedo escribir la traza en $trace"

# Ctrl+C es para el programa: al acabar él, se dibuja lo que hizo.
trap : INT
AS_TRACE=$trace "$@"
status=$?
if [ "$status" -gt 128 ] && signal=$(kill -l "$status" 2>/dev/null); then
    echo "make trace: al programa lo mató la señal $signal; se dibuja lo que llegó a apuntar" >&2
elif [ "$status" -ne 0 ]; then
    echo "make trace: el programa acabó con el código $status" >&2
fi
[ -s "$trace" ] || fail "«$1» no dejó ninguna traza: ¿llega a llamar a as_run?"
"$drawer" "$trace" "$picture" || exit 1
echo "El dibujo está en $picture y la traza, para https://ui.perfetto.dev, en $trace"
