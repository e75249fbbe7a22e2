#!/bin/bash
# Pruebas de `make setup`. No instalan nada: cada una monta un PATH con gestores de paquetes
# fingidos que anotan con qué los llamaron, y un /etc/os-release a medida. La salida es TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-setup.XXXXXX")
trap 'rm -rf "$work"' EXIT
sh=$(command -v sh)

# Un sistema nuevo: solo las herramientas corrientes y las fingidas que diga la prueba.
new_system() { # ID [ID_LIKE]
    rm -rf "${work:?}/bin"
    mkdir "$work/bin" && : >"$work/apt" && : >"$work/have"
    local tool
    for tool in sh awk sed tr sort cat dirname mktemp mkdir df rm grep tail env true; do
        ln -s "$(type -P $tool)" "$work/bin/$tool"
    done
    printf 'PRETTY_NAME="Sistema %s"\nID=%s\n' "$1" "$1" >"$work/os-release"
    [ $# -lt 2 ] || printf 'ID_LIKE="%s"\n' "$2" >>"$work/os-release"
    fake uname 'echo Linux'
    fake id 'echo 0'
    fake sleep 'exit 0'
    fake sudo "echo sudo >>'$work/apt'; exec \"\$@\""
    fake dpkg-query "echo dpkg-query >>'$work/calls'
        while read -r p; do echo \"installed \$p\"; done <'$work/have'
        echo 'config-files bubblewrap'; exit 1"
    fake apt-get "echo \"apt-get \$*\" >>'$work/apt'"
    fake apt-cache 'echo "$2:"; echo "  Installed: (none)"; echo "  Candidate: 1.0"'
    rm -f "$work/no-existen"
    : >"$work/calls"
}
fake() { # NOMBRE GUION
    rm -f "$work/bin/$1"
    printf '#!%s\n%s\n' "$sh" "$2" >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}
column() { # COLUMNA REGEX-DE-GRUPOS: los paquetes de la tabla, uno por línea
    awk -F'|' -v c="$1" -v g="(^|,)($2)(,|$)" '!/^#/ && $1 ~ g && $c !~ /^[=-]$/ { gsub(/,/, "\n", $c); print $c }' .setup/packages | sort -u
}
run() {
    env -i PATH="$work/bin" TMPDIR="$work" ASINC_OS_RELEASE="$work/os-release" ASINC_LOCK_WAIT=2 ASINC_NO_EXISTEN="$work/no-existen" \
        "$sh" .setup/setup.sh "$@" >"$work/out" 2>&1 </dev/null
    echo $? >"$work/rc"
}
rc() { same "$1" "$(cat "$work/rc")" || { cat "$work/out" && return 1; }; }

new_system debian
column 2 grade >"$work/have"
run
check 'completo_acaba_bien' rc 0
check 'completo_lo_dice' has "$work/out" 'No falta nada'
check 'completo_no_llama_a_apt' same '' "$(cat "$work/apt")"
check 'completo_pregunta_una_sola_vez' same dpkg-query "$(cat "$work/calls")"
run --callado
check 'callado_no_dice_nada' same '' "$(cat "$work/out")"

new_system debian
column 2 grade | grep -v libuv1-dev >"$work/have"
run
check 'instala_lo_que_falta' rc 0
check 'dice_que_instala_y_por_que' has "$work/out" 'libuv1-dev +el bucle de eventos'
check 'actualiza_las_listas_y_pide_solo_lo_que_falta' same \
    'apt-get -o APT::Update::Error-Mode=any update
apt-get install -y --no-install-recommends libuv1-dev' "$(cat "$work/apt")"

new_system debian
column 2 grade | grep -v bubblewrap >"$work/have"
run
check 'un_paquete_borrado_con_restos_cuenta_como_falta' has "$work/apt" 'recommends bubblewrap$'

while read -r group holds; do
    new_system debian
    column 2 "grade" >"$work/have"
    run "$group"
    check "${group}_pide_lo_suyo_y_nada_mas" same "$(column 2 "$holds" | comm -23 - <(column 2 grade) | tr '\n' ' ')" \
        "$(sed -n 's/.*recommends //p' "$work/apt" | tr '\n' ' ')"
done <<'FIN'
test test
test-todo test|test-todo
bench bench
dist dist
todo test|test-todo|bench|dist|systems
FIN

# Un Debian cuyo archivo no tiene algo: de un nombre que no conoce, apt-cache no dice nada; de uno que solo
# nombran otros, que no hay ninguno que instalar.
poorer() {
    new_system debian
    column 2 'grade|test|test-todo' | grep -vxE "$1" >"$work/have"
    fake apt-cache 'case $2 in
        chromium-driver|epubcheck|python3-asyncpg) ;;
        slurmctld) printf "%s:\n  Installed: (none)\n  Candidate: (none)\n" "$2" ;;
        *) printf "%s:\n  Installed: (none)\n  Candidate: 1.0\n" "$2" ;;
        esac'
}
poorer 'chromium|chromium-driver|epubcheck|python3-asyncpg|slurmctld|valgrind'
run test-todo
check 'si_falta_lo_opcional_se_sigue' rc 0
check 'instala_lo_que_si_existe' same 'chromium valgrind' "$(sed -n 's/.*recommends //p' "$work/apt")"
check 'y_dice_lo_que_dejo_fuera' has "$work/out" \
    '^Se sigue sin esto, que es opcional: chromium-driver, epubcheck, python3-asyncpg, slurmctld\.'
