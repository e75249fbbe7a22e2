#!/bin/bash
# Mide asinc frente a otros y lo cuenta en una tabla y en un JSON. Lo llama `make bench`.
# Uso: bench.sh PROGRAMAS SALIDA.json     (SOLO=grupo, RONDAS=n en el entorno)
#
# Los rivales se turnan en cada ronda (A B C, A B C...): si la máquina se entretiene en otra
# cosa, molesta a todos por igual. Que falte un rival o una meta no es un error; que una
# medida falle, sí.
set -u
cd "$(dirname "$0")/../.." || exit 1
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

programs=$1 json=$2
rounds=${RONDAS:-5}
python=${PYTHON:-/usr/bin/python3} # el de Debian: sus paquetes no los ve otro
peers=common/bench/pares

die() {
    printf 'bench: %s\n' "$1" >&2
    exit "${2:-1}"
}
case ${SOLO:-} in
'' | salto | tarea | cola | paradas | eco | http | sitios | web | pg) ;;
*) die "no hay ningún grupo «$SOLO»: usa salto, tarea, cola, paradas, eco, http, sitios, web o pg" 2 ;;
esac
case $rounds in
'' | *[!0-9]* | 0*) die "RONDAS=$rounds: escribe un número de 1 en adelante" 2 ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-bench.XXXXXX") || exit 1
figures=$work/figures
nginx_pid=
server_pid=
stop() { # PROCESO
    kill "$1" 2>/dev/null
    wait "$1" 2>/dev/null
}
clean_up() {
    [ -z "$nginx_pid" ] || stop "$nginx_pid"
    [ -z "$server_pid" ] || stop "$server_pid"
    rm -rf "$work"
}
trap clean_up EXIT
exec 4>&2 # la señal llega a menudo con la salida de errores desviada a un archivo
trap 'echo >&4; die "interrumpido" 130 2>&4' INT TERM HUP

# ---- Una medida -------------------------------------------------------------------------

status=0
absent=77 # el código con que un rival avisa de que no está instalado

progress() {
    [ ! -t 2 ] || printf '\r\033[K%s' "$1" >&2
}

# gone GRUPO QUIÉN MOTIVO: sus filas lo dirán y no vuelve a probarse.
gone() {
    is_gone "$1" "$2" || printf 'sin %s %s %s\n' "$1" "$2" "$3" >>"$figures"
}

is_gone() {
    grep -q "^sin $1 $2 " "$figures"
}

# run GRUPO QUIÉN ORDEN...: ejecuta una vez y apunta las cifras que escriba.
run() {
    local group=$1 who=$2 code
    shift 2
    ! is_gone "$group" "$who" || return 0
    progress "Ronda $round de $rounds: $group, $who"
    "$@" >"$work/out" 2>"$work/err"
    code=$?
    if [ "$code" = 0 ] && [ -s "$work/out" ]; then
        awk -v at="cifra $round $group $who" '{ print at, $0 }' "$work/out" >>"$figures"
    elif [ "$code" = "$absent" ]; then
        gone "$group" "$who" falta
    else
        progress ''
        printf 'bench: falló la medida «%s» de %s (código %s):\n' "$group" "$who" "$code" >&2
        tail -n 5 "$work/err" | sed 's/^/  /' >&2
        gone "$group" "$who" falló
        status=1
    fi
}

# Ninguna medida sana dura tanto: la que se queda colgada acaba con el código 124.
bounded() {
    timeout --foreground 60 "$@"
}

ours() {
    bounded "$programs/$1" "${@:2}"
}

py() {
    command -v "$python" >/dev/null || return "$absent"
    bounded "$python" "$peers/$1" "${@:2}"
}

echo_py() { # VUELTAS BUCLE FORMA
    command -v "$python" >/dev/null || return "$absent"
    ours echo_client "$1" "$python" "$peers/eco.py" "$2" "$3"
}

# timed ORDEN...: deja en $wall y $cpu los segundos que costó una orden de otros.
timed() {
    local TIMEFORMAT='%R %U %S' code user system
    { time bounded "$@" >"$work/tool" 2>&1; } 2>"$work/time"
    code=$?
    read -r wall user system <"$work/time"
    cpu=$(awk "BEGIN { print $user + $system }")
    [ "$code" = 0 ] || cat "$work/tool" >&2
    return "$code"
}

http_figures() { # PETICIONES SEGUNDOS
    awk "BEGIN { printf \"http %.6g\nhttp_cpu %.6g\n\", $1 / $2, $cpu * 1e6 / $1 }"
}

# Todas las URL son el mismo archivo: nginx no mira lo que sigue a la interrogación.
run_curl() {
    command -v curl >/dev/null || return "$absent"
    timed curl --disable --silent --show-error --fail --parallel --parallel-max 100 --output /dev/null \
        "$url?[1-$1]" || return
    http_figures "$1" "$wall"
}

