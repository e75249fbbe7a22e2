#!/bin/bash
# Prueba el curso en sistemas recién instalados, con lo que escribe quien llega: `make systems`.
#   systems.sh ['SISTEMA SISTEMA...']    sin decir cuáles, todos
# Con TODO=1, todo también como root. Con LIBRO=no, sin el libro. Con PRUEBAS=no, solo las notas.
#
# Cada sistema es una raíz en build/systems/SISTEMA/raiz, que se conserva: la segunda vez solo se
# pone al día. Dentro se clona lo confirmado del curso dos veces, para root y para ana, que no es
# nadie. Los registros quedan en build/systems/SISTEMA. Cada orden es una prueba.
set -u
export LC_ALL=C.UTF-8 # para contar letras, y no octetos
cd "$(dirname "$0")/../.." || exit 1
here=.setup/systems
# shellcheck source=.setup/systems/root.sh
. $here/root.sh
# shellcheck source=.setup/systems/table.sh
. $here/table.sh
# shellcheck source=.setup/systems/arm64.sh
. $here/arm64.sh

all=(bookworm trixie forky bookworm-arm64 trixie-arm64)
top=$PWD/build/systems

die() {
    printf 'make systems: %s\n' "$1" >&2
    exit "${2:-1}"
}

read -ra systems <<<"${*//,/ }"
[ ${#systems[@]} -gt 0 ] || systems=("${all[@]}")
for system in "${systems[@]}"; do
    case " ${all[*]} " in
    *" $system "*) ;;
    *) die "no conozco el sistema «$system»: los que hay son ${all[*]}" 2 ;;
    esac
done
[ "$(id -u)" = 0 ] || die 'hace falta ser root para instalar un Debian en una carpeta: escribe sudo make systems'
for tool in mmdebstrap bwrap unshare git; do
    command -v $tool >/dev/null || die "falta $tool: haz make setup GRUPO=systems"
done
unshare --mount --pid --fork --kill-child --mount-proc true 2>/dev/null ||
    die 'este sistema no deja montar /proc ni a root: prueba en una máquina, o en un contenedor con --privileged'
commit=$(git log -1 --format='%h «%s»' 2>/dev/null) ||
    die 'se prueba lo confirmado en git, y esto no es un clon: clona el curso y repite'
[ -z "$(git status --porcelain)" ] || echo 'Aviso: hay cambios sin confirmar, que no se prueban.'
echo "Se prueba $commit."
mkdir -p "$top" || exit 1
exec 9>"$top/cerrojo"
flock -n 9 || die 'ya hay otro make systems en marcha: espera a que acabe'

# ---- ejecutar ---------------------------------------------------------------------------