column 2 'grade|test|test-todo' | grep -vxE 'chromium-driver|epubcheck|python3-asyncpg|slurmctld' >"$work/have"
: >"$work/apt"
run --callado test-todo
check 'la_siguiente_vez_make_no_llama_a_apt' eval 'rc 0 && same "" "$(cat "$work/apt" "$work/out")"'
run test-todo
check 'y_make_setup_lo_busca_otra_vez' eval 'rc 0 && has "$work/apt" update && hasnt "$work/apt" install'
poorer 'slurmctld|valgrind'
fake apt-cache 'exit 0'
fake apt-get "case \$* in *update) ;; *) echo 'E: Unable to locate package valgrind'; exit 100 ;; esac"
run test-todo
check 'si_no_existe_lo_necesario_falla' eval 'rc 1 && has "$work/out" "Unable to locate package valgrind"'
poorer slurmctld
fake id 'echo 1000'
rm "$work/bin/sudo"
run --callado test-todo
check 'sin_sudo_se_sigue_sin_lo_opcional' eval 'rc 0 && has "$work/out" "es opcional: slurmctld"'

new_system debian
fake id 'echo 1000'
run
check 'sin_ser_root_usa_sudo' same 'sudo sudo apt-get sudo apt-get' "$(cut -d' ' -f1 "$work/apt" | tr '\n' ' ' | sed 's/ $//')"
check 'y_avisa_antes' has "$work/out" 'sudo, que puede pedirte tu contraseña'

new_system debian
fake id 'echo 1000'
rm "$work/bin/sudo"
run
check 'sin_sudo_no_instala' rc 1
check 'sin_sudo_escribe_la_orden' has "$work/out" 'su - -c "apt-get update && apt-get install -y --no-install-recommends .*libuv1-dev'

new_system debian
fake id 'echo 1000'
fake sudo 'echo "ana is not in the sudoers file." >&2; exit 1'
run
check 'sin_permiso_de_sudo_no_instala' rc 1
check 'sin_permiso_de_sudo_escribe_la_orden' has "$work/out" 'su - -c "apt-get update'

new_system debian
fake apt-get "echo 'E: Could not resolve deb.debian.org'; exit 100"
run
check 'sin_red_falla' rc 1
check 'sin_red_lo_dice' has "$work/out" '¿hay conexión a Internet\?'

new_system debian
fake apt-get "case \$* in *update) exit 100 ;; esac; echo \"apt-get \$*\" >>'$work/apt'"
run
check 'sin_red_pero_con_los_paquetes_a_mano_instala' rc 0

