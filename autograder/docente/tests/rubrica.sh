#!/bin/bash
# Prueba asinc-rubrica con la base de una clase de verdad, en un curso de mentira. Escribe TAP.
#   rubrica.sh BUILD BUILD/VARIANTE [QUÉ]
set -u
here=$(realpath "$(dirname "$0")")
# shellcheck source=autograder/grader/tests/curso.sh
. "$here/../../grader/tests/curso.sh" "$1" "$2"
# shellcheck source=autograder/class/tests/comun.sh
. "$here/../../class/tests/comun.sh"
rubric=$own/autograder/asinc-rubrica
header='alumno,claridad,nombres,limpieza,comentarios,observaciones'

# Ana lo tiene bien; Beto, mal y con dos días de retraso; lo de Eva no vale, y Zoe no entregó.
make_class() {
    mkdir -p autograder/docente/rubrica && cp "$here/../rubrica/rubrica.md" autograder/docente/rubrica
    hand ana <solutions/01-eco/eco.c
    sed 's/i < argc;/i < 2 \&\& i < argc;/' solutions/01-eco/eco.c | hand beto
    pack beto 2027-01-28T12:00:00Z
    mkdir e && ln -s /etc/passwd e/eco.c && tar -cf entregas/eva.tar -C e eco.c
    printf 'alumno,correo\nana,ana@example.org\nbeto\neva\nzoe\n' >entregas/alumnos.csv
    class --lab 01
    is 'la clase' 0 "$rc"
}

join_sheet() { # HOJA, por la entrada
    cat >hoja.csv
    rm -f "$salida/final-01.csv"
    out=$("$rubric" "$salida" 01 hoja.csv 2>&1)
    rc=$?
}

refuses() { # QUÉ DICE; y no escribe nada
    is "código de «$1»" 2 "$rc"
    says "$1"
    [ ! -e "$salida/final-01.csv" ] || why+='escribió notas con una hoja que está mal'$'\n'
}

test_de_la_hoja_a_la_nota() {
    make_class
    out=$("$rubric" "$salida" 01 2>&1)
    says "La hoja para rellenar está en $salida/rubrica-01.csv"
    is 'la hoja' "$header
ana,,,,,
beto,,,,," "$(cat "$salida/rubrica-01.csv")"
    out=$("$rubric" "$salida" 01 2>&1)
    is 'no se pisa' 2 $?
    says 'puede tener trabajo tuyo'

    # Ana: 100 y todo. Beto: 70 por 0,8 son 56; y 8 + 4/3 + 10/3 + 0 de rúbrica, por 0,8.
    before=$(sqlite3 "$salida/clase.db" .dump | md5sum)
    join_sheet < <(printf '%s\nana,3,3,3,3,"Bien, sin más."\nbeto, 3 ,1,2,0,\n' "$header")
    is código 0 "$rc"
    says 'El corrector vale 80 puntos de cada 100, y la rúbrica, 20. Sin examinar: 0.'
    is final 'alumno,correo,numero,estado,corrector,rubrica,final,observaciones
ana,ana@example.org,,calificado,100,20,100,"Bien, sin más."
beto,,,calificado,56,10.13,54.93,
eva,,,rechazado,0,,0,
zoe,,,no_entregado,,,,' "$(cat "$salida/final-01.csv")"
    is 'la base no cambia' "$before" "$(sqlite3 "$salida/clase.db" .dump | md5sum)"

    # Lo que puso quien enseña manda sobre lo del corrector, y ya decidió sobre el retraso.
    class --nota beto --lab 01 --puntos 90 --motivo 'Lo defendió.'
    join_sheet < <(printf '%s\nbeto,3,3,3,3,\n' "$header")
    says 'Sin examinar: 1.'
    out=$(cat "$salida/final-01.csv")
    says 'ana,ana@example.org,,calificado,100,,,'
    says 'beto,,,calificado,90,20,92,'
}

test_como_la_guarda_una_hoja_de_calculo() {
    make_class
    class --lab 01 --csv excel
    join_sheet < <(printf '\xef\xbb\xbf%s\r\nana;3;3;3;3;\xc2\xabasí\xc2\xbb\r\n' "${header//,/;}")
    is código 0 "$rc"
    is 'a su manera' $'\xef\xbb\xbfalumno;correo;numero;estado;corrector;rubrica;final;observaciones' "$(head -1 "$salida/final-01.csv")"
    out=$(cat "$salida/final-01.csv")
    says 'ana;ana@example.org;;calificado;100;20;100;«así»'
}

