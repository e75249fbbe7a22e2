#!/bin/bash
# Prueba asinc-grade desde fuera, con un curso de mentira en una carpeta temporal.
# Uso: cli.sh BUILD BUILD/VARIANTE [QUÉ [SIN]]   (lo llama `make test-grader`); escribe TAP. Con QUÉ,
# solo las que empiezan así, por ejemplo «etapas|ctrl_c»; con SIN, menos las que empiezan así.
set -u
here=$(realpath "$(dirname "$0")")
# shellcheck source=autograder/grader/tests/curso.sh
. "$here/curso.sh" "$1" "$2"

grader=build/normal/autograder/asinc-grade

# Deja en $out lo que dijo (las dos salidas) y en $rc su código.
grade() {
    out=$("$grader" "$@" 2>&1)
    rc=$?
}

json() { is "$1" "$2" "$(tr -d '\n ' <build/informe/resultados.json | grep -oE -- "$1" | head -1)"; }

# ---- notas ----------------------------------------------------------------------------------

test_solucion_todo() {
    grade --lab 01 --desde solutions --estricto
    is código 0 "$rc"
    says 'TOTAL 100/100'
    grep -qE 'Calificado en [0-9]+,[0-9] s' <<<"$out" || why+='no dice cuánto tardó'$'\n'
    says 'Todo correcto'
    says 'labs/02-rota/README.md'
    json '^\{"version":3,"fecha"' '{"version":3,"fecha"'
    json '"caja":true,"peldano":"completa"' '"caja":true,"peldano":"completa"'
    json '"total":100,"maximo":100,"laboratorios":\[\{"lab":"01"' \
        '"total":100,"maximo":100,"laboratorios":[{"lab":"01"'
    says 'Para verlo dibujado, abre build/informe/index.html'
    grep -q '</html>' build/informe/index.html || why+='la página no está entera'$'\n'
    clean
}

# Lo que hay que leer se abre en el libro ya hecho, que tiene los capítulos en su raíz.
test_lo_que_hay_que_leer_se_abre_en_el_libro() {
    sed -i 's|"leer": "[^"]*"|"leer": "lessons/01-eco/README.md#saludar"|' labs/01-eco/.grader/lab.json
    grade --lab 01
    ! grep -qF 'file://' build/informe/index.html || why+='enlaza a un libro que no está'$'\n'
    mkdir -p build/book/sitio/01-eco && : >build/book/sitio/01-eco/index.html
    grade --lab 01
    grep -qF "file://$(realpath .)/build/book/sitio/01-eco/index.html#saludar" build/informe/index.html ||
        why+='no enlaza a su apartado'$'\n'
}

# El siguiente es el que pide leer menos, y no el que sigue por su número.
asks() { sed -i "s/\"capitulo\":/\"capitulos\": $2, &/" "labs/$1/.grader/lab.json"; }
test_el_siguiente_es_el_que_pide_leer_menos() {
    asks 01-eco '["03"]'
    asks 02-rota '["03", "06", "09"]'
    asks 03-lenta '["03", "07"]'
    touch labs/0{2-rota,3-lenta}/README.md
    grade --lab 01 --desde solutions
    says 'Sigue      labs/03-lenta/README.md'
    says 'Antes lee  el capítulo 07'
    printf '{"version": 1, "leidos": {"06-x": true}, "practica": {"09-y": {"a": false, "b": true}}}' >.progreso.json
    grade --lab 01 --desde solutions
    says 'Sigue      labs/02-rota/README.md'
    silent 'Antes lee'
    # Un ejercicio que se probó y no está hecho no dice que se haya leído.
    sed -i 's/"b": true/"b": false/' .progreso.json
    grade --lab 01 --desde solutions
    says 'Antes lee  el capítulo 09'
    # El que se tuvo entero y ya no lo está es el siguiente, como dice make progreso.
    printf '{"version": 1, "laboratorios": {"02-rota": {"puntos": 9, "mejor": 10, "maximo": 10}}}' >.progreso.json
    grade --lab 01 --desde solutions
    says 'Sigue      labs/02-rota/README.md'
    silent 'Antes lee'
    rm .progreso.json
    clean
}

