#!/bin/sh
# Cuánto tarda en calificar lo que tiene que esperar quien estudia: cada laboratorio por su
# lado y todos juntos, con todo ya compilado. De RONDAS veces, la mediana y la peor.
# Uso: autograder/bench.sh CORRECTOR   (lo llaman make bench-grade y make bench; ASINC_COURSE es asinc-course)
set -u
export LC_ALL=C

grader=$1 rounds=${RONDAS:-3}
case $rounds in
'' | *[!0-9]* | 0*)
    echo "bench-grade: RONDAS=$rounds: escribe un número de 1 en adelante" >&2
    exit 2
    ;;
esac
report=$(mktemp -d) || exit 3
trap 'rm -rf "$report"' EXIT
trap 'exit 130' INT TERM HUP

# measure NOMBRE META [opciones]: una fila de la tabla.
measure() {
    name=$1 goal=$2
    shift 2
    : >"$report/segundos"
    for _ in $(seq "$rounds"); do
        if ! "$grader" --desde solutions --estricto --informe "$report" "$@" >"$report/salida" 2>&1; then
            cat "$report/salida" >&2
            echo "bench-grade: la solución no sacó la nota máxima" >&2
            exit 1
        fi
        sed -n 's/^Calificado en \([0-9]*\),\([0-9]*\) s.*/\1.\2/p' "$report/salida" >>"$report/segundos"
    done
    sort -n "$report/segundos" | awk -v name="$name" -v goal="$goal" '
        { s[NR] = $1 }
        END {
            m = s[int((NR + 1) / 2)]
            printf "  %-16s %5.1f s   %5.1f s   <= %2d s  %s\n", name, m, s[NR], goal,
                   m <= goal ? "cumple" : "NO CUMPLE"
        }'
}

echo "Calificar las soluciones, en caliente ($rounds rondas, carga $(cut -d' ' -f1 /proc/loadavg))"
echo "                   mediana    la peor      meta"
for lab in $("$ASINC_COURSE" carpetas); do
    lab=${lab#labs/}
    measure "$lab" 5 --lab "${lab%%-*}"
done
measure 'todos' 20
