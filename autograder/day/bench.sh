#!/bin/bash
# Cuánto pasa desde que se guarda hasta que se ve el veredicto, con make watch y todo ya compilado.
# Uso: autograder/day/bench.sh ASINC_DAY CORRECTOR [LAB]   (lo llama make bench-day; ASINC_COURSE es asinc-course)
#
# En una copia del curso, con la solución de cada laboratorio, se guarda una vez por cada tercera prueba,
# como si esa fuera la que fallaba; y cada ejercicio de la práctica, una vez. La mediana y lo peor de todo.
set -u
export LC_ALL=C.UTF-8
day=$1 grader=$2 only=${3:-}
tree=$PWD/build/bench-day
watch=
clean() {
    [ -z "$watch" ] || kill "$watch" 2>/dev/null
    wait
    rm -rf "$tree"
}
trap clean EXIT
trap 'exit 130' INT TERM HUP
rm -rf "$tree" && mkdir -p "$tree/build" || exit 3
cp -a Makefile .setup labs lessons common autograder solutions "$tree"
# Con enlaces: copiar lo compilado tardaría más que medirlo. Lo que se rehace se escribe aparte.
cp -al build/normal build/asan "$tree/build"
rm -rf "$tree/build/normal/lessons" && cp -a build/normal/lessons "$tree/build/normal"
cd "$tree" || exit 3
log=$tree/salida

# start QUÉ: deja make watch en marcha, sin terminal.
start() {
    : >"$log"
    "$day" watch "$1" "$grader" >"$log" 2>&1 </dev/null &
    watch=$!
    wait_for 'Veredicto en' 1
}

stop() {
    kill "$watch"
    wait "$watch" 2>/dev/null
    watch=
}

# wait_for TEXTO CUÁNTAS: hasta que salga tantas veces.
wait_for() {
    local limit=$((SECONDS + 60))
    while [ "$SECONDS" -lt "$limit" ]; do
        [ "$(grep -c "$1" "$log")" -lt "$2" ] || return 0
        sleep 0.02
    done
    echo "bench-day: no llega «$1»:" >&2
    tail -n 20 "$log" >&2
    exit 1
}

# row NOMBRE META: la fila de lo que dice el registro.
row() {
    sed -n 's/.*al veredicto, \([0-9]*\),\([0-9]*\) s:.*/\1.\2/p' "$log" | sort -n | awk -v name="$1" -v goal="$2" '
        { s[NR] = $1 }
        END {
            m = s[int((NR + 1) / 2)]
            printf "  %-14s %4d   %5.1f s   %5.1f s   <= %d s  %s\n", name, NR, m, s[NR], goal,
                   m <= goal ? "cumple" : "NO CUMPLE"
        }'
}

bench_lab() { # CARPETA
    local id name source tests test n=0 k=0
    id=$(cut -c1-2 <<<"$1") name=${1#*-}
    source=labs/$1/$name.c
    cp "solutions/$1/$name.c" "$source"
    mapfile -t tests < <("$ASINC_COURSE" pruebas "$id" | cut -d' ' -f1)
    start "LAB=$id"
    for test in "${tests[@]}"; do
        # Una de cada tres: bastan, y son las de todas las etapas.
        [ $((k++ % 3)) -eq 0 ] || continue
        # Lo que dejaría una calificación en la que solo falló esa.
        for other in "${tests[@]}"; do
            [ "$other" = "$test" ] && echo mal "$other" || echo bien "$other"
        done | awk -v lab="$id" -v dir="labs/$1" '
            BEGIN { printf "{\"laboratorios\": [{\"lab\": \"%s\", \"carpeta\": \"%s\", \"pruebas\": [", lab, dir }
            { printf "%s{\"nombre\": \"%s\", \"veredicto\": \"%s\"}", (NR > 1 ? ", " : ""), $2, $1 }
            END { print "]}]}" }' >build/informe/nuevo
        mv build/informe/nuevo build/informe/resultados.json
        n=$((n + 1))
        echo "/* $n */" >>"$source"
        wait_for 'al veredicto' "$n"
    done
    stop
    row "$id $name" 3
}

bench_practice() {
    local file n total=$tree/total
    for chapter in lessons/[0-9]*/practica; do
        id=$(cut -d/ -f2 <<<"$chapter" | cut -c1-2) n=0
        start "CAP=$id"
        for file in "$chapter"/*.c; do
            n=$((n + 1))
            echo "/* $n */" >>"$file"
            wait_for 'al veredicto' "$n"
        done
        stop
        grep 'al veredicto' "$log" >>"$total"
    done
    cp "$total" "$log"
    row práctica 1
}

printf '  %-14s %s   %s   %s\n' 'al guardar' veces mediana peor
for lab in $("$ASINC_COURSE" carpetas); do
    [[ -n $only && $lab != labs/$only-* ]] || bench_lab "$(basename "$lab")"
done
[ -n "$only" ] || bench_practice
