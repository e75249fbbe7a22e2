#!/bin/bash
# Prueba lo que se puede de classroom.yml sin GitHub: que es YAML, que da las órdenes que hay, y su
# último paso, que dice los puntos, con resultados de verdad.
#   classroom.sh BUILD BUILD/VARIANTE      escribe TAP
set -u
here=$(realpath "$(dirname "$0")") root=$PWD
workflow=$here/../classroom.yml
# shellcheck source=autograder/grader/tests/curso.sh
. "$here/../../grader/tests/curso.sh" "$1" "$2"

# El guion del último paso: lo que hay detrás de su «run: |», sin la sangría.
say_points() {
    awk 'found { sub(/^          /, ""); print } /^        run: \|$/ { found = 1 }' "$workflow" >decir.sh
    out=$(bash -e decir.sh 2>&1)
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
    printf '{\n "total": 70,\n "maximo": 100,\n "laboratorios": [\n  {\n   "sin_calificar": 30,\n' >build/informe/resultados.json
    say_points
    is código 1 "$rc"
    silent '::notice'
}

# Las órdenes que da son del curso, y las opciones del contenedor, las que dice el README.
test_sus_ordenes_existen() {
    local target
    while read -r target; do
        env -u MAKEFLAGS -u MAKELEVEL make -C "$root" -n "$target" LAB=07 >/dev/null 2>&1 || why+="no hay make $target"$'\n'
    done < <(sed -n 's/^ *run: make \([a-z-]*\).*/\1/p' "$workflow")
    for target in seccomp=unconfined systempaths=unconfined; do
        grep -q -- "options:.*--security-opt $target" "$workflow" || why+="falta $target"$'\n'
        grep -q -- "--security-opt $target" "$root/autograder/README.md" || why+="el README no dice $target"$'\n'
    done
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