# with_wrk CONEXIONES URL: deja en $requests y $seconds lo que hizo en un segundo.
with_wrk() {
    command -v wrk >/dev/null || return "$absent"
    timed wrk -t 1 -c "$1" -d 1 "$2" || return
    if grep -E 'Socket errors|Non-2xx' "$work/tool" >&2; then
        return 1
    fi
    read -r requests seconds < <(awk '/requests in/ { sub(/s,$/, "", $4); print $1, $4 }' "$work/tool")
}

run_wrk() {
    with_wrk 100 "$url" && http_figures "$requests" "$seconds"
}

# Los tics de CPU que ha gastado un proceso.
ticks() { # PROCESO
    local stat
    read -r stat <"/proc/$1/stat"
    # shellcheck disable=SC2086 # son campos
    set -- ${stat##*) }
    echo $((${12} + ${13}))
}

# load PROCESO PUERTO: carga un servidor y escribe sus cifras.
load() {
    local before spent
    before=$(ticks "$1")
    with_wrk 64 "http://127.0.0.1:$2/cuerpo" || return
    spent=$(($(ticks "$1") - before))
    awk "BEGIN { printf \"web %.6g\nweb_cpu %.6g\n\", $requests / $seconds, $spent * 1e6 / $(getconf CLK_TCK) / $requests }"
}

# serve ORDEN...: arranca un servidor, que dice su puerto, lo carga y lo para.
serve() {
    local code says=
    rm -f "$work/says"
    mkfifo "$work/says" || return
    setpriv --pdeathsig KILL "$@" >"$work/says" &
    server_pid=$!
    read -r -t 20 says <"$work/says"
    if [ -n "$says" ]; then
        load "$server_pid" "$says"
        code=$?
        stop "$server_pid"
    else
        wait "$server_pid"
        code=$?
    fi
    server_pid=
    return "$code"
}

serve_py() {
    command -v "$python" >/dev/null || return "$absent"
    serve "$python" "$peers/$1" "${@:2}"
}

# ---- Los grupos -------------------------------------------------------------------------

measure_salto() {
    run salto asinc ours hop 4000000
    run salto asyncio py tareas.py asyncio salto 100000
    run salto uvloop py tareas.py uvloop salto 100000
}

measure_tarea() {
    run tarea asinc ours spawn 500000
    run tarea asyncio py tareas.py asyncio tarea 60000
    run tarea uvloop py tareas.py uvloop tarea 60000
}

measure_cola() {
    run cola asinc ours queue 1000000
    run cola asyncio py tareas.py asyncio cola 60000
    run cola uvloop py tareas.py uvloop cola 60000
}

measure_paradas() {
    run paradas30 asinc ours parked 30000 con-guarda
    run paradas30 asyncio py tareas.py asyncio paradas 30000
    run paradas30 uvloop py tareas.py uvloop paradas 30000
    run paradas100 asinc ours parked 100000 sin-guarda
    run paradas100 asyncio py tareas.py asyncio paradas 100000
    run paradas100 uvloop py tareas.py uvloop paradas 100000
}

measure_eco() {
    run eco asinc ours echo_client 60000 "$programs/echo"
    run eco libuv ours echo_client 60000 "$programs/pares/libuv_echo"
    run eco uvloop_flujos echo_py 50000 uvloop flujos
    run eco uvloop_protocolo echo_py 50000 uvloop protocolo
    run eco asyncio_flujos echo_py 20000 asyncio flujos
    run eco asyncio_protocolo echo_py 20000 asyncio protocolo
}

measure_http() {
    if [ -z "$nginx_pid" ]; then
        gone http asinc 'falta nginx'
        return
    fi
    run http asinc ours http "$url" 30000
    run http curl run_curl 20000
    run http libuv ours pares/libuv_http 127.0.0.1 "$port" /cuerpo 50000
    run http wrk run_wrk
    run http aiohttp_uvloop py peticiones.py aiohttp uvloop "$url" 5000
    run http aiohttp py peticiones.py aiohttp asyncio "$url" 4000
    run http uvloop_a_mano py peticiones.py a-mano uvloop "$url" 30000
    run http asyncio_a_mano py peticiones.py a-mano asyncio "$url" 15000
    run http httpx py peticiones.py httpx asyncio "$url" 800
}

measure_sitios() {
    run sitios asinc ours sites
}

measure_web() {
    run web asinc serve "$programs/web"
    if [ -n "$nginx_pid" ]; then
        run web nginx load "$nginx_pid" "$port"
    else
        gone web nginx 'falta nginx'
    fi
    run web aiohttp_uvloop serve_py servidor.py uvloop
    run web aiohttp serve_py servidor.py asyncio
}

# El servidor lo pone quien nos llama: pg_cluster.sh.
measure_pg() {
    if [ -z "${ASINC_PG_CLUSTER:-}" ]; then
        gone pg asinc 'falta postgresql'
        return
    fi
    run pg asinc ours inserts 100 a-la-vez
    run pg seguidas ours inserts 80 seguidas
    run pg asyncpg py inserciones.py asyncio con-reset 20
    run pg asyncpg_uvloop py inserciones.py uvloop con-reset 40
    run pg asyncpg_justo py inserciones.py uvloop sin-reset 50
}

# ---- nginx, solo para nosotros ----------------------------------------------------------

nginx_conf() {
    cat <<FIN
daemon off;
master_process off;
pid $work/nginx/pid;
error_log $work/nginx/error.log;
events { worker_connections 1024; }
http {
    access_log off;
    keepalive_requests 1000000000;
    open_file_cache max=16;
    client_body_temp_path $work/nginx/body;
    proxy_temp_path $work/nginx/proxy;
    fastcgi_temp_path $work/nginx/fastcgi;
    uwsgi_temp_path $work/nginx/uwsgi;
    scgi_temp_path $work/nginx/scgi;
    server {
        listen 127.0.0.1:$port backlog=1024;
        root $work/nginx;
    }
}
FIN
}

# El puerto podría ser de otro: la respuesta tiene que ser nuestro archivo.
nginx_answers() {
    { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return
    printf 'GET /cuerpo HTTP/1.0\r\n\r\n' >&3
    timeout 5 cat <&3 | tail -c 1024 | cmp -s - "$work/nginx/cuerpo"
    local answer=$?
    exec 3>&-
    return "$answer"
}

start_nginx() {
    command -v nginx >/dev/null || return 0
    mkdir "$work/nginx"
    od -An -N 512 -tx1 /dev/urandom | tr -d ' \n' >"$work/nginx/cuerpo"
    local try
    for try in 1 2 3 4 5; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000)) # bajo los que el sistema reparte
        url=http://127.0.0.1:$port/cuerpo
        nginx_conf >"$work/nginx/conf"
        # Si a este guion lo matan sin avisar, el núcleo detiene también a nginx.
        setpriv --pdeathsig TERM nginx -p "$work/nginx" -e "$work/nginx/error.log" -c "$work/nginx/conf" &
        nginx_pid=$!
        while kill -0 "$nginx_pid" 2>/dev/null; do
            ! nginx_answers || return 0
            sleep 0.05
        done
        wait "$nginx_pid"
        nginx_pid=
    done
    cat "$work/nginx/error.log" >&2
    die "nginx no arranca: su explicación está arriba (intento $try)"
}