# También con todos a la vez: de los que están sin empezar, el que pide leer menos.
test_con_todos_sigue_el_que_pide_leer_menos() {
    rm -r labs/02-rota labs/03-lenta
    local number
    for number in 04 05; do
        cp -r labs/01-eco "labs/$number-eco" && cp -r build/normal/labs/01-eco "build/normal/labs/$number-eco"
        sed -i "s/\"lab\": \"01\"/\"lab\": \"$number\"/" "labs/$number-eco/.grader/lab.json"
    done
    cp solutions/01-eco/*.[ch] labs/01-eco/
    asks 01-eco '["03"]'
    asks 04-eco '["03", "09"]'
    asks 05-eco '["03"]'
    grade
    says 'Por dónde empezar el laboratorio 05'
}

# Lo que pide un laboratorio lleva lo que piden sus capítulos: lo dice su fila del camino.
test_lo_que_hay_que_leer_lo_dice_el_camino() {
    mkdir lessons
    cat >lessons/README.md <<'FIN'
| Laboratorio | Qué escribes | Capítulos que necesita |
|---|---|---|
| [01](../labs/01-eco/README.md) | eco | 01 a 03, 05 |
| [02](../labs/02-rota/README.md) | rota | 01 a 07, 09 |
FIN
    asks 02-rota '["09"]'
    asks 03-lenta '["10", "11", "12", "13"]'
    touch labs/02-rota/README.md
    grade --lab 01
    says '1. Lee sus capítulos:    01 a 03, 05 (el camino: lessons/README.md)'
    says '2. Lee el enunciado:     labs/01-eco/README.md'
    says '4. Mira cuánto avanzas:  make grade LAB=01'
    grade --lab 01 --desde solutions
    says 'Sigue      labs/02-rota/README.md'
    says 'Antes lee  los capítulos 04, 06, 07 y 09'
    printf '{"version": 1, "leidos": {"01-a": true, "02-b": true, "03-c": true, "05-e": true}}' >.progreso.json
    grade --lab 01
    says '1. Lee el enunciado:     labs/01-eco/README.md'
    rm .progreso.json
    clean
}

# Con curso.json, los suyos; uno que no lo es aún, si se pide por su nombre.
test_los_del_curso() {
    mkdir autograder
    cat >autograder/curso.json <<'FIN'
{ "curso": "De mentira",
  "retraso": { "dias_de_gracia": 1, "penalizacion_por_dia": 10, "penalizacion_maxima": 50 },
  "limites": { "archivo_mib": 8, "desempaquetado_mib": 32, "archivos": 500 },
  "laboratorios": {
    "01": { "peso": 1, "entrega": "2027-01-25T23:59:59+01:00", "publicacion": "2027-02-20T00:00:00+01:00" } } }
FIN
    grade --desde solutions
    says 'TOTAL 100/100'
    silent '02-rota'
    grade --lab 03 --comprobar
    is 'código de otro' 0 "$rc"
    sed -i 's/"01":/"99":/' autograder/curso.json
    grade
    is 'código de uno que no existe' 2 "$rc"
    says 'autograder/curso.json: está el laboratorio 99, y no hay ninguno en labs/99-*: quítalo de ahí, o ponlo en labs/'
}

test_los_resultados_se_preguntan() {
    grade --lab 01 --desde solutions
    is total '100 100 0' "$(build/normal/autograder/asinc-grade --resultados total)"
    is laboratorios '01 100 100' "$(build/normal/autograder/asinc-grade --resultados laboratorios)"
    is pruebas '01 saluda bien' "$(build/normal/autograder/asinc-grade --resultados pruebas | head -n 1)"
    out=$(build/normal/autograder/asinc-grade --resultados nada 2>&1)
    is 'código de otra cosa' 3 "$?"
    says '--resultados es de: total'
    rm -r build/informe
    out=$(build/normal/autograder/asinc-grade --resultados total 2>&1)
    is 'código si no los hay' 3 "$?"
    says 'no se puede leer build/informe/resultados.json'
}

test_de_una_clase_no_queda_pagina() {
    grade --lab 01 --desde solutions --clase
    [ -s build/informe/resultados.json ] || why+='no hay resultados'$'\n'
    [ ! -e build/informe/index.html ] || why+='hay una página que nadie lee'$'\n'
}

test_esqueleto_cero_y_por_donde_empezar() {
    grade --lab 01
    is código 0 "$rc"
    says 'TOTAL 0/100'
    says 'Por dónde empezar el laboratorio 01'
    says 'labs/01-eco/README.md'
    says 'labs/01-eco/eco.c:5'
    says 'make grade LAB=01'
    json '"veredicto":"[a-z_]*"' '"veredicto":"mal"'
    clean
}

test_a_medias_dice_que_atacar() {
    sed 's/i < argc;/i < 2 \&\& i < argc;/' solutions/01-eco/eco.c >labs/01-eco/eco.c
    grade --lab 1
    is código 0 "$rc"
    says 'TOTAL 70/100'
    says 'Siguiente paso: «Saluda a varios, uno por línea» (30 puntos)'
    says 'PRUEBA=varios SEMILLA='
}

test_requiere_salta_y_dice_cual() {
    grade --lab 01 --todo
    says '= espera a que pase «Saluda a quien se le dice»'
    json '"nombre":"varios","puntos":0,"maximo":30,"veredicto":"[a-z]*"' \
        '"nombre":"varios","puntos":0,"maximo":30,"veredicto":"mal"'
}

test_no_compila_con_las_palabras_de_gcc() {
    printf 'int main(void)\n{\n    return nada;\n}\n' >labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'labs/01-eco/eco.c:3:12: error: ‘nada’ undeclared (first use in this function)'
    says 'corrige el primer error'
    json '"veredicto":"[a-z_]*"' '"veredicto":"no_compila"'
    silent _entrega_
    clean
}

test_no_enlaza_con_las_palabras_del_enlazador() {
    printf 'void nada(void);\nint main(void)\n{\n    nada();\n}\n' >labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says '  labs/01-eco/eco.c:4:'
    says 'undefined reference to'
    silent 'collect2'
    silent _entrega_
}

test_avisos_de_gcc_sin_quitar_puntos() {
    sed 's/return 0;/int sobra; return 0;/' solutions/01-eco/eco.c >labs/01-eco/eco.c
    grade --lab 01
    says 'TOTAL 100/100'
    says 'gcc avisa (no resta puntos)'
    says 'labs/01-eco/eco.c:8:9: warning: unused variable'
}

test_compilar_no_ve_la_suite() {
    printf '#include "%s/labs/01-eco/.grader/suite.c"\n' "$course" >labs/01-eco/eco.c
    grade --lab 01
    says 'No such file or directory'
    json '"veredicto":"[a-z_]*"' '"veredicto":"no_compila"'
}

test_tiempo_agotado() {
    sed 's/return 0;/for (volatile int x = 1; x \&\& argc == 1;) ; return 0;/' \
        solutions/01-eco/eco.c >labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'TOTAL 90/100'
    says 'Sin argumentos termina enseguida — tiempo agotado'
    json '"veredicto":"[a-z_]*"' '"veredicto":"tiempo"'
    clean
}

test_estricto_sale_con_uno() {
    grade --lab 01 --estricto
    is código 1 "$rc"
}

# ---- lo que se entrega -----------------------------------------------------------------------

test_falta_el_archivo() {
    rm labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'No está labs/01-eco/eco.c'
    says 'TOTAL 0/100'
    json '"veredicto":"[a-z_]*"' '"veredicto":"no_compila"'
    clean
}

test_carpeta_vacia() {
    mkdir -p entrega/01-eco
    grade --lab 01 --desde entrega
    is código 0 "$rc"
    says 'No está entrega/01-eco/eco.c'
    says 'make grade LAB=01 DESDE=entrega'
}

# Con la solución de otro, o la oficial, en vez de su carpeta.
test_enlace_en_vez_de_carpeta() {
    mkdir entrega
    ln -s ../solutions/01-eco entrega/01-eco
    grade --lab 01 --desde entrega
    is código 0 "$rc"
    says 'TOTAL 0/100'
    says 'entrega/01-eco es un enlace'
}

test_enlace_en_vez_de_archivo() {
    ln -sf "$course/solutions/01-eco/eco.c" labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'es un enlace'
    says 'TOTAL 0/100'
}

test_tuberia_en_vez_de_archivo() {
    rm labs/01-eco/eco.c
    mkfifo labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'no es un archivo normal'
}

test_archivo_enorme() {
    head -c 2000000 /dev/zero >labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'pasa de 1024 KiB'
}

test_archivo_ilegible() {
    chmod 000 labs/01-eco/eco.c
    out=$(plainly "$grader" --lab 01 2>&1)
    rc=$?
    is código 0 "$rc"
    says 'permiso denegado'
    says 'chmod u+r labs/01-eco/eco.c'
}

test_bytes_raros_en_las_fuentes() {
    printf 'int main(void)\n{\n    return "\\033[31m\xff\x1b[2J" + nada;\n}\n' >labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says '\x1b[2J'
    silent $'\x1b'
    json '"veredicto":"[a-z_]*"' '"veredicto":"no_compila"'
}

# La orden que se propone lo lleva escapado, y vuelve a encontrar la carpeta.
test_desde_con_bytes_que_no_se_ven() {
    local raro
    for raro in $'ent\x1b[31mrega' $'x\xff' $'r\u202eev'; do
        cp -r solutions "$top/$raro"
        chmod -R a+rX "$top"
        printf '}\n' >>"$top/$raro/01-eco/eco.c"
        grade --lab 01 --desde "$top/$raro"
        is código 0 "$rc"
        silent "$raro"
        says "make grade LAB=01 DESDE=\$'$top/"
        is 'la ruta de la orden' "$top/$raro" \
            "$(eval "printf %s $(sed -n "s/.*DESDE=\(\$'[^»]*'\).*/\1/p" <<<"$out" | head -1)")"
        rm -rf "${top:?}/$raro"
    done
}

