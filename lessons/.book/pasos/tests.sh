#!/bin/bash
# Pruebas del paso a paso. Sin argumentos, sin gdb: las grabaciones guardadas son de los ejemplos
# de hoy. Con «graba», gdb graba unos cuantos otra vez, y programas que fallan. La salida es TAP.
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
here=lessons/.book/pasos
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-pasos.XXXXXX")
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8

# Un campo de la grabación, tal como está escrito: cada uno está en su línea.
field() { sed -n "s/^\"$2\":\(.*\),\$/\1/p" "$1"; }
text_of() { # quita las comillas y deshace lo que JSON escribe con barra
    local quoted
    quoted=$(field "$1" "$2")
    printf '%b' "${quoted:1:-1}"
}

# ---- Lo grabado y los ejemplos ----------------------------------------------------------------

same_program() {
    local source
    source=${1%/pasos/*}/$(basename "$1" .json).c
    [ -e "$source" ] || { echo "sobra $1: su ejemplo ya no está"; return 1; }
    same "\"$(sha1sum <"$source" | cut -d' ' -f1)\"" "$(field "$1" huella)" ||
        { echo "$source ha cambiado: make record PROGRAMA=$source"; return 1; }
}

# Lo que escribió, con lo que añade la shell de quien lo comprobó, es lo que el capítulo enseña.
same_output() {
    local shown end
    shown=${1%/pasos/*}/$(basename "$1" .json).salida
    text_of "$1" salida >"$work/salida"
    [ ! -s "$work/salida" ] || [ -z "$(tail -c1 "$work/salida")" ] || echo >>"$work/salida"
    end=$(field "$1" fin)
    case $end in
        *SIGABRT*) printf 'Aborted\n[salida: 134]\n' >>"$work/salida" ;;
        *SIGSEGV*) printf 'Segmentation fault\n[salida: 139]\n' >>"$work/salida" ;;
        '{"codigo":0}') ;;
        '{"codigo":'*) echo "[salida: $(tr -cd 0-9 <<<"$end")]" >>"$work/salida" ;;
        '{"tope":"pasos"}') # el principio
            cmp -n "$(stat -c %s "$work/salida")" <(tail -n +2 "$shown") "$work/salida"
            return ;;
        *) echo "no llega al final: $end"; return 1 ;;
    esac
    diff <(tail -n +2 "$shown") "$work/salida"
}
recording_holds() { same_program "$1" && same_output "$1"; }

mapfile -t recordings < <(printf '%s\n' lessons/*/pasos/*.json)
for recording in "${recordings[@]}"; do
    check "$(sed 's|lessons/||; s|-[^/]*/pasos/|_|; s|\.json||' <<<"$recording")_es_su_ejemplo" recording_holds "$recording"
done

all_accounted() { # grabado, o dicho por qué no
    local bad=0 example recording
    for example in lessons/0[3-9]-*/*.c; do
        recording=$(dirname "$example")/pasos/$(basename "$example" .c).json
        if grep -qE "^$example [^ ]" "$here/sin-grabar"; then
            [ ! -e "$recording" ] || { echo "$example está grabado y en sin-grabar"; bad=1; }
        else
            [ -e "$recording" ] || { echo "falta grabar $example: make record PROGRAMA=$example"; bad=1; }
        fi
    done
    return "$bad"
}
check cada_ejemplo_esta_grabado_o_se_dice_por_que_no all_accounted

exercises() { # los ejercicios resueltos 3 a 5
    local bad=0 page program
    for page in lessons/0[3-9]-*/ejercicio-*.md; do
        while read -r program; do
            [ -e "$(dirname "$page")/pasos/$program.json" ] || { echo "$page: $program"; bad=1; }
        done < <(sed -n 's|^<!-- salida: \./\([a-z0-9_]*\).*|\1|p' "$page" | sort -u)
    done
    return "$bad"
}
check los_ejercicios_resueltos_estan_grabados exercises

one_line_each() { ! grep -vnxE '[{}]|"[a-z]+":.*' "${recordings[@]}" | cut -c1-120 | grep .; }
check cada_clave_de_una_grabacion_esta_en_su_linea one_line_each

# Grabar no pone en marcha los servidores de una prueba: no se calla, y dice quién lo hace.
refuses_a_test() {
    local rc=0
    make -s pasos LAB=07 PRUEBA=formato_de_linea >"$work/prueba" 2>&1 || rc=$?
    same 2 "$rc" && has "$work/prueba" '^make pasos: .*make debug LAB=07 PRUEBA=formato_de_linea$'
}
check con_una_prueba_dice_que_es_make_debug refuses_a_test

no_addresses() { ! grep -noE '0x[0-9a-f]{6}' "${recordings[@]}"; }
check ninguna_grabacion_ensena_direcciones no_addresses

# Lo que el capítulo cuenta: la principal espera en la línea en que sale de su grupo, no antes, y
# la variable que comparten las tareas pierde una retirada.
tells() {
    local leave
    leave=$(grep -n 'as_group_leave' lessons/03-corrutinas-y-tareas/decir_despues.c | cut -d: -f1)
    has lessons/03-corrutinas-y-tareas/pasos/decir_despues.json "\[1,$leave,\"a las tareas de su grupo\"\]" &&
        same '100 70 50' "$(field lessons/06-sincronizacion/pasos/saldo.json variables | grep -o '\[\["saldo","[0-9]*"\]\]' | tr -cd '0-9\n' | xargs)"
}
check las_grabaciones_dicen_lo_que_el_capitulo_cuenta tells

several_tasks() { # dos que se turnan: tareas, o una tarea y los callbacks
    local bad=0 recording n
    for recording in "${recordings[@]}"; do
        n=$(field "$recording" tareas | tr -d '[]' | tr ',' '\n' | grep -cvx '"main"')
        [ "$n" -ge 2 ] || { echo "$recording: $n"; bad=1; }
    done
    return "$bad"
}
check lo_grabado_tiene_varias_tareas several_tasks

# ---- La página --------------------------------------------------------------------------------

page_holds() {
    local recording=${recordings[0]} source
    source=${recording%/pasos/*}/$(basename "$recording" .json).c
    "$here/player.sh" "$recording" "$source" '' >"$work/pagina.html" || return 1
    hasnt "$work/pagina.html" '(src|href)="[^"d#]' # nada fuera de ella, salvo data:
    same 1 "$(grep -c '<script type="application/json"' "$work/pagina.html")" &&
        same "$(grep -c '<script' "$work/pagina.html")" "$(grep -c '</script>' "$work/pagina.html")"
}
check la_pagina_suelta_lo_lleva_todo_dentro page_holds

[ "${1:-}" = graba ] || finish

# ---- Con gdb ----------------------------------------------------------------------------------

if ! command -v gdb >/dev/null; then
    skip grabar_otra_vez 'no hay gdb'
    finish
fi

again() {
    "$here/record.sh" "$work/otra.json" virtual "$1" &&
        cmp "$work/otra.json" "$(dirname "$1")/pasos/$(basename "$1" .c).json" &&
        cmp "$work/otra.svg" "$(dirname "$1")/pasos/$(basename "$1" .c).svg"
}
for example in lessons/03-corrutinas-y-tareas/decir_despues lessons/06-sincronizacion/saldo \
    lessons/06-sincronizacion/abrazo lessons/08-flujos-tcp/eco; do
    check "$(basename "$example")_grabado_otra_vez_es_igual" again "$example.c"
done

# Un programa corto, con lo que hace su tarea.
program() { # NOMBRE CUERPO
    printf '%s\n' '#include <asinc/asinc.h>' '#include <stdio.h>' '#include <stdlib.h>' 'static int principal(void *arg)' \
        '{' '    (void)arg;' "$2" '    return 0;' '}' 'int main(void)' '{' '    return as_run(principal, NULL) < 0;' '}' >"$work/$1.c"
}
student() { # NOMBRE RELOJ: lo que dice, en $work/dice
    rm -rf "build/pasos/$1"
    "$here/student.sh" "$2" "$work/$1.c" >"$work/dice" 2>&1
}

program muere '    puts("antes");
    abort();'
dies() {
    student muere real && has "$work/dice" 'lo mató la señal SIGABRT' &&
        has build/pasos/muere/index.html '"fin":\{"senal":"SIGABRT"\}' && has build/pasos/muere/index.html '"salida":"antes'
}
check lo_que_mata_una_senal_se_ensena_hasta_ahi dies

program sin_fin '    for (int i = 0; i >= 0; i = (i + 1) % 9)
        if (as_yield() < 0)
            return 1;'
endless() { PASOS_TOPE=40 student sin_fin real && has "$work/dice" 'sus primeros 40 pasos, que es el máximo'; }
check los_pasos_tienen_un_maximo endless

program espera '    return as_sleep(100000);'
waits() { PASOS_PLAZO=2 student espera real && has "$work/dice" 'sus primeros 2 segundos'; }
check el_tiempo_tiene_un_maximo waits

program no_compila '    esto no es C;'
broken() { ! student no_compila real && has "$work/dice" 'no_compila.c:7' && has "$work/dice" 'no_compila.c no compila'; }
check lo_que_no_compila_se_dice broken

printf '#include <stdio.h>\nint main(void)\n{\n    puts("uso: tal");\n    return 2;\n}\n' >"$work/sin_tareas.c"
taskless() { ! student sin_tareas real && has "$work/dice" 'ninguna tarea de asinc y acabó con el código 2' && has "$work/dice" 'uso: tal'; }
check sin_tareas_se_dice taskless

program azar '    srand((unsigned)as_now_ns() ^ (unsigned)(size_t)&arg);
    FILE *f = fopen("/dev/urandom", "r");
    int n = f ? fgetc(f) : 0;
    printf("%d\n", n);
    if (f)
        fclose(f);'
random() { ! "$here/record.sh" "$work/azar.json" virtual "$work/azar.c" >"$work/dice" 2>&1 && has "$work/dice" 'no sale igual dos veces'; }
check lo_que_no_sale_igual_no_se_guarda random

# Un procesador con AMX, de mentira: con lo que remienda record.sh se graba igual, y sin ello se
# dice qué pasa. Desde el 14, gdb pregunta al procesador, y no se le puede engañar.
amx=(con_AMX_se_graba_igual y_si_gdb_no_puede_lo_dice)
if [ "$(uname -m)" != x86_64 ] || [ "$(gdb --version | sed -n '1s/.* \([0-9][0-9]*\)\..*/\1/p')" -ge 14 ]; then
    for name in "${amx[@]}"; do skip "$name" 'solo importa con gdb 13 o anterior, en x86-64'; done
else
    mkdir "$work/amx" "$work/amx-solo"
    gcc -D_GNU_SOURCE -shared -fPIC -o "$work/amx.so" "$here/nucleo_amx.c"
    gdb=$(type -P gdb)
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nLD_PRELOAD="${LD_PRELOAD:-} %s" exec "%s" "$@"\n' "$work/amx.so" "$gdb" >"$work/amx/gdb"
    printf '#!/bin/sh\nLD_PRELOAD="%s" exec "%s" "$@"\n' "$work/amx.so" "$gdb" >"$work/amx-solo/gdb"
    chmod +x "$work"/amx*/gdb
    with_amx() { PATH=$work/amx:$PATH again lessons/06-sincronizacion/saldo.c; }
    check "${amx[0]}" with_amx
    amx_told() { ! PATH=$work/amx-solo:$PATH student espera real && has "$work/dice" 'pasos: gdb .* AMX: instala gdb 14'; }
    check "${amx[1]}" amx_told
fi

mkdir "$work/bin"
for tool in bash sh basename dirname mktemp rm mkdir cat; do ln -s "$(type -P $tool)" "$work/bin/$tool"; done
without_gdb() { ! PATH=$work/bin student espera real && has "$work/dice" 'falta «gdb».*make setup-pasos'; }
check sin_gdb_se_dice without_gdb
finish
