# shellcheck shell=bash
# Escribir TAP desde bash: `. .ci/tap.sh`, luego `check` por prueba y `finish` al final.
tap_count=0 tap_failed=0

# Lo que `make test` deja en el entorno y que nadie que escriba una orden tendría: "${as_typed[@]}" make...
from_make=(MAKEFLAGS MAKELEVEL MFLAGS TODO PASO)
# shellcheck disable=SC2034 # la usan las pruebas
as_typed=(env "${from_make[@]/#/-u}")

# check NOMBRE ORDEN...: la prueba pasa si la orden acaba bien. Lo que la orden escriba
# explica el fallo.
check() {
    local name=$1 output
    shift
    tap_count=$((tap_count + 1))
    if output=$("$@" 2>&1); then
        printf 'ok %d - %s\n' "$tap_count" "$name"
        return
    fi
    tap_failed=$((tap_failed + 1))
    printf 'not ok %d - %s\n' "$tap_count" "$name"
    printf '%s\n' "$output" | sed 's/^/  /'
}

# skip NOMBRE MOTIVO
skip() {
    tap_count=$((tap_count + 1))
    printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

finish() {
    printf '1..%d\n' "$tap_count"
    [ "$tap_failed" -eq 0 ]
    exit
}

# Para usar dentro de una prueba: busca una expresión en lo que dejó la última ejecución, o
# enseña lo que había.
has() { grep -qE -- "$2" "$1" || { printf 'falta «%s» en:\n' "$2" && cat "$1" && return 1; }; }
hasnt() { ! grep -qE -- "$2" "$1" || { printf 'sobra «%s» en:\n' "$2" && cat "$1" && return 1; }; }
same() { [ "$1" = "$2" ] || { printf 'esperado: %s\nobtenido: %s\n' "$1" "$2" && return 1; }; }