# ---- La máquina -------------------------------------------------------------------------

fact() {
    printf 'dato %s %s\n' "$1" "$2" >>"$figures"
}

facts() {
    local name
    fact fecha "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    fact cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
    fact nucleos "$(nproc)"
    fact memoria_mib "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)"
    fact nucleo "$(uname -sr)"
    fact carga_al_empezar "$(cut -d' ' -f1 /proc/loadavg)"
    fact rondas "$rounds"
    fact compilador "$(${CC:-cc} --version | head -n 1)"
    for name in libuv libcurl; do
        fact "$name" "$(pkg-config --modversion $name)"
    done
    fact python "$("$python" -V 2>&1)"
    for name in uvloop aiohttp httpx asyncpg; do
        fact $name "$("$python" -c "import $name; print($name.__version__)" 2>/dev/null)"
    done
    fact nginx "$(nginx -v 2>&1 | sed 's/^.*nginx\///')"
    fact curl "$(curl --version 2>/dev/null | sed 's/^curl //; s/ .*//; q')"
    fact postgresql "$(pg_config --version 2>/dev/null | sed 's/^PostgreSQL //')"
    fact wrk "$(wrk -v 2>&1 | sed -n 's/^wrk \([^ ]*\).*/\1/p')"
}

: >"$figures"
export no_proxy=127.0.0.1
facts
case ${SOLO:-http} in http | web) start_nginx ;; esac
for round in $(seq "$rounds"); do
    for group in ${SOLO:-salto tarea cola paradas eco http sitios web pg}; do
        "measure_$group"
    done
done
progress ''
mkdir -p "$(dirname "$json")"
awk -v json="$json.nuevo" -f common/bench/report.awk common/bench/metas "$figures" || die "no pude escribir el resumen"
mv "$json.nuevo" "$json"
printf '\nTodas las cifras, ronda a ronda: %s\n' "$json"
exit "$status"