test_un_registro_de_gcc_enorme_se_ve() {
    { # 16 384 avisos, cada uno con la cadena de archivos que llevó a él
        echo '#if __INCLUDE_LEVEL__ < 14'
        printf '#warning %0300d\n#include __FILE__\n#include __FILE__\n#endif\n' 7
        echo '#if __INCLUDE_LEVEL__ == 0'
        printf 'esto no es C;\n#endif\n'
    } >labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'labs/01-eco/eco.c:'
    silent '(nada)'
}

test_sin_sitio_para_el_resultado() {
    out=$("$grader" --lab 01 --desde solutions 2>&1 >/dev/full)
    rc=$?
    is código 3 "$rc"
    says 'no se pudo escribir el resultado'
}

test_desde_con_ruta_absoluta_espacios_y_barra() {
    cp -r solutions "$top/entrega de ana"
    chmod -R a+rX "$top"
    printf '}\n' >>"$top/entrega de ana/01-eco/eco.c"
    grade --lab 01 --desde "$top/entrega de ana/"
    is código 0 "$rc"
    says "$top/entrega de ana/01-eco/eco.c:10:1: error:"
    says "make grade LAB=01 DESDE='$top/entrega de ana'"
    rm -rf "$top/entrega de ana"
}

# ---- lo que da el laboratorio -------------------------------------------------------------------

