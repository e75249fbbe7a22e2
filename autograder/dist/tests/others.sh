#!/bin/bash
# Pruebas de la edición de otros cursos: el que se escribe de otra manera, el que enseña una solución
# en otra página y el que no tiene todos los laboratorios. La salida es TAP.
#   others.sh BUILD/VARIANTE
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=autograder/dist/tests/comun.sh
. autograder/dist/tests/comun.sh

check 'la_edicion_se_hace' dist "$work/a"
mkdir "$work/otro" && tar -cf - --exclude=./build --exclude=./.git . | tar -xf - -C "$work/otro" && mkdir -p "$work/otro/$own" &&
    cp -r "$own/labs" "$work/otro/$own/"
# Lo mismo, escrito de otra manera, es el mismo curso.
rewritten() {
    local file
    (cd "$work/otro" && for file in labs/*/.grader/lab.json autograder/curso.json; do
        tr '\n' '\t' <"$file" | sed 's/á/\\u00e1/g; s/ó/\\u00F3/g' >"$file.otro" && mv "$file.otro" "$file" || return 1
    done && autograder/dist/dist.sh "$own" "$work/h") &&
        same "$(cd "$work/a/$edition" && find . | sort)" "$(cd "$work/h/$edition" && find . | sort)"
}
check 'escrito_de_otra_manera_lleva_lo_mismo' rewritten
cp --parents labs/*/.grader/lab.json autograder/curso.json "$work/otro"

# Si la solución se enseña en otra página, el esqueleto lo sigue siendo; y en la guía no deja de ser secreta.
told_elsewhere() { (cd "$work/otro" && autograder/dist/search.sh "$tree") >"$work/out" 2>&1; }
cp -r "$tree" "$work/y" && cp solutions/09-chat/*.c "$work/y/labs/09-chat/"
cp "$work/otro/autograder/GUIA.md" "$work/guia"
cat solutions/09-chat/*.c >>"$work/otro/autograder/GUIA.md"
check 'con_la_solucion_en_la_guia_el_esqueleto_lo_es' told_elsewhere
check 'y_la_solucion_sigue_siendo_secreta' eval 'tree=$work/y && ! told_elsewhere && has "$work/out" "labs/09-chat/chat.c: más de la mitad"'
mv "$work/guia" "$work/otro/autograder/GUIA.md"
cat solutions/09-chat/*.c >"$work/otro/lessons/nota.c"
check 'con_la_solucion_en_otra_pagina_tambien' told_elsewhere
rm "$work/otro/lessons/nota.c"

# Quitar un laboratorio del curso es quitarlo de curso.json; y uno que no existe no entra.
sed -i '/"09": /d' "$work/otro/autograder/curso.json"
without() { (cd "$work/otro" && autograder/dist/dist.sh "$own" "$work/f") && [ ! -e "$work/f/$edition/labs/09-chat" ] && [ -e "$work/f/$edition/labs/10-agregador" ]; }
check 'lo_que_no_esta_en_curso_json_no_va' without
without_links() { tree=$work/f/$edition && links; }
check 'ni_quedan_enlaces_a_ello' without_links
check 'ni_se_nombra_en_las_tablas_ni_en_los_menus' eval "cd $work/f/$edition && \"$ASINC_COURSE\" anotado"
gone() {
    rm -r "$work"/otro/{labs,solutions}/09-chat
    (cd "$work/otro" && autograder/dist/dist.sh "$own" "$work/i") && tree=$work/i/$edition && links
}
check 'ni_si_se_borran_sus_carpetas' gone
sed -i 's/"12": /"99": /' "$work/otro/autograder/curso.json"
unknown() { ! (cd "$work/otro" && autograder/dist/dist.sh "$own" "$work/g") >"$work/out" 2>&1 && has "$work/out" 'está el laboratorio 99, y no hay ninguno en labs/99-'; }
check 'uno_que_no_existe_se_dice' unknown
finish
