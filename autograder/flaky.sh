#!/bin/sh
# Busca pruebas inestables: califica N veces la solución con todos los procesadores
# ocupados. Cualquier nota que no sea la máxima es un fallo de la suite.
# Uso: autograder/flaky.sh CORRECTOR N [opciones del corrector]   (lo llama make flaky)
set -u

grader=$1 times=$2
shift 2
report=$(mktemp -d) || exit 3
burners=
for _ in $(seq "$(nproc)"); do
    sh -c 'while :; do :; done' &
    burners="$burners $!"
done
# shellcheck disable=SC2086 # son varios números
trap 'kill $burners 2>/dev/null; rm -rf "$report"' EXIT
trap 'exit 130' INT TERM

start=$(date +%s) bad=0
for i in $(seq "$times"); do
    if "$grader" --desde solutions --estricto --informe "$report" "$@" >"$report/salida" 2>&1; then
        continue
    fi
    bad=$((bad + 1))
    echo "Vez $i: no sacó la nota máxima."
    grep -vE '^ +✓' "$report/salida"
done
echo "$times veces, $bad con fallos, $(($(date +%s) - start)) s con $(nproc) procesadores ocupados."
[ "$bad" -eq 0 ]
