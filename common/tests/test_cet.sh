#!/bin/bash
# Compilada con -fcf-protection, como hacen Ubuntu y Fedora si nadie dice otra cosa, la biblioteca
# sigue saltando con ensamblador: ucontext sería mucho más lento. TAP.
# Uso: test_cet.sh PRUEBAS OBJETOS-DE-CORE   (con VARIANT=cet, lo llama `make test-common-cet`)
set -u
tests=$(realpath "$1") core=$(realpath "$2")
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-cet.XXXXXX")
trap 'rm -rf "$work"' EXIT

if [ "$(uname -m)" != x86_64 ]; then
    skip 'con_cet_salta_con_ensamblador' 'CET es de x86-64'
    finish
fi

readelf -n "$core/coro.o" >"$work/coro"
check 'se_compilo_con_cet' has "$work/coro" 'IBT, SHSTK'
nm -u "$core/coro.o" >"$work/coro"
check 'salta_con_ensamblador' has "$work/coro" 'as__jump'
check 'y_no_con_ucontext' hasnt "$work/coro" 'swapcontext'
# Quien enlaza junta las promesas de todos: basta con que un objeto no la haga para que el
# sistema no ponga al programa una pila de sombra, que no admite estos saltos.
readelf -n "$core/jump.o" >"$work/jump"
check 'el_salto_no_promete_pila_de_sombra' hasnt "$work/jump" 'SHSTK'
check 'las_corrutinas_y_el_bucle_pasan_sus_pruebas' "$tests" --quiet
finish