# El laboratorio 01 pasa a dar un printf propio, que usa la solución y no lleva consigo.
give() {
    printf '#include <stdarg.h>\n#include <stdio.h>\n#define printf decir\nint decir(const char *f, ...);\n' \
        >labs/01-eco/voz.h
    cat >labs/01-eco/voz.c <<'FIN'
#include "voz.h"

int decir(const char *f, ...)
{
    va_list args;
    va_start(args, f);
    int n = vprintf(f, args);
    va_end(args);
    return n;
}
FIN
    sed -i 's/"fuentes"/"dados": ["voz.c", "voz.h"],\n  &/' labs/01-eco/.grader/lab.json
    sed -i 's/<stdio.h>/"voz.h"/' solutions/01-eco/eco.c labs/01-eco/.grader/alternativas/puts/eco.c
    chmod -R a+rX labs
}

altered='calificado con los archivos que da el laboratorio'

test_dados_se_compilan_con_la_entrega() {
    give
    grade --lab 01 --desde solutions
    is código 0 "$rc"
    says 'TOTAL 100/100'
    silent "$altered"
    silent 'warning'
    clean
}

test_dados_iguales_en_la_entrega_no_se_nombran() {
    give
    cp labs/01-eco/voz.[ch] solutions/01-eco
    grade --lab 01 --desde solutions
    says 'TOTAL 100/100'
    silent "$altered"
}

test_dados_cambiados_no_se_usan_y_se_dice() {
    give
    sed 's/vprintf(f, args)/0/' labs/01-eco/voz.c >solutions/01-eco/voz.c
    mkfifo solutions/01-eco/voz.h
    grade --lab 01 --desde solutions
    is código 0 "$rc"
    says 'TOTAL 100/100'
    says "$altered"
    grep -q 'no son iguales: voz.c, voz.h' <<<"$(tr -s '\n ' ' ' <<<"$out")" || why+='no dice cuáles'$'\n'
    json '"dados_cambiados":"[^"]*"' '"dados_cambiados":"voz.c,voz.h"'
    clean
}

test_dados_que_faltan_en_el_laboratorio() {
    give
    rm labs/01-eco/voz.h
    grade --lab 01 --desde solutions
    is código 3 "$rc"
    says 'no se puede leer labs/01-eco/voz.h, que es parte del enunciado'
    says 'git restore labs/01-eco/voz.h'
    clean
}

test_dados_que_son_un_enlace() {
    give
    mv labs/01-eco/voz.h otra.h
    ln -s ../../otra.h labs/01-eco/voz.h
    grade --lab 01 --desde solutions
    is código 3 "$rc"
    says 'Falta lo que da el laboratorio: labs/01-eco/voz.h es un enlace'
    clean
}

test_dados_en_la_autoprueba() {
    give
    grade --autoprueba --todo --lab 01
    is código 0 "$rc"
    says 'ok 2 - 01 solución saca todo'
    says 'ok 3 - 01 alternativa puts saca todo'
    silent 'not ok'
    clean
}

# ---- fallos del corrector ----------------------------------------------------------------------

