#!/bin/bash
# Busca en una edición de estudiantes lo que no debe llevar. Si lo hay, dice dónde y acaba con 1.
#   search.sh CARPETA
# Se ejecuta en la raíz del curso, de donde sale el texto que se busca; ASINC_COURSE dice qué
# soluciones son públicas. Lo que busca:
#
#   - archivos de una suite, de un mutante, de una alternativa, de una historia, de una solución o del
#     material de quien enseña;
#   - líneas enteras de ellos, en cualquier archivo, también dentro de un binario, y también del
#     libro, quitadas sus marcas. Solo las que no están además en lo que se reparte;
#   - símbolos y datos de depuración en una suite.
#
# Dentro de una suite sí se ven las frases que escribe: son las que lee quien falla. También los
# nombres de sus pruebas, que están en lab.json, y los de sus archivos, que no dicen nada.
set -eu
tree=$1
export LC_ALL=C
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-busca.XXXXXX")
trap 'rm -rf "$work"' EXIT
bad=0

complain() {
    printf 'make dist: %s\n' "$1" >&2
    sed 's/^/    /' "$2" | head -n 60 >&2
    bad=1
}

published=" $("$ASINC_COURSE" publicados) "
secret_solutions=()
for dir in solutions/[0-9][0-9]-*/; do
    number=${dir#solutions/}
    [[ $published == *" ${number%%-*} "* ]] || secret_solutions+=("${dir%/}")
done

# ---- archivos --------------------------------------------------------------------------------

(cd "$tree" && find . -path '*/.grader/*' ! -name lab.json ! -name suite.x86_64 ! -name suite.aarch64 -o -path './autograder/harness/*.[ch]' -o -path ./autograder/docente \
    -o -path '*/tests/*' -o -name mutantes -o -name alternativas -o -name historias -o -name etapas -o -name '*.patch' -o -type l) >"$work/files"
for dir in ${secret_solutions[@]+"${secret_solutions[@]}"}; do
    (cd "$tree" && find . -path "*/$dir" -o -path "*/soluciones/${dir#solutions/}") >>"$work/files"
done
[ ! -s "$work/files" ] || complain 'esto no puede ir en la edición de estudiantes:' "$work/files"

mapfile -t suites < <(find "$tree" -name suite.x86_64 -o -name suite.aarch64)
for suite in "${suites[@]}"; do
    readelf -SW "$suite" | grep -E '\.(debug_|symtab|strtab)' | sed "s|^|${suite#"$tree"/}: |" || :
done >"$work/symbols"
[ ! -s "$work/symbols" ] || complain 'estas suites llevan símbolos o datos de depuración:' "$work/symbols"

# ---- texto -----------------------------------------------------------------------------------

MIN=24 # con menos letras, una línea no es de nadie: «return 0;» está en todas partes
trimmed() { sed 's/^[[:space:]]*//; s/[[:space:]]*$//' | awk -v min=$MIN 'length >= min && /[A-Za-z]/' | sort -u; }
lines() { xargs -0r cat | trimmed; } # las líneas que distinguen a unos archivos, sin sangría
added() { xargs -0r cat | sed -n '/^+++ /d; s/^+//p' | trimmed; }

# Lo que no es secreto, tomado de donde se escribe y no de la edición. La guía de quien enseña no se
# reparte: el laboratorio que enseña a añadir lleva en ella su solución.
find common lessons solutions/practica autograder -type f \( -name '*.[chS]' -o -name '*.md' \) \
    -not -path '*/tests/*' -not -path 'autograder/harness/*' -not -path 'autograder/docente/*' -not -path autograder/GUIA.md -print0 >"$work/given"
for number in $published; do find solutions/"$number"-* -type f -print0; done >>"$work/given"
find labs -maxdepth 2 -type f \( -name '*.[ch]' -o -name '*.md' \) -print0 | cat "$work/given" - | lines >"$work/public"

{
    find labs -path '*/.grader/*' -type f -regextype posix-extended -regex '.*\.(c|h|py|sh|sql)' -print0
    find autograder/harness -type f -name '*.[ch]' -not -path '*/tests/*' -print0
    find autograder/docente -type f \( -name '*.md' -o -path '*/examenes/*.c' \) -print0
    [ ${#secret_solutions[@]} -eq 0 ] || find "${secret_solutions[@]}" -type f -print0
} | lines >"$work/sources"
find labs -path '*/.grader/mutantes/*.patch' -print0 | added | sort -u "$work/sources" - |
    comm -23 - "$work/public" >"$work/secret"
# Una historia sale de la boca de la suite: sus frases están en el binario, y solo ahí.
find labs -path '*/.grader/historias/*' -type f -print0 | lines | comm -23 - "$work/public" >"$work/stories"

sort -u "$work/secret" "$work/stories" >"$work/hidden"
whole() { # de lo que llega por la entrada, «archivo<TAB>línea», lo que no debe estar
    awk -F'\t' -v hidden="$work/hidden" '
        BEGIN { while ((getline line < hidden) > 0) secret[line] = 1 }
        { text = substr($0, length($1) + 2); gsub(/^[ \t\r]+|[ \t\r]+$/, "", text)
          if (text in secret && seen[$1]++ < 3) print $1 ": " text }'
}
# En un binario no hay líneas: vale en cualquier sitio.
[ ${#suites[@]} -eq 0 ] || (cd "$tree" && grep -aFoH -m 3 -f "$work/secret" "${suites[@]#"$tree"/}" | sed 's|:|: |; s|^|./|') >"$work/found" || :
(cd "$tree" && find . -type f ! -name '*.html' ! -name '*.epub' ! -name '*.pdf' ! -name suite.x86_64 ! -name suite.aarch64 -print0 | xargs -0 awk '{ print FILENAME "\t" $0 }') | whole >>"$work/found"
# Del libro, el texto que se lee. El EPUB y el PDF se hacen de lo mismo.
(cd "$tree" && find . -name '*.html' -print0 | xargs -0r awk '{ print FILENAME "\t" $0 }') |
    sed 's/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#39;/'\''/g; s/&amp;/\&/g' | whole >>"$work/found"
[ ! -s "$work/found" ] || complain 'estas líneas son de lo que no se reparte:' "$work/found"

# Un esqueleto se parece a su solución, y por eso sus líneas se reparten; pero no es ella.
lines <"$work/given" >"$work/common"
for dir in ${secret_solutions[@]+"${secret_solutions[@]}"}; do
    for file in "$dir"/*.c; do
        given=$tree/labs/${file#solutions/}
        [ -e "$given" ] || continue
        trimmed <"$file" | comm -23 - "$work/common" >"$work/answer"
        [ -s "$work/answer" ] || continue # todo lo suyo se reparte ya en otro sitio
        trimmed <"$given" | comm -12 - "$work/answer" >"$work/shared"
        [ $(($(wc -l <"$work/shared") * 2)) -lt "$(wc -l <"$work/answer")" ] ||
            echo "${given#"$tree"/}: más de la mitad de su solución"
    done
done >"$work/solved"
[ ! -s "$work/solved" ] || complain 'esto no es un esqueleto; recupéralo con git restore:' "$work/solved"

[ "$bad" -eq 0 ]
