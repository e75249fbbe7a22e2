#!/bin/sh
# Corre las pruebas del banco. El código de programas no se ejecuta nunca como root, así
# que root prepara un directorio para «nobody» y sigue como él.
#
#     run.sh DIRECTORIO_DE_LOS_BINARIOS RUNNER PLANTILLA OPCIÓN_TAP SUITE...
set -eu
built=$1 runner=$2 template=$3 tap=$4
shift 4

stage=$(mktemp -d "${TMPDIR:-/tmp}/banco-XXXXXX")
trap 'rm -rf "$stage"' EXIT
trap 'exit 130' INT TERM
for file in "$@" ejemplos prog prog-asan abusa; do
    [ ! -e "$built/$file" ] || cp "$built/$file" "$stage"
done
cp "$runner" "$stage/runner"
[ ! -e "$template" ] || cp "$template" "$stage/postgres.tar"
mkdir "$stage/tmp"
as=
if [ "$(id -u)" -eq 0 ]; then
    chown -R 65534:65534 "$stage"
    as='setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs'
fi

export TMPDIR="$stage/tmp" ASINC_RUNNER="$stage/runner" ASINC_PROGRAM="$stage/prog"
export ASINC_POSTGRES="$stage/postgres.tar"
export ASINC_PROGRAM_ASAN="$stage/prog-asan" HS_EJEMPLOS="$stage/ejemplos" HS_ABUSA="$stage/abusa"
unset ASINC_RESULTS ASINC_SEED ASINC_REPRO
failed=0
# Criterion aborta si está el socket de quien tuvo su PID y murió de repente: se nace otra vez.
born() {
    code=99
    while [ $code -eq 99 ]; do
        sh -c '[ ! -e "/tmp/criterion_$$.sock" ] || exit 99; exec "$@"' born "$@" && code=0 || code=$?
    done
    return $code
}
# Sin caja todo; con ella, si el sistema puede, lo que depende de ella.
for suite; do
    # shellcheck disable=SC2086
    ASINC_BOX=no born $as "$stage/$suite" ${tap:+"$tap"} || failed=1
done
if $as bwrap --unshare-all --ro-bind / / true 2>/dev/null; then
    # Lo que un programa tiene sin leer cuenta a todos los de su red, que en una calificación son ella
    # misma y aquí es toda la máquina: las de excesos tienen una suya, y van de una en una.
    for suite in programas terminal archivos postgres excesos; do
        jobs=${CRITERION_JOBS:-} net=
        [ "$suite" != excesos ] || jobs=1 net='bwrap --dev-bind / / --unshare-net --die-with-parent'
        # shellcheck disable=SC2086
        [ ! -e "$stage/$suite" ] || CRITERION_JOBS=$jobs ASINC_BOX=completa born $as $net "$stage/$suite" ${tap:+"$tap"} ||
            failed=1
    done
else
    echo 'ok - todo lo de la caja # SKIP este sistema no deja crear espacios de usuario'
fi
exit $failed
