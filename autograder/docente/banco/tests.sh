#!/bin/bash
# Comprueba lo que hace el banco: que Moodle lo entenderá y que hay preguntas de todo. La salida es TAP.
#   tests.sh DÓNDE
# Se ejecuta en la raíz del curso.
set -u
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
out=$1
bank=autograder/docente/banco
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-banco.XXXXXX")
trap 'rm -rf "$work"' EXIT

ask() { xmllint --xpath "$2" "$1" 2>/dev/null; } # ARCHIVO XPATH
several() { [ "$1" -ge "$2" ] || { echo "hay $1, y se piden $2" && return 1; }; }
kind() { several "$(ask "$1" "count(//question[tags/tag/text='$2'])")" 2; }

# Sin el parche y con él, lo mismo: el fallo no se ve o el arreglo no lo es.
mended() {
    local output same=0
    for output in "$bank/$1"/*.arreglo.salida; do
        ! cmp -s "$output" "${output%.arreglo.salida}.salida" || { echo "$output no cambia nada" && same=1; }
    done
    return "$same"
}

# Una opción larga entre cortas se delata sola.
not_given_away() {
    local n i right longest bad=0
    n=$(ask "$1" "count(//question[@type='multichoice'])")
    for ((i = 1; i <= n; i++)); do
        right=$(ask "$1" "string-length((//question[@type='multichoice'])[$i]/answer[@fraction='100']/text)")
        longest=$(for j in 1 2 3 4; do ask "$1" "string-length((//question[@type='multichoice'])[$i]/answer[@fraction='0'][$j]/text)"; done | sort -n | tail -1)
        [ "$right" -le $((longest * 2)) ] || { ask "$1" "string((//question[@type='multichoice'])[$i]/name/text)" && bad=1; }
    done
    return "$bad"
}

# Ni un párrafo de las explicaciones, ni de lo que se dice de cada opción; ni el nombre de un programa.
no_answers() {
    ask "$out/moodle/$1.xml" '//generalfeedback/text/text()|//feedback/text/text()' | sed -n 's/^.*<p>\(.\{30,\}\)<\/p>.*$/\1/p' >"$work/porques"
    [ -s "$work/porques" ] && ! grep -F -f "$work/porques" "$out/hojas/$1.html" && hasnt "$out/hojas/$1.html" 'SHORTANSWER|El arreglo:|# (real|postgres)' &&
        ! grep -oE '^(<[^>]*>)*\$ [^ ]*( \./[a-z_]+)?' "$out/hojas/$1.html" | grep -v '\./programa$'
}

check_chapter() { # CAPÍTULO
    local xml=$out/moodle/$1.xml name=${1%%-*} clase
    check "$name: tiene al menos ocho preguntas" several "$(ask "$xml" "count(//question[@type!='category'])")" 8
    for clase in predecir fallo elegir; do
        check "$name: alguna es de $clase" kind "$xml" "$clase"
    done
    check "$name: cada predicción tiene sus huecos" same 0 "$(ask "$xml" "count(//question[@type='cloze'][not(contains(questiontext/text, '{1:SHORTANSWER:='))])")"
    check "$name: cada arreglo cambia lo que se escribe" mended "$1"
    check "$name: la buena no es mucho más larga" not_given_away "$xml"
    check "$name: cada programa es de una pregunta" same "$(cd "$bank/$1" && printf '%s\n' *.c | sort)" \
        "$(sed -n 's/^## .*](\(.*\.c\))$/\1/p' "$bank/$1/README.md" | sort)"
    check "$name: en la hoja no hay ninguna respuesta" no_answers "$1"
}

check 'hay preguntas de todos los capítulos' same "$(cd lessons && printf '%s\n' [0-9]*)" "$(cd "$bank" && printf '%s\n' [0-9]*)"
if command -v xmllint >/dev/null; then
    for chapter in "$bank"/[0-9]*/README.md; do
        chapter=${chapter%/README.md}
        check_chapter "${chapter##*/}"
    done
    all=$out/moodle/todo.xml
    check 'el archivo con todas es lo que Moodle espera' xmllint --noout --relaxng "$bank/moodle.rng" "$all"
    check 'lleva las de todos los capítulos' same "$(find "$bank" -name README.md -exec grep -HcE '^## (Predecir|Fallo|Elegir) · ' {} + | awk -F: '$1 ~ /[0-9]-/ { n += $2 } END { print n }')" \
        "$(ask "$all" "count(//question[@type!='category'])")"
    check 'no hay dos con el mismo nombre' same '' "$(ask "$all" '//question/name/text/text()' | sort | uniq -d)"
    check 'el HTML está entero' eval "xmllint --xpath '//questiontext/text/text()|//answer/text/text()|//feedback/text/text()|//generalfeedback/text/text()' $all |
        sed 's/<!\[CDATA\[//g; s/\]\]>//g; 1i <html>' | sed '\$a </html>' | xmllint --noout -"
    check 'no lleva imágenes ni enlaces' hasnt "$all" '<(img|a) '
else
    skip 'el archivo con todas es lo que Moodle espera' 'falta xmllint'
fi

# ---- lo que a una pregunta le falta se dice, y no se hace nada -------------------------------------

mkdir "$work/00-prueba"
printf 'int main(void) { return 0; }\n' >"$work/00-prueba/a.c"
printf '$ ./a\nuno\n' >"$work/00-prueba/a.salida"
convert() { # de la entrada, lo que sale
    cat >"$work/00-prueba/README.md"
    pandoc -f markdown-smart -t html --wrap=none --lua-filter="$bank/preguntas.lua" -M carpeta="$work/00-prueba" -M modo=moodle \
        --template="$bank/moodle.xml" "$work/00-prueba/README.md" >"$work/out" 2>&1
}
options=$'### Opciones\n\n- [ ] Una.\n\n  No.\n\n- [x] Otra.\n\n  Sí.\n\n- [ ] Más.\n\n  Tampoco.\n'
refuses() { # QUÉ-DICE PREGUNTA
    ! convert <<<"# Prueba"$'\n\n'"$2" && has "$work/out" "00-prueba/README.md: .*$1"
}
escapes() {
    printf '$ ./a\na < b && c\n' >"$work/00-prueba/a.salida"
    convert <<<$'# Prueba\n\n## Predecir · [Uno & dos < tres](a.c)\n\n¿Qué?\n\n### Respuesta\n\n`]]>` no cierra.\n' &&
        xmllint --noout --relaxng "$bank/moodle.rng" "$work/out" &&
        same '00 · Predecir · Uno & dos < tres' "$(ask "$work/out" 'string(//name/text)')" &&
        has <(ask "$work/out" 'string(//questiontext/text)') '\{1:SHORTANSWER:=a &lt; b &amp;&amp; c\}'
}
check 'los signos del XML salen enteros' escapes
printf '$ ./a\nuno\n' >"$work/00-prueba/a.salida"
check 've una clase que no hay' refuses 'el título empieza por' $'## Adivinar · Uno\n\n¿Qué?'
check 've que falta el enunciado' refuses 'no tiene enunciado' $'## Elegir · Uno\n\n'"$options"$'\n### Respuesta\n\nSí.'
check 've que falta la respuesta' refuses 'no tiene respuesta' $'## Elegir · Uno\n\n¿Qué?\n\n'"$options"
check 've una opción sin porqué' refuses 'no dice por qué: Una' $'## Elegir · Uno\n\n¿Qué?\n\n### Opciones\n\n- [ ] Una.\n- [x] Otra.\n\n### Respuesta\n\nSí.'
check 've dos opciones buenas' refuses 'una sola opción buena, y hay 2' $'## Elegir · Uno\n\n¿Qué?\n\n'"${options/\[ \]/[x]}"$'\n### Respuesta\n\nSí.'
check 've que no hay programa' refuses 'no tiene programa' $'## Predecir · Uno\n\n¿Qué?\n\n### Respuesta\n\nSí.'
check 've un programa que no está' refuses 'no está b\.c' $'## Predecir · [Uno](b.c)\n\n¿Qué?\n\n### Respuesta\n\nSí.'
check 've un fallo sin arreglo' refuses 'falta el arreglo de a\.c' $'## Fallo · [Uno](a.c)\n\n¿Qué?\n\n'"$options"$'\n### Respuesta\n\nSí.'
printf '$ ./a\nx = {1}\n' >"$work/00-prueba/a.salida"
check 've lo que Moodle no sabe preguntar' refuses 'no se puede preguntar en Moodle: x = \{1\}' $'## Predecir · [Uno](a.c)\n\n¿Qué?\n\n### Respuesta\n\nSí.'

# ---- la edición de estudiantes -------------------------------------------------------------------

# Entra lo que dist.sh nombra: ni esta carpeta ni ninguna que la tenga dentro.
not_distributed() {
    local names
    names=$(sed -n "s/.*take_all autograder .* -regex '\(.*\)'\$/\1/p" autograder/dist/dist.sh)
    [[ -n $names && autograder/base/x.c =~ ^$names$ && ! $bank/tests.sh =~ ^$names$ && ! $bank/01/x.c =~ ^$names$ ]] &&
        hasnt autograder/dist/dist.sh docente
}
check 'nada de esto va en la edición de estudiantes' not_distributed
finish
