#!/bin/bash
# Una prueba de un laboratorio, con tu programa dentro de gdb y los servidores de la prueba en marcha.
#   debug.sh PRUEBA PROGRAMA SUITE RUNNER POSTGRES PUERTA [SEMILLA]
# Sin caja ni límites de tiempo cortos: es código tuyo. Se ejecuta en la raíz del curso.
set -u
test=$1 program=$2 suite=$3 runner=$4 postgres=$5 gate=$6 seed=${7:-}
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

cat <<FIN
Prueba «$test», sin caja y sin prisa: sus servidores están en marcha y esperan a tu programa unos
diez minutos. Si arranca varios programas, este es el primero. gdb lo para al entrar en main:
    break FUNCIÓN   parar al llegar a ella      next, step    una línea más
    continue        seguir                      print VARIABLE, backtrace
    quit            acabar, sin dejar nada en marcha

FIN
gdb -q -iex 'set debuginfod enabled off' -ex 'set confirm off' -ex 'set breakpoint pending on' -ex 'tbreak main' \
    -ex continue -p "$pid" 3>&-

# Si el programa llegó a su final, la prueba también, y tiene su veredicto.
for ((i = 0; i < 20; i++)); do
    kill -0 "$job" 2>/dev/null || break
    sleep 0.1
done
result=$zone/resultados/$test.json
verdict=$(sed -n 's/.*"veredicto": *"\([a-z_]*\)".*/\1/p' "$result" 2>/dev/null | head -n 1)
if [ -n "$verdict" ]; then
    echo "La prueba acabó: $verdict. Su historia la cuenta make grade con PRUEBA=$test"
else
    echo 'La prueba no había acabado, y se ha parado.'
fi