# Lo que llegó de Moodle vuelve con la nota de las dos partes.
test_la_nota_vuelve_a_moodle() {
    mkdir -p autograder/docente/rubrica && cp "$here/../rubrica/rubrica.md" autograder/docente/rubrica
    local who
    for who in 'Ana Gil_101' 'Beto Ruiz_102' 'Eva Paz_103'; do
        mkdir -p "entregas/${who}_assignsubmission_file"
        cp solutions/01-eco/eco.c "entregas/${who}_assignsubmission_file"
    done
    rm entregas/Eva*/eco.c && ln -s /etc/passwd entregas/Eva\ Paz_103_assignsubmission_file/eco.c
    class --lab 01
    join_sheet < <(printf '%s\nAna Gil,3,3,3,0,"=Bien, «claro»."\nBeto Ruiz,,,,,\n' "$header")
    is código 0 "$rc"
    says "Para Moodle, en $salida/moodle-final-01.csv"
    is 'la misma cabecera' "$(head -1 "$salida/moodle-01.csv")" "$(head -1 "$salida/moodle-final-01.csv")"
    out=$(cat "$salida/moodle-final-01.csv")
    says 'Participante 101,Ana Gil,,97,100,-,"Corrector: 100 de 100, que valen el 80 %. Rúbrica: 17 de 20.'
    says "'=Bien, «claro»."
    says 'Participante 103,Eva Paz,,0,100,-,'
    is 'quien falta por examinar no va' 0 "$(grep -c 'Beto' "$salida/moodle-final-01.csv")"
}

# Todas las faltas, de una vez y cada una con su línea.
test_lo_que_esta_mal_se_dice() {
    make_class
    join_sheet < <(printf '%s\nana,3,4,x,3,\nbeto,3,,2,1,\npepe,1,1,1,1,\nana,1,1,1,1,\neva,1,1,1,1,\n,1,1,1,1,\n' "$header")
    refuses 'hoja.csv:2: «nombres» es un nivel de 0 a 3, y no «4»'
    refuses 'hoja.csv:2: «limpieza» es un nivel de 0 a 3, y no «x»'
    refuses 'hoja.csv:3: está a medias: falta el nivel de «nombres»'
    refuses 'hoja.csv:4: en la clase no hay nadie que se llame «pepe»'
    refuses 'hoja.csv:5: está dos veces: «ana»'
    refuses 'hoja.csv:6: no tiene nada que leer, y lleva niveles: su entrega está como «rechazado»'
    refuses 'hoja.csv:7: falta el nombre, en la columna «alumno»'
    refuses '7 faltas en la hoja, y no se ha escrito ninguna nota'
    join_sheet < <(printf 'alumno,claridad,nombres,limpieza\nana,1,1,1\n')
    refuses 'hoja.csv:1: falta la columna «comentarios»'
    join_sheet </dev/null
    refuses 'hoja.csv: la hoja está vacía'
    out=$("$rubric" "$salida" 01 nada.csv 2>&1)
    says 'no se puede leer RUBRICA=nada.csv'
    out=$("$rubric" "$salida" 02 2>&1)
    says 'no hay ninguna entrega del laboratorio 02'
    out=$("$rubric" otra 01 2>&1)
    is 'sin clase' 2 $?
    says 'en otra no hay ninguna clase'
}

test_los_criterios_salen_de_su_pagina() {
    make_class
    local page=autograder/docente/rubrica/rubrica.md
    sed -i 's/^## `claridad`: 8 puntos/## `claridad`: 38 puntos/; s/^## `nombres`/## Nombres/' "$page"
    join_sheet < <(printf 'alumno,claridad,limpieza,comentarios\nana,3,3,0\n')
    says 'El corrector vale 54 puntos de cada 100, y la rúbrica, 46.'
    out=$(cat "$salida/final-01.csv")
    says 'ana,ana@example.org,,calificado,100,43,97,'
    sed -i 's/^## `claridad`: 38 puntos/## `claridad`: 138 puntos/' "$page"
    join_sheet < <(printf 'alumno\n')
    refuses 'tienen que valer de 1 a 99 puntos, y valen 146'
    sed -i 's/^## `claridad`: .*/## `claridad`/' "$page"
    join_sheet < <(printf 'alumno\n')
    refuses 'no es un criterio; escribe «## `claridad`: 8 puntos»'
}

run_tests "${3:-}"
