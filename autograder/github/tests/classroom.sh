#!/bin/bash
# Prueba lo que se puede de classroom.yml sin GitHub: que es YAML, que da las órdenes que hay, y sus dos
# últimos pasos, el que califica y el que dice los puntos, con resultados de verdad.
#   classroom.sh BUILD BUILD/VARIANTE      escribe TAP
set -u
here=$(realpath "$(dirname "$0")") root=$PWD
workflow=$here/../classroom.yml
# shellcheck source=autograder/grader/tests/curso.sh
. "$here/../../grader/tests/curso.sh" "$1" "$2"

# El guion de un paso: lo que hay detrás de su «run: |», sin la sangría. Los ejecuta bash, que para al primer error.
script() {
    awk -v step="- name: $1" 'index($0, step) { here = 1; next } here && /^      - / { exit }
        here && found { sub(/^          /, ""); print } here && /^        run: \|$/ { found = 1 }' "$workflow"
}
say_points() {
    script 'Decir los puntos' >decir.sh
    out=$("$@" bash -e decir.sh 2>&1)
    rc=$?
}
grade() { build/normal/autograder/asinc-grade --lab 01 --semilla 1 "$@" >/dev/null 2>&1; }

test_dice_los_puntos() {
    grade --desde solutions
    say_points
    is código 0 "$rc"
    is anotaciones '::notice title=Autograding complete::Points 100/100
::notice title=Autograding report::{"totalPoints":100,"maxPoints":100}' "$out"
    grade
    say_points
    says '{"totalPoints":0,"maxPoints":100}'
}

test_sin_calificar_no_dice_ninguno() {
    say_points
    is código 1 "$rc"
    says '::error title=No calificado::'
    silent '::notice'
    mkdir -p build/informe
    echo '{"total": 70, "maximo": 100, "laboratorios": [{"sin_calificar": 30}]}' >build/informe/resultados.json
    say_points
    is código 1 "$rc"
    silent '::notice'
}

# Como en GitHub: quien califica no es root, y sudo lo es sin preguntar. make, con las órdenes que aquí hay.
runner=65533
make_runner() {
    mkdir -p bin
    cat >bin/make <<'FIN'
#!/bin/bash
echo "make $*" >>ordenes.txt
[ "$1" = grade ] || exit 0
for word; do
    case $word in
    CAJA=*) set -- "$@" --caja "${word#*=}" ;;
    ESTRICTO=1) set -- "$@" --estricto ;;
    esac
    shift
done
build/normal/autograder/asinc-grade --lab 01 --semilla 1 --desde solutions "$@"
FIN
    chmod 755 bin/make
    chown -R "$runner:$runner" "$course"
}
step_grade() { # ORDEN...: el paso «Calificar», con esa orden delante
    script Calificar >calificar.sh
    # Lo que da sudo lo pide el paso por su nombre; aquí, que la prueba ya es root, lo demás deja de serlo.
    cat >bin/sudo <<'FIN'
#!/bin/bash
echo "sudo $*" >>ordenes.txt
exec env -i PATH="$PATH" SUDO_UID=65533 SUDO_GID=65533 "$@"
FIN
    chmod 755 bin/sudo
    out=$(LAB=01 PATH=$PWD/bin:$PATH "$@" bash -e calificar.sh 2>&1)
    rc=$?
}
as_runner=(setpriv --reuid "$runner" --regid "$runner" --clear-groups)

test_con_caja_no_pide_otra() {
    "$build/normal/autograder/asinc-grade" --comprobar >/dev/null 2>&1 || { skip='aquí no cabe ninguna caja' && return; }
    make_runner
    step_grade
    is código 0 "$rc"
    silent '::warning'
    is órdenes 'make grade ESTRICTO=1 LAB=01' "$(grep grade ordenes.txt | grep -v asinc-grade)"
}

# Donde no cabe ninguna caja se califica en «ya-aislado», con sudo; se dice, y los puntos los lee quien no es root.
test_sin_ninguna_caja_va_a_ya_aislado() {
    [ "$(id -u)" -eq 0 ] || { skip='hay que empezar como root' && return; }
    make_runner
    step_grade "$own/autograder/box/tests/ataques/contenedor" sin-usuarios falta-landlock
    is código 0 "$rc"
    says '::warning title=La caja::'
    says 'AVISO: se califica como en un sitio ya aislado, porque lo pediste'
    says 'TOTAL 100/100'
    is órdenes 'sudo TMPDIR=/tmp make grade ESTRICTO=1 LAB=01 CAJA=ya-aislado
make grade ESTRICTO=1 LAB=01 CAJA=ya-aislado' "$(grep 'make grade' ordenes.txt)"
    is 'nadie más entra' 700 "$(stat -c %a .)"
    chmod 711 "$top" # lo que hay encima, en GitHub, es de quien califica
    say_points "${as_runner[@]}"
    is 'código al decirlos' 0 "$rc"
    says '{"totalPoints":100,"maxPoints":100}'
}

# Las órdenes que da son del curso; y lo que pide al sistema, lo que el curso dice que hace falta.
test_sus_ordenes_existen() {
    local target setting=kernel.apparmor_restrict_unprivileged_userns=0
    while read -r target; do
        env -u MAKEFLAGS -u MAKELEVEL make -C "$root" -n "$target" LAB=07 >/dev/null 2>&1 || why+="no hay make $target"$'\n'
    done < <(grep -oE '^ *(run: |sudo [A-Z]+=[^ ]* )?make [a-z][^ ]*' "$workflow" | awk '{ print $NF }' | sort -u)
    grep -q "sudo sysctl $setting" "$root/.setup/doctor.sh" || why+="make doctor no pide $setting"$'\n'
    grep -q "run: sudo sysctl -w $setting || true" "$workflow" || why+="falta $setting, o sin él no se sigue"$'\n'
    # En un contenedor de GitHub, AppArmor no deja montar: la caja no sería completa.
    ! grep -q '^ *container:' "$workflow" || why+='califica en un contenedor'$'\n'
}

has_yaml() { /usr/bin/python3 -c 'import yaml' 2>/dev/null; }
has_yaml || echo 'ok - es_yaml # SKIP falta el módulo yaml de Python'
! has_yaml || test_es_yaml() {
    /usr/bin/python3 -c 'import sys, yaml
steps = yaml.safe_load(open(sys.argv[1]))["jobs"]["calificar"]["steps"]
assert all("uses" in s or "run" in s for s in steps), steps
assert steps[-1]["if"] == "always()"' "$workflow" || why+='no es YAML, o le falta algo'$'\n'
}

run_tests "${3:-}"