new_system debian
fake apt-get "case \$* in *update) ;; *) echo 'E: Unable to locate package libuv1-dev'; exit 100 ;; esac"
run
check 'si_apt_falla_ensena_su_explicacion' has "$work/out" 'Unable to locate package'
check 'si_apt_falla_acaba_mal' rc 1

new_system debian
fake apt-get "[ -e '$work/tried' ] || { : >'$work/tried'; echo 'E: Could not get lock /var/lib/apt/lists/lock.'; exit 100; }"
run
check 'espera_al_otro_apt' rc 0
check 'y_lo_dice' has "$work/out" 'espero hasta 2 s'

new_system debian
fake apt-get "echo 'E: Could not get lock /var/lib/dpkg/lock-frontend.'; exit 100"
run
check 'no_espera_para_siempre' rc 1
check 'y_explica_que_hacer' has "$work/out" 'otro programa está instalando paquetes'

# En un terminal, una sola línea dice por dónde va apt; en un archivo no hay ninguna.
on_terminal() {
    local command
    printf -v command '%q ' env -i PATH="$work/bin" TMPDIR="$work" ASINC_OS_RELEASE="$work/os-release" ASINC_LOCK_WAIT=2 ASINC_NO_EXISTEN="$work/no-existen" "$sh" .setup/setup.sh
    script -qec "$command" /dev/null >"$work/out" 2>&1 </dev/null
    echo $? >"$work/rc"
}
apt_says() { # CÓDIGO: como el apt de verdad, que dice por dónde va si se le pide
    fake apt-get "case \$* in *Status-Fd=1*) printf 'dlstatus:3:40.5:Retrieving file 3 of 9\\npmstatus:libuv1-dev:amd64:80.1:Installing\\npmstatus:dpkg-exec:95:Running dpkg\\n' ;; esac
        echo 'E: Unable to locate package libuv1-dev'; exit $1"
}
said() { # TEXTO: lo dice en la línea que se reescribe; las demás son las de siempre
    has "$work/out" "$1" && same "$(grep -c . "$work/quieto")" "$(grep -c . "$work/out")"
}
new_system debian
apt_says 0
run
cp "$work/out" "$work/quieto"
check 'en_un_archivo_no_hay_progreso' hasnt "$work/out" ' %'
on_terminal
check 'en_un_terminal_dice_cuanto_ha_descargado' said $'\rDescargando: 40 %'
check 'y_cuanto_ha_instalado' said $'\rInstalando: 80 %.*\rInstalando: 95 %'
check 'y_acaba_igual' eval 'rc 0 && has "$work/out" "Instalado\."'
apt_says 100
on_terminal
check 'si_apt_falla_en_un_terminal_acaba_mal' rc 1
check 'con_su_explicacion_y_sin_el_progreso' eval 'has "$work/out" "Unable to locate package" && hasnt "$work/out" status:'

by_hand() { # ORDEN COLUMNA
    rc 1 && has "$work/out" "$1 .*libuv" && same '' "$(cat "$work/apt")" &&
        same "$(column "$2" grade)" "$(sed -n "s/^    $1 //p" "$work/out" | tr ' ' '\n' | sort -u)"
}
installs_all() { rc 0 && same "$(column 2 grade)" "$(sed -n 's/.*recommends //p' "$work/apt" | tr ' ' '\n')"; }
new_system ubuntu debian
run
check 'ubuntu_instala_los_mismos_paquetes' installs_all
new_system linuxmint 'ubuntu debian'
run
check 'los_derivados_de_ubuntu_tambien' installs_all
new_system ubuntu debian
fake id 'echo 1000'
run
check 'en_ubuntu_tambien_pide_permiso' has "$work/out" 'sudo, que puede pedirte tu contraseña'
new_system fedora
fake rpm 'exit 1'
run
check 'fedora_escribe_la_orden' by_hand 'sudo dnf install' 3
fake rpm "echo $(column 3 grade | tr '\n' ' ') | tr ' ' '\n'"
run
check 'fedora_completo_acaba_bien' rc 0
new_system arch
fake pacman 'exit 1'
run
check 'arch_escribe_la_orden' by_hand 'sudo pacman -S --needed' 4
new_system nada
rm "$work/os-release"
fake uname 'echo Darwin'
fake brew 'exit 0'
run
check 'macos_escribe_la_orden' by_hand 'brew install' 5
check 'macos_dice_lo_que_no_existe' has "$work/out" 'máquina virtual .*Debian 12 o 13'
rm "$work/bin/brew"
run
check 'macos_sin_homebrew_dice_como_instalarlo' has "$work/out" 'brew\.sh'
new_system marciano
run
check 'un_sistema_desconocido_falla' rc 1
check 'y_nombra_lo_que_hace_falta' has "$work/out" 'No conozco Sistema marciano'
new_system debian
rm "$work/bin/dpkg-query"
run
check 'un_debian_sin_dpkg_lo_dice' has "$work/out" 'no encuentro dpkg-query'

