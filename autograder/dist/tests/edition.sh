#!/bin/bash
# Pruebas de la edición de estudiantes, sin usarla: qué lleva y qué no. La salida es TAP.
#   edition.sh BUILD/VARIANTE
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=autograder/dist/tests/comun.sh
. autograder/dist/tests/comun.sh

search() { autograder/dist/search.sh "$1" >"$work/out" 2>&1; }

check 'la_edicion_se_hace' dist "$work/a"
check 'hecha_dos_veces_son_los_mismos_bytes' eval "(umask 077; TMPDIR=$work dist $work/b) && cmp $work/{a,b}/$edition.tar.gz"
check 'el_archivo_es_esa_carpeta' eval "mkdir $work/x && tar xzf $work/a/$edition.tar.gz -C $work/x && diff -r $tree $work/x/$edition"

# Las órdenes que enseña existen y son de quien estudia.
help_is_theirs() {
    (cd "$tree" && "${as_typed[@]}" make >"$work/help") || return 1
    has "$work/help" '^  make grade ' && has "$work/help" '^  make practica ' && hasnt "$work/help" 'make book' &&
        (cd "$tree" && "${as_typed[@]}" make ayuda TODO=1 >"$work/help") &&
        has "$work/help" '^  grade ' && has "$work/help" '^  practica ' &&
        hasnt "$work/help" '^  (test|dist|publish|book|lint|flaky) |Para enseñar|Para mantener|make test|make publish|make record|=solutions'
}
check 'su_ayuda_es_la_de_quien_estudia' help_is_theirs

# De cada laboratorio dice qué se sube, hasta cuándo y qué pasa después.
uploads() {
    local lab files due public
    while read -r lab _ due public _; do
        files=$("$ASINC_COURSE" archivos "$lab" fuentes | sed 's|.*/|`|; s|$|`|' | paste -sd, | sed 's/,/, /g')
        grep -qF "| $lab | $files | ${due:8:2}-${due:5:2}-${due:0:4} a las ${due:11:5} (UTC${due:19}) | ${public:8:2}-${public:5:2}-${public:0:4} a las ${public:11:5} (UTC${public:19}) |" "$tree/README.md" || same "$lab: $files $due" '' || return 1
    done < <("$ASINC_COURSE" fechas | sed 1d)
}
check 'dice_que_se_sube_y_hasta_cuando' uploads
late() { grep -qxF "$("$ASINC_COURSE" retraso)" "$tree/README.md"; }
check 'y_lo_que_cuesta_el_retraso' late

# De lo que hace falta para cada orden no falta nada.
student_make() { (cd "$tree" && "${as_typed[@]}" make "$@"); }
check 'cada_orden_tiene_lo_que_necesita' student_make -n grade labs trace hint progreso doctor examples \
    pasos LAB=07 PROGRAMA=lessons/03-corrutinas-y-tareas/saludar.c

check 'sus_enlaces_llevan_a_algo' links
answers() {
    local named
    named=$(cd "$tree" && grep -rn --include='*.md' 'solutions/practica' lessons)
    same '' "$named" && has "$tree/lessons/01-por-que-asincronia/README.md" 'en la página de la práctica del libro\.'
}
check 'no_manda_a_las_respuestas_que_no_lleva' answers

# Lo que se espera de la práctica va, y el editor no lo pone a la vista.
out_of_sight() { [ -e "$tree/lessons/05-tiempo-errores-y-cancelacion/practica/.salidas" ] && cmp .vscode/settings.json "$tree/.vscode/settings.json"; }
check 'el_editor_no_ensena_lo_que_se_espera_de_la_practica' out_of_sight

# ---- lo que no debe llevar -------------------------------------------------------------------

lab=labs/07-monitor
check 'tal_cual_no_lleva_nada' search "$tree"

