#!/bin/bash
# Pruebas de lo que se prepara para un editor: que la base de clangd diga la verdad, y que las tareas
# de .vscode den órdenes que existen.
#   editor-tests.sh BASE.json
# La salida es TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
db=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-editor.XXXXXX")
trap 'rm -rf "$work"' EXIT

sql() { sqlite3 :memory: "$1"; }
valid() { same 1 "$(sql "select json_valid(readfile('$1'))")"; }
field() { sql "select json_extract(value, '\$.$3') from json_each(readfile('$1')) where json_extract(value, '\$.file') = '$2'"; }

check 'la_base_es_JSON' valid "$db"
check 'ningun_archivo_esta_dos_veces' same '' \
    "$(sql "select json_extract(value, '\$.file') from json_each(readfile('$db'))" | sort | uniq -d)"

# De cada clase de archivos, el primero: con lo que dice la base, se compila.
compiles() {
    local file=$1 command dir
    [ -e "$file" ] || { echo 'no hay ninguno' && return 1; }
    command=$(field "$db" "$file" command) dir=$(field "$db" "$file" directory)
    [ -n "$command" ] || { echo "no está $file" && return 1; }
    (cd "$dir" && sh -c "$command -fsyntax-only -w")
}
first() { local all=("$@") && echo "${all[0]}"; }
check 'un_laboratorio_se_compila' compiles labs/07-monitor/monitor.c
check 'una_solucion_se_compila' compiles solutions/07-monitor/monitor.c
check 'una_suite_se_compila' compiles "$(first labs/07-monitor/.grader/*.c)"
check 'un_ejemplo_se_compila' compiles "$(first lessons/05-*/*.c)"
check 'un_ejercicio_se_compila' compiles "$(first lessons/05-*/practica/*.c)"
check 'su_respuesta_se_compila' compiles "$(first solutions/practica/05-*/*.c)"
check 'la_biblioteca_se_compila' compiles common/src/core/task.c
check 'sus_pruebas_se_compilan' compiles common/tests/test_coro.c
check 'el_corrector_se_compila' compiles autograder/grader/diag.c

# Una carpeta con espacios, comillas y barras; y dos veces lo mismo es el mismo archivo.
odd="$work/mi \"curso\" \\c"
mkdir -p "$odd"
make_db() { printf '%s\n' "$@" | (cd "$odd" && "$OLDPWD/.setup/editor.sh" build/base.json 'gcc -DX="\"a\""'); }
make_db labs/07-monitor/monitor.c lessons/01-a/b.c
check 'una_carpeta_de_nombre_raro' eval 'cp "$odd/build/base.json" "$work/base.json" && valid "$work/base.json" &&
    same "$odd" "$(field "$work/base.json" lessons/01-a/b.c directory)"'
check 'y_sus_comillas' same 'gcc -DX="\"a\"" -Ilabs/07-monitor -c labs/07-monitor/monitor.c' \
    "$(field "$work/base.json" labs/07-monitor/monitor.c command)"
before=$(stat -c %i "$odd/build/base.json")
make_db labs/07-monitor/monitor.c lessons/01-a/b.c
check 'si_no_cambia_no_se_toca' same "$before" "$(stat -c %i "$odd/build/base.json")"
make_db labs/07-monitor/monitor.c
check 'si_cambia_si' same '' "$(cp "$odd/build/base.json" "$work/base.json" && field "$work/base.json" lessons/01-a/b.c file)"
check 'y_no_deja_restos' same base.json "$(ls "$odd/build")"

for file in .vscode/*.json .devcontainer/devcontainer.json; do
    check "es_JSON_$(basename "$file" .json)" valid "$file"
done
# Las órdenes de las tareas, con un laboratorio y un capítulo cualesquiera: make las conoce.
known() {
    local line
    sql "select json_extract(value, '\$.command') from json_each(readfile('.vscode/tasks.json'), '\$.tasks')" |
        sed 's/\${input:lab}/07/; s/\${input:capitulo}/05/; s/\${input:prueba}/una/; s/\${[^}]*}/x/g' >"$work/tareas"
    [ -s "$work/tareas" ] || return 1
    while read -r line; do
        "${as_typed[@]}" sh -c "$line -n" >"$work/salida" 2>&1 </dev/null || { echo "$line" && cat "$work/salida" && return 1; }
    done <"$work/tareas"
}
check 'las_tareas_dan_ordenes_que_existen' known
# Lo que se espera de cada ejercicio de la práctica es su respuesta: el árbol del editor no lo enseña.
answers_out_of_sight() {
    local hidden
    # shellcheck disable=SC2086 # son patrones
    hidden=$(shopt -s nullglob
        sql "select key from json_each(readfile('.vscode/settings.json'), '\$.\"files.exclude\"') where value" |
            while read -r pattern; do printf '%s\n' $pattern; done | sort)
    same "$(find lessons -type d -path '*/practica/.salidas' | sort)" "$hidden"
}
check 'no_ensenan_lo_que_se_espera_de_la_practica' answers_out_of_sight
check 'git_no_las_ignora' eval '! git check-ignore -q .vscode/tasks.json .vscode/settings.json .vscode/launch.json .devcontainer/devcontainer.json'
finish
