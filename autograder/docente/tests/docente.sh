#!/bin/bash
# Comprueba lo que se puede del material de quien enseña: el calendario, las diapositivas y las páginas
# de cómo se explica cada capítulo. Escribe TAP.
#   docente.sh BUILD/VARIANTE DESTINO
# Con Chromium mide además cada diapositiva.
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
own=$1 out=$2
kit=autograder/docente
calendar=$PWD/$own/autograder/asinc-calendario
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-docente.XXXXXX")
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8
chapters=(lessons/[0-9][0-9]-*)

# ---- el calendario -----------------------------------------------------------------------------

weeks() { grep -cE '^\| [0-9]+ \|' "$work/calendario"; }
made() { "$calendar" "$@" >"$work/calendario" 2>"$work/errores"; }

every_chapter_once() {
    local chapter number bad=
    for chapter in "${chapters[@]}"; do
        number=$(basename "$chapter") number=${number%%-*}
        [ "$(grep -oE "[|;] $number, $(sed -n '1s/^# //p' "$chapter/README.md")[;| ]" "$work/calendario" | wc -l)" -eq 1 ] || bad+=" $number"
    done
    same '' "$bad"
}
fifteen() { made 15 && same 15 "$(weeks)" && every_chapter_once && hasnt "$work/calendario" '^## Avisos'; }
five() { made 5 && same 5 "$(weeks)" && every_chapter_once; }
check 'el_calendario_de_15_semanas_tiene_cada_capitulo' fifteen
check 'y_el_de_5_tambien' five
many() { made 30 && same 30 "$(weeks)" && every_chapter_once; }
check 'y_el_de_30_que_son_mas_que_capitulos' many
dated() { made 15 2027-01-11 && has "$work/calendario" '^\| 2, del 18 ene \| .* \| 07 \| ?\|$' && has "$work/calendario" '^- El laboratorio 07 se entrega el 24 ene 2027, antes de haber dado'; }
check 'con_su_primer_dia_las_entregas_caen_en_su_semana' dated
refused() { ! made "${@:2}" && has "$work/errores" "$1"; }
check 'un_numero_de_semanas_imposible_se_dice' refused 'SEMANAS es un número de 3 a 30, y no «2»' 2
check 'un_dia_imposible_tambien' refused 'INICIO es el primer día, como 2027-01-11, y no «2027-02-30»' 15 2027-02-30

# En una copia: lo que cambia en el curso cambia en el calendario.
mkdir -p "$work/curso/autograder" && cp -r lessons labs "$work/curso/" && cp autograder/curso.json "$work/curso/autograder/"
inside() { (cd "$work/curso" && made "$@"); }
fresh_minutes() {
    sed -i 's/^\*\*Tiempo:\*\* .*/**Tiempo:** 500 minutos de lectura, 100 de práctica./' "$work"/curso/lessons/16-*/README.md
    inside 15 && has "$work/calendario" '16, Por dentro \| 10 h \|'
}
check 'los_minutos_son_los_del_capitulo' fresh_minutes
fewer_labs() { sed -i '/"07": /d' "$work/curso/autograder/curso.json" && inside 15 && hasnt "$work/calendario" '^\| 07, ' && has "$work/calendario" '^\| 08, .* \| 1 de 5 \|'; }
check 'los_laboratorios_son_los_de_curso_json' fewer_labs
no_minutes() { sed -i '/^\*\*Tiempo/d' "$work"/curso/lessons/02-*/README.md && ! inside 15 && has "$work/errores" 'lessons/02-.*falta lo que cuesta'; }
check 'un_capitulo_sin_minutos_se_dice' no_minutes
agreed() { cp lessons/02-*/README.md "$work"/curso/lessons/02-*/ && sed -i '/^| \[08\](/s/01 a 07, 09/01 a 07/' "$work/curso/lessons/README.md" && ! inside 15 && has "$work/errores" 'el laboratorio 08 necesita el capítulo 09, y en la tabla no está'; }
check 'la_tabla_y_lab_json_tienen_que_estar_de_acuerdo' agreed

