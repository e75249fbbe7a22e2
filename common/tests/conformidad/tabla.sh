#!/bin/sh
# Comprueba casos.md: cada fila dice si es igual o por qué no, y nombra una prueba en C que
# existe; cada prueba en C tiene su fila; y cada caso existe en las pruebas de CPython, si están
# instaladas. Escribe TAP.
set -u
cd "$(dirname "$0")" || exit 1
LC_ALL=C.UTF-8
export LC_ALL
peers=${CPYTHON_TESTS:-/usr/lib/python3.11/test/test_asyncio}
filas=$(grep '^| `' casos.md)
total=$(printf '%s\n' "$filas" | grep -c .)
iguales=$(printf '%s\n' "$filas" | grep -cE '\| igual \| `[^`]+` \|$')
distintas=$(printf '%s\n' "$filas" | grep -cE '\| distinto: [^|]{8,} \| `[^`]+` \|$')
n=0 fallos=0

resultado() { # $1 lo que falta (nada: bien), $2 nombre
    n=$((n + 1))
    if [ -z "$1" ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        echo "# $1" | tr '\n' ' '
        echo
        fallos=1
    fi
}

# Las pruebas en C y las que nombran las filas, como suite::nombre.
en_c=$(sed -nE 's/^PRUEBA(_CASO)?\(([a-z_]+), *([a-z0-9_]+)\)$/\2::\3/p' conf_*.c | sort)
en_la_tabla=$(printf '%s\n' "$filas" | sed -E 's/.*`([^`]+)` \|$/\1/' | sort -u)

faltan=
[ "$total" -ge 150 ] || faltan="solo hay $total"
resultado "$faltan" 'hay al menos 150 casos'

faltan=
[ $((iguales + distintas)) -eq "$total" ] || faltan="$iguales iguales y $distintas distintos no suman $total"
resultado "$faltan" "cada caso es igual o dice por qué no: $iguales iguales, $distintas distintos"

faltan=$(printf '%s\n' "$filas" | cut -d'`' -f2 | sort | uniq -d)
resultado "$faltan" 'ningún caso está dos veces'

faltan=
for prueba in $en_la_tabla; do
    printf '%s\n' "$en_c" | grep -qx "$prueba" || faltan="$faltan $prueba"
done
resultado "$faltan" 'cada fila nombra una prueba en C que existe'

faltan=
for prueba in $en_c; do
    printf '%s\n' "$en_la_tabla" | grep -qx "$prueba" || faltan="$faltan $prueba"
done
resultado "$faltan" 'cada prueba en C tiene su fila'

# Los casos que existen de verdad, como archivo::clase.prueba.
if [ -d "$peers" ]; then
    existen=$(cd "$peers" && awk '
        /^class / { clase = $2; sub(/[(:].*/, "", clase) }
        /^    (async )?def test_/ { sub(/.*def /, ""); sub(/\(.*/, ""); print FILENAME "::" clase "." $0 }
        ' test_*.py)
    faltan=
    for caso in $(printf '%s\n' "$filas" | cut -d'`' -f2); do
        printf '%s\n' "$existen" | grep -qxF "$caso" || faltan="$faltan $caso"
    done
    resultado "$faltan" 'cada caso existe en las pruebas de CPython'
else
    n=$((n + 1))
    echo "ok $n - cada caso existe en las pruebas de CPython # SKIP falta libpython3.11-testsuite"
fi

echo "1..$n"
exit "$fallos"