child='' doing=''
cleanup() {
    arm64_off
    rm -rf --one-file-system "$top"/*/raiz.nueva
}
interrupted() {
    trap '' INT TERM HUP
    if [ -n "$child" ]; then
        kill -TERM "$child" 2>/dev/null
        wait "$child"
    fi
    printf '\nInterrumpido durante %s.\n' "${doing:-la preparación}" >&2
    exit 130
}
trap cleanup EXIT
trap interrupted INT TERM HUP

# step REGISTRO SEGUNDOS ORDEN...: con plazo, y sin dejar nada en marcha si se interrumpe.
step() {
    local log=$1 limit=$2
    shift 2
    # env: una orden en segundo plano nace ignorando SIGINT, y hay pruebas que lo necesitan.
    env --default-signal=INT,QUIT timeout -k 1 "$limit" "$@" >"$log" 2>&1 </dev/null 9>&- &
    child=$!
    wait "$child"
    local status=$?
    child=
    [ "$status" -lt 124 ] || echo "(se cortó a los $limit s, o lo mataron)" >>"$log"
    return "$status"
}

# do_as USUARIO REGISTRO GUION
do_as() {
    inside "$1" "$3"
    step "$logs/$2.log" 3000 "${command[@]}"
}

# ---- un sistema -------------------------------------------------------------------------

clone() { # USUARIO: una copia nueva de lo confirmado en su casa
    local home=$root/root
    [ "$1" = root ] || home=$root/home/$1
    rm -rf --one-file-system "$home/curso"
    git clone -q --no-hardlinks "$PWD" "$home/curso" && chown -R --reference="$home" "$home/curso"
}

install() { # GRUPO
    begin "make setup GRUPO=$1"
    do_as root "setup-$1" "cd curso && make setup GRUPO=$1"
    verdict $? "setup-$1"
}

# marks USUARIO CARPETA OPCIONES ESPERADO: lo que dice `make grade`, y en qué caja.
marks() {
    local log=grade-$1-$2${3:+-${3#*=}}
    begin "make grade${3:+ $3}, $1$([ "$2" = curso ] || echo ' (edición)')"
    do_as "$1" "$log" "cd $2 && make grade $3 && echo \"CAJA \$(build/normal/autograder/asinc-grade --resultados peldano)\""
    got=$(sed -n 's/^TOTAL \([0-9/]*\).*/\1/p' "$logs/$log.log" | tail -n 1)
    note caja "$(sed -n 's/^CAJA //p' "$logs/$log.log" | paste -sd,)"
    [ "$got" = "$4" ]
    verdict $? "$log" "${got:-sin nota}"
}

both_marks() { # USUARIO
    local first
    marks "$1" curso '' 0/600
    first=$got
    marks "$1" curso DESDE=solutions 600/600
    note "notas, $1" "${first:-?} y ${got:-?}"
}

whole() { # USUARIO: las pruebas, el libro y la edición
    local count
    begin "make test, $1"
    do_as "$1" "test-$1" 'cd curso && make test'
    status=$?
    count=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$logs/test-$1.log" | tail -n 1)
    verdict $status "test-$1" "${count:-sin acabar}"
    note "pruebas, $1" "$(sed 's/ passed, / y /; s/ failed.*//' <<<"${count:-?}")"

    if [ -z "${LIBRO:-}" ]; then
        begin "make book, $1"
        do_as "$1" "book-$1" 'cd curso && make book'
        verdict $? "book-$1"
        note "libro, $1" "$word"
    fi
    begin "make dist, $1"
    do_as "$1" "dist-$1" "cd curso && make dist ${LIBRO:+LIBRO=$LIBRO} && rm -rf ../edicion && mkdir ../edicion &&
        tar -xzf build/dist/*.tar.gz -C ../edicion --strip-components=1"
    verdict $? "dist-$1" || return
    marks "$1" edicion '' 0/600
    note "edición, $1" "${got:-?}"
}

# Una raíz que se conserva se pone al día; sin red vale como está.
refresh='export DEBIAN_FRONTEND=noninteractive; apt-get -q update && apt-get -qy dist-upgrade || [ -e /usr/bin/gcc ]'
add_ana='id -u ana || useradd -m -s /bin/bash ana'

newcomer() {
    begin 'el sistema'
    make_root --include="$base" && do_as root sistema "$refresh" && do_as root ana "$add_ana"
    verdict $? raiz || return
    expired
    clone root && clone ana || return
    both_marks root
    if [ -z "${PRUEBAS:-}" ]; then
        install test
        [ -n "${LIBRO:-}" ] || install book
    fi
    versions
    both_marks ana
    [ -z "${PRUEBAS:-}" ] || return 0
    whole ana
    [ -z "${TODO:-}" ] || whole root
}

for system in "${systems[@]}"; do
    root=$top/$system/raiz logs=$top/$system row=$SECONDS
    mkdir -p "$logs"
    rm -f "$logs"/*.log
    case $system in
    *-arm64) arm64 ;;
    *) newcomer ;;
    esac
    note tiempo "$(((SECONDS - row + 30) / 60)) min"
done
table
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
