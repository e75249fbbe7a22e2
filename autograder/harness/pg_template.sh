#!/bin/sh
# Hace la plantilla del PostgreSQL que cada prueba desempaqueta y arranca (ver pg.h):
#
#     pg_template.sh PLANTILLA.tar
#
# initdb tarda medio segundo y llena 28 MiB: aquí se hace una vez, se deja una sola base de
# datos, de unos 7 MiB, y empaquetada cuesta milisegundos. Sin PostgreSQL instalado, o si aquí no se
# puede, no deja nada: lo dirán las pruebas que lo necesiten, y las demás se califican.
set -eu
output=$1
for postgres in /usr/bin/postgres /usr/lib/postgresql/*/bin/postgres; do
    [ ! -x "$postgres" ] || bin=${postgres%/postgres}
done
[ -n "${bin:-}" ] || exit 0

dir=$(mktemp -d "${TMPDIR:-/tmp}/plantilla-XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
as=
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL se niega a correr como root
    chown 65534:65534 "$dir"
    as='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
# En un contenedor (docker run -u 1234) quien lo ejecuta quizá no tenga nombre, e initdb quiere uno.
# shellcheck disable=SC2086
if ! $as id -un >/dev/null 2>&1; then
    ${CC:-gcc} -shared -fPIC -o "$dir/nombre.so" -x c - <<'FIN' && export LD_PRELOAD="$dir/nombre.so"
#include <pwd.h>
#include <stddef.h>
static struct passwd somebody = {"curso", "x", 0, 0, "", "/", "/bin/sh"};
struct passwd *getpwuid(uid_t uid)
{
    somebody.pw_uid = uid;
    return &somebody;
}
int getpwuid_r(uid_t uid, struct passwd *pw, char *text, size_t size, struct passwd **out)
{
    (void)text, (void)size;
    *pw = *getpwuid(uid);
    *out = pw;
    return 0;
}
FIN
fi
mkdir -p "$(dirname "$output")"
output=$(cd "$(dirname "$output")" && pwd)/$(basename "$output")
cd "$dir"

quietly() { # ORDEN...: solo cuenta lo que dijo si falla
    # shellcheck disable=SC2086 # son varias palabras
    $as "$@" >registro 2>&1 || {
        printf 'No se pudo preparar PostgreSQL, que solo usan los laboratorios con base de datos: los demás se califican igual.\nMira si queda sitio en %s, o prueba con otro TMPDIR. (%s dijo: %s)\n' \
            "${TMPDIR:-/tmp}" "${1##*/}" "$(tail -n 1 registro 2>/dev/null)" >&2
        exit 0
    }
}
# Con -j, una línea en blanco acaba cada sentencia.
sql() { # BASE
    quietly "$bin/postgres" --single -j -D datos -c exit_on_error=on "$1"
}

quietly "$bin/initdb" -N -D datos -U juez -A reject -E UTF8 --locale=C --wal-segsize=1
sql postgres <<'FIN'
UPDATE pg_database SET datistemplate = false;

ALTER DATABASE template1 RENAME TO curso;

DROP DATABASE template0;

FIN
sql curso <<'FIN'
DROP DATABASE postgres;

REVOKE ALL ON DATABASE curso FROM PUBLIC;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

CREATE ROLE alumno LOGIN CONNECTION LIMIT 40;

GRANT CONNECT ON DATABASE curso TO alumno;

DELETE FROM pg_description;

VACUUM FULL pg_description;

FIN
# El registro de lo ya hecho, los mapas de sitio libre y las cuentas de uso no le hacen falta.
quietly "$bin/pg_resetwal" -D datos
find datos \( -name '*_fsm' -o -name '*_vm' -o -path 'datos/pg_stat/*' \) -delete

# Dos puertas y ninguna más: el corrector por un socket que el programa no ve, y el programa
# por la red, solo como «alumno» y solo a su base.
cat >datos/pg_hba.conf <<'FIN'
local all   juez                trust
host  curso alumno 127.0.0.1/32 trust
FIN
# Dura segundos y nadie lo echará de menos: sobra todo lo que cuida de los datos o trabaja en
# segundo plano. Con restart_after_crash, quien lo tumbara se encontraría otro en su lugar.
cat >datos/postgresql.conf <<'FIN'
listen_addresses = '127.0.0.1'
unix_socket_permissions = 0700
max_connections = 60
superuser_reserved_connections = 15
shared_buffers = 8MB
dynamic_shared_memory_type = mmap
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 16MB
min_wal_size = 2MB
wal_init_zero = off
wal_recycle = off
autovacuum = off
max_worker_processes = 0
max_parallel_workers = 0
max_logical_replication_workers = 0
bgwriter_lru_maxpages = 0
max_locks_per_transaction = 10
max_pred_locks_per_transaction = 10
jit = off
temp_file_limit = 32MB
restart_after_crash = off
update_process_title = off
log_connections = on
log_min_messages = log
log_min_error_statement = panic
log_checkpoints = off
log_timezone = UTC
timezone = UTC
FIN
ln -s "$bin/postgres" postgres
tar -cSf plantilla.tar datos postgres # -S: de los huecos, que los hay de 1 MiB, solo su sitio
mv plantilla.tar "$output"
