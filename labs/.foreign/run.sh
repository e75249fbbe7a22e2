#!/bin/bash
# Las soluciones frente a programas que no son nuestros, escritos como los de Python en que se
# basa el curso: servidores de aiohttp, un cliente de asyncio y asyncpg.
# Uso: run.sh DIR      (lo llama `make test-foreign`; en DIR/solutions están los programas)
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh

programs=$(realpath "$1")/solutions
peers=labs/.foreign
python=${PYTHON:-/usr/bin/python3} # el de Debian: sus paquetes no los ve otro
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-foreign-XXXXXX") || exit 1
pids=
# shellcheck disable=SC2086 # son varios números
trap '[ -z "$pids" ] || kill $pids 2>/dev/null; rm -rf "$work"' EXIT

has_postgres() { # donde lo busca pg_cluster.sh
    [ -x "$(pg_config --bindir 2>/dev/null)/postgres" ] ||
        compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null
}
has_module() { "$python" -c "import $1" 2>/dev/null; }

# foreign NOMBRE MÓDULO LABORATORIO ORDEN...: la prueba, o por qué se salta.
foreign() {
    local name=$1 module=$2 lab=$3
    shift 3
    if ! has_module "$module"; then
        skip "$name" "falta el módulo $module de Python"
    elif [ ! -x "$programs/$lab/${lab#*-}" ]; then
        skip "$name" "el laboratorio $lab no está"
    else
        check "$name" "$@"
    fi
}

# Segundos que se espera lo que tarda lo que tarde la máquina: solo se agotan si algo va mal.
patience=120