# El máximo no encoge: romper al corrector no sube la nota de nadie.
test_suite_que_muere_no_regala() {
    grade --lab 02
    is código 3 "$rc"
    says 'El corrector falló: lo intento otra vez'
    says 'TOTAL 10/100'
    says '90 puntos sin calificar'
    says 'se acabó la cuerda'
    says 'No es culpa tuya'
    json '"veredicto":"[a-z_]*"' '"veredicto":"fallo_corrector"'
    clean
}

test_solo_vale_el_resultado_bien_dejado() {
    grade --lab 02
    local test max
    for test in muere basura otra enlace inventa depende numeros ausente; do
        max=10
        [ "$test" != ausente ] || max=20
        json "\"nombre\":\"$test\",\"puntos\":[0-9]*,\"maximo\":[0-9]*,\"veredicto\":\"[a-z_]*\"" \
            "\"nombre\":\"$test\",\"puntos\":0,\"maximo\":$max,\"veredicto\":\"fallo_corrector\""
    done
    silent de_mas
}

# Califica con una suite que no acaba, hasta con un plazo en el que quepan sus otras dos pruebas: en una
# máquina ocupada, tres segundos pueden no bastar ni para empezarlas.
grade_endless() { # TOTAL [ARGUMENTOS]
    local total=$1
    shift
    for seconds in 3 12 48; do
        sed -i "s/\"segundos\": [0-9]*/\"segundos\": $seconds/" labs/03-lenta/.grader/lab.json
        grade "$@"
        ! grep -qF "TOTAL $total" <<<"$out" || break
    done
}

test_suite_que_no_acaba() {
    local seconds
    grade_endless 50/100 --lab 03
    is código 3 "$rc"
    says "La suite no terminó en $seconds s"
    says 'TOTAL 50/100'
    clean
}

test_manifiesto_invalido() {
    sed -i 's/"puntos": 40/"puntos": 41/' labs/01-eco/.grader/lab.json
    grade --lab 01
    is código 3 "$rc"
    says 'labs/01-eco/.grader/lab.json: los puntos suman 101 y deben sumar 100'
}

test_laboratorio_sin_corrector() {
    mkdir labs/09-nada
    grade --lab 09
    is código 3 "$rc"
    says 'falta labs/09-nada/.grader/lab.json'
}

test_sin_suite_compilada() {
    rm build/normal/labs/01-eco/suite
    grade --lab 01
    is código 3 "$rc"
    says 'no se puede leer'
    clean
}

# Uno que no acaba, otro sin su suite y otro al que le falta el archivo: cada cual lo suyo.
test_varios_laboratorios_cada_uno_con_su_mal() {
    rm build/normal/labs/02-rota/suite labs/01-eco/eco.c
    local seconds
    grade_endless 50/300
    is código 3 "$rc"
    says 'TOTAL 50/300'
    says 'No está labs/01-eco/eco.c'
    says 'Falta su suite: no se puede leer'
    says "La suite no terminó en $seconds s"
    is 'labs/01 y los tres veredictos' \
        'no_compila fallo_corrector fallo_corrector' \
        "$(grep -A2 '"titulo"' build/informe/resultados.json | sed -n 's/.*"veredicto": "\(.*\)",/\1/p' | xargs)"
    clean
}

test_varios_sin_sus_archivos() {
    rm labs/01-eco/eco.c labs/03-lenta/lenta.h
    rm -r labs/02-rota/rota.c
    grade
    is código 0 "$rc"
    says 'TOTAL 0/300'
    says 'No está labs/01-eco/eco.c'
    says 'No está labs/02-rota/rota.c'
    says 'No está labs/03-lenta/lenta.h'
    clean
}

test_ctrl_c_con_varios() {
    sed -i 's/"segundos": 3,/"segundos": 600,/' labs/03-lenta/.grader/lab.json
    "$grader" >"$top/salida" 2>&1 &
    local pid=$!
    until_true 'compgen -G "$TMPDIR/asinc-grade-*/3/resultados/rapida.json" >/dev/null'
    kill -INT "$pid"
    wait "$pid" 2>/dev/null
    is código 130 "$?"
    is procesos '' "$(left)"
    clean
}

test_informe_que_no_se_puede_escribir() {
    mkdir build/informe
    chmod 555 build/informe
    out=$(plainly "$grader" --lab 01 --desde solutions 2>&1)
    rc=$?
    is código 3 "$rc"
    says 'TOTAL 100/100'
    says 'la calificación vale, pero no se pudo guardar en build/informe/resultados.json'
    clean
}

test_carpeta_temporal_que_no_existe() {
    out=$(TMPDIR=$top/no-hay "$grader" --lab 01 2>&1)
    rc=$?
    is código 3 "$rc"
    says 'Prueba con otro TMPDIR'
}

# ---- uso ------------------------------------------------------------------------------------------

test_laboratorio_desconocido() {
    grade --lab 42
    is código 2 "$rc"
    says 'no existe el laboratorio 42. Los que hay: 01-eco, 02-rota, 03-lenta'
}

