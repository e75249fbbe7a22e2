#!/bin/bash
# Pruebas de `make install`: un programa de fuera del curso se compila con lo que dice
# pkg-config, y nada más, y funciona. La salida es TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-install.XXXXXX")
trap 'rm -rf "$work"' EXIT
dest=$work/dest
export PKG_CONFIG_PATH=$dest/lib/pkgconfig

run_make() { # OBJETIVO VARIABLES...
    "${as_typed[@]}" make --no-print-directory "$@" >"$work/out" 2>&1
    echo $? >"$work/rc"
}
rc() { same "$1" "$(cat "$work/rc")" || { cat "$work/out" && return 1; }; }

cat >"$work/mio.c" <<'FIN'
#include <asinc/asinc.h>
#include <stdio.h>

static int lento(void *arg)
{
    int rc = as_sleep(1000);
    if (rc == 0)
        printf("%s ", (const char *)arg);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_http *http;
    int rc = as_http_new(NULL, &http);
    if (rc == 0)
        rc = as_gather((as_call[]){{lento, "uno", NULL}, {lento, "dos", NULL}}, 2, NULL);
    printf("%d ms\n", (int)as_now());
    as_http_close(http);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
FIN
cat >"$work/mio.cc" <<'FIN'
#include <cstdio>
#include <asinc/asinc.h>

static int principal(void *)
{
    return as_sleep(1000) < 0 ? -1 : static_cast<int>(as_now());
}

int main()
{
    return std::printf("%d ms\n", as_run(principal, nullptr)) < 0;
}
FIN
# compiles ESPERADO FUENTE COMPILADOR...: lo compila y lo ejecuta, desde otra carpeta.
compiles() {
    local flags expected=$1 source=$2
    shift 2
    read -ra flags < <(pkg-config --cflags --libs asinc)
    (cd "$work" && "$@" -Wall -Wextra -Werror "$source" -o mio "${flags[@]}") || return 1
    same "$expected" "$(cd / && AS_CLOCK=virtual "$work/mio")"
}

run_make install PREFIX="$dest"
check 'instala' rc 0
check 'dice_como_compilar' has "$work/out" "PKG_CONFIG_PATH=$dest/lib/pkgconfig"
check 'todas_las_cabeceras' same "$(ls common/include/asinc)" "$(ls "$dest/include/asinc")"
check 'pkg_config_la_conoce' pkg-config --exists --print-errors asinc
for compiler in gcc clang; do
    check "compila_y_corre: $compiler" compiles 'uno dos 1000 ms' mio.c "$compiler"
done
check 'tambien_con_c11_a_secas' compiles 'uno dos 1000 ms' mio.c gcc -std=c11
if command -v g++ >/dev/null; then
    check 'y_desde_cpp' compiles '1000 ms' mio.cc g++
else
    skip 'y_desde_cpp' 'falta g++'
fi
check 'no_nombra_el_arbol_del_curso' hasnt "$dest/lib/pkgconfig/asinc.pc" "$PWD"

run_make uninstall PREFIX="$dest"
check 'desinstala' rc 0
check 'no_deja_ningun_archivo' same '' "$(find "$dest" -type f)"
check 'pkg_config_ya_no_la_conoce' same 1 "$(pkg-config --exists asinc && echo 0 || echo 1)"

run_make install DESTDIR="$work/raiz" PREFIX=/opt/asinc
check 'con_destdir_instala_bajo_esa_raiz' test -e "$work/raiz/opt/asinc/lib/libasinc.a"
check 'pero_apunta_al_sitio_definitivo' has "$work/raiz/opt/asinc/lib/pkgconfig/asinc.pc" '^prefix=/opt/asinc$'

: >"$work/archivo"
run_make install PREFIX="$work/archivo"
check 'donde_no_se_puede_falla' rc 2
check 'y_lo_explica' has "$work/out" "install: no se pudo en $work/archivo"
run_make install PREFIX=relativa
check 'una_ruta_relativa_es_un_mal_uso' has "$work/out" 'PREFIX debe ser una ruta'
check 'y_no_instala_nada' test ! -e relativa
finish