# until_seen DESCRIPTOR EXPRESIÓN...: lee líneas hasta haberlas visto todas.
until_seen() {
    local fd=$1 line pattern left limit=$((SECONDS + patience))
    shift
    while [ $# -gt 0 ]; do
        if [ "$SECONDS" -ge "$limit" ] || ! IFS= read -r -t "$patience" -u "$fd" line; then
            printf 'no llegó: %s\nhasta ahí:\n' "$*" && cat "$work/out"
            return 1
        fi
        printf '%s\n' "$line" >>"$work/out"
        left=()
        for pattern; do
            [[ $line =~ $pattern ]] || left+=("$pattern")
        done
        set -- "${left[@]}"
    done
}

# ---- El servidor de aiohttp ------------------------------------------------------------

start_server() {
    mkdir "$work/archivos" && head -c 3000000 /dev/urandom >"$work/archivos/grande.bin" &&
        mkfifo "$work/entrada" "$work/puerto" || return
    "$python" -B "$peers/servidor.py" "$work/archivos" "$work/registro" <"$work/entrada" \
        >"$work/puerto" 2>"$work/servidor.txt" &
    pids+=" $!"
    exec 7>"$work/entrada" # al cerrarse, muera como muera este guion, el servidor acaba
    # Lo dice al escuchar, y si se muere antes se cierra la tubería.
    read -r port <"$work/puerto" && base=http://127.0.0.1:$port
}

# watched PLAZO SITIO... -- EXPRESIÓN...: lo vigila hasta verlas todas; deja en $work/out lo que dijo.
watched() {
    local deadline=$1 sites=() pid status
    for ((; $# > 1; )); do
        shift
        [ "$1" != -- ] || break
        sites+=("$1")
    done
    shift
    rm -f "$work/lineas" && mkfifo "$work/lineas" && : >"$work/out" || return
    # Una orden en segundo plano nace ignorando SIGINT.
    env --default-signal=INT "$programs/07-monitor/monitor" --intervalo 0.1 --timeout "$deadline" \
        "${sites[@]}" >"$work/lineas" 7>&- &
    pid=$!
    pids+=" $pid"
    exec 8<"$work/lineas"
    until_seen 8 "$@"
    status=$?
    kill -INT "$pid"
    cat <&8 >>"$work/out"
    exec 8<&-
    wait "$pid" && [ "$status" -eq 0 ]
}

# A quien contesta se le espera lo que haga falta, y solo el que calla tiene el plazo corto: con uno para
# todos, en una máquina ocupada vencería también el de los sanos.
monitor() {
    local good=$base/estado/200 bad=$base/estado/503 slow=$base/lento down=http://127.0.0.1:1/
    watched "$patience" "$good" "$bad" "$down" -- "$good 200 [0-9]+ ms" "$bad 503 [0-9]+ ms" \
        "$down ERROR .* ms" "ALERTA $bad" "ALERTA $down" &&
        hasnt "$work/out" "ALERTA $good" &&
        has "$work/out" "RESUMEN $good comprobaciones=[0-9]+ fallos=0 " || return
    watched 0.3 "$slow" -- "$slow ERROR .* ms" "ALERTA $slow" &&
        has "$work/out" "RESUMEN $slow comprobaciones=[0-9]+ fallos=[1-9]"
}

aggregated() { # PLAZO CÓDIGO LO-QUE-DICE API...
    local deadline=$1 code=$2 said=$3
    shift 3
    timeout "$patience" "$programs/10-agregador/agregador" --timeout "$deadline" "$@" >"$work/out"
    same "$code" $? && same "$said" "$(sed "s|^$base||; /^MEDIA/!s/ERROR .*/ERROR/" "$work/out")"
}

aggregator() {
    aggregated "$patience" 0 "/tiempo/openweathermap 14.3 °C
/tiempo/weatherapi 14.1 °C
/mudanza/open-meteo 13.7 °C
/estado/500 ERROR
/estado/204 ERROR
http://127.0.0.1:1/ ERROR
MEDIA 14.0 °C (3 de 6)" "$base/tiempo/openweathermap" "$base/tiempo/weatherapi" "$base/mudanza/open-meteo" \
        "$base/estado/500" "$base/estado/204" http://127.0.0.1:1/ || return
    # El que calla, aparte: con él, el plazo sería corto para todas.
    aggregated 0.5 1 "/lento ERROR
MEDIA ERROR (0 de 1)" "$base/lento"
}

downloads() {
    local dir=$work/bajadas
    mkdir "$dir" && head -c 1000000 "$work/archivos/grande.bin" >"$dir/grande.bin.part" &&
        cp "$work/archivos/grande.bin" "$work/archivos/otro.bin" || return
    timeout "$patience" "$programs/11-descargas/descargas" --dir "$dir" "$base/archivo/grande.bin" \
        "$base/sin-longitud/otro.bin" "$base/archivo/no-existe.bin" >"$work/out"
    same 1 $? && has "$work/out" "^ERROR $base/archivo/no-existe.bin .*404" &&
        has "$work/registro" 'GET /archivo/grande.bin bytes=1000000-$' &&
        cmp "$work/archivos/grande.bin" "$dir/grande.bin" &&
        cmp "$work/archivos/otro.bin" "$dir/otro.bin" && [ ! -e "$dir/grande.bin.part" ] &&
        has "$work/out" '^RESUMEN listos=2 errores=1 interrumpidos=0 bytes=5000000$'
}

# ---- Un cliente de asyncio ---------------------------------------------------------------

chat() {
    local pid status where
    mkfifo "$work/chat" || return
    "$programs/09-chat/chat" --puerto 0 >"$work/chat" 7>&- &
    pid=$!
    exec 8<"$work/chat"
    IFS= read -r -t "$patience" -u 8 where
    timeout "$patience" "$python" -B "$peers/chat.py" "${where##*:}"
    status=$?
    kill "$pid"
    wait "$pid"
    return "$status"
}

# ---- A probar --------------------------------------------------------------------------

! has_module aiohttp || start_server ||
    echo "# el servidor de aiohttp no arrancó: $(cat "$work/servidor.txt")"
foreign el_monitor_vigila_un_servidor_de_aiohttp aiohttp 07-monitor monitor
foreign el_agregador_lee_las_tres_formas_de_un_servidor_de_aiohttp aiohttp 10-agregador aggregator
foreign las_descargas_de_un_servidor_de_aiohttp_llegan_enteras aiohttp 11-descargas downloads
foreign dos_clientes_de_asyncio_conversan_en_el_chat asyncio 09-chat chat
asyncpg_reads=asyncpg_lee_lo_que_dejo_el_programa_de_la_base_de_datos
if has_postgres; then
    foreign $asyncpg_reads asyncpg 12-base_datos common/tests/pg_cluster.sh timeout 60 \
        "$python" -B "$peers/usuarios.py" "$programs/12-base_datos/base_datos"
else
    skip $asyncpg_reads 'falta PostgreSQL'
fi
exec 7>&-
finish
