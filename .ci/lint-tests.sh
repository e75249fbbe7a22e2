#!/bin/bash
# Pruebas de las reglas de la casa: a un árbol limpio se le añade una falta cada vez, y solo
# la regla que la prohíbe puede quejarse. La salida es TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
root=$PWD
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-lint.XXXXXX")
trap 'rm -rf "$work"' EXIT

clean_tree() {
    rm -rf "$work/arbol"
    mkdir -p "$work"/arbol/{.ci,common/include/asinc,common/src,common/tests,autograder/box,labs/07-x/.grader,solutions/07-x,lessons}
    cp .ci/lint .ci/tap.sh "$work/arbol/.ci/"
    printf '# de abajo arriba\n\noculta bajo*\nuno dos\n' >"$work/arbol/.ci/capas"
    cp .clang-format .clang-tidy Makefile "$work/arbol/"
    cd "$work/arbol" || exit 1
    echo 'int as_uno(void);' >common/include/asinc/uno.h
    echo 'int oculta(void);' >common/src/oculta.h
    printf '#include "asinc/uno.h"\n#include "oculta.h"\n' >common/src/uno.c
    printf '#include <criterion/criterion.h>\n\nTestSuite(uno, .timeout = 5);\n\nTest(uno, nada)\n{\n}\n' >common/tests/test_uno.c
    printf '#include "asinc/uno.h"\n' | tee solutions/07-x/x.c >labs/07-x/x.c
    echo '/* TODO: tu parte */' >>labs/07-x/x.c
    printf '#include "../../../autograder/box/box.h"\n' >labs/07-x/.grader/suite.c
    : | tee autograder/box/box.h labs/07-x/x.h >solutions/07-x/x.h
    printf 'nada:\n' | tee .setup.mk >common/common.mk
    mkdir .setup && cp .setup.mk .setup/setup.mk && rm .setup.mk
}
lint() {
    LINT_FLAGS="-Icommon/include -Icommon/src" .ci/lint >"$work/out" 2>&1
    cd "$root" || exit 1
}
# only NOMBRE PISTA: la última falta la ve esa regla, ninguna otra, y explica dónde.
only() {
    same "$1" "$(sed -n 's/^not ok [0-9]* - //p' "$work/out" | tr '\n' ' ' | sed 's/ $//')" && has "$work/out" "$2"
}

clean_tree
lint
check 'un_arbol_limpio_no_tiene_faltas' same '' "$(grep -A9 '^not ok' "$work/out")"

clean_tree
printf 'int  as_dos( void );\n' >common/src/dos.h
lint
check 've_el_c_mal_colocado' only el_c_tiene_el_aspecto_acordado 'common/src/dos.h'

clean_tree
printf 'int as_dos(int *p)\n{\n    return p ? 0 : *p;\n}\n' >common/src/dos.c
lint
check 've_un_puntero_nulo' only clang_tidy_no_ve_errores 'dos.c:3:.*ereference of null'

clean_tree
printf '#!/bin/sh\ncd $1\nrm *\n' >.ci/malo
lint
check 've_un_guion_descuidado' only shellcheck_no_ve_errores '.ci/malo line 2'

clean_tree
yes '' | head -n 501 | sed 's/^/\/\//' >autograder/box/largo.c
lint
check 've_un_archivo_largo' only ningun_archivo_pasa_de_500_lineas 'largo.c: 501'

for suite in 'TestSuite(dos);' 'TestSuite(otra, .timeout = 5);' 'TestSuite(dos, .disabled = false);'; do
    clean_tree
    printf '#include <criterion/criterion.h>\n\n%s\n\nTest(dos, nada)\n{\n}\n' "$suite" >common/tests/test_dos.c
    lint
    check "ve_una_prueba_sin_plazo: $suite" only toda_suite_tiene_plazo 'test_dos.c:[35]'
done

while read -r file included; do
    clean_tree
    mkdir -p "$(dirname "$file")"
    printf '#include "%s"\n' "$included" >"$file"
    lint
    check "ve_una_dependencia_prohibida: $file" only las_dependencias_van_en_un_sentido "$file incluye"
done <<'FIN'
lessons/03-x/x.c ../../autograder/box/box.h
solutions/07-x/x.c ../../labs/07-x/x.h
labs/07-x/x.c ../../common/src/oculta.h
labs/07-x/x.c ../../solutions/07-x/x.h
labs/07-x/.grader/suite.c ../../../solutions/07-x/x.h
common/src/dos.c ../../autograder/box/box.h
autograder/box/box.c ../../common/src/oculta.h
FIN

# El archivo, lo que tiene que decir la regla, y un include por línea: archivo y a quién.
layers() { # NOMBRE PISTA ARCHIVO INCLUDE...
    local name=$1 hint=$2
    shift 2
    clean_tree
    : >common/src/dos.h
    while [ $# -gt 0 ]; do
        printf '#include "%s"\n' "$2" >>"common/$1"
        shift 2
    done
    lint
    check "$name" only la_biblioteca_va_por_capas "$hint"
}
layers ve_una_capa_que_mira_hacia_arriba 'common/src/bajo_mapa.c, de la capa 1, incluye common/src/dos.h, de la 2' \
    src/bajo_mapa.c dos.h
layers ve_una_publica_que_mira_lo_interno 'asinc/otra.h, de la capa 0, incluye common/src/oculta.h' \
    include/asinc/otra.h ../../src/oculta.h
layers ve_un_archivo_sin_capa 'common/src/tres.h no está en ninguna capa' src/tres.h oculta.h
layers ve_un_circulo 'common/src/uno_internal.h' src/uno_internal.h dos.h src/dos.h uno_internal.h

clean_tree
: >notas.txt
lint
check 've_lo_que_sobra_en_la_raiz' only nada_sobra_en_la_raiz notas.txt

clean_tree
echo '/* FIXME: luego */' >common/src/dos.c
lint
check 've_una_marca_de_trabajo_a_medias' only no_quedan_marcas_de_trabajo_a_medias 'dos.c:1'

clean_tree
printf '// mira en /%s/ana\n' root >common/src/dos.c
lint
check 've_una_ruta_de_una_maquina' only ninguna_ruta_de_una_maquina 'dos.c:1'
finish
