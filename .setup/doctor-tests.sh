#!/bin/bash
# Pruebas de `make doctor`: en esta máquina, y en otras fingidas a las que les falta algo. TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-doctor.XXXXXX")
trap 'rm -rf "$work"' EXIT
out=$work/dice

# Una máquina sin nada malo, de la que cada prueba estropea una cosa.
machine() {
    rm -rf "$work/raiz"
    mkdir -p "$work/raiz"/proc/sys/{kernel,user,fs/inotify} "$work/raiz/dev/shm"
    echo 6.1.0-13-amd64 >"$work/raiz/proc/sys/kernel/osrelease"
    echo 'MemAvailable: 4000000 kB' >"$work/raiz/proc/meminfo"
    echo 128 >"$work/raiz/proc/sys/fs/inotify/max_user_instances"
    : >"$work/raiz/dev/ptmx"
}
put() { echo "$2" >"$work/raiz/proc/sys/$1"; }
doctor() { # [NOMBRE=valor...] [--rapido]
    env ASINC_RAIZ="$work/raiz" LC_ALL=C.UTF-8 "${@:-A=}" >"$out" 2>&1
    echo $? >"$work/rc"
}
all() { doctor "$@" .setup/doctor.sh; }
quick() { doctor "$@" .setup/doctor.sh --rapido; }
rc() { same "$1" "$(cat "$work/rc")" || { cat "$out" && return 1; }; }

here() { .setup/doctor.sh >"$out" 2>&1 && has "$out" '^Esta máquina sirve para el curso' && has "$out" '^bien +compilador'; }
check en_esta_maquina_no_falta_nada here
check y_lo_rapido_calla same '' "$(.setup/doctor.sh --rapido 2>&1)"
usage() { ! .setup/doctor.sh --otra >"$out" 2>&1 && has "$out" '^Uso: '; }
check una_opcion_que_no_existe_se_dice usage

machine
all
check lo_que_esta_bien_acaba_bien rc 0

full_disk() { quick ASINC_LIBRE=12 && rc 1 && has "$out" 'MAL +disco +quedan 12 MiB' && has "$out" 'make clean'; }
check sin_disco_lo_dice_tambien_lo_rapido full_disk

machine
rmdir "$work/raiz/dev/shm"
no_shm() { quick && rc 1 && has "$out" '/dev/shm +no se puede escribir' && has "$out" 'tmpfs'; }
check sin_dev_shm_dice_que_hacer no_shm

machine
rm "$work/raiz/dev/ptmx"
no_ptmx() { quick && rc 1 && has "$out" '/dev/ptmx +no se puede abrir' && has "$out" 'devpts'; }
check sin_terminales_dice_que_hacer no_ptmx

machine
put kernel/apparmor_restrict_unprivileged_userns 1
ubuntu() { all && rc 0 && has "$out" '^ojo +caja +AppArmor' && has "$out" 'sysctl kernel.apparmor_restrict'; }
check en_ubuntu_dice_lo_de_apparmor ubuntu
ubuntu_quick() { quick && rc 0 && same '' "$(cat "$out")"; }
check un_aviso_no_estorba_a_make_grade ubuntu_quick

machine
put user/max_user_namespaces 0
no_userns() { all && rc 0 && has "$out" 'max_user_namespaces=15000'; }
check sin_espacios_de_nombres_dice_que_hacer no_userns

machine
put kernel/osrelease 5.15.90.1-microsoft-standard-WSL2
wsl() { all && rc 0 && has "$out" 'Linux 5.15.90.1-microsoft.*WSL'; }
check reconoce_wsl wsl

machine
put kernel/osrelease 4.19.0-6-amd64
old_kernel() { all && rc 0 && has "$out" '^ojo +núcleo'; }
check un_nucleo_viejo_se_avisa old_kernel

machine
put fs/inotify/max_user_instances 2
few_watches() { all && rc 0 && has "$out" '^ojo +inotify'; }
check pocas_vigilancias_se_avisan few_watches

machine
not_utf8() { all LC_ALL=C && rc 0 && has "$out" '^ojo +idioma +«C» no es UTF-8'; }
check un_idioma_sin_utf8_se_avisa not_utf8

no_compiler() { all CC=no-hay-tal && rc 1 && has "$out" '^MAL +compilador +no encuentro no-hay-tal' && has "$out" 'hay que arreglar'; }
check sin_compilador_es_un_fallo no_compiler

mkdir "$work/bin"
printf '#!/bin/sh\necho 1.20.0\n' >"$work/bin/pkg-config"
chmod +x "$work/bin/pkg-config"
old_libraries() { all PATH="$work/bin:$PATH" && rc 1 && has "$out" '^MAL +bibliotecas .*libuv 1.44 \(hay: 1.20.0\)'; }
check las_bibliotecas_viejas_se_dicen old_libraries

narrow() { all && ! awk 'length > 110' "$out" | grep .; }
check las_lineas_no_se_alargan narrow
finish
