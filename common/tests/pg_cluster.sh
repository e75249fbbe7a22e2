#!/bin/sh
# Ejecuta una orden con un PostgreSQL de usar y tirar:  pg_cluster.sh ORDEN...
#
# El servidor nace en una carpeta privada, sin red y con un usuario sin privilegios; la orden
# lo encuentra por PGHOST, PGUSER y PGDATABASE. Si se muere, vuelve a arrancar. Sin PostgreSQL
# instalado la orden corre igual, sin ASINC_PG_CLUSTER, y sus pruebas se saltan.
#
# Lo cuida un vigilante con su propia sesión, que lo borra todo cuando se cierra una tubería
# cuyo otro extremo solo tiene este guion: da igual cómo muera, hasta con SIGKILL.
set -eu

sirve() { # BIN [COMO-USUARIO...]: tenlo en marcha mientras exista «vivo»
    bin=$1
    shift
    while [ -e vivo ]; do
        "$@" "$bin/postgres" -D data -k "$PWD" -c listen_addresses= -c fsync=off \
            -c full_page_writes=off -c synchronous_commit=off -c max_connections=150 \
            -c shared_buffers=16MB -c autovacuum=off -c max_wal_senders=0 \
            -c wal_level=minimal -c max_worker_processes=0 -c jit=off \
            -c dynamic_shared_memory_type=mmap </dev/null || sleep 0.02
    done
    : >fin
}

vigila() { # CARPETA BIN [COMO-USUARIO...]
    cd "$1" # la de quien lo lanzó puede estarle prohibida al usuario
    shift
    bin=$1
    shift
    if "$@" "$bin/initdb" -N -D data -U asinc -A trust -E UTF8 --locale=C --wal-segsize=1; then
        { echo 'local all con_clave scram-sha-256' && cat data/pg_hba.conf; } >hba
        cat hba >data/pg_hba.conf
        : >vivo
        sirve "$bin" "$@" &
    else
        : >fin
    fi
    cat >/dev/null
    rm -f vivo
    until [ -e fin ]; do # puede estar a medio arrancar, sin número todavía: se insiste
        kill -QUIT "$(head -n 1 data/postmaster.pid)" || :
        sleep 0.02
    done
    dir=$PWD
    cd /
    rm -rf "$dir"
}

if [ "${1-}" = --vigila ]; then
    shift
    vigila "$@"
    exit
fi
if [ $# -eq 0 ]; then
    echo 'Uso: pg_cluster.sh ORDEN...' >&2
    exit 2
fi

# Lo que hubiera en el entorno llevaría las pruebas a otro servidor.
# shellcheck disable=SC2046 # son varios nombres
unset ASINC_PG_CLUSTER $(env | sed -n 's/^\(PG[A-Z]*\)=.*/\1/p')

bin=
for place in "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin; do
    [ ! -x "$place/postgres" ] || bin=$place
done
[ -n "$bin" ] || exec "$@"

self=$(cd "$(dirname "$0")" && pwd)/pg_cluster.sh
dir=$(mktemp -d "${TMPDIR:-/tmp}/asinc-pg.XXXXXX")
if [ ${#dir} -gt 90 ]; then # la ruta del socket no puede pasar de 107 bytes
    rmdir "$dir"
    echo "pg_cluster: TMPDIR es demasiado largo para un socket de Unix: $TMPDIR" >&2
    exit 1
fi
as_user=
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL se niega a correr como root
    user=nobody
    ! id postgres >/dev/null 2>&1 || user=postgres
    chown "$user" "$dir"
    as_user="setpriv --reuid=$(id -u "$user") --regid=$(id -g "$user") --clear-groups --"
fi
mkfifo "$dir/tubo"
# shellcheck disable=SC2086 # as_user son varias palabras
setsid "$self" --vigila "$dir" "$bin" $as_user <"$dir/tubo" >"$dir/registro" 2>&1 &
keeper=$!
exec 9>"$dir/tubo"

left=1000
until grep -qs '^ready' "$dir/data/postmaster.pid"; do
    left=$((left - 1))
    if [ -e "$dir/fin" ] || [ "$left" -eq 0 ]; then
        echo 'pg_cluster: PostgreSQL no arrancó:' >&2
        tail -n 20 "$dir/registro" >&2
        exec 9>&-
        wait "$keeper"
        exit 1
    fi
    sleep 0.02
done

export ASINC_PG_CLUSTER="$self" PGHOST="$dir" PGUSER=asinc PGDATABASE=postgres
status=0
"$@" 9>&- || status=$?
exec 9>&-
wait "$keeper"
exit "$status"
