#!/bin/bash
# Pruebas de `make similarity`. Se ejecuta en la raíz del curso; escribe TAP.
#   tests.sh ASINC-CLASS ASINC-SIMILARITY        (PAGE_CSS, en el entorno)
set -u
class=$1 similar=$2
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
run() { # PARECIDO [LAB [CONTRA]]
    autograder/similarity/similarity.sh "$class" "$similar" "$work/entregas" "$work/salida" "$@" >"$work/dice" 2>&1
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
    ! autograder/similarity/similarity.sh "$class" "$similar" '' "$work/salida" 40 >"$work/dice" 2>&1 && has "$work/dice" 'ENTREGAS=carpeta' &&
        ! autograder/similarity/similarity.sh "$class" "$similar" "$work/no hay" "$work/salida" 40 >"$work/dice" 2>&1 && has "$work/dice" 'no hay'
}
check sin_entregas_se_dice nowhere
check comparar_no_apunta_nada [ ! -e "$work/salida/clase.db" ]
foreign() { # lo que hubiera con ese nombre y no es suyo
    mkdir -p "$work/otra/parecidos" && echo mío >"$work/otra/parecidos/index.html"
    ! autograder/similarity/similarity.sh "$class" "$similar" "$work/entregas" "$work/otra" 40 07 >"$work/dice" 2>&1 &&
        has "$work/dice" 'ya hay «parecidos», que no lo escribió esta orden' && same mío "$(cat "$work/otra/parecidos/index.html")"
}
check lo_ajeno_no_se_toca foreign

# Contra otros que no son de la clase: se comparan con ella, y ni entre sí ni quedan apuntados.
mkdir -p "$work/el 'otro' año"/{zoe,zenobia}/09-chat
cp solutions/09-chat/chat.c "$work/el 'otro' año/zoe/09-chat"
cp solutions/09-chat/chat.c "$work/el 'otro' año/zenobia/09-chat"
against() {
    run 40 '' "$work/el 'otro' año" || { cat "$work/dice" && return 1; }
    has "$pages/index.html" ">eva y zoe \\(el 'otro' año\\)<" && has "$pages/index.html" '>eva y zenobia' && hasnt "$pages/index.html" 'zenobia.* y zoe' &&
        has "$pages/index.html" '3 programas: eva, zenobia' && [ "$(row 07 '&lt;b&gt;Bea' ana)" -ge 95 ]
}
check contra_otra_carpeta against
solution() {
    run 40 09 solutions || { cat "$work/dice" && return 1; }
    same 100 "$(row 09 eva '.*(solutions)')"
}
check contra_las_soluciones solution
no_against() { ! run 40 '' "$work/no hay" && has "$work/dice" 'no hay'; }
check contra_lo_que_no_existe_se_dice no_against

