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

# Con el corrector compilado, lo que él dice: nadie sabe mejor en qué caja calificaría.
grader() { # CÓDIGO LO-QUE-DICE...
    local rc=$1
    shift
    { printf '#!/bin/sh\n' && printf 'echo "%s"\n' "$@" && echo "exit $rc"; } >"$work/corrector"
    chmod +x "$work/corrector"
}
asked() { all ASINC_CORRECTOR="$work/corrector"; }
machine
grader 0 completa
whole() { asked && rc 0 && has "$out" '^bien +caja +completa'; }
check con_el_corrector_hecho_dice_su_caja whole
grader 2 'asinc-grade: no entiendo --comprobar' 'Uso: asinc-grade [opciones]'
older() { asked && hasnt "$out" 'no entiendo|Uso:'; }
check de_un_corrector_de_antes_no_ensena_su_queja older
grader 0 'AVISO: se califica en la caja mínima: el programa usa la red' minima
lesser() { asked && rc 0 && has "$out" '^ojo +caja +se califica en la «minima»' && has "$out" 'usa la red' && hasnt "$out" AVISO; }
check y_por_que_no_es_la_completa lesser
grader 3 'asinc-grade: aquí no se puede encerrar al programa: no hay Landlock.'
none() { asked && rc 1 && has "$out" '^MAL +caja +aquí no se puede calificar' && has "$out" 'no hay Landlock'; }
check si_no_se_puede_ninguna_es_un_fallo none
grader 0 completa
rmdir "$work/raiz/dev/shm"
own_shm() { asked && rc 0 && has "$out" '^ojo +/dev/shm'; }
check sin_dev_shm_y_con_la_completa_se_califica own_shm

# Los archivos abiertos: los de siempre, y los que pida algún laboratorio, que lo dice el corrector.
few_files() { (ulimit -n 200 && all) && rc 1 && has "$out" '^MAL +límites +solo 200 archivos' && has "$out" 'ulimit -n 1024'; }
check pocos_archivos_abiertos_es_un_fallo few_files
machine
grader 0 completa 'archivos: el laboratorio 09 pide 700 archivos abiertos por proceso y aquí caben 512. Remedio: ulimit -n 1024'
lab_files() { asked && rc 1 && has "$out" '^MAL +límites +el laboratorio 09 pide 700 .* caben 512$' && has "$out" '^ +ulimit -n 1024' && has "$out" '^bien +caja +completa'; }
check si_no_caben_los_de_un_laboratorio_lo_dice lab_files
# El de verdad, con el límite duro por debajo: lo que pide cada uno sale de su lab.json.
own_files() {
    [ -x build/normal/autograder/asinc-grade ] || { echo '# sin el corrector hecho no se mira' && return 0; }
    (ulimit -n 512 && "${plain[@]}" .setup/doctor.sh) >"$out" 2>&1
    has "$out" '^MAL +límites +el laboratorio [0-9]+ pide [0-9]+ archivos abiertos por proceso y aquí caben 512'
}
plain=()
[ "$(id -u)" -ne 0 ] || plain=(setpriv --bounding-set -sys_resource --inh-caps -sys_resource)
check y_lo_dice_el_corrector_de_verdad own_files

machine
# Un usuario de verdad que no está en /etc/passwd, con una copia que puede leer.
nobody=(setpriv --reuid 54321 --clear-groups)
stranger() {
    mkdir "$work/curso" && cp -r .setup "$work/curso" && chmod -R a+rX "$work" && chown -R 54321 "$work/curso" "$work/raiz"
    "${nobody[@]}" test -r "$work/curso/.setup/doctor.sh"
}
nameless() {
    doctor TMPDIR="$work/curso" "${nobody[@]}" "$work/curso/.setup/doctor.sh"
    rc 0 && has "$out" '^ojo +usuario +el 54321 no tiene nombre'
}
if [ "$(id -u)" -ne 0 ]; then
    skip sin_nombre_de_usuario_se_avisa 'hay que ser root para ser otro'
elif ! stranger; then
    skip sin_nombre_de_usuario_se_avisa 'aquí nadie más puede leer TMPDIR, o no se puede ser otro'
else
    check sin_nombre_de_usuario_se_avisa nameless
fi
mkdir "$work/ana"
printf '#!/bin/sh\n[ "$1" = -un ] && echo ana || echo 1000\n' >"$work/ana/id"
chmod +x "$work/ana/id"
homeless() { all HOME= PATH="$work/ana:$PATH" && rc 0 && has "$out" '^ojo +usuario +ana, sin HOME'; }
check sin_HOME_se_avisa homeless
narrow_memory() { [ "$(id -u)" -eq 0 ] || { all ASINC_DIRECCIONES=524288 && rc 1 && has "$out" '^MAL +límites +512 MiB de direcciones'; }; }
check un_limite_de_direcciones_es_un_fallo narrow_memory

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