run --instala
check 'una_opcion_desconocida_es_un_mal_uso' rc 2
check 'y_la_nombra' has "$work/out" 'no conozco «--instala»'
run grade test
check 'dos_grupos_son_un_mal_uso' rc 2

# Como la clona git en Windows si no se le dice otra cosa, que es como la usa quien trabaja en WSL.
windows_clone() {
    git clone -q -c core.autocrlf=true . "$work/clon" && cd "$work/clon" &&
        "${as_typed[@]}" make help >"$work/out" 2>&1 && has "$work/out" 'make grade' &&
        { "${as_typed[@]}" make doctor >"$work/out" 2>&1 || :; } && has "$work/out" '^(bien|ojo|MAL) +compilador' &&
        same '' "$(git grep -lI "$(printf '\r')" -- ':!common/tests/fuzz/semillas')"
}
# La que llegó ya estropeada, en un zip o de una carpeta de Windows, dice cómo arreglarla, y así se arregla.
broken_copy() {
    cd "$work/clon" && printf 'int mio;\n' >labs/mio.c && sed -i 's/$/\r/' Makefile .setup/*.sh .setup/*.mk labs/mio.c || return
    local order
    for order in help doctor grade; do
        ! "${as_typed[@]}" make "$order" >"$work/out" 2>&1 && has "$work/out" 'finales de línea de Windows' &&
            same 1 "$(grep -c . "$work/out")" || return
    done
    sh -c "$(sed 's/.*repite: //; s/\.  Stop\.$//; s/\.  Alto\.$//' "$work/out")" && same 'int mio;' "$(cat labs/mio.c)" &&
        same '?? labs/mio.c' "$(git status --porcelain -- ':!common/tests/fuzz/semillas')" &&
        "${as_typed[@]}" make help >"$work/out" 2>&1 && has "$work/out" 'make grade'
}
if git rev-parse -q --verify HEAD >"$work/out" 2>&1; then
    check 'un_clon_de_windows_funciona' windows_clone
    check 'una_copia_estropeada_dice_como_arreglarla' broken_copy
else
    skip 'un_clon_de_windows_funciona' 'esta copia no es de git'
    skip 'una_copia_estropeada_dice_como_arreglarla' 'esta copia no es de git'
fi

check 'cada_fila_tiene_sus_columnas' same '' "$(awk -F'|' '!/^#/ && (NF != 6 || $2 == "" || $6 == "")' .setup/packages)"
if [ -f README.md ]; then
    check 'el_readme_nombra_los_mismos_paquetes' same "$(.setup/setup.sh --tabla)" \
        "$(awk '/^\| Paquete de Debian/ { on = 1; skip = seen++ ? 2 : 0 } !/^\|/ { on = 0 } on && skip-- <= 0' README.md)"
    # Los de `make grade` están a la vista; los demás, plegados.
    check 'los_de_make_grade_no_estan_plegados' same '' "$(sed '/^<details>/,/^<\/details>/d' README.md |
        awk '/^\| Paquete de Debian/ { on = 1 } !/^\|/ { on = 0 } on && NR > 1 && !/make grade|^\| Paquete|^\|---/')"
else
    skip 'el_readme_nombra_los_mismos_paquetes' 'todavía no hay README.md'
fi
finish
