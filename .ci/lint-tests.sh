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
    mkdir -p "$work"/arbol/{.ci,common/include/asinc,common/src/{core,io},common/tests,common/tools,autograder/{base,box,harness,grader},labs/07-x/.grader,solutions/07-x,lessons}
    cp .ci/lint .ci/tap.sh "$work/arbol/.ci/"
    cp common/tools/reference.awk "$work/arbol/common/tools/"
    cp .clang-format .clang-tidy Makefile "$work/arbol/"
    cd "$work/arbol" || exit 1
    printf '/* Da uno. Sin pareja en asyncio. */\nint as_uno(void);\n' >common/include/asinc/uno.h
    echo 'int oculta(void);' >common/src/core/oculta.h
    printf '#include "asinc/uno.h"\n#include "core/oculta.h"\n' >common/src/io/uno.c
    printf '#include <criterion/criterion.h>\n\nTestSuite(uno, .timeout = 5);\n\nTest(uno, nada)\n{\n}\n' >common/tests/test_uno.c
    printf '#include "asinc/uno.h"\n' | tee solutions/07-x/x.c >labs/07-x/x.c
    echo '/* TODO: tu parte */' >>labs/07-x/x.c
    printf '#include "../../../autograder/box/box.h"\n' >labs/07-x/.grader/suite.c
    : | tee autograder/{box/box,harness/tres,grader/dos}.h labs/07-x/x.h >solutions/07-x/x.h
    printf 'nada:\n' | tee .setup.mk >common/common.mk
    printf '| `compilar` | 5 | x |\n| `test-uno` | 7 | x |\n**12**: x\n' >.ci/README.md
    echo 'TEST_STEPS += test-uno' >>common/common.mk
    mkdir .setup && cp .setup.mk .setup/setup.mk && rm .setup.mk
}
lint() {
    LINT_FLAGS="-Icommon/include -Icommon/src -Iautograder" .ci/lint >"$work/out" 2>&1
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
sed -i 's/ 7 / 8 /' .ci/README.md
lint
check 've_una_prueba_que_no_cabe' only el_presupuesto_de_make_test_cuadra 'suman 13 s .*, y caben 12'
clean_tree
echo 'TEST_STEPS += test-dos' >>common/common.mk
lint
check 've_una_etapa_sin_fila' only el_presupuesto_de_make_test_cuadra 'sin fila: test-dos'

clean_tree
printf 'int  as_dos( void );\n' >common/src/io/dos.h
lint
check 've_el_c_mal_colocado' only el_c_tiene_el_aspecto_acordado 'common/src/io/dos.h'

clean_tree
printf 'int as_dos(int *p)\n{\n    return p ? 0 : *p;\n}\n' >common/src/io/dos.c
lint
check 've_un_puntero_nulo' only clang_tidy_no_ve_errores 'dos.c:3:.*ereference of null'

clean_tree
printf '/* Da dos. Sin pareja en asyncio. */\nint as_dos(void);\n\nint as_tres(void);\n' >common/include/asinc/dos.h
lint
check 've_un_nombre_publico_sin_su_comentario' only todo_nombre_publico_tiene_su_manual 'dos\.h: as_tres: no tiene comentario'

clean_tree
printf '#define AS_MUST_CHECK __attribute__((warn_unused_result)) /* que se mire */\n/* Hace algo. Sin pareja en asyncio. */\nint as_dos(void) AS_MUST_CHECK;\n' \
    >common/include/asinc/dos.h
lint
check 'y_uno_que_no_dice_que_devuelve' only todo_nombre_publico_tiene_su_manual 'dos\.h: as_dos: hay que mirar lo que devuelve'

clean_tree
printf '/* Da dos. */\nint as_dos(void);\n' >common/include/asinc/dos.h
lint
check 'y_uno_que_no_dice_a_que_equivale' only todo_nombre_publico_tiene_su_manual 'dos\.h: as_dos: no dice «Equivale'

clean_tree
mkdir -p labs/07-x/.grader/alternativas/z
echo 'int dada(void);' >labs/07-x/dada.h
printf '#include "dada.h"\n' | tee solutions/07-x/x.c >labs/07-x/.grader/alternativas/z/x.c
lint
check 'encuentra_lo_que_da_el_laboratorio' same '' "$(grep -A9 '^not ok' "$work/out")"

clean_tree
printf '#!/bin/sh\ncd $1\nrm *\n' >.ci/malo
lint
check 've_un_guion_descuidado' only shellcheck_no_ve_errores '.ci/malo line 2'

for place in autograder/box common/tests labs/07-x/.grader solutions/07-x lessons; do
    clean_tree
    yes '' | head -n 701 | sed 's/^/\/\//' >"$place/largo.c"
    lint
    check "ve_un_archivo_largo: $place" only ningun_archivo_pasa_de_700_lineas "$place/largo.c: 701"
done

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
labs/07-x/x.c ../../common/src/core/oculta.h
labs/07-x/x.c ../../solutions/07-x/x.h
labs/07-x/.grader/suite.c ../../../solutions/07-x/x.h
common/src/io/dos.c ../../autograder/box/box.h
autograder/box/box.c ../../common/src/core/oculta.h
autograder/base/uno.c box/box.h
autograder/box/dos.c harness/tres.h
autograder/harness/tres.c grader/dos.h
autograder/grader/dos.c harness/tres.h
FIN

# El archivo, lo que tiene que decir la regla, y un include por línea: archivo y a quién.
layers() { # NOMBRE PISTA ARCHIVO INCLUDE...
    local name=$1 hint=$2
    shift 2
    clean_tree
    : >common/src/io/dos.h
    while [ $# -gt 0 ]; do
        printf '#include "%s"\n' "$2" >>"common/$1"
        shift 2
    done
    lint
    check "$name" only la_biblioteca_va_por_capas "$hint"
}
layers ve_una_carpeta_que_mira_hacia_arriba 'common/src/core/tres.c, de la capa 1, incluye common/src/io/dos.h, de la 2' \
    src/core/tres.c io/dos.h
layers ve_una_publica_que_mira_lo_interno 'asinc/otra.h, de la capa 0, incluye common/src/core/oculta.h' \
    include/asinc/otra.h ../../src/core/oculta.h
layers ve_una_llamada_hacia_arriba 'common/src/core/tres.c, de la capa 1, incluye common/include/asinc/dos.h, de la 2' \
    include/asinc/dos.h uv.h src/io/dos.c asinc/dos.h src/core/tres.c asinc/dos.h
layers ve_un_archivo_sin_carpeta 'common/src/tres.h no está en ninguna' src/tres.h core/oculta.h
layers ve_un_circulo 'common/src/io/uno_internal.h' src/io/uno_internal.h dos.h src/io/dos.h uno_internal.h

clean_tree
: >notas.txt
lint
check 've_lo_que_sobra_en_la_raiz' only nada_sobra_en_la_raiz notas.txt

clean_tree
echo '/* FIXME: luego */' >common/src/io/dos.c
lint
check 've_una_marca_de_trabajo_a_medias' only no_quedan_marcas_de_trabajo_a_medias 'dos.c:1'

clean_tree
printf '// mira en /%s/ana\n' root >common/src/io/dos.c
lint
check 've_una_ruta_de_una_maquina' only ninguna_ruta_de_una_maquina 'dos.c:1'
finish