# La fila de la tabla del README en que se está.
mkdir "$work/uname"
row() { # OS-RELEASE MÁQUINA LÍNEA-ESPERADA
    machine
    mkdir "$work/raiz/etc"
    printf '%b\n' "$1" >"$work/raiz/etc/os-release"
    printf '#!/bin/sh\necho %s\n' "$2" >"$work/uname/uname"
    chmod +x "$work/uname/uname"
    all PATH="$work/uname:$PATH" && rc 0 && has "$out" "$3" && same sistema "$(awk 'NR == 1 { print $2 }' "$out")"
}
debian='NAME="Debian GNU/Linux"\nID=debian\n'
ubuntu='NAME=Ubuntu\nID=ubuntu\nID_LIKE=debian\n'
check debian_12_esta_probado row "${debian}VERSION_ID=12" x86_64 '^bien +sistema +Debian 12, x86-64: probado con make systems SISTEMA=bookworm$'
check debian_13_esta_probado row "${debian}VERSION_ID=13" x86_64 '^bien +sistema +Debian 13, x86-64: .*SISTEMA=trixie$'
check testing_esta_probado row "${debian}VERSION_CODENAME=forky" x86_64 '^bien +sistema +Debian testing, x86-64: .*SISTEMA=forky$'
check debian_13_en_arm64_emulado row "${debian}VERSION_ID=13" aarch64 '^bien +sistema +Debian 13, arm64: probado, emulado, .*SISTEMA=trixie-arm64$'
check testing_en_arm64_no_esta_probado row "${debian}VERSION_CODENAME=forky" aarch64 '^ojo +sistema +Debian forky, arm64: no probado$'
check debian_11_no_esta_probado row "${debian}VERSION_ID=11" x86_64 '^ojo +sistema +Debian 11, x86-64: no probado$'
check ubuntu_24_04_son_los_mismos_paquetes row "${ubuntu}VERSION_ID='24.04'" x86_64 '^bien +sistema +Ubuntu 24.04, x86-64: los mismos paquetes'
check ubuntu_22_04_no_esta_probado row "${ubuntu}VERSION_ID='22.04'" x86_64 '^ojo +sistema +Ubuntu 22.04, x86-64: no probado$'
check fedora_no_esta_probado row 'NAME="Fedora Linux"\nID=fedora\nVERSION_ID=43' x86_64 '^ojo +sistema +Fedora Linux 43, x86-64: no probado$'
check y_dice_donde_si has "$out" 'Debian 12, 13 y testing'
check un_sistema_sin_nombre_no_esta_probado row '' riscv64 '^ojo +sistema +.*riscv64: no probado$'
contained() {
    machine && mkdir "$work/raiz/etc" && printf '%b\n' "${debian}VERSION_ID=13" >"$work/raiz/etc/os-release" && : >"$work/raiz/.dockerenv"
    all && rc 0 && has "$out" '^bien +sistema +Debian 13' && has "$out" '^bien +en un contenedor: lo mismo, en la caja que quepa$'
}
check en_un_contenedor_lo_dice contained

mkdir "$work/bin"
printf '#!/bin/sh\necho 1.20.0\n' >"$work/bin/pkg-config"
chmod +x "$work/bin/pkg-config"
old_libraries() { all PATH="$work/bin:$PATH" && rc 1 && has "$out" '^MAL +bibliotecas .*libuv 1.44 \(hay: 1.20.0\)'; }
check las_bibliotecas_viejas_se_dicen old_libraries

machine
printf '#!/bin/sh\necho "GNU gdb (Debian $GDB-3) $GDB"\n' >"$work/bin/gdb"
chmod +x "$work/bin/gdb"
rm "$work/bin/pkg-config"
echo 'flags : fpu amx_bf16 amx_tile' >"$work/raiz/proc/cpuinfo"
old_gdb() { all GDB=13.1 PATH="$work/bin:$PATH" && rc 0 && has "$out" '^ojo +gdb +13.1, en un procesador con AMX' && has "$out" 'make debug'; }
check un_gdb_que_no_puede_con_AMX_se_avisa old_gdb
new_gdb() { all GDB=14.2 PATH="$work/bin:$PATH" && rc 0 && has "$out" '^bien +gdb +14.2'; }
check y_uno_que_puede_no new_gdb

narrow() { all && ! awk 'length > 110' "$out" | grep .; }
check las_lineas_no_se_alargan narrow
finish
