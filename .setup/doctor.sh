#!/bin/bash
# Mira si esta máquina sirve para el curso, y dice qué hacer con lo que no.
#   doctor.sh            todo, una línea cada cosa; termina con 1 si algo impide trabajar
#   doctor.sh --rapido   lo que tarda milisegundos, y solo lo que va mal: lo llama make grade
# No instala ni cambia nada.
set -u
unset CDPATH # con él, cd dice adónde va
language=${LC_ALL:-${LC_CTYPE:-${LANG:-}}}
export LC_ALL=C.UTF-8 # para contar letras, y no bytes
cd "$(dirname "$0")/.." || exit 1

# Las pruebas ponen aquí un sistema fingido.
root=${ASINC_RAIZ:-}
quick=no
case ${1:-} in
'') ;;
--rapido) quick=yes ;;
*)
    echo 'Uso: .setup/doctor.sh [--rapido]' >&2
    exit 2
    ;;
esac

[ "$quick" = no ] || exec >&2
faults=0 warnings=0
bold='' good='' bad='' warn='' off=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold='\033[1m' good='\033[32m' bad='\033[31m' warn='\033[33m' off='\033[0m'
fi

line() { # COLOR MARCA QUÉ CÓMO-ESTÁ
    # shellcheck disable=SC2059 # los colores son formatos
    printf "$1%-5s$off %s%*s %s\n" "$2" "$3" $((14 - ${#3})) '' "$4"
}
remedy() { printf '%s\n' "$1" | fold -s -w 59 | sed 's/^/                     /; s/ *$//'; }
ok() { [ "$quick" = yes ] || line "$good" bien "$1" "$2"; }
# Un aviso no impide trabajar; lo rápido lo calla.
notice() { # QUÉ CÓMO-ESTÁ REMEDIO
    warnings=$((warnings + 1))
    [ "$quick" = yes ] || { line "$warn" ojo "$1" "$2" && remedy "$3"; }
}
fault() {
    faults=$((faults + 1))
    line "$bad" MAL "$1" "$2"
    remedy "$3"
}

value() { # ARCHIVO: lo que dice, o nada
    [ ! -r "$root$1" ] || head -c 4096 "$root$1"
}
at_least() { # VERSIÓN MÍNIMA
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -1)" = "$2" ]
}
container() { [ -e "$root/.dockerenv" ] || [ -e "$root/run/.containerenv" ]; }
wsl() { case $(value /proc/sys/kernel/osrelease) in *[Mm]icrosoft*) ;; *) false ;; esac }

# ---- el sistema -------------------------------------------------------------------------

# Qué fila de la tabla de sistemas del README es esta máquina, y con qué se prueba.
system() {
    local id='' version='' codename='' name='' cpu where='' proof=''
    eval "$(value /etc/os-release | sed -n 's/^ID=/id=/p; s/^VERSION_ID=/version=/p; s/^VERSION_CODENAME=/codename=/p; s/^NAME=/name=/p')"
    case $(uname -m) in
    x86_64) cpu=x86-64 ;;
    aarch64) cpu=arm64 ;;
    *) cpu=$(uname -m) ;;
    esac
    ! wsl || where=', en WSL: lo mismo, en la caja que quepa'
    ! container || where=', en un contenedor: lo mismo, en la caja que quepa'
    case $id:${version:-$codename}:$cpu in
    debian:12:x86-64) proof='probado con make systems SISTEMA=bookworm' ;;
    debian:13:x86-64) proof='probado con make systems SISTEMA=trixie' ;;
    debian:forky:x86-64) proof='probado con make systems SISTEMA=forky' version=testing ;;
    debian:12:arm64) proof='probado, emulado, con make systems SISTEMA=bookworm-arm64' ;;
    debian:13:arm64) proof='probado, emulado, con make systems SISTEMA=trixie-arm64' ;;
    ubuntu:*:x86-64 | ubuntu:*:arm64) ! at_least "$version" 24.04 || proof='los mismos paquetes que Debian; no probado entero, solo lo que cambia' ;;
    esac
    name="${name%% GNU/Linux*} ${version:-$codename}, $cpu"
    if [ -n "$proof" ]; then
        ok sistema "$name: $proof"
        [ -z "$where" ] || ok '' "${where#, }"
    else
        notice sistema "${name# }: no probado$where" 'El curso se prueba en Debian 12, 13 y testing. Si algo falla, usa uno de ellos en una máquina virtual o un contenedor.'
    fi
}