test_desde_sin_ese_laboratorio() {
    mkdir otro
    grade --lab 01 --desde otro
    is código 2 "$rc"
    says 'en otro no está 01-eco/'
}

test_desde_que_no_existe() {
    grade --desde nada
    is código 2 "$rc"
    says 'DESDE=nada no es una carpeta'
}

test_fuera_del_curso() {
    cd "$top" || return
    out=$("$course/$grader" 2>&1)
    rc=$?
    is código 2 "$rc"
    says 'aquí no está la carpeta labs/'
}

test_opciones_malas() {
    local args
    for args in --nada '--lab' 'sobra' '--semilla x' '--semilla -1' '--semilla a1g'; do
        # shellcheck disable=SC2086
        grade $args
        is "código con $args" 2 "$rc"
    done
}

test_ayuda() {
    grade --ayuda
    is código 0 "$rc"
    says '--desde DIR'
}

test_una_sola_prueba() {
    grade --lab 01 --desde solutions --prueba varios --semilla 7
    is código 0 "$rc"
    says 'TOTAL 30/30'
    says 'Solo la prueba varios.'
    says 'con los datos de SEMILLA=7'
}

test_prueba_desconocida() {
    grade --lab 01 --prueba nada
    is código 2 "$rc"
    says '01 saluda'
}

test_con_asan_solo_donde_lo_pide_el_manifiesto() {
    grade --lab 01 --desde solutions --prueba memoria
    says 'TOTAL 20/20'
    sed -i '/"asan"/d; s/"puntos": 20,/"puntos": 20},/' \
        labs/01-eco/.grader/lab.json
    grade --lab 01 --desde solutions
    is código 3 "$rc"
    says 'TOTAL 80/100'
}

# ---- terminal ---------------------------------------------------------------------------------------

in_terminal() {
    out=$(TERM=xterm script -qefc "$*" /dev/null </dev/null)
    rc=$?
}

test_sin_colores_por_una_tuberia() {
    out=$(TERM=xterm "$grader" --lab 01 2>&1)
    silent $'\x1b'
}

test_con_colores_y_progreso_en_una_terminal() {
    in_terminal "$grader" --lab 01
    says $'\x1b[31m'
    says '01 eco: compilando'
}

test_no_color() {
    NO_COLOR=1 in_terminal "$grader" --lab 01 2\>/dev/null
    says 'TOTAL 0/100'
    silent $'\x1b'
}

test_con_lang_c() {
    out=$(LC_ALL=C LANG=C "$grader" --lab 01 2>&1)
    rc=$?
    is código 0 "$rc"
    says 'Por dónde empezar el laboratorio 01'
    [ "$(awk '{ n = gsub(/[^\x80-\xbf]/, ""); if (n > 80) print }' <<<"$out")" = '' ] ||
        why+='alguna línea pasa de 80 columnas'$'\n'
}

test_lector_que_se_va() {
    "$grader" --lab 01 2>&1 | true
    clean
}

# ---- que no quede nada ---------------------------------------------------------------------------------

left() { pgrep -f "$TMPDIR/asinc-grade-" | grep -v "^$$\$"; }

# Espera a que se cumpla una condición, hasta 20 s.
until_true() {
    local deadline=$((SECONDS + 20))
    until eval "$1"; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            why+="no llegó a ocurrir: $1"$'\n'
            return 1
        fi
        sleep 0.02
    done
}

# Interrumpe con la señal $1 a mitad de una suite que no acaba nunca.
interrupt() {
    local signal=$1
    shift
    sed -i 's/"segundos": 3/"segundos": 600/' labs/03-lenta/.grader/lab.json
    "$grader" --lab 03 "$@" >"$top/salida" 2>&1 &
    pid=$!
    until_true 'compgen -G "$TMPDIR/asinc-grade-*/1/resultados/rapida.json" >/dev/null'
    kill "-$signal" "$pid"
    wait "$pid" 2>/dev/null
    rc=$?
    out=$(cat "$top/salida")
}

test_ctrl_c() {
    interrupt INT
    is código 130 "$rc"
    says 'no queda nada en marcha'
    is procesos '' "$(left)"
    clean
}

test_ctrl_c_sin_caja() {
    interrupt INT --caja no
    is código 130 "$rc"
    is procesos '' "$(left)"
    clean
}

test_term() {
    interrupt TERM
    is código 130 "$rc"
    is procesos '' "$(left)"
    clean
}

test_matarlo_no_deja_procesos() {
    interrupt KILL
    is código 137 "$rc"
    until_true '[ -z "$(left)" ]'
}

