#!/bin/bash
# Pruebas de `make trace`: el dibujo y qué se dice de lo que no se puede dibujar. TAP.
# Uso: test_trace.sh DIBUJANTE PROGRAMA
set -u
drawer=$(realpath "$1") program=$(realpath "$2")
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-traza.XXXXXX")
trap 'rm -rf "$work"' EXIT
export AS_CLOCK=virtual
svg=$work/a.svg

trace() { # PROGRAMA...
    common/tools/trace.sh "$drawer" "$svg" "$@" >"$work/out" 2>&1
    echo $? >"$work/rc"
}
draw() { # el JSON llega por la entrada
    cat >"$work/f.json"
    rm -f "$svg"
    TRAZA=$work/f.json trace
}
# rejected CÓDIGO PISTA: acaba con ese código, lo explica y no deja ningún dibujo.
rejected() {
    same "$1" "$(cat "$work/rc")" && has "$work/out" "$2" &&
        { [ ! -e "$svg" ] || { echo 'hay un dibujo' && return 1; }; }
}
drawn() {
    same 0 "$(cat "$work/rc")" || { cat "$work/out" && return 1; }
    has "$svg" '^</svg>$'
}
# bars CLASE: los tramos de esa clase, con su explicación.
bars() { grep -oE "<rect class=\"$1\"[^>]* x=\"[0-9.]+\" y=\"[0-9.]+\" width=\"[0-9.]+\"[^>]*><title>[^<]*" "$svg"; }

trace "$program" siestas
check 'dibuja_lo_que_ejecuta' drawn
check 'dice_donde_esta' has "$work/out" "El dibujo está en $svg y la traza.* en $work/a.json"
cp "$svg" "$work/antes.svg"
trace "$program" siestas
check 'dos_veces_sale_lo_mismo' cmp "$svg" "$work/antes.svg"
check 'una_fila_por_tarea' same 5 "$(grep -c '<text class="t" [^>]* x="[0-9]*" y="[0-9.]*">' "$svg")"
check 'el_titulo_es_el_programa' has "$svg" '<title>Línea de tiempo de programa</title>'
check 'la_duracion_es_la_virtual' has "$svg" '>5 tareas · 6 s<'
# El principio de cada siesta de 2 s: dos seguidas en la principal y dos a la vez en otras.
starts=$(bars w | sed -nE 's/.* x="([0-9.]+)".*un plazo, 2 s/\1/p' | tr '\n' ' ')
check 'lo_secuencial_va_una_tras_otra_y_lo_concurrente_a_la_vez' awk -v starts="$starts" '
    BEGIN { print starts; n = split(starts, x, " "); exit !(n == 4 && x[1] < x[2] && x[2] < x[3] && x[3] == x[4]) }'
check 'lo_que_dura_lo_mismo_mide_lo_mismo' same 1 \
    "$(bars w | sed -nE 's/.* width="([0-9]+).*un plazo, 2 s/\1/p' | sort -u | wc -l)"
check 'correr_un_instante_se_ve' has "$svg" '<rect class="r" [^>]*width="3.0" [^>]*><title>corre 1 vez, 0 µs<'
check 'dice_que_espera' has "$svg" '<text class="wt"[^>]*>que pase un plazo</text>'
check 'dice_como_acaba_mal' has "$svg" '<text class="e" [^>]*>conexión rechazada</text>'
# Empieza, cancelada, y acaba en su primera espera.
check 'quien_se_cancelo_antes_de_empezar_corre_sin_esperar' has "$svg" '<rect class="r" [^>]*><title>corre 2 veces, 0 µs<'
check 'y_dice_que_la_cancelaron' has "$svg" '<text class="m" [^>]*>operación cancelada</text>'
check 'escapa_los_nombres' has "$svg" '>&lt;uno> &amp; "dos"</text>'
check 'un_nombre_con_bytes_sueltos_se_ve' has "$svg" '>�·rota</text>'
check 'un_nombre_largo_se_recorta' has "$svg" '>M{10,30}…</text>'
check 'cortado_a_mitad_de_una_letra_tambien' has "$svg" 'M{30}�: de 4 s a 6 s'
check 'lo_describe_con_palabras' has "$svg" '<desc>principal: de 0 µs a 6 s\. '
check 'sigue_al_sistema_en_claro_y_oscuro' has "$svg" 'prefers-color-scheme:dark.*var\(--dg-run,#'