kernel() {
    release=$(value /proc/sys/kernel/osrelease)
    if [ -z "$release" ]; then
        fault núcleo "$(uname -s), sin /proc" 'El curso necesita Linux con /proc montado: usa Debian 12 o 13 en una máquina virtual o un contenedor.'
    elif ! at_least "$release" 5.10; then
        notice núcleo "Linux $release" 'El curso se prueba con Linux 5.10 o más nuevo: si algo falla, actualiza el sistema.'
    elif wsl; then
        case $(pwd -P) in
        /mnt/[a-z]/*) fault núcleo "Linux $release, en un disco de Windows" 'Copia el curso dentro de Linux (cp -r . ~/curso): en /mnt/c compilar tarda diez veces más y make watch no ve los cambios hasta un segundo después.' ;;
        *) ok núcleo "Linux $release (WSL)" ;;
        esac
    else
        ok núcleo "Linux $release$(! container || echo ', en un contenedor')"
    fi
}

machine() {
    cores=$(nproc 2>/dev/null || echo 1)
    mib=$(value /proc/meminfo | awk '/^MemAvailable/ { print int($2 / 1024) }')
    if [ "${mib:-9999}" -lt 500 ]; then
        notice memoria "$mib MiB libres" 'Con menos de 500 MiB, compilar con los sanitizers puede no caber: cierra otros programas.'
    else
        ok memoria "${mib:-?} MiB libres, procesadores: $cores"
    fi
}

free_mib() { df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }'; }
space() {
    for place in . build "${TMPDIR:-/tmp}"; do
        [ -e "$place" ] || continue
        mib=${ASINC_LIBRE:-$(free_mib "$place")}
        shown=$place
        [ "$place" != . ] || shown='el curso'
        if [ "$place" = build ] && [ -w build ]; then
            continue # está donde el curso
        elif [ ! -w "$place" ]; then
            fault disco "no se puede escribir en $shown" "Arréglalo con chmod o chown, o trabaja en una copia que sea tuya. (Es $(cd "$place" 2>/dev/null && pwd || echo "$place").)"
        elif [ "${mib:-0}" -lt 300 ]; then
            fault disco "quedan ${mib:-0} MiB en $shown" 'Hacen falta 300: libera espacio (make clean borra lo generado) o pon TMPDIR en otro disco.'
        else
            ok disco "quedan $mib MiB en $shown"
        fi
    done
}

# Lo que haría calificar: lo dice el corrector, si ya está compilado. Deja en $rung la caja, o nada si
# no se puede ninguna, en $why por qué no es la completa, y en $narrow qué laboratorio pide más archivos
# abiertos de los que caben.
grader=${ASINC_CORRECTOR-build/normal/autograder/asinc-grade}
rung='' why='' narrow=''
ask_grader() {
    [ -z "$root" ] || [ -n "${ASINC_CORRECTOR:-}" ] || return 1
    [ -x "$grader" ] || return 1
    [ -z "$rung$why" ] || return 0
    # shellcheck disable=SC2086
    why=$("$grader" --comprobar ${CAJA:+--caja "$CAJA"} 2>&1 || :)
    case $why in *'no entiendo --comprobar'*) why='' && return 1 ;; esac # uno de antes, sin rehacer
    narrow=$(printf '%s\n' "$why" | sed -n 's/^archivos: //p')
    why=$(printf '%s\n' "$why" | sed '/^archivos: /d')
    rung=$(printf '%s\n' "$why" | grep -xE 'completa|parcial|minima|ya-aislado|no' || :)
    why=$(printf '%s\n' "$why" | grep -vxE 'completa|parcial|minima|ya-aislado|no' | sed 's/^AVISO: //; s/^asinc-grade: //' || :)
}

shared_memory() {
    if [ -w "$root/dev/shm" ]; then
        ok /dev/shm 'se puede escribir'
    elif ask_grader && { [ "$rung" = completa ] || [ "$rung" = parcial ]; }; then
        notice /dev/shm 'no se puede escribir, y la caja trae el suyo' 'Para make test, que no la usa siempre, sí hace falta:
sudo mount -o remount,rw,mode=1777 /dev/shm'
    else
        fault /dev/shm 'no se puede escribir' 'Las pruebas lo usan para hablar entre procesos. En Docker,
--tmpfs /dev/shm:rw,mode=1777
En otro sistema,
sudo mount -t tmpfs tmpfs /dev/shm'
    fi
}

terminals() {
    if [ -e "$root/dev/ptmx" ] && (: <>"$root/dev/ptmx") 2>/dev/null; then
        ok /dev/ptmx 'hay terminales que abrir'
    else
        fault /dev/ptmx 'no se puede abrir' 'El laboratorio 11 se prueba en una terminal. En un contenedor, arráncalo con -t. Si no, monta devpts:
sudo mount -t devpts devpts /dev/pts -o ptmxmode=666'
    fi
}

# Por qué no dejaría este sistema crear espacios de nombres a quien no es root.
namespaces() {
    if ! command -v bwrap >/dev/null; then
        fault caja 'falta bubblewrap' 'Haz make setup: es la caja donde corre el programa que se califica.'
        return
    fi
    if [ "$quick" = no ] && ask_grader; then
        case $rung in
        completa) ok caja 'completa: espacios de nombres y seccomp' ;;
        '') fault caja 'aquí no se puede calificar' "$why" ;;
        *) notice caja "se califica en la «$rung»" "$why" ;;
        esac
        return
    fi
    if [ "$quick" = no ] && [ -z "$root" ] && bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev true 2>/dev/null; then
        ok caja 'completa: espacios de nombres y seccomp'
        return
    fi
    lesser='Sin eso se califica en una caja menor si el núcleo trae Landlock (Linux 6.12), o no se califica.'
    if [ "$(value /proc/sys/kernel/apparmor_restrict_unprivileged_userns)" = 1 ]; then
        notice caja 'AppArmor no deja crear espacios de nombres (Ubuntu)' "Hasta reiniciar:
sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0
$lesser"
    elif [ "$(value /proc/sys/kernel/unprivileged_userns_clone)" = 0 ]; then
        notice caja 'el núcleo no deja crear espacios de nombres' "Hasta reiniciar:
sudo sysctl kernel.unprivileged_userns_clone=1
$lesser"
    elif [ "$(value /proc/sys/user/max_user_namespaces)" = 0 ]; then
        notice caja 'el número de espacios de nombres está en 0' "Hasta reiniciar:
sudo sysctl user.max_user_namespaces=15000
$lesser"
    elif [ "$quick" = yes ]; then
        :
    elif container; then
        notice caja 'este contenedor no deja hacer la completa' 'Arráncalo con
--security-opt seccomp=unconfined
--security-opt systempaths=unconfined
(en podman, --security-opt unmask=ALL). Si no, se califica en una menor, y el informe dice qué le falta.'
    else
        notice caja "bubblewrap no puede hacerla: $(bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev true 2>&1 | head -1)" "$lesser"
    fi
}

limits() {
    files=$(ulimit -n)
    addresses=${ASINC_DIRECCIONES:-$(ulimit -v)}
    if [ "$addresses" != unlimited ] && [ "$(id -u)" -ne 0 ]; then
        fault límites "$((addresses / 1024)) MiB de direcciones por programa (ulimit -v)" 'Con ese límite no arrancan los programas con ASan, y no se califica. Usa una terminal sin él: la caja ya pone el suyo.'
    elif [ "$files" != unlimited ] && [ "$files" -lt 256 ]; then
        fault límites "solo $files archivos abiertos por proceso" 'Súbelo en esta terminal con ulimit -n 1024.'
    elif ask_grader && [ -n "$narrow" ]; then
        fault límites "${narrow%%. Remedio: *}" "${narrow#*. Remedio: }"
    else
        ok límites "$files archivos abiertos por proceso"
    fi
}

# Sin nombre o sin carpeta propia (docker run -u 1234) se trabaja igual.
person() {
    name=$(id -un 2>/dev/null) || name='' # de quien no tiene, escribe el número
    if [ -z "$name" ]; then
        notice usuario "el $(id -u) no tiene nombre en este sistema" 'Se trabaja y se califica igual. Si algún otro programa protesta, en Docker arranca sin -u.'
    elif [ -z "${HOME:-}" ]; then
        notice usuario "$name, sin HOME" 'Se trabaja y se califica igual. Si algún otro programa protesta: export HOME=/tmp.'
    else
        ok usuario "$name"
    fi
}

watchers() {
    n=$(value /proc/sys/fs/inotify/max_user_instances)
    if [ -n "$n" ] && [ "$n" -lt 16 ]; then
        notice inotify "$n vigilancias" 'make watch mirará los archivos cada medio segundo. Para que los vea al momento:
sudo sysctl fs.inotify.max_user_instances=128'
    else
        ok inotify 'make watch verá los cambios al momento'
    fi
}

tongue() {
    case $language in
    *[Uu][Tt][Ff]8* | *[Uu][Tt][Ff]-8*) ok idioma "$language" ;;
    *) notice idioma "«${language:-C}» no es UTF-8" 'Los dibujos de la terminal salen con letras corrientes. Para verlos enteros: export LANG=C.UTF-8.' ;;
    esac
}

clock() {
    if [ "$(date +%Y)" -lt 2025 ]; then
        notice reloj "$(date +%F)" 'La fecha del sistema está atrasada: HTTPS y make no se entienden con ella. Ponla en hora.'
    fi
}

# ---- lo instalado -----------------------------------------------------------------------

compiler() {
    cc=${CC:-gcc}
    if ! command -v "${cc%% *}" >/dev/null; then
        fault compilador "no encuentro $cc" 'Haz make setup.'
        return
    fi
    version=$($cc -dumpfullversion -dumpversion 2>/dev/null | head -1)
    work=$(mktemp -d "${TMPDIR:-/tmp}/doctor.XXXXXX") || return
    echo 'int main(void) { return 0; }' >"$work/a.c"
    if ! $cc -o "$work/a" "$work/a.c" >"$work/dice" 2>&1 || ! "$work/a"; then
        fault compilador "$cc $version no compila ni esto: int main(void) { return 0; }" "$(head -2 "$work/dice") (haz make setup; si /tmp está montado con noexec, usa otro TMPDIR)"
    elif ! $cc -fsanitize=address,undefined -o "$work/a" "$work/a.c" >"$work/dice" 2>&1; then
        fault compilador "$cc $version, sin sanitizers" 'Instala libasan y libubsan: las pruebas de memoria compilan con ellos.'
    elif ! "$work/a" 2>"$work/dice"; then
        fault compilador "$cc $version: un programa con ASan no corre aquí" "$(head -1 "$work/dice")"
    elif ! at_least "$version" 10; then
        notice compilador "$cc $version" 'El curso se prueba con gcc 12 y más nuevos: si algo no compila, actualízalo.'
    else
        ok compilador "$cc $version, con ASan y UBSan"
    fi
    rm -rf "$work"
}

libraries() {
    if ! command -v pkg-config >/dev/null; then
        fault bibliotecas 'falta pkg-config' 'Haz make setup.'
        return
    fi
    seen='' lacks=''
    for wanted in libuv:1.44 libcurl:7.88 jansson:2.13 libpq:13 libcares:1.18 criterion:2.4; do
        name=${wanted%:*}
        if version=$(pkg-config --modversion "$name" 2>/dev/null) && at_least "$version" "${wanted#*:}"; then
            seen="$seen${seen:+, }$name $version"
        else
            lacks="$lacks${lacks:+, }$name ${wanted#*:} (hay: ${version:-nada})"
        fi
    done
    if [ -n "$lacks" ]; then
        fault bibliotecas "faltan, o son viejas: $lacks" 'Haz make setup; si ya lo hiciste, tu sistema trae versiones anteriores a las de Debian 12.'
    else
        ok bibliotecas "${seen%%, libpq*}"
        ok '' "libpq${seen##*libpq}"
    fi
}

postgres() {
    bin=$(pg_config --bindir 2>/dev/null || true)
    for dir in $bin /usr/lib/postgresql/*/bin; do
        [ ! -x "$dir/initdb" ] || { ok PostgreSQL "$("$dir/initdb" --version | sed 's/.*) //; s/ .*//')" && return; }
    done
    fault PostgreSQL 'no encuentro initdb' 'Haz make setup: el laboratorio 12 usa un servidor de verdad, de usar y tirar.'
}

debugger() { # solo hace falta para make pasos y make debug
    command -v gdb >/dev/null || return 0
    version=$(gdb --version 2>/dev/null | sed -n '1s/.* \([0-9][0-9.]*\).*/\1/p')
    if grep -qsw amx_tile "$root/proc/cpuinfo" && ! at_least "${version:-99}" 14; then
        notice gdb "$version, en un procesador con AMX" 'make pasos ya lo tiene en cuenta. En make debug, llamar a una función del programa (print f(1)) puede acabar en «Bad address»: lo arregló gdb 14, y Debian 13 trae el 16.'
    else
        ok gdb "${version:-no dice su versión}"
    fi
}

[ "$quick" = yes ] || system
space
shared_memory
terminals
namespaces
[ "$quick" = no ] || exit $((faults > 0))
kernel
machine
limits
person
watchers
tongue
clock
compiler
libraries
postgres
debugger

echo
if [ "$faults" -gt 0 ]; then
    # shellcheck disable=SC2059
    printf "${bold}Para empezar hay que arreglar lo que dice MAL (son %d).$off\n" "$faults"
    exit 1
fi
[ "$warnings" = 0 ] || echo 'Lo que dice «ojo» no impide trabajar.'
echo 'Esta máquina sirve para el curso.'
