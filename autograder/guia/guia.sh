#!/bin/bash
# Sigue la guía de quien enseña, GUIA.md, al pie de la letra: en una copia del curso deja los
# archivos que enseña, da sus órdenes y compara lo que salió con lo que dice que sale. Escribe TAP.
#   guia.sh BUILD BUILD/VARIANTE [REGISTRO]    en REGISTRO queda lo que salió de verdad
#
# De los bloques de la guía manda el comentario que llevan delante:
#   <!-- archivo: RUTA -->    el bloque se escribe en esa ruta
#   <!-- parche: RUTA -->     el bloque es un parche de ese archivo
#   <!-- sesión: NOMBRE -->   cada línea «$ ORDEN» se ejecuta, y las siguientes tienen que salir, en
#                             ese orden y sin más; sin ninguna, da igual lo que salga. Una línea
#                             «...» vale por cualesquiera. De las cifras de los segundos y los
#                             bytes solo se mira que las haya.
set -u
root=$PWD
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
build=$1 own=$2 log=${3:-/dev/null}
guide=$root/autograder/GUIA.md
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-guia.XXXXXX")
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
chmod 755 "$work"
course=$work/curso
export LC_ALL=C.UTF-8 CURSO_HOY=1795000000 # antes de la primera fecha
unset "${from_make[@]}" LAB NO_COLOR

# Con las mismas fechas que aquí: lo compilado vale.
mkdir -p "$course/$own" "$course/$build/asan"
tar --exclude=./build --exclude=./.git -cf - . | tar -xf - -C "$course"
cp -a "$own"/{autograder,common,labs} "$course/$own"
cp -a "$build/asan/common" "$course/$build/asan"
: >"$log"
log=$(realpath "$log")

# La clase de la guía: una persona lo tiene bien, otra en fila y otra no mandó lo que debía.
class() {
    local file=agregador.c lab=10-agregador
    mkdir -p "$course"/entregas/{ana,beto,caro} && cd "$course" &&
        cp "solutions/$lab/$file" entregas/ana &&
        patch -s -o "entregas/beto/$file" "solutions/$lab/$file" "labs/$lab/.grader/mutantes/kelvin.patch" &&
        echo 'Lo mando luego.' >entregas/caro/nota.txt
}

# Los bloques, uno por carpeta: qué es, cómo se llama y lo que dice.
split() {
    awk -v dir="$work/bloques" '
        /^<!-- (archivo|parche|sesión): .* -->$/ { kind = $2; name = $3; next }
        /^```/ && !inside { inside = 1; if (kind) { n++; file = sprintf("%s/%02d", dir, n); print kind, name >(file ".que"); printf "" >file } next }
        /^```/ { inside = 0; kind = ""; next }
        inside && kind { print >file }' "$guide"
}

even() { # Lo que cambia de una vez a otra
    sed -E 's/[0-9]+([.,][0-9]+)? ?(s|ms|K|M|min)\b/N \2/g; s/N min N s/N s/g; s/ +/ /g; s/ $//; s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:+-]+/FECHA/g
        s/dentro de [0-9]+ día.?/dentro de N días/; s/SEMILLA=[0-9a-f]+/SEMILLA=X/; s/[0-9a-f]{32}/X/g
        s/hasta [0-9]+ a la vez/hasta N a la vez/; s/, *[0-9]+,[0-9]+ s/, N s/; s/[a-z]{5,9}aa\b/NOMBRE/g'
}

# Lo que make dice que hace no es de la orden.
quiet() { grep -vE '^  [A-Z]+ +[^ ]|^make(\[[0-9]+\])?: \*\*\*' "$1" | cat -s; }

