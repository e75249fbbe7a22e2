#!/bin/bash
# Pruebas de `make similarity`. Se ejecuta en la raíz del curso; escribe TAP.
#   tests.sh ASINC-CLASS        (PAGE_CSS, en el entorno)
set -u
class=$1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-similarity.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
pages=$work/salida/parecidos

hand_in() { # ALUMNO ARCHIVO LAB NOMBRE
    mkdir -p "$work/entregas/$1/$3"
    cp "$2" "$work/entregas/$1/$3/$4"
}
run() { # PARECIDO [LAB]
    autograder/similarity/similarity.sh "$class" "$work/entregas" "$work/salida" "$@" >"$work/dice" 2>&1
}
row() { # LAB A B: lo que tienen en común, o nada
    sed -n "s|<tr><td class=\"puntos\">\([0-9]*\) %</td><td>$1</td>.*>$2 y $3</a>.*|\1|p" "$pages/index.html"
}

# Quien copia cambia nombres, comentarios y espacios; quien escribe lo suyo, nada de eso.
hand_in ana solutions/07-monitor/monitor.c 07-monitor monitor.c
sed 's/sitio/pagina/g; s/monitor/vigia/g; s/^    /\t/; s|^\t\(if\)|\t/* mi'$'\x1b\u009b\u061c\ufeff\u202e''ro */ \1|' solutions/07-monitor/monitor.c >"$work/copia.c"
hand_in '<b>Bea' "$work/copia.c" 07-monitor monitor.c
hand_in carlos labs/07-monitor/monitor.c 07-monitor monitor.c
hand_in dora labs/07-monitor/monitor.c 07-monitor monitor.c
printf '\nint de_dora(void) { return 1; }\n' >>"$work/entregas/dora/07-monitor/monitor.c"
hand_in ana solutions/08-procesador/procesador.c 08-procesador procesador.c
hand_in eva solutions/09-chat/chat.c 09-chat chat.c

run 40
check se_hacen_las_paginas same "Las parejas están en $pages/index.html" "$(cat "$work/dice")"
copied() { [ "$(row 07 '&lt;b&gt;Bea' ana)" -ge 95 ] || { cat "$pages/index.html" && return 1; }; }
check cambiar_nombres_y_comentarios_no_engana copied
found=("$pages"/[0-9]*-[0-9]*.html)
check de_la_pareja_hay_una_pagina test "${#found[@]}" -eq 1
side_by_side() {
    local page=${found[0]}
    has "$page" '<h2>ana</h2>' && has "$page" '<h2>&lt;b&gt;Bea</h2>' && has "$page" '<mark class="t0"><span class="numero">' &&
        hasnt "$page" '<b>|<script' && hasnt "$page" $'\x1b|\u009b|\u061c|\ufeff|\u202e'
}
check con_los_dos_programas_al_lado side_by_side
given() { hasnt "$pages/index.html" 'carlos|dora'; }
check el_esqueleto_no_cuenta given
one_lab() { hasnt "$pages/index.html" 'eva'; }
check cada_laboratorio_con_el_suyo one_lab

run 40 09
check de_un_laboratorio_sin_parejas has "$pages/index.html" 'Ninguna pareja llega a tanto'
wrong() { ! run 0 && has "$work/dice" 'PARECIDO es un porcentaje' && ! run '1;' && has "$work/dice" 'PARECIDO'; }
check un_porcentaje_imposible_se_dice wrong
nowhere() {
    ! autograder/similarity/similarity.sh "$class" '' "$work/salida" 40 >"$work/dice" 2>&1 && has "$work/dice" 'ENTREGAS=carpeta' &&
        ! autograder/similarity/similarity.sh "$class" "$work/no hay" "$work/salida" 40 >"$work/dice" 2>&1 && has "$work/dice" 'no hay'
}
check sin_entregas_se_dice nowhere
marks() { # las notas que hubiera siguen, y comparar no califica
    same '' "$(sqlite3 "$work/salida/clase.db" 'SELECT * FROM resultado')"
}
check comparar_no_califica marks
finish