# ---- las diapositivas --------------------------------------------------------------------------

check 'se_hacen_las_diapositivas' $kit/diapositivas/slides.sh "$out" "${chapters[@]}"
slides() { grep -c '^<section ' "$1"; }
whole() { # ARCHIVO CAPÍTULO
    local deck=$1 source=$2/README.md
    [ "$(slides "$deck")" -ge 30 ] || { echo "solo tiene $(slides "$deck") diapositivas" && return 1; }
    # Dibujos: todos, y dentro; nada que haya que ir a buscar.
    hasnt "$deck" '<img|src="|href="[^#]|url\(http' || return 1
    same "$(grep -cE '^```mermaid|^!\[.*\.svg\)$' "$source")" "$(grep -c '^<div class="dibujo">' "$deck")" || return 1
    # Cada programa que el capítulo enseña está.
    local program bad=
    while read -r program; do
        grep -q "^$program\$" "$deck" || bad+=" $program"
    done < <(grep -oE '^<!-- fragmento: [a-z_0-9.]+' "$source" | cut -d' ' -f3 | sort -u)
    same '' "$bad" || return 1
    # Y cada pregunta del final, con su respuesta en las notas.
    same "$(grep -c '^ *\[Respuesta\](respuestas\.md#' "$source")" "$(grep -cE '^<h2.*>Compruébalo: [0-9]+' "$deck")" &&
        has "$deck" '<strong>Respuesta:</strong>'
}
for chapter in "${chapters[@]}"; do
    check "${chapter#lessons/}_esta_entero" whole "$out/${chapter#lessons/}.html" "$chapter"
done

# fits ARCHIVO: en el navegador, ningún texto ni dibujo se sale de su diapositiva
fits() {
    sed "/<\/body>/{
r $kit/tests/mide.html
}" "$1" >"$work/mide.html"
    timeout 200 chromium --headless --no-sandbox --disable-gpu --no-first-run --user-data-dir="$work/perfil" --virtual-time-budget=3000 \
        --window-size=1280,720 --dump-dom "file://$work/mide.html" 2>/dev/null | grep -aE '^(MEDIDAS|SE SALE)' >"$work/medidas"
    same "MEDIDAS $(slides "$1")" "$(cat "$work/medidas")"
}
if command -v chromium >/dev/null; then
    for chapter in "${chapters[@]}"; do
        check "${chapter#lessons/}_cabe" fits "$out/${chapter#lessons/}.html"
    done
else
    skip 'caben_en_la_pantalla' 'falta chromium'
fi

# ---- cómo se explica -----------------------------------------------------------------------------

# page CAPÍTULO: tiene su página, con sus partes, y todo lo que nombra existe
page() {
    local name=${1#lessons/} text lab what bad=
    text=$kit/explica/$name.md
    [ -e "$text" ] || { echo "falta $text" && return 1; }
    for what in '^\*\*La idea, en una frase\.\*\* ' '^## Qué enseñar, y en qué orden$' '^## Lo que se equivocan, y qué responder$' '^## Para cerrar$'; do
        has "$text" "$what" || return 1
    done
    while IFS=/ read -r lab what; do
        compgen -G "labs/$lab-*/.grader/mutantes/$what.patch" >/dev/null || bad+=" $lab/$what"
    done < <(grep -oE '`[0-9]{2}/[a-z_0-9]+`' "$text" | tr -d '`')
    while read -r what; do
        [ -e "$1/$what.c" ] || bad+=" ./$what"
    done < <(grep -oE '`\./[a-z_0-9]+' "$text" | sed 's/^`\.\///')
    what=$(wc -w <"$text")
    if [ "$what" -lt 250 ] || [ "$what" -gt 600 ]; then bad+=" tiene $what palabras"; fi
    same '' "$bad"
}
for chapter in "${chapters[@]}"; do
    check "como_se_explica_${chapter#lessons/}" page "$chapter"
done
finish
