#!/bin/bash
# Pruebas de quien corre las pruebas: del corredor mínimo, un programa con una de cada clase; de
# Criterion, lo que PRUEBA le añade. La salida es TAP.
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

# Criterion da por buena la prueba que pierde memoria, y a la que no dice su plazo no le pone ninguno:
# los dos cuidados de PRUEBA (prueba.h), con su biblioteca de verdad.
cat >"$work/otras.c" <<'FIN'
#include "prueba.h"
#include <unistd.h>

PRUEBA(otras, bien) { cr_assert(true); }
PRUEBA(otras, pierde) { cr_assert_not_null(memset(malloc(100), 0, 100)); }
PRUEBA_LARGA(otras, colgada, 1) { pause(); }
FIN
build_others() {
    # shellcheck disable=SC2046,SC2086 # CC y pkg-config dan opciones
    ${CC:-cc} -std=gnu11 -D_GNU_SOURCE -O0 -fsanitize=address -Icommon/include -Icommon/tests \
        -o "$work/otras" "$work/otras.c" $(pkg-config --cflags libuv jansson) -lcriterion
}
others() {
    ASAN_OPTIONS=leak_check_at_exit=0 timeout 60 "$work/otras" --tap=- -j2 >"$work/out" 2>&1
    same 1 $?
}
if build_others >"$work/out" 2>&1; then
    check 'con_criterion_acaba_y_acaba_mal' others
    check 'la_que_va_bien_pasa' has "$work/out" '^ok - otras::bien '
    check 'la_que_pierde_memoria_falla' has "$work/out" '^not ok - otras::pierde '
    check 'y_la_colgada_tambien' has "$work/out" '^not ok - otras::colgada '
else
    check 'otras_se_compilan' eval 'cat "$work/out"; false'
fi
finish
