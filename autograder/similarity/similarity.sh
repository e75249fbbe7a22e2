#!/bin/bash
# Qué programas de una clase se parecen demasiado entre sí.
#   similarity.sh ASINC-CLASS ASINC-SIMILARITY ENTREGAS SALIDA PARECIDO [LAB [CONTRA]]
# Se ejecuta en la raíz del curso. Las entregas se abren y se eligen igual que para calificarlas, con la
# lista de la clase que haya en la base de SALIDA, que no cambia. Los programas de un mismo laboratorio se comparan de dos en
# dos, sin lo que traía el esqueleto; y también con los de la carpeta CONTRA, que se abre igual. Un parecido no prueba nada: dice qué mirar. En SALIDA/parecidos queda una página con las
# parejas y otra para cada una.
set -eu
class=$1 similar=$2 from=$3 out=$4 threshold=$5 only=${6:-} against=${7:-}
here=$(dirname "$0") root=$PWD
export LC_ALL=C.UTF-8

fail() { echo "similarity: $1" >&2; exit "${2:-2}"; }
[ -n "$from" ] || fail 'di dónde están las entregas, con ENTREGAS=carpeta'
case $threshold in
[1-9] | [1-9][0-9] | 100) ;;
*) fail "PARECIDO es un porcentaje de 1 a 100, y no «$threshold»" ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-parecidos.XXXXXX")
trap 'rm -rf "$work"' EXIT
programs=$work/programas quote="'"

# Deja en $programs/LAB los archivos de cada entrega de la carpeta, que se llaman NÚMERO.NOMBRE: el número
# no lo elige nadie. Escribe una fila por entrega: «entrega LAB NÚMERO ALUMNO».
open_folder() { # CARPETA SALIDA PRIMERO DE-DÓNDE
    local folder lab handed
    "$class" --entregas "$1" --salida "$2" ${only:+--lab "$only"} --forzar --preparar >/dev/null
    folder=$(realpath "$1")
    handed="WITH entregas AS (
        SELECT lab, $3 + row_number() OVER (ORDER BY lab, alumno) AS numero, clave, alumno || '${4//$quote/$quote$quote}' AS quien
        FROM entrega WHERE estado = 'entregada' AND carpeta = '${folder//$quote/$quote$quote}'
        ${only:+AND lab = '${only//$quote/}'})"
    sqlite3 -readonly -separator $'\t' "$2/clase.db" "$handed
        SELECT 'entrega', lab, numero, replace(replace(replace(quien, char(9), ' '), char(10), ' '), char(13), ' ')
        FROM entregas ORDER BY numero" >"$work/filas"
    cut -f 2 "$work/filas" | sort -u | while read -r lab; do mkdir -p "$programs/$lab"; done
    sqlite3 -readonly "$2/clase.db" "$handed
        SELECT count(writefile('$programs/' || lab || '/' || numero || '.' || nombre, contenido))
        FROM entregas JOIN fuente USING (clave)
        WHERE NOT dado AND nombre GLOB '*.[ch]' AND nombre NOT GLOB '*[^A-Za-z0-9_.-]*'" >/dev/null
    cat "$work/filas"
}

mkdir "$programs"
mkdir "$work/propia"
[ ! -e "$out/clase.db" ] || sqlite3 "$out/clase.db" "VACUUM INTO '$work/propia/clase.db'"
open_folder "$from" "$work/propia" 0 '' >"$work/entregas"
own=$(wc -l <"$work/entregas")
[ -z "$against" ] ||
    open_folder "$against" "$work/contra" "$own" " ($(basename "$(realpath "$against")"))" >>"$work/entregas"

: >"$work/dice"
for lab in "$programs"/*/; do
    [ -d "$lab" ] || continue
    lab=$(basename "$lab")
    # El esqueleto tal como se dio: en labs/ puede haber ya otra cosa.
    mkdir -p "$work/dado/$lab"
    given=$(echo labs/"$lab"-*/.original.ar)
    [ -e "$given" ] || fail "falta $given, que hace make update-originals"
    (cd "$work/dado/$lab" && ar x "$root/$given")
    "$similar" "$threshold" "$lab" "$programs/$lab" "$work/dado/$lab" "$own" >>"$work/dice" ||
        fail 'no se pudo comparar' 3
done
# Las parejas, de más a menos; y los trozos de cada una, en su orden.
grep '^pareja' "$work/dice" | sort -t$'\t' -k5,5nr -k6,6nr -k3,3n -k4,4n >"$work/parejas" || :
grep -v '^pareja' "$work/dice" >"$work/trozos" || :

pages=$out/parecidos
# Como todo lo que se escribe en SALIDA: solo se sustituye lo que es nuestro.
if [ -n "$(ls -A "$pages" 2>/dev/null)" ] && ! grep -qsF '<title>Programas parecidos</title>' "$pages/index.html"; then
    fail "en SALIDA=$out ya hay «parecidos», que no lo escribió esta orden, y no se toca: cámbiale el nombre, o di otra SALIDA" 3
fi
mkdir -p "$pages"
rm -f "$pages"/*.html
LC_ALL=C awk -v own="$own" -v threshold="$threshold" -v source="$programs" -v pages="$pages" -v styles=estilo.css \
    -f "$here/pages.awk" "$work/entregas" "$work/parejas" "$work/trozos"
cat "$PAGE_CSS" "$here/parecidos.css" >"$pages/estilo.css"
echo "Las parejas están en $pages/index.html"
