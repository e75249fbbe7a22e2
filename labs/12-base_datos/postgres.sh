#!/bin/sh
# Un PostgreSQL de usar y tirar, con la tabla del laboratorio, para probar tu programa:
#
#     labs/12-base_datos/postgres.sh make run LAB=12
#     labs/12-base_datos/postgres.sh           abre una shell; acábala con exit
#
# Dentro, psql y el programa lo encuentran por PGHOST, PGUSER y PGDATABASE. Está tan cerca que
# apenas habría nada que esperar: para que se parezca a uno al otro lado de la red, cada
# inserción tarda 5 ms más. Eso y lo demás se cambia desde el entorno:
#
#     TARDA=0                  segundos que tarda de más cada inserción
#     CIFRA=1                  se llega a él por TCP y con TLS, no por un socket de Unix
#     AJUSTES='-c fsync=off'   opciones para el servidor
set -eu
unset CDPATH
lab=$(cd "$(dirname "$0")" && pwd)
if [ "${1:-}" != --dentro ]; then # el servidor lo pone el capítulo 13
    exec "$lab/../../lessons/13-bases-de-datos/postgres.sh" "$lab/postgres.sh" --dentro "$@"
fi
shift

sql() { # OPCIONES...: solo interesa lo que diga si falla
    said=$(psql -X -v ON_ERROR_STOP=1 "$@" 2>&1) || { printf '%s\n' "$said" >&2 && exit 1; }
}
sql -f "$lab/usuarios.sql"
if [ "${TARDA:=0.005}" != 0 ]; then
    sql -v tarda="$TARDA" -f - <<'FIN'
CREATE FUNCTION tardar() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_sleep(TG_ARGV[0]::float); RETURN NEW; END';
CREATE TRIGGER lejos BEFORE INSERT ON usuarios FOR EACH ROW EXECUTE FUNCTION tardar(:'tarda');
FIN
fi

[ $# -gt 0 ] || set -- "${SHELL:-/bin/sh}"
exec "$@"
