#!/bin/bash
# `make grade SANITIZE=1`: lo que sin ASan no se nota, con él se dice. Se ejecuta en la raíz del
# curso, con las suites hechas; la salida es TAP.
#   sanitize.sh ASINC-GRADE
set -u
grader=$1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-sanitize.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# La solución, que antes de nada mira un octavo detrás de los suyos.
mkdir "$work/07-monitor"
sed '/^int main(/,/^{/s/^{/{\n    volatile size_t n = 8;\n    char *reserva = malloc(n);\n    volatile int vecino = reserva ? reserva[n] : 0;\n    free(reserva);\n    (void)vecino;/' \
    solutions/07-monitor/monitor.c >"$work/07-monitor/monitor.c"

grade() { # OPCIÓN...
    "$grader" --lab 07 --desde "$work" --prueba url_tal_cual --informe "$work/informe" "$@" >"$work/dice" 2>&1
}
unseen() { grade && has "$work/dice" 'TOTAL 1/1'; }
check sin_sanitize_no_se_nota unseen
seen() {
    grade --sanitize && has "$work/dice" 'TOTAL 0/1' && has "$work/dice" 'ASan|AddressSanitizer' &&
        has "$work/dice" 'LAB=07 SANITIZE=1'
}
check con_sanitize_se_dice seen
finish