# Todo lo que no debe llevar, a la vez; de cada cosa tiene que decir dónde está.
planted=$work/y
cp -r "$tree" "$planted"
mkdir -p "$planted"/{solutions,libro/soluciones/07-monitor} && {
    cp $lab/.grader/suite.c "$planted/$lab/.grader/"
    cp $lab/.grader/sitios.c "$planted/lessons/notas.txt"
    mkdir "$planted/$lab/mutantes" && cp $lab/.grader/mutantes/secuencial.patch "$planted/$lab/mutantes/"
    sed -n 's/^+\( *[a-z]\)/\1/p' $lab/.grader/mutantes/*.patch >>"$planted/$lab/pistas.md"
    cat $lab/.grader/alternativas/*/*.c >"$planted/common/src/x.c"
    cat $lab/.grader/historias/*.txt >>"$planted/$lab/README.md"
    cp -r solutions/07-monitor "$planted/solutions/"
    sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s|^ *|&<b>|; s|$|</b>|' solutions/08-procesador/*.c >"$planted/libro/cuentas.html"
    cp solutions/09-chat/*.c "$planted/labs/09-chat/"
    cp autograder/harness/story.c "$planted/autograder/harness/"
    mkdir "$planted/autograder/docente"
    cp autograder/docente/examenes/06-10/guia.md "$planted/lessons/07-colas/repaso.md"
    sed -n '/^### Respuesta/,/^##* /p' autograder/docente/banco/03-*/README.md >>"$planted/lessons/glosario.md"
    cp "$own/$lab/suite" "$planted/$lab/.grader/suite.aarch64"
    cat labs/10-agregador/.grader/suite.c >>"$planted/labs/10-agregador/.grader/suite.$(uname -m)"
    ln -s /etc "$planted/lessons/fuera"
}
check 'con_lo_oculto_no_vale' eval '! search "$planted"'
saw() { check "ve_$1" has "$work/out" "$2"; }
saw una_suite "^ +\./$lab/.grader/suite.c$"
saw una_suite_con_otro_nombre '^ +\./lessons/notas.txt: .'
saw los_mutantes "^ +\./$lab/mutantes/.*\.patch$"
saw las_lineas_de_un_mutante "^ +\./$lab/pistas.md: ."
saw una_alternativa '^ +\./common/src/x.c: .'
saw una_historia "^ +\./$lab/README.md: ."
saw una_solucion '^ +\./solutions/07-monitor$'
saw una_solucion_en_el_libro '^ +\./libro/cuentas.html: .'
saw su_pagina '^ +\./libro/soluciones/07-monitor$'
saw una_solucion_en_vez_de_un_esqueleto '^ +labs/09-chat/chat.c: más de la mitad'
saw el_banco '^ +\./autograder/harness/story.c$'
saw el_material_de_quien_ensena '^ +\./autograder/docente$'
saw la_guia_de_un_examen '^ +\./lessons/07-colas/repaso.md: .'
saw una_respuesta_del_banco '^ +\./lessons/glosario.md: .'
saw los_simbolos_de_una_suite "^ +$lab/.grader/suite.aarch64: .*\.symtab"
saw el_texto_dentro_de_una_suite '^ +\./labs/10-agregador/.grader/suite[^:]*: .'
saw un_enlace '^ +\./lessons/fuera$'

# ---- con algunos laboratorios ------------------------------------------------------------------

dist_only() { LAB=10 dist "$work/d" && tree=$work/d/$edition; }
check 'con_LAB_solo_ese' dist_only
check 'y_ninguno_mas' eval "same 10-agregador \"\$(ls $work/d/$edition/labs | grep '^[0-9]')\""
check 'y_en_sus_fechas' eval "same 10 \"\$(cd $work/d/$edition && \"$ASINC_COURSE\" laboratorios)\""
only_links() { tree=$work/d/$edition && links; }
check 'sus_enlaces_tambien_llevan_a_algo' only_links
# Lo que los capítulos mandan ejecutar va, aunque sea de un laboratorio que no va.
scripts() {
    same '' "$(cd "$tree" && grep -rohE --include='*.md' '(labs|lessons)/[0-9][0-9]-[[:alnum:]_-]+/[[:alnum:]_-]+\.sh' lessons | sort -u |
        while read -r script; do [ -e "$script" ] || echo "$script"; done)"
}
check 'van_los_guiones_de_los_capitulos' eval 'tree=$work/d/$edition && scripts'
check 'y_empieza_por_el_que_esta' has "$work/d/$edition/README.md" 'completa .labs/10-agregador/agregador\.c'
check 'sin_los_demas_en_su_lista' hasnt "$work/d/$edition/README.md" '^\| \[?(07|09)'
check 'ni_en_ninguna_tabla' eval "cd $work/d/$edition && \"$ASINC_COURSE\" anotado"
choices() { tr -d '\n ' <"$work/d/$edition/.vscode/$1" | grep -oE '"options":\[[^]]*\]' | head -n 1; }
check 'ni_en_lo_que_da_a_elegir_el_editor' same '"options":["10"] "options":["agregador"]' \
    "$(choices tasks.json) $(choices launch.json)"
