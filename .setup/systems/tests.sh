#!/bin/bash
# Pruebas de `make systems`. No instalan nada: mmdebstrap, unshare y lo que corre dentro son
# fingidos, y el curso es un clon con solo estos guiones. La salida es TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-systems.XXXXXX")
trap 'rm -rf "$work"' EXIT
out=$work/out course=$work/curso

git_here() { git -C "$course" -c user.name=ana -c user.email=ana@localhost -c init.defaultBranch=main "$@"; }
mkdir -p "$course/.setup/systems" "$work/bin" "$work/few"
cp .setup/packages "$course/.setup"
cp .setup/systems/*.sh "$course/.setup/systems"
echo /build/ >"$course/.gitignore"
git_here init -q && git_here add -A && git_here commit -qm 'Un curso'

fake() { # NOMBRE GUION
    printf '#!/bin/bash\n%s\n' "$2" >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}
# Una máquina en la que todo va: cada prueba estropea algo. El guion que correría dentro llega
# como último argumento.
machine() {
    rm -rf "$course/build"
    fake id 'echo 0'
    fake bwrap 'exit 0'
    fake mmdebstrap 'for root; do case $root in *.nueva) mkdir -p "$root"/{root,home/ana} ;; esac; done'
    fake unshare 'inside=${!#}
        case $inside in
        *DESDE=solutions*) echo "TOTAL ${SOLVED:-600/600}"; echo "CAJA completa" ;;
        *make\ grade*) echo "TOTAL 0/600"; echo "CAJA completa" ;;
        *make\ test*) echo "7 passed, 0 failed" ;;
        *make\ book*) [ -z "${NO_BOOK:-}" ] || { echo "sin letra"; exit 2; } ;;
        esac'
}
run() { # [NOMBRE=valor...] [SISTEMA...]
    local set=()
    while [[ ${1:-} == *=* ]]; do set+=("$1") && shift; done
    "${as_typed[@]}" -u LIBRO -u PRUEBAS PATH="$work/bin:$PATH" "${set[@]}" "$course/.setup/systems/systems.sh" "$@" >"$out" 2>&1 </dev/null
    echo $? >"$work/rc"
}
ends() { # CÓDIGO ÚLTIMA-LÍNEA
    if ! same "$1" "$(cat "$work/rc")" || ! same "$2" "$(tail -n 1 "$out")"; then
        cat "$out"
        return 1
    fi
}

machine
run marte
check un_sistema_que_no_existe_es_un_mal_uso ends 2 \
    'make systems: no conozco el sistema «marte»: los que hay son bookworm trixie forky bookworm-arm64 trixie-arm64'
fake id 'echo 1000'
run trixie
check sin_ser_root_lo_dice ends 1 \
    'make systems: hace falta ser root para instalar un Debian en una carpeta: escribe sudo make systems'
for tool in bash dirname cat git; do ln -s "$(type -P $tool)" "$work/few/$tool"; done
machine
cp "$work/bin/id" "$work/few/id"
run PATH="$work/few" trixie
check sin_mmdebstrap_lo_dice ends 1 'make systems: falta mmdebstrap: haz make setup GRUPO=systems'
fake unshare 'exit 1'
run trixie
check donde_no_se_puede_montar_lo_dice ends 1 \
    'make systems: este sistema no deja montar /proc ni a root: prueba en una máquina, o en un contenedor con --privileged'
machine
mv "$course/.git" "$work/aparte"
run GIT_CEILING_DIRECTORIES="$work" trixie
mv "$work/aparte" "$course/.git"
check sin_git_lo_dice ends 1 'make systems: se prueba lo confirmado en git, y esto no es un clon: clona el curso y repite'

machine
run trixie
check si_todo_va_acaba_bien ends 0 '11 passed, 0 failed'
check dice_que_se_prueba has "$out" '^Se prueba [0-9a-f]+ «Un curso»'
check sin_cambios_no_avisa hasnt "$out" 'sin confirmar'
check la_tabla_dice_la_caja has "$out" '^caja +completa'
check y_las_notas has "$out" '^notas, ana +0/600 y 600/600'
check y_las_pruebas has "$out" '^pruebas, ana +7 y 0'
check como_root_solo_las_notas hasnt "$out" 'make test, root'
run TODO=1 LIBRO=no trixie
check con_todo_tambien_como_root ends 0 '12 passed, 0 failed'
check y_sin_libro_no_se_hace hasnt "$out" 'make book|GRUPO=book'
run PRUEBAS=no trixie
check sin_pruebas_solo_las_notas ends 0 '5 passed, 0 failed'
check y_no_se_prueba_nada_mas hasnt "$out" 'make test|make dist|GRUPO='
echo más >>"$course/.gitignore"
run SOLVED=599/600 trixie
git_here checkout -q .gitignore
check lo_no_confirmado_se_avisa has "$out" '^Aviso: hay cambios sin confirmar'
check un_punto_menos_es_un_fallo ends 1 '9 passed, 2 failed'
check y_ensena_el_registro has "$out" '\| TOTAL 599/600'
run NO_BOOK=1 'trixie forky'
check un_fallo_no_detiene_lo_demas ends 1 '20 passed, 2 failed'
check y_la_tabla_lo_dice has "$out" '^libro, ana +MAL +MAL'

machine
fake mmdebstrap 'echo "E: no hay red"; exit 1'
run 'bookworm, trixie'
check sin_raiz_no_se_sigue_con_ese_sistema ends 1 '0 passed, 2 failed'
check y_explica_por_que has "$out" '\| E: no hay red'
check no_queda_media_raiz same '' "$(find "$course/build" -name 'raiz*' -type d)"

# Ctrl+C llega al grupo entero, como desde una terminal. Lo que corre dentro avisa por la tubería
# cuando está en marcha, y tiene el cerrojo mientras viva.
machine
mkfifo "$work/aviso"
fake unshare "case \${!#} in *make*) exec flock '$work/cerrojo' sh -c 'echo listo >$work/aviso; sleep 50' ;; esac"
interrupt() {
    set -m
    PATH="$work/bin:$PATH" "$course/.setup/systems/systems.sh" trixie >"$out" 2>&1 </dev/null &
    local runner=$!
    timeout 20 cat "$work/aviso" >/dev/null
    kill -INT -- "-$runner"
    wait "$runner"
    echo $? >"$work/rc"
}
(interrupt) 2>/dev/null
check ctrl_c_acaba_con_130 ends 130 'Interrumpido durante make grade, root en trixie.'
check ctrl_c_no_deja_nada_en_marcha flock -w 10 "$work/cerrojo" true

# Cada archivo de pruebas de la biblioteca corre emulado o tiene escrito por qué no, una vez.
in_and_out() {
    # shellcheck source=.setup/systems/arm64.sh
    (. .setup/systems/arm64.sh && { echo "$arm64_files" && arm64_out | cut -d'|' -f1; } | tr -s ' \n' '\n' | sed '/^$/d' | LC_ALL=C sort)
}
check en_arm64_corren_todas_las_pruebas_o_se_dice_por_que_no same \
    "$(printf '%s\n' common/tests/test_*.c | sed 's|.*/test_||; s|\.c$||' | LC_ALL=C sort)" "$(in_and_out)"

# La tabla del README y lo que hay son lo mismo, y el doctor lo sabe.
known=$(sed -n 's/^all=(\(.*\))/\1/p' .setup/systems/systems.sh | tr ' ' '\n' | sort)
check el_readme_nombra_los_mismos_sistemas same "$known" "$(grep -o '^|.*systems SISTEMA=[a-z0-9-]*' README.md | sed 's/.*=//' | sort)"
check y_el_doctor_tambien same "$known" "$(grep -o 'systems SISTEMA=[a-z0-9-]*' .setup/doctor.sh | sed 's/.*=//' | sort)"
finish
