#!/bin/bash
# Pruebas de `make debug`: gdb en una terminal, con la solución del 07 dentro y el servidor de la
# prueba contestando. La salida es TAP.
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
if ! command -v gdb >/dev/null; then
    skip se_abre_gdb_en_la_prueba 'no hay gdb'
    finish
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-debug-tests.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # lo recorre quien no es root
out=$work/salida
mkdir -m 1777 "$work/tmp"
export TMPDIR=$work/tmp

# Las órdenes van por la entrada de la terminal. gdb acaba con la suya: nada espera a un reloj.
on_terminal() { # ORDEN < ÓRDENES-DE-GDB
    "${as_typed[@]}" TERM=dumb timeout 200 script -qefc "$1" /dev/null >"$out" 2>&1
    echo $? >"$work/rc"
    tr -d '\r' <"$out" >"$out.txt"
}
code() { same "$1" "$(cat "$work/rc")"; }
nothing_left() { # ni procesos ni archivos
    ! grep -lsF "$work/tmp/asinc-debug" /proc/[0-9]*/cmdline && same '' "$(ls "$work/tmp")"
}

commands=$'break imprimir\ncontinue\nprint resultado->estado\nbacktrace 2\nquit\n'
on_terminal 'make -s debug LAB=07 PRUEBA=formato_de_linea DESDE=solutions' <<<"$commands"
check 'dice_que_hace' has "$out.txt" 'Prueba «formato_de_linea», sin caja y sin prisa'
check 'para_al_entrar_en_main' has "$out.txt" 'Temporary breakpoint 1, main \(argc='
check 'y_donde_se_le_pide' has "$out.txt" 'Breakpoint 2, imprimir \('
check 'cada_linea_es_la_del_archivo' has "$out.txt" 'solutions/07-monitor/monitor\.c:[0-9]+'
check 'el_servidor_de_la_prueba_contesto' has "$out.txt" '\$1 = (200|404|503|[1-5][0-9][0-9])'
check 'acaba_bien' code 0
check 'no_deja_nada' nothing_left

on_terminal 'make -s debug LAB=07 PRUEBA=formato_de_linea DESDE=solutions' <<<$'continue\nquit\n'
check 'si_se_deja_seguir_la_prueba_pasa' has "$out.txt" 'La prueba acabó: bien'
check 'y_tampoco_deja_nada' nothing_left

on_terminal 'make -s debug LAB=07 PRUEBA=formato_de_linea DESDE=solutions' <<<$'show args\nbreak main\nrun\nprint argc > 1\nprint *argv@argc\nquit\n'
check 'run_conserva_los_argumentos' has "$out.txt" "Argument list to give program being debugged when it is started is \"'.*http://"
check 'y_empieza_con_ellos' has "$out.txt" '0x[0-9a-f]+ "http://127'
check 'sin_ningun_aviso' hasnt "$out.txt" '[Ww]arning|No such file|not defined|No debugging'
check 'y_no_deja_nada_en_marcha' nothing_left

on_terminal 'make -s debug LAB=07 PRUEBA=no_hay_tal DESDE=solutions' <<<quit
check 'una_prueba_que_no_existe' has "$out.txt" 'no llegó a arrancar tu programa: ¿se llama así\?'
on_terminal 'make -s debug LAB=07' <<<quit
check 'sin_prueba_dice_como_se_pide' has "$out.txt" 'make debug LAB=07 PRUEBA='
check 'y_es_un_error' code 2

# Quien no es root, que es lo corriente.
if [ "$(id -u)" -eq 0 ]; then
    on_terminal "setpriv --reuid=65534 --regid=65534 --clear-groups autograder/debug/debug.sh formato_de_linea \
        build/debug/solutions/07-monitor/monitor build/normal/labs/07-monitor/suite build/normal/autograder/asinc-grade build/normal/autograder/runner \
        build/normal/autograder/postgres.tar build/normal/autograder/debug/gate" <<<"$commands"
    check 'sin_ser_root_tambien' has "$out.txt" 'Breakpoint 2, imprimir \('
    check 'y_no_deja_nada' nothing_left
fi
finish
