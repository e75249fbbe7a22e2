#!/bin/bash
# Pruebas del corredor mínimo: un programa con una prueba de cada clase. La salida es TAP.
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-corredor.XXXXXX")
trap 'rm -rf "$work"' EXIT

cat >"$work/unas.c" <<'FIN'
#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

TestSuite(unas, .timeout = 5);

Test(unas, bien) { puts("charla"); }
Test(unas, mal) { cr_assert_eq(2 + 2, 5, "no sale %d", 5); }
Test(unas, muere) { raise(SIGSEGV); }
Test(unas, se_salta) { cr_skip_test("falta el mar"); }
Test(unas, colgada) { pause(); }
Test(unas, gira) { for (volatile long i = 0;; i++) ; }
Test(unas, limpia) { cr_assert_eq(fcntl(3, F_GETFD), -1, "hereda un descriptor"); }
FIN
sed -i '2i #include <fcntl.h>' "$work/unas.c"
# shellcheck disable=SC2086 # CC puede llevar opciones
if ! ${CC:-cc} -std=gnu11 -D_GNU_SOURCE -DQUIETA_S=1 -DMAXIMO_S=1 -Icommon/tests/corredor \
    -o "$work/unas" "$work/unas.c" common/tests/corredor/corredor.c >"$work/out" 2>&1; then
    cat "$work/out" >&2
    exit 1
fi
"$work/unas" >"$work/out" 2>&1 3>&-
rc=$?

check 'con_fallos_acaba_mal' same 1 "$rc"
check 'anuncia_cuantas' has "$work/out" '^1\.\.7$'
check 'cuenta_la_que_pasa' has "$work/out" '^ok [0-9]+ - unas::bien$'
check 'cuenta_la_que_falla' has "$work/out" '^not ok [0-9]+ - unas::mal \(salida 1\)$'
check 'y_debajo_dice_por_que' same '# '"$work"'/unas.c:9: 2 + 2 == 5. no sale 5' \
    "$(grep -A1 'unas::mal' "$work/out" | tail -n 1)"
check 'cuenta_la_que_muere' has "$work/out" '^not ok [0-9]+ - unas::muere \(señal 11\)$'
check 'cuenta_la_que_se_salta' has "$work/out" '^ok [0-9]+ - unas::se_salta # SKIP falta el mar$'
check 'mata_a_la_que_no_hace_nada' has "$work/out" '^not ok [0-9]+ - unas::colgada \(señal 9, colgada\)$'
check 'mata_a_la_que_no_acaba' has "$work/out" '^not ok [0-9]+ - unas::gira \(señal (9|24)\)$'
check 'ninguna_ve_lo_de_otra' has "$work/out" '^ok [0-9]+ - unas::limpia$'
"$work/unas" bien >"$work/out" 2>&1
check 'un_nombre_elige' same 'ok 1 - unas::bien' "$(grep '^ok' "$work/out")"
finish
