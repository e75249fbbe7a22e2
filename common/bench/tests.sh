#!/bin/bash
# Pruebas de `make bench`: que el resumen juzga bien las cifras, que lo que falta o falla se
# dice y que nada queda detrás. No miden nada. Uso: tests.sh PROGRAMAS
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
programs=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-bench-test.XXXXXX")
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work/tmp
mkdir "$TMPDIR" "$work/fake" "$work/fake/pares"

# ---- El resumen -------------------------------------------------------------------------

# figures QUIÉN CLAVE VALOR...: una cifra por ronda.
figures() {
    local who=$1 key=$2 round=0 x
    shift 2
    for x; do
        round=$((round + 1))
        echo "cifra $round $group $who $key $x"
    done
}
report() {
    LC_ALL=C awk -v json="$work/json" -f common/bench/report.awk common/bench/metas "$work/figures" >"$work/out"
}
group=salto
{
    printf 'dato nucleos 2\ndato carga_al_empezar 0.10\ndato cpu Una "CPU" \\ rara\n'
    figures asinc ceder 40 41 45
    figures asyncio ceder 2000 2050 900
    figures uvloop ceder 400 410 450
    figures asinc alternar 90 120 130
    figures asyncio alternar 900 1200 1300
    echo 'sin tarea asinc falló'
    echo 'sin tarea uvloop falta'
} >"$work/figures"
report
row() { # TÍTULO QUIÉN REGEX: la fila de un rival bajo su título
    awk -v t="$1" -v w="$2" 'index($0, t) == 1 { on = 1 } /^$/ { on = 0 } on && $1 == w' "$work/out" | grep -E -- "$3" ||
        { cat "$work/out" && return 1; }
}
check 'la_mediana_y_su_meta' row 'Ceder el turno con' asinc '41\.0 .*<= 100 +cumple$'
check 'la_razon_se_calcula_ronda_a_ronda' row 'Ceder el turno con' uvloop '10\.0 x +\(10\.0-10\.0\)$'
check 'un_asterisco_si_las_rondas_no_estan_de_acuerdo' row 'Ceder el turno con' asyncio '50\.0 x +\(20\.0-50\.0\) +>= 20 x +cumple$'
check 'el_ruido_que_cruza_la_meta' row 'Ceder el turno, dos' asinc '<= 100 +no cumple\*$'
check 'no_llegar_a_la_meta' row 'Ceder el turno, dos' asyncio '10\.0 x .*>= 20 x +no cumple$'
check 'lo_que_fallo_se_dice' row 'Crear una tarea' asinc 'falló'
check 'lo_que_falta_dice_como_instalarlo' row 'Crear una tarea' uvloop 'make setup GRUPO=bench'
check 'una_maquina_en_calma_no_merece_aviso' hasnt "$work/out" 'ocupada'
check 'el_json_lleva_las_rondas_y_el_veredicto' has "$work/json" \
    '"quien": "asinc", "valores": \[40, 41, 45\], .*"meta": "<= 100", "veredicto": "cumple"'
check 'el_json_escapa_los_textos' has "$work/json" '"cpu": "Una \\"CPU\\" \\\\ rara"'
sed -i 's/empezar 0.10/empezar 1.90/' "$work/figures"
report
check 'una_maquina_ocupada_si' has "$work/out" 'carga 1.90 en 2 núcleos'
check 'las_que_no_se_cumplen_se_repiten_al_final' has "$work/out" \
    '^No se cumple: Ceder el turno, dos tareas que se alternan, asyncio: >= 20 x$'
check 'y_las_que_no_se_midieron_se_cuentan' has "$work/out" '^Metas: 2 se cumplen, 2 no y 1 sin medir\.$'

group=http
figures asinc http 1000 1100 1200 >"$work/figures"
figures curl http 500 1100 400 >>"$work/figures"
report
check 'con_mas_es_mejor_la_razon_se_invierte' row HTTP curl '2\.00 x +\(1\.00-3\.00\) +>= 1\.7 x +cumple\*$'

figures asinc http_cpu 13.1 12.9 13.2 >>"$work/figures"
report
check 'una_meta_de_cpu_que_no_se_alcanza_se_ve' row 'HTTP: CPU que gasta el cliente en cada petición' asinc \
    '<= 13 +no cumple\*$'

# A cada rival se le gana en todas las rondas, y las cifras propias apenas varían.
group=paradas100
{
    figures asinc paradas 100 130 110
    figures asyncio paradas 200 129 300
    figures uvloop paradas 131 131 131
} >"$work/figures"
report
check 'se_exige_ganar_en_cada_ronda' row '100 000 tareas' asyncio '2\.00 x +\(0\.99-2\.73\) +siempre > 1 x +no cumple$'
check 'y_se_cumple_si_se_gana_en_todas' row '100 000 tareas' uvloop 'siempre > 1 x +cumple$'
check 'lo_que_varia_se_juzga_de_la_mejor_a_la_peor' row '100 000 tareas' asinc 'varía <= 30 % +cumple$'
figures asinc paradas 100 131 100 >"$work/figures"
report
check 'y_si_varia_de_mas_no_cumple' row '100 000 tareas' asinc 'varía <= 30 % +no cumple$'
figures asinc paradas 100 >"$work/figures"
report
check 'con_una_ronda_no_se_sabe_cuanto_varia' row '100 000 tareas' asinc 'varía <= 30 % +no se sabe$'