# Los programas que hay de cada laboratorio, escritos cada uno por su lado: la solución y las alternativas.
# De cada uno, tres copias: con otros nombres, con las funciones en otro orden y con lo que no cambia nada.
renamed() {
    sed -E 's/^    /\t/; s|;$|; /* sí */|; /^#/b
        s/\b[a-z_]{3,}\b/x_&/g
        s/\bx_((as_|uv_|json_)[a-z_]*|break|case|char|const|continue|default|else|enum|for|goto|return|sizeof|static|struct|switch|typedef|union|void|while)\b/\1/g' "$1"
}
reordered() { awk 'BEGIN { RS = "" } { block[++n] = $0 } END { print block[1]; while (n > 1) print block[n--] "\n" }' "$1"; }
disguised() {
    sed -zE 's/^static //Mg; s/\bconst //g; s/\bint (\w+ = )/long \1/g
        s/\n( +)((if|for|while) \([^\n]*\))\n +([^ \n][^\n]*;)\n/\n\1\2 {\n\1    \4\n\1}\n/g' "$1"
}
original() { cat "$1"; }
programs=0 lab_of=()
for lab in labs/*/.grader/alternativas; do
    lab=${lab%/.grader/alternativas}
    mkdir -p "$work/medida/dado"/{todos,"${lab#labs/}"}
    for file in $(ar t "$lab/.original.ar"); do
        ar p "$lab/.original.ar" "$file" | tee "$work/medida/dado/todos/${lab#labs/}-$file" >"$work/medida/dado/${lab#labs/}/$file"
    done
    for program in solutions/"${lab#labs/}"/*.c "$lab"/.grader/alternativas/*/*.c; do
        programs=$((programs + 1))
        lab_of[programs]=${lab#labs/}
        for change in original renamed reordered disguised; do
            mkdir -p "$work/medida/$change"
            $change "$program" >"$work/medida/$change/$programs.programa.c"
        done
    done
done
# La pareja que más se parece de las independientes, y la que menos de las de una copia con su original: con
# el umbral de todos los días, unas se ven todas y de las otras ninguna.
alone() {
    "$similar" 1 - "$work/medida/original" "$work/medida/dado/todos" | awk '$1 == "pareja" && $5 > most { most = $5 } END { print most }'
}
independent() {
    local most
    most=$(alone)
    echo "de $programs programas, una pareja al $most %"
    [ "$programs" -ge 19 ] && [ "$most" -gt 0 ] && [ "$most" -lt 40 ]
}
check ninguna_pareja_independiente_llega_al_40 independent
copies() { # CAMBIO: cada original con su copia, de menor a mayor
    local which
    for which in "${!lab_of[@]}"; do
        mkdir -p "$work/medida/par"
        cp "$work/medida/original/$which.programa.c" "$work/medida/par/1.programa.c"
        cp "$work/medida/$1/$which.programa.c" "$work/medida/par/2.programa.c"
        "$similar" 1 - "$work/medida/par" "$work/medida/dado/${lab_of[which]}" | awk -F'\t' '$1 == "pareja" { print $5; found = 1 } END { if (!found) print 0 }'
    done | sort -n
}
least() { # CAMBIO TANTO
    local worst
    worst=$(copies "$1" | head -1)
    [ "$worst" -ge "$2" ] || { echo "una copia solo al $worst %, y no al $2" && return 1; }
}
check otros_nombres_y_comentarios least renamed 98
check las_funciones_en_otro_orden least reordered 85
check calificadores_tipos_y_llaves least disguised 98

# Lo que se entrega para estorbar: ni lo detiene, ni esconde lo que sí se parece.
big() { yes "$1" | tr -d '\n' | head -c 1000000; }
rm -rf "$work/entregas"
number=0
# shellcheck disable=SC1003
for text in 'a;' '/*' '"' '(' '{' '\' '#if 0' 'int f(void) { return 1; }'; do
    number=$((number + 1))
    big "$text" >"$work/raro.c"
    hand_in "$number" "$work/raro.c" 09-chat chat.c
done
head -c 500000 /dev/urandom >"$work/raro.c"
hand_in ruido "$work/raro.c" 09-chat chat.c
hand_in ana solutions/09-chat/chat.c 09-chat chat.c
hand_in 'Íñigo "el '\''otro'\''" $(false) & cía' solutions/09-chat/chat.c 09-chat chat.c
hostile() {
    timeout 120 autograder/similarity/similarity.sh "$class" "$similar" "$work/entregas" "$work/salida" 40 09 >"$work/dice" 2>&1 ||
        { echo "código $?" && cat "$work/dice" && return 1; }
    same 100 "$(row 09 ana 'Íñigo.*cía')" || { cat "$pages/index.html" && return 1; }
}
check lo_que_se_entrega_para_estorbar hostile
long() { has "$pages/index.html" 'La entrega de 1 es tan larga que solo se miró el principio'; }
check de_lo_larguisimo_se_dice long

# Una clase en que todo el mundo entrega lo mismo: ni una página por pareja, ni una lista sin fin.
everyone() {
    local who
    for who in p{1..40}; do
        mkdir -p "$work/todos/$who/10-agregador"
        cp solutions/10-agregador/agregador.c "$work/todos/$who/10-agregador"
    done
    autograder/similarity/similarity.sh "$class" "$similar" "$work/todos" "$work/salida" 40 10 >"$work/dice" 2>&1 || { cat "$work/dice" && return 1; }
    head -n 20 "$pages/index.html" >"$work/comienzo"
    has "$work/comienzo" '40 entregas.* en común: 780. Estas son las 500 que más se parecen' && has "$work/comienzo" 'Laboratorio 10, 40 programas: p' &&
        found=("$pages"/[0-9]*-[0-9]*.html) && same 500 "${#found[@]}"
}
check una_clase_entera_igual everyone
finish
