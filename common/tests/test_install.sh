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
# El manual: una página por nombre público, que man entiende sin avisos, también por su nombre.
page() { MANPATH=$dest/share/man MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings "$@" 2>"$work/avisos" | col -bx >"$work/pagina" && same '' "$(cat "$work/avisos")"; }
if command -v man >/dev/null; then
    check 'man_as_queue_put' page as_queue_put
    check 'dice_lo_que_devuelve_si_la_cancelan' has "$work/pagina" 'UV_ECANCELED \(no lo puso\)'
    check 'si_suspende' has "$work/pagina" '^SUSPENDE'
    check 'y_que_mas_ver' has "$work/pagina" 'as_queue_put_nowait\(3\)'
    check 'man_asinc' page asinc
    # Los errores de una función son los que ella devuelve: no los que su comentario nombra de otras.
    codes() { page "$1" && sed -n '/^ERRORES/,/^[A-Z]/{s/^ \{7\}\([AU][SV]_E[A-Z_*]*\).*/\1/p}' "$work/pagina" | paste -sd' '; }
    check 'los_suyos_estan_todos' same 'UV_EOF UV_ECANCELED UV_EBUSY UV_EBADF UV_ECONNABORTED UV_ECONNRESET UV_ENOMEM' "$(codes as_readexactly)"
    check 'no_es_un_error_suyo_el_de_una_muestra' same '' "$(codes as_error_set)"
    check 'ni_los_que_dan_otras_funciones' same 'UV_EBUSY UV_ENOMEM AS_EDEADLK' "$(codes as_run)"
    check 'ni_el_que_reciben_quienes_esperan' same '' "$(codes as_queue_close)$(codes as_spawn)"
    check 'ni_aquel_con_que_se_cumple_un_futuro' same '' "$(codes as_future_cancel)"
    check 'ni_los_de_su_apartado_si_devuelve_uno_solo' same 'UV_EINVAL' "$(codes as_web_fail)"
else
    skip 'man_as_queue_put' 'falta man'
fi
all_pages() {
    local names
    names=$(awk -v form=nombres -f common/tools/reference.awk common/include/asinc/*.h | cut -f1 | sort)
    same "$names" "$(find "$dest/share/man/man3" -type f -printf '%f\n' | sed 's/\.3$//' | sort)" && [ "$(wc -l <<<"$names")" -gt 200 ]
}
check 'una_pagina_por_nombre_publico' all_pages
check 'pkg_config_la_conoce' pkg-config --exists --print-errors asinc
for compiler in gcc clang; do
    if ! command -v $compiler >/dev/null; then
        skip "compila_y_corre: $compiler" "falta $compiler"
        continue
    fi
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