# Una carpeta de más de un minuto que nadie tiene cerrada es de una calificación muerta.
test_lo_que_dejo_quien_murio_se_recoge() {
    interrupt KILL
    touch -d '2 minutes ago' "$TMPDIR"/asinc-grade-*
    mkdir "$TMPDIR/asinc-grade-viva" "$TMPDIR/asinc-grade-joven" "$TMPDIR/otra"
    exec 8<"$TMPDIR/asinc-grade-viva"
    flock -n 8
    touch -d '2 minutes ago' "$TMPDIR/asinc-grade-viva" "$TMPDIR/otra"
    sed -i 's/"segundos": 600/"segundos": 3/' labs/03-lenta/.grader/lab.json
    grade --lab 01 --desde solutions
    says 'TOTAL 100/100'
    is 'lo que queda' './asinc-grade-joven ./asinc-grade-viva ./otra' "$(cd "$TMPDIR" && echo ./*)"
    exec 8<&-
    grade --lab 01 --desde solutions
    is 'lo que queda después' './asinc-grade-joven ./otra' "$(cd "$TMPDIR" && echo ./*)"
    rm -r "${TMPDIR:?}"/*
}

# Criterion aborta si encuentra el socket de otra suite que tuvo su PID y murió de repente; y si no es
# suyo no puede quitarlo. Los PID de aquí son de un espacio propio, y no los tiene ninguna otra.
test_el_socket_de_quien_murio_no_quita_nada() {
    [ "$(id -u)" -eq 0 ] || return 0
    local taken
    taken=$(seq -f '/tmp/criterion_%.0f.sock' 2 150)
    # shellcheck disable=SC2086
    touch $taken
    out=$(unshare --pid --fork --mount-proc --kill-child "$grader" --lab 01 --desde solutions --caja minima 2>&1)
    says 'TOTAL 100/100'
    # shellcheck disable=SC2086
    rm -f $taken
}

# ---- la caja -----------------------------------------------------------------------------------------------

test_programa_sin_privilegios() {
    cat >labs/01-eco/eco.c <<'FIN'
#include <stdio.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    if (argc == 1)
        return 0;
    if (geteuid() != 0 && access("/etc/shadow", R_OK) != 0)
        for (int i = 1; i < argc; i++)
            printf("hola %s\n", argv[i]);
    return 0;
}
FIN
    grade --lab 01
    says 'TOTAL 100/100'
    grade --lab 01 --caja no
    says 'TOTAL 100/100'
}

test_curso_que_solo_lee_root() {
    [ "$(id -u)" -eq 0 ] || return 0
    chmod 700 "$course"
    grade --lab 01 --desde solutions
    says 'TOTAL 100/100'
}

# ---- autoprueba ------------------------------------------------------------------------------------------------

test_autoprueba() {
    grade --autoprueba --todo --lab 01
    is código 0 "$rc"
    says '1..8'
    says 'ok 1 - 01 esqueleto saca 0 puntos'
    says 'ok 2 - 01 solución saca todo'
    says 'ok 3 - 01 alternativa puts saca todo'
    says '- 01 mutante no_acaba cae en termina'
    says 'ok 8 - 01 sin historias de más'
    silent 'not ok'
    silent 'ningún mutante'
    clean
}

test_autoprueba_ve_lo_que_esta_mal() {
    cp solutions/01-eco/eco.c labs/01-eco/eco.c
    sed -i 's/puts(\*argv)/fputs(*argv, stdout)/' labs/01-eco/.grader/alternativas/puts/eco.c
    sed -i 's/i < 0/i < argc + 0/' labs/01-eco/.grader/mutantes/mudo.patch
    sed -i '1s/.*/atrapa: inventada/' labs/01-eco/.grader/mutantes/no_acaba.patch
    sed -i 's/ int main/ int main_/' labs/01-eco/.grader/mutantes/uno_solo.patch
    grade --autoprueba --todo --lab 01
    is código 3 "$rc"
    says 'saca 100 puntos sin haber hecho nada'
    says 'not ok 3 - 01 alternativa puts'
    says 'saluda no lo atrapa'
    says '«atrapa: inventada», que no es una prueba'
    says 'el parche ya no se aplica a solutions/01-eco'
    says '01: ningún mutante cae en termina'
    clean
}

test_autoprueba_con_un_maximo() {
    local patch=labs/01-eco/.grader/mutantes/uno_solo.patch
    sed -i '1a maximo: 70' "$patch"
    grade --autoprueba --todo --lab 01
    is código 0 "$rc"
    says '1..9'
    says '- 01 mutante uno_solo no pasa de 70 puntos'
    sed -i '2s/70/69/' "$patch"
    grade --autoprueba --todo --lab 01
    is código 3 "$rc"
    says 'mutante uno_solo no pasa de 69 puntos'
    says '# saca 70 puntos'
    says '#   40 por saluda'
    is fallos 1 "$(grep -c '^not ok' <<<"$out")"
    clean
}

