#!/bin/bash
# `make grade SANITIZE=1`: lo que sin ASan no se nota, con él se dice. Y lo que se repite para
# explicarlo: quien muere o no para, con los sanitizadores; los demás, con sus tareas dibujadas. Se
# ejecuta en la raíz del curso, con las suites hechas; la salida es TAP.
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

# Y lo que mide la memoria no culpa al programa de la de ASan.
memory_spared() { # LAB PRUEBA
    "$grader" --lab "$1" --desde solutions --prueba "$2" --sanitize --informe "$work/informe" >"$work/dice" 2>&1
    has "$work/dice" 'TOTAL ([0-9]+)/\1'
}
check con_sanitize_la_memoria_de_07_no_resta memory_spared 07 no_pierde_descriptores
check con_sanitize_la_memoria_de_09_no_resta memory_spared 09 linea_sin_fin
check con_sanitize_la_memoria_de_11_no_resta memory_spared 11 memoria_plana

# wrong PRUEBA EXPRESIÓN: la solución, con ese cambio de sed, y lo que se dice de ella.
wrong() {
    sed "$2" solutions/07-monitor/monitor.c >"$work/07-monitor/monitor.c"
    "$grader" --lab 07 --desde "$work" --prueba "$1" --informe "$work/informe" >"$work/dice" 2>&1
    tr -s ' \n' ' ' <"$work/dice" >"$work/seguido"
}
where_it_died() {
    wrong registra_estado 's/^    int umbral = /    *(volatile char *)(size_t)resultado->estado = 0;\n&/'
    has "$work/seguido" 'FALLO: (ASan|UBSan) vio .*, en registrar \(.*07-monitor/monitor.c:[0-9]+\)' &&
        has "$work/seguido" 'Así se notó: .* murió por SIGSEGV'
}
check quien_muere_lee_en_que_linea where_it_died
# Quien acaba con _exit lee la fuga, y qué hacer para verla.
leak_and_exit() {
    wrong memoria_limpia 's/^    int umbral = /    void *volatile fuga = malloc(77);\n    fuga = NULL;\n    (void)fuga;\n&/; s/^#include <time.h>/&\n#include <unistd.h>/; /^int main(/,/^}/s/return \(.*\);/_exit(\1);/'
    has "$work/seguido" 'FALLO: ASan vio que el programa acabó sin liberar memoria que pidió, en registrar \(.*07-monitor/monitor.c:[0-9]+\)\. Con _exit\(\) el programa no da ocasión de buscarla'
}
check quien_acaba_con__exit_lee_la_fuga leak_and_exit
where_it_spins() {
    wrong formato_de_linea 's/^    return as_sleep(turno .*/    for (volatile int i = 0; i >= 0; i = 0)\n        ;\n    return 0;/'
    has "$work/seguido" 'FALLO: el programa no espera: da vueltas, en esperar_turno \(.*07-monitor/monitor.c:[0-9]+\)'
}
check quien_da_vueltas_lee_donde where_it_spins
what_blocks() {
    wrong no_deriva 's/^    as_http_response respuesta = {0};/&\n    usleep(300000);/; s/^#include <time.h>/&\n#include <unistd.h>/'
    has "$work/seguido" 'FALLO: algo bloquea el bucle, .* la tarea «.*» \(creada en .*monitor.c:[0-9]+\) acaparó el hilo' &&
        hasnt "$work/seguido" '¿se suma al intervalo'
}
check quien_bloquea_el_bucle_lee_que_tarea what_blocks
tasks_drawn() {
    wrong verifica_todas_a_la_vez 's/as_gather_each(vigilar_sitio, sitios, opciones->n,/as_gather_each(vigilar_sitio, sitios, 1,/'
    has "$work/dice" 'Tus tareas' && has "$work/dice" '^    principal  *[█#]' &&
        has "$work/informe/resultados.json" '"tarea"' && has "$work/informe/index.html" 'De cada tarea tuya'
}
check las_tareas_se_dibujan tasks_drawn
finish