trace "$program" falla
check 'un_programa_que_falla_tambien_se_dibuja' drawn
check 'y_se_dice_con_que_codigo' has "$work/out" 'acabó con el código 3'
trace "$program" muere
check 'de_un_programa_muerto_se_dibuja_lo_que_llego_a_hacer' drawn
check 'y_se_dice_que_lo_mato' has "$work/out" 'lo mató la señal KILL'
check 'y_el_dibujo_tambien_lo_dice' has "$svg" 'el programa no llegó a terminar'
trace "$program" nada
check 'sin_as_run_no_hay_traza' rejected 1 'no dejó ninguna traza.*as_run'
trace "$work/noexiste"
check 'un_programa_que_no_existe' rejected 1 'no encuentro el programa'
trace
check 'sin_programa_ni_traza_explica_el_uso' rejected 2 "PROGRAMA='build"
TRAZA=x trace "$program"
check 'programa_y_traza_a_la_vez_no' rejected 2 'no los dos'

TRAZA=$work/noexiste.json trace
check 'una_traza_que_no_existe' rejected 1 'no se pudo leer.*noexiste.json.*no existe'
draw </dev/null
check 'una_traza_vacia' rejected 1 'está vacío'
draw <<<'[{"ph":"X",}]'
check 'un_json_roto_dice_donde' rejected 1 'no es JSON: falla en la línea 1, columna 12'
draw <<<'{"nombre":"otra cosa"}'
check 'un_json_que_no_es_una_traza' rejected 1 'no es una traza de asinc'
draw <<<'7'
check 'un_numero_no_es_una_traza' rejected 1 'no es una traza de asinc|no es JSON'
draw <<<'[{"ph":"M","tid":1,"name":"thread_name","args":{"name":"a"}},{"ph":"X","tid":1,"cat":"corre","ts":-5,"dur":1}]'
check 'tiempos_imposibles' rejected 1 'tiempos imposibles'
draw <<<'[{"ph":"M","tid":1,"name":"thread_name","args":{"name":"a","parent":2}},{"ph":"M","tid":2,"name":"thread_name","args":{"name":"b","parent":1}}]'
check 'un_arbol_en_circulo_y_sin_tramos_se_dibuja' drawn
draw <<<'{"traceEvents":[{"ph":"M","tid":1,"name":"thread_name","args":{"name":"a"}},{"ph":"X","tid":1,"cat":"fuera","name":"la red","ts":5,"dur":1e6}]}'
check 'lo_de_fuera_del_programa_tiene_su_color' has "$svg" '<rect class="o" [^>]*><title>espera la red, 1 s<'

for name in noexiste/a.svg lleno.svg; do
    ln -sf /dev/full "$work/lleno.svg"
    "$drawer" "$work/f.json" "$work/$name" >"$work/out" 2>&1
    echo $? >"$work/rc"
    check "un_dibujo_que_no_se_puede_escribir: $name" same \
        "1 traza: no se pudo escribir «$work/$name»" "$(cat "$work/rc") $(sed 's/: [^:]*$//' "$work/out")"
done

# Diez mil hijas, y cada una con una nieta.
awk 'BEGIN {
    print "["
    for (i = 1; i <= 20001; i++) {
        parent = i == 1 ? 0 : i <= 10001 ? 1 : i - 10000
        printf "{\"ph\":\"M\",\"tid\":%d,\"name\":\"thread_name\",\"args\":{\"name\":\"t%d\",\"parent\":%d}},\n", i, i, parent
        printf "{\"ph\":\"X\",\"tid\":%d,\"cat\":\"corre\",\"name\":\"\",\"ts\":%d,\"dur\":1}%s\n", i, i, i < 20001 ? "," : "]"
    }
}' | draw
check 'con_demasiadas_tareas_resume' has "$svg" '>y 199[0-9][0-9] tareas más</text>'
check 'y_no_pasa_de_60_filas' same 60 "$(grep -cE '<text class="[tm]" [^>]*x="[0-9]+" y="[0-9.]+"( font-style="italic")?>(t[0-9]|y )' "$svg")"
finish