# Los tramos entre «...» tienen que estar enteros y por orden; el primero, al principio, y el
# último, al final.
compare() { # DICHO SALIDA
    even <"$1" >"$work/dicho" && quiet "$2" | even >"$work/salio"
    awk '
        function fits(first, last, at,   i) {
            for (i = first; i <= last; i++) if (said[i] != out[at + i - first]) return 0
            return 1
        }
        function place(first, last,   at) { # dónde acaba el tramo, o 0
            if (last < first) return from
            for (at = from; at + last - first <= total; at++) {
                if (last == n && at + last - first != total) continue
                if (fits(first, last, at)) return at + last - first + 1
                if (first == 1) return 0
            }
            return 0
        }
        FILENAME == ARGV[1] { said[++n] = $0; next }
        { out[++total] = $0 }
        END {
            from = first = 1
            if (!n) exit
            for (i = 1; i <= n + 1; i++)
                if (i > n || said[i] == "...") {
                    if (!(from = place(first, i - 1))) { print "no sale, o no donde dice: " said[first]; exit 1 }
                    if (i > n && first <= n && from != total + 1) { print "sobra: " out[from]; exit 1 }
                    first = i + 1
                }
        }' "$work/dicho" "$work/salio" || { echo '--- salió:' && cat "$2" && return 1; }
}

run() { # ORDEN DICHO
    (cd "$course" && bash -c "$1") >"$work/out" 2>&1 </dev/null
    { printf '$ %s\n' "$1" && cat "$work/out"; } >>"$log"
    compare "$2" "$work/out"
}

# session BLOQUE NOMBRE: cada orden, con lo que dice la guía que sale
session() {
    local line order='' count=0
    : >"$work/espera"
    while IFS= read -r line || [ -n "$line" ]; do
        if [[ $line == '$ '* ]]; then
            [ -z "$order" ] || check "$2_$((++count))" run "$order" "$work/espera"
            order=${line#'$ '}
            : >"$work/espera"
        else
            printf '%s\n' "$line" >>"$work/espera"
        fi
    done <"$1"
    check "$2_$((++count))" run "$order" "$work/espera"
}

mkdir "$work/bloques"
split
check 'hay_una_clase' class
for what in "$work"/bloques/*.que; do
    read -r kind name <"$what"
    block=${what%.que}
    case $kind in
    archivo:)
        mkdir -p "$course/$(dirname "$name")"
        cp "$block" "$course/$name"
        ;;
    parche:) check "se_puede_cambiar_$(basename "$name")" patch -s -p1 -d "$course" -i "$block" ;;
    *) session "$block" "$name" ;;
    esac
done

# Con el laboratorio nuevo el curso sigue estando en orden: lo que se dice de él, lo que él promete y los
# enlaces de todas las páginas. Los ejemplos no han cambiado, y no se ejecutan.
in_order() {
    cd "$course" && "$course/$own/autograder/asinc-course" anotado &&
        ! ASINC_COURSE=$own/autograder/asinc-course "$root/$own/lessons/.check/check" --programas "$work/ninguno" >"$work/out" 2>&1 &&
        has "$work/out" '^ok .*promete .*labs/13-saludo' && hasnt "$work/out" '^not ok .*(enlaces de|promete|lessons/README)'
}
check 'el_curso_sigue_en_orden' in_order

# Toda orden de la guía, también la que no se ejecuta aquí, es de las que hay.
orders_exist() {
    local target bad=
    make -qp >"$work/reglas" 2>/dev/null
    while read -r target; do
        grep -qE "^$target:" "$work/reglas" || bad+=" $target"
    done < <(grep -oE 'make [a-z][a-z-]+' "$guide" | cut -d' ' -f2 | sort -u)
    same '' "$bad"
}
check 'sus_ordenes_existen' orders_exist
links() {
    local link bad=
    while read -r link; do
        [ -e "autograder/$link" ] || bad+=" $link"
    done < <(awk '/^```/ { code = !code } !code' "$guide" | grep -oE '\]\([^)#: ]+' | sed 's/](//' | sort -u)
    same '' "$bad"
}
check 'sus_enlaces_llevan_a_algo' links
finish
