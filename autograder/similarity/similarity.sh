#!/bin/bash
# Qué programas de una clase se parecen demasiado entre sí.
#   similarity.sh ASINC-CLASS ENTREGAS SALIDA PARECIDO [LAB]
# Se ejecuta en la raíz del curso. Las entregas se abren y se eligen igual que para calificarlas, y
# quedan apuntadas en la base de SALIDA. De cada archivo se quita lo que ya traía el esqueleto, y
# los de un mismo laboratorio se comparan de dos en dos con sim_c, que mira la forma del código:
# cambiar nombres, comentarios o espacios no lo engaña. Un parecido no prueba nada: dice qué
# mirar. En SALIDA/parecidos queda una página con las parejas y otra para cada una.
set -eu
class=$1 from=$2 out=$3 threshold=$4 only=${5:-}
here=$(dirname "$0")
export LC_ALL=C.UTF-8
# Menos de estos elementos seguidos (palabras y signos de C) los comparte cualquiera.
run=30

fail() { echo "similarity: $1" >&2; exit "${2:-2}"; }
[ -n "$from" ] || fail 'di dónde están las entregas, con ENTREGAS=carpeta'
case $threshold in
[1-9] | [1-9][0-9] | 100) ;;
*) fail "PARECIDO es un porcentaje de 1 a 100, y no «$threshold»" ;;
esac

"$class" --entregas "$from" --salida "$out" ${only:+--lab "$only"} --preparar >/dev/null

work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-parecidos.XXXXXX")
trap 'rm -rf "$work"' EXIT
ask() { sqlite3 -readonly -separator $'\t' "$out/clase.db" "$1"; }

# Un número por entrega, que es su nombre en los archivos: nadie lo elige.
folder=$(realpath "$from") quote="'"
# shellcheck disable=SC2016 # las comillas de dentro son de SQL
ask "SELECT lab, row_number() OVER (ORDER BY lab, alumno), clave,
            replace(replace(replace(alumno, char(9), ' '), char(10), ' '), char(13), ' ')
     FROM entrega WHERE estado = 'entregada' AND carpeta = '${folder//$quote/$quote$quote}'
     ${only:+AND lab = '${only//$quote/}'} ORDER BY lab, alumno" >"$work/entregas"

# Deja en $work/propio/LAB los archivos de la entrega $2 sin lo que es del esqueleto, en las mismas
# líneas.
own_lines() { # LAB NÚMERO CLAVE
    local name given
    given=$(echo labs/"$1"-*/)
    mkdir -p "$work/entero/$1" "$work/propio/$1"
    ask "SELECT nombre FROM fuente WHERE clave = '$3' AND NOT dado AND nombre GLOB '*.[ch]'" |
        while IFS= read -r name; do
            case $name in */* | *[!A-Za-z0-9_.-]*) continue ;; esac
            ask "SELECT writefile('$work/entero/$1/$2.$name', contenido) FROM fuente
                 WHERE clave = '$3' AND nombre = '$name'" >/dev/null
            diff -a -w --unchanged-line-format=$'\n' --old-line-format= --new-line-format=%L \
                "$given$name" "$work/entero/$1/$2.$name" >"$work/distinto" || :
            # Un comentario que pierde su principio ya no es un comentario.
            awk 'NR == FNR { all[FNR] = $0; next } { print $0 == "" && all[FNR] ~ /\/\*|\*\// ? all[FNR] : $0 }' \
                "$work/entero/$1/$2.$name" "$work/distinto" >"$work/propio/$1/$2.$name"
        done
}
while IFS=$'\t' read -r lab number key _; do own_lines "$lab" "$number" "$key"; done <"$work/entregas"

: >"$work/trozos"
for lab in "$work"/propio/*/; do
    [ -d "$lab" ] || continue
    (cd "$lab" && ls) | (cd "$lab" && sim_c -i -e -s -n -r $run -w 200) >"$work/sim" 2>"$work/errores" ||
        fail "sim_c no pudo comparar: $(head -1 "$work/errores")" 3
    awk -v lab="$(basename "$lab")" -f "$here/runs.awk" "$work/sim" >>"$work/trozos"
done

pages=$out/parecidos
rm -rf "$pages"
mkdir -p "$pages"
cat "$PAGE_CSS" "$here/parecidos.css" >"$pages/estilo.css"
LC_ALL=C awk -F'\t' -v threshold="$threshold" -v source="$work/entero" -v pages="$pages" -v styles=estilo.css \
    -f "$here/pages.awk" "$work/entregas" "$work/trozos"
echo "Las parejas están en $pages/index.html"