# ---- El conductor -----------------------------------------------------------------------

run() { # VARIABLE=VALOR...
    env RONDAS=1 "$@" common/bench/bench.sh "$from" "$work/json" >"$work/out" 2>"$work/err"
    echo $? >"$work/rc"
}
rc() { same "$1" "$(cat "$work/rc")" || { cat "$work/err" && return 1; }; }

from=$programs
run SOLO=nada
check 'un_grupo_desconocido_es_un_mal_uso' rc 2
check 'y_dice_cuales_hay' has "$work/err" 'salto, tarea, cola, paradas, eco, http, sitios, web o pg'
run SOLO=tarea RONDAS=0
check 'cero_rondas_es_un_mal_uso' rc 2
run SOLO=tarea PYTHON="$work/no-existe"
check 'sin_rivales_no_es_un_error' rc 0
check 'lo_nuestro_se_mide_igual' row 'Crear una tarea' asinc '[0-9]'
check 'el_rival_ausente_se_dice' row 'Crear una tarea' asyncio 'no medido: falta'
run SOLO=pg ASINC_PG_CLUSTER=
check 'sin_postgresql_no_es_un_error' rc 0
check 'sin_postgresql_se_dice' row 'PostgreSQL: 100 INSERT' asinc 'no medido: falta postgresql'

fake() { # NOMBRE GUION
    printf '#!/bin/sh\n%s\n' "$2" >"$work/fake/$1"
    chmod +x "$work/fake/$1"
}
# ---- El cliente de eco ------------------------------------------------------------------

client() { "$programs/echo_client" "$@" >"$work/out" 2>"$work/err"; }
code_of_client() { # CÓDIGO VUELTAS SERVIDOR...
    local expected=$1
    shift
    client "$@"
    same "$expected" $?
}
# Un servidor nuestro que antes deja su número en un archivo.
# shellcheck disable=SC2016 # lo expande el otro shell
noted='echo $$ >"$0"; exec "$1"'
ended_with_its_client() {
    client 200 sh -c "$noted" "$work/server" "$programs/echo" || return
    ! kill -0 "$(cat "$work/server")" 2>/dev/null && has "$work/out" '^eco [0-9]'
}
ended_if_its_client_is_killed() {
    local server job
    mkfifo "$work/pid"
    client 2000000000 sh -c "$noted" "$work/pid" "$programs/echo" &
    read -t 30 -r server <>"$work/pid" || return
    job=$(awk '/^PPid/ { print $2 }' "/proc/$server/status")
    kill -KILL "$job"
    wait
    timeout 10 tail -f /dev/null --pid="$server"
}
check 'un_servidor_que_falta_da_su_codigo' code_of_client 77 100 sh -c 'exit 77'
check 'un_servidor_que_no_escucha_es_un_error' code_of_client 1 100 true
check 'y_se_dice_cual' has "$work/err" 'true no dijo su puerto'
check 'el_servidor_acaba_con_su_cliente' ended_with_its_client
check 'tambien_si_al_cliente_lo_matan' ended_if_its_client_is_killed

# ---- Lo que falla -----------------------------------------------------------------------

from=$work/fake
fake spawn 'echo "se rompió" >&2; exit 3'
run SOLO=tarea PYTHON="$work/no-existe"
check 'una_medida_que_falla_es_un_error' rc 1
check 'y_ensena_lo_que_dijo' has "$work/err" 'se rompió'
fake spawn 'exit 0'
run SOLO=tarea PYTHON="$work/no-existe"
check 'una_medida_sin_cifras_tambien' rc 1

# Interrumpido a media medida: ni nginx ni archivos quedan detrás.
interrupted() {
    local job nginx
    mkfifo "$work/started"
    setsid env SOLO=http common/bench/bench.sh "$from" "$work/json" >"$work/out" 2>&1 &
    job=$!
    if ! read -t 30 -r nginx <>"$work/started" || ! kill -0 "$nginx"; then
        cat "$work/out"
        return 1
    fi
    kill -TERM -- "-$job"
    wait "$job"
    same 130 $? && has "$work/out" interrumpido && ! kill -0 "$nginx" 2>/dev/null && same '' "$(ls "$TMPDIR")"
}
# shellcheck disable=SC2016 # lo expande el programa fingido
if PATH=$PATH:/usr/sbin command -v nginx >/dev/null; then
    fake http 'cat "$TMPDIR"/asinc-bench.*/nginx/pid >'"$work"'/started; exec sleep 60'
    check 'interrumpido_no_deja_nada_detras' interrupted
else
    skip 'interrumpido_no_deja_nada_detras' 'falta nginx: make setup GRUPO=bench'
fi
check 'no_quedan_archivos' same '' "$(ls "$TMPDIR")"
finish
