#!/bin/bash
# Una prueba de un laboratorio, con tu programa dentro de gdb y los servidores de la prueba en marcha.
#   debug.sh PRUEBA PROGRAMA SUITE CORRECTOR RUNNER POSTGRES PUERTA [SEMILLA]
# Sin caja ni límites de tiempo cortos: es código tuyo. Se ejecuta en la raíz del curso.
set -u
test=$1 program=$2 suite=$3 grader=$4 runner=$5 postgres=$6 gate=$7 seed=${8:-}
say() { printf 'make debug: %s\n' "$*" >&2; }

command -v gdb >/dev/null || { say 'falta gdb: make setup GRUPO=pasos' && exit 2; }
zone=$(mktemp -d "${TMPDIR:-/tmp}/asinc-debug.XXXXXX") || exit 3
job=
finish() {
    if [ -n "$job" ]; then
        kill -KILL -- "-$job" 2>/dev/null # el runner, al quedarse solo, acaba con lo suyo
        wait "$job" 2>/dev/null
        for ((i = 0; i < 100; i++)); do
            grep -qsF "$zone/" /proc/[0-9]*/cmdline || break
            sleep 0.05
        done
    fi
    rm -rf "$zone"
}
trap finish EXIT
trap 'exit 143' TERM HUP
trap ':' INT # Ctrl+C es para gdb

# Lo que hace falta, en una carpeta que también lee quien no es root: PostgreSQL no quiere serlo.
mkdir "$zone/resultados" "$zone/tmp"
cp "$program" "$zone/programa"
cp "$gate" "$zone/puerta"
cp "$suite" "$zone/suite"
cp "$runner" "$zone/runner"
[ ! -e "$postgres" ] || cp "$postgres" "$zone/postgres.tar"
mkfifo "$zone/aviso"
drop=()
if [ "$(id -u)" -eq 0 ]; then
    chown -R 65534:65534 "$zone"
    drop=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi

[ -n "$seed" ] || seed=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
exec 3<>"$zone/aviso"
set -m
env -i PATH=/usr/bin:/bin LANG=C.UTF-8 HOME="$zone/tmp" TMPDIR="$zone/tmp" \
    ASINC_PROGRAM="$zone/puerta" ASINC_PROGRAM_ASAN="$zone/puerta" ASINC_RUNNER="$zone/runner" \
    ASINC_POSTGRES="$zone/postgres.tar" ASINC_RESULTS="$zone/resultados" ASINC_SEED="$seed" \
    ASINC_BOX=no ASINC_REPRO='make debug' ASINC_PATIENCE=100 \
    "${drop[@]}" "$zone/suite" -j1 --filter="*/$test" >"$zone/suite.txt" 2>&1 </dev/null 3>&- &
job=$!
set +m

pid=
while [ -z "$pid" ] && { kill -0 "$job" 2>/dev/null || read -r -t 0 -u 3; }; do
    read -r -t 1 -u 3 pid || pid=
done
if [ -z "$pid" ]; then
    say "la prueba «$test» no llegó a arrancar tu programa: ¿se llama así? make grade dice los nombres"
    tail -n 5 "$zone/suite.txt" | sed 's/^/    /' >&2
    exit 2
fi

# Con `run`, gdb lo empieza otra vez, con los mismos argumentos. La carpeta es una copia: la prueba
# borra la suya en cuanto ve morir al primero.
words=()
mapfile -d '' -t words <"/proc/$pid/cmdline" && words=("${words[@]:1}")
again=
for word in ${words[@]+"${words[@]}"}; do again+=" '${word//\'/\'\\\'\'}'"; done
folder=$zone/otra-vez
cp -a "/proc/$pid/cwd/." "$folder" || mkdir -p "$folder"

cat <<FIN
Prueba «$test», sin caja y sin prisa: sus servidores están en marcha y esperan a tu programa unos
diez minutos. Si arranca varios programas, este es el primero. gdb lo para al entrar en main:
    break FUNCIÓN   parar al llegar a ella      next, step    una línea más
    continue        seguir                      print VARIABLE, backtrace
    run             empezar otra vez, con los mismos argumentos y ya sin la prueba
    quit            acabar, sin dejar nada en marcha

FIN
# Al seguirlo está aún en la puerta, y lo que gdb diga de ella no es del programa: se calla.
gdb -q -iex 'set debuginfod enabled off' -ex 'set confirm off' -ex 'set breakpoint pending on' \
    -ex 'set logging file /dev/null' -ex 'set logging redirect on' -ex 'set logging enabled on' \
    -ex "attach $pid" -ex 'tbreak main' -ex 'set print thread-events off' -ex 'set logging enabled off' \
    -ex "set args$again" -ex "set cwd $folder" -ex continue 3>&-

# Si el programa llegó a su final, la prueba también, y tiene su veredicto.
for ((i = 0; i < 20; i++)); do
    kill -0 "$job" 2>/dev/null || break
    sleep 0.1
done
result=$zone/resultados/$test.json
verdict=$([ ! -e "$result" ] || "$grader" --informe "$result" --resultados veredicto)
if [ -n "$verdict" ]; then
    echo "La prueba acabó: $verdict. Su historia la cuenta make grade con PRUEBA=$test"
else
    echo 'La prueba no había acabado, y se ha parado.'
fi
