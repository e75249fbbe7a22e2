#!/bin/sh
# Busca pruebas inestables: califica N veces la solución con todos los procesadores
# ocupados. Cualquier nota que no sea la máxima es un fallo de la suite.
# Uso: autograder/flaky.sh CORRECTOR N [opciones del corrector]   (lo llama make flaky)
set -u

grader=$1 times=$2
shift 2
case $times in
'' | *[!0-9]* | 0)
    echo "make flaky: N=$times debe ser un número de veces, de 1 en adelante" >&2
    exit 2
    ;;
esac
report=$(mktemp -d) || exit 3
burners='' bad=0 done=0 start=$(date +%s)

# Qué pruebas no pasaron: «07 nombre: veredicto», una por línea.
failures() { "$grader" --informe "$report" --resultados pruebas | awk '$3 != "bien" { print $1 " " $2 ": " $3 }'; }

finish() {
    # shellcheck disable=SC2086 # son varios números
    kill $burners 2>/dev/null
    echo "Veces: $done; con fallos: $bad; $(($(date +%s) - start)) s, con $(nproc) procesadores ocupados."
    [ ! -s "$report/caidas" ] || sort "$report/caidas" | uniq -c | sort -rn
    rm -rf "$report"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# Cada uno mira de vez en cuando si seguimos aquí: ni matándonos se queda ocupando nada.
for _ in $(seq "$(nproc)"); do
    sh -c 'while kill -0 "$1" 2>/dev/null; do
        i=0
        while [ $i -lt 100000 ]; do i=$((i + 1)); done
    done' sh $$ &
    burners="$burners $!"
done

while [ "$done" -lt "$times" ]; do
    rm -f "$report/resultados.json"
    "$grader" --desde solutions --estricto --informe "$report" "$@" >"$report/salida" 2>&1
    rc=$?
    [ "$rc" -ne 130 ] || exit 130
    done=$((done + 1))
    [ "$rc" -ne 0 ] || continue
    bad=$((bad + 1))
    echo "Vez $done: no sacó la nota máxima."
    grep -vE '^ +✓' "$report/salida"
    [ ! -e "$report/resultados.json" ] || failures >>"$report/caidas"
    # Una orden que no se puede cumplir no va a mejorar repitiéndola.
    [ "$rc" -ne 2 ] || exit 2
done
[ "$bad" -eq 0 ]