check 'otro_que_no_esta_se_dice' eval "! LAB=99 dist $work/e 2>$work/out && has $work/out 'no está el laboratorio «99». Los que hay: 07 08'"

tree=$work/a/$edition

# ---- la solución, en su fecha ----------------------------------------------------------------

on_its_date() {
    CURSO_HOY=1801436400 dist "$work/c" || return 1
    [ -s "$work/c/$edition/solutions/07-monitor/monitor.c" ] && [ ! -e "$work/c/$edition/solutions/08-procesador" ] &&
        [ ! -e "$work/a/$edition/solutions" ]
}
check 'lleva_una_solucion_desde_su_fecha' on_its_date

# ---- publicar --------------------------------------------------------------------------------

mkdir -p "$work/curso/autograder"
cp -r solutions "$work/curso/"
cp autograder/curso.json "$work/curso/autograder/"
publish="$PWD/autograder/dist/publish.sh"
publish() { # HOY FORZAR ARGUMENTOS...
    (cd "$work/curso" && CURSO_HOY=$1 FORZAR=$2 "$publish" salida "${@:3}" >"$work/out" 2>&1)
    echo $? >"$work/rc"
}
rc() { same "$1" "$(cat "$work/rc")"; }
packed() { tar tzf "$work/curso/salida/$1" | cut -d/ -f2 | sort -u | paste -sd ' ' | sed 's/^ //'; }
record=$work/curso/autograder/adelantadas.txt

publish 0 ''
check 'antes_de_la_primera_fecha_no_publica' rc 1
check 'y_ensena_las_fechas' has "$work/out" '^07 +1 +2027-01-24'
publish 0 '' 07
check 'no_publica_una_antes_de_su_fecha' rc 1
check 'y_dice_cuando_se_podra' has "$work/out" 'se publica el 2027-02-01T00:00:00\+01:00'
check 'ni_deja_nada' eval "[ ! -e $work/curso/salida ] && [ ! -e $record ]"
publish 1803000000 ''
check 'publica_las_que_han_pasado' same '07-monitor 08-procesador' "$(packed soluciones.tar.gz)"
publish 1803000000 '' 8
check 'LAB_publica_solo_esa' same '08-procesador' "$(packed solucion-08.tar.gz)"
publish 0 1
check 'FORZAR_sin_decir_cual_no_publica' rc 1
publish 0 1 09
check 'FORZAR_la_adelanta' same '09-chat' "$(packed solucion-09.tar.gz)"
check 'y_queda_apuntado_quien_y_cuando' has "$record" '^20[0-9-]+T[0-9:+-]+ 09 [^ ]+ en [^ ]+$'
publish 0 ''
check 'la_adelantada_ya_es_publica' same '09-chat' "$(packed soluciones.tar.gz)"
publish 0 1 09
check 'y_no_se_apunta_dos_veces' same 1 "$(wc -l <"$record")"
publish 0 '' 99
check 'un_laboratorio_que_no_existe_es_un_mal_uso' rc 2

# ---- la suite que viene hecha ----------------------------------------------------------------

prebuilt() { autograder/prebuilt.sh "$work/c/$edition/$lab/.grader" "$work/puesta/suite" >"$work/out" 2>&1; }
refused() { ! prebuilt && has "$work/out" "$1" && [ ! -e "$work/puesta" ]; }
given=$work/c/$edition/$lab/.grader/suite.$(uname -m)
mv "$given" "${given%.*}.otra"
check 'otra_arquitectura_se_dice' refused "vienen compiladas para otra y esta máquina es $(uname -m)"
rm "${given%.*}.otra"
check 'una_suite_que_falta_se_dice' refused 'falta la suite'
echo nada >"$given"
check 'una_suite_rota_se_dice' refused 'está dañada'
printf 'int nada(void);\nint nada(void) { return 0; }\n' >"$work/nada.c"
printf 'int nada(void);\nint main(void) { return nada(); }\n' >"$work/usa.c"
gcc -shared -fPIC -Wl,-soname,libnada.so.7 -o "$work/libnada.so" "$work/nada.c" && gcc -o "$given" "$work/usa.c" "$work/libnada.so"
check 'una_biblioteca_que_falta_se_dice' refused 'les falta esto en el sistema: libnada.so.7'
cp "$tree/$lab/.grader/suite.$(uname -m)" "$given"
check 'la_que_vale_se_pone' eval 'prebuilt && [ -x $work/puesta/suite ]'
finish