stories=labs/01-eco/.grader/historias

# Lo que viene detrás de una historia, el siguiente paso, no es suyo.
test_autoprueba_guarda_una_historia_por_prueba() {
    cp labs/01-eco/.grader/mutantes/mudo.patch labs/01-eco/.grader/mutantes/mudo_otra_vez.patch
    grade --autoprueba --lab 01
    is código 0 "$rc"
    says '- 01 mutante mudo cae en saluda'
    silent mudo_otra_vez
    silent alternativa
    is 'uno por prueba' 4 "$(grep -c '^ok .* mutante ' <<<"$out")"
    grade --autoprueba --breve --lab 01
    is código 0 "$rc"
    is 'uno por etapa' 3 "$(grep -c '^ok .* mutante ' <<<"$out")"
    grade --autoprueba --todo --lab 01
    is código 0 "$rc"
    says '- 01 mutante mudo_otra_vez cae en saluda'
    is historias 'memoria saluda termina varios' "$(cd "$stories" && echo *.txt | sed 's/\.txt//g')"
    is 'quién la cuenta' 'mutante: mudo' "$(head -1 "$stories/saluda.txt")"
    grep -q 'Siguiente paso' "$stories"/* && why+='guarda también lo que sigue a la historia'$'\n'
    return 0
}

test_autoprueba_ve_una_historia_que_cambia() {
    sed -i 's/no escribe lo esperado/no escribe nada/' "$stories/saluda.txt"
    rm "$stories/varios.txt"
    echo 'de una prueba que ya no está' >"$stories/antigua.txt"
    grade --autoprueba --lab 01
    is código 3 "$rc"
    says 'not ok 4 - 01 mutante mudo cae en saluda'
    says '# -FALLO: no escribe nada'
    says '# +FALLO: no escribe lo esperado'
    says "# no está guardada su historia, $stories/varios.txt"
    says 'guárdala con: make update-stories LAB=01'
    says "# ya no cae ningún mutante en la prueba de $stories/antigua.txt"
    is fallos 3 "$(grep -c '^not ok' <<<"$out")"
}

test_autoprueba_con_otra_semilla_no_compara() {
    rm -r "$stories"
    grade --autoprueba --lab 01 --semilla 5
    is código 0 "$rc"
    silent 'not ok'
}

test_historias_guarda_solo_lo_que_cambia() {
    sed -i 's/no escribe lo esperado/no escribe nada/' "$stories/saluda.txt"
    rm "$stories/varios.txt"
    echo 'de una prueba que ya no está' >"$stories/antigua.txt"
    local before
    before=$(stat -c %y "$stories/memoria.txt" "$stories/termina.txt")
    grade --historias --lab 01
    is código 0 "$rc"
    says "escrita  $stories/saluda.txt"
    says "escrita  $stories/varios.txt"
    says "borrada  $stories/antigua.txt"
    says '4 historias: 2 escritas, 0 sin escribir'
    is 'sin tocar' "$before" "$(stat -c %y "$stories/memoria.txt" "$stories/termina.txt")"
    grade --autoprueba --lab 01
    is código 0 "$rc"
    says 'ok 7 - 01 sin historias de más'
    silent "$TMPDIR"
    clean
}

# La primera línea de la guardada dice de quién es. Si ese mutante ya no está, habla el primero.
test_historias_la_cuenta_el_mutante_que_dice() {
    cp labs/01-eco/.grader/mutantes/mudo.patch labs/01-eco/.grader/mutantes/mudo_otra_vez.patch
    sed -i '1s/.*/mutante: mudo_otra_vez/' "$stories/saluda.txt"
    grade --historias --lab 01
    says '4 historias: 0 escritas'
    rm labs/01-eco/.grader/mutantes/mudo_otra_vez.patch
    grade --historias --lab 01
    says '4 historias: 1 escritas'
    is 'el primero' 'mutante: mudo' "$(head -1 "$stories/saluda.txt")"
}

test_historias_no_guarda_la_de_un_mutante_que_pasa() {
    rm "$stories/saluda.txt"
    sed -i 's/i < 0/i < argc + 0/' labs/01-eco/.grader/mutantes/mudo.patch
    grade --historias --lab 01
    is código 3 "$rc"
    says '01 mutante mudo: saluda no lo atrapa'
    [ ! -e "$stories/saluda.txt" ] || why+='guardó la historia'$'\n'
}

# Las de un asunto que tiene su archivo.
for file in "$here"/cli/*.sh; do
    # shellcheck source=/dev/null
    . "$file"
done

run_tests "${3:-}" "${4:-}"
