#!/bin/sh
# Un PostgreSQL de usar y tirar, para los programas de este capítulo y los tuyos:
#
#     lessons/13-bases-de-datos/postgres.sh PROGRAMA
#     lessons/13-bases-de-datos/postgres.sh           abre una shell; acábala con exit
#
# Dentro, psql y el programa lo encuentran por PGHOST, PGUSER y PGDATABASE. Desde el entorno:
#
#     CIFRA=1                  se llega a él por TCP y con TLS, no por un socket de Unix
#     AJUSTES='-c fsync=off'   opciones para el servidor
set -eu
for postgres in /usr/bin/postgres /usr/lib/postgresql/*/bin/postgres; do
    [ ! -x "$postgres" ] || bin=${postgres%/postgres}
done
if [ -z "${bin:-}" ]; then
    echo 'postgres.sh: falta PostgreSQL; instálalo con make setup' >&2
    exit 1
fi

# Lo que hubiera en el entorno llevaría a psql y al programa a otro servidor, o de otra manera.
# shellcheck disable=SC2046 # son varios nombres
unset CDPATH $(env | sed -n 's/^\(PG[A-Z]*\)=.*/\1/p')

# La ruta de un socket no puede pasar de 107 bytes: si la de TMPDIR es larga, en /tmp.
tmp=${TMPDIR:-/tmp}
[ "$(printf %s "$tmp" | wc -c)" -le 70 ] || tmp=/tmp
dir=$(mktemp -d "$tmp/postgres-XXXXXX" 2>/dev/null) || {
    echo "postgres.sh: no se puede escribir en $tmp, y ahí va la base de datos: prueba con otro TMPDIR" >&2
    exit 1
}
as=
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL se niega a correr como root
    chown 65534:65534 "$dir"
    as='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
quietly() { # ORDEN...: lo que diga solo interesa si falla
    "$@" >"$dir/dicho" 2>&1 || {
        echo 'postgres.sh: PostgreSQL no arranca. Mira si queda sitio en'" $tmp"', o prueba con otro TMPDIR y sin AJUSTES. Lo último que dijo:'
        tail -qn 5 "$dir/dicho" "$dir/registro" 2>/dev/null | sed 's/^/    /'
        false
    } >&2
}
server() { # INICIO|PARADA...
    # shellcheck disable=SC2086 # son varias palabras
    (cd "$dir" && quietly $as "$@")
}
finish() {
    [ ! -e "$dir/datos/postmaster.pid" ] || server "$bin/pg_ctl" -D datos -m immediate stop || :
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT TERM

server "$bin/initdb" -N -D datos -U alumno -A trust -E UTF8 --locale=C
export PGHOST="$dir" PGUSER=alumno PGDATABASE=postgres
network=
if [ "${CIFRA:-0}" != 0 ]; then
    server openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
        -keyout datos/server.key -out datos/server.crt
    export PGHOST=localhost PGPORT=54312 PGSSLMODE=require
    network="localhost -c port=$PGPORT -c ssl=on"
fi
server "$bin/pg_ctl" -D datos -l registro -w \
    -o "-k $dir -c listen_addresses=$network ${AJUSTES:-}" start
PATH=$PATH:$bin

[ $# -gt 0 ] || set -- "${SHELL:-/bin/sh}"
status=0
"$@" || status=$?
exit $status
