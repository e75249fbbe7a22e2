#!/bin/bash
# Hace la edición de estudiantes: el curso sin nada que diga las respuestas.
#   dist.sh BUILD/VARIANTE DESTINO [LIBRO]
# Se ejecuta en la raíz del curso, con las suites ya compiladas; si las hay también para arm64,
# ARM64 dice dónde. Deja en DESTINO la carpeta y el
# archivo, siempre con los mismos octetos si lo que entra es lo mismo. LIBRO es la carpeta del
# libro hecho; sin ella, la edición va sin libro. ASINC_COURSE dice qué laboratorios hay y qué
# soluciones son públicas. Con LAB, solo ese laboratorio: la plantilla de una tarea.
#
# Aquí se dice lo que entra, y nada entra si no se dice: un archivo nuevo no se escapa.
set -eu
own=$1 out=$2 book=${3:-}
here=$(dirname "$0")
name=programacion-asincrona-en-c
export LC_ALL=C.UTF-8

mkdir -p "$out"
work=$(mktemp -d "$out/.obra.XXXXXX")
trap 'rm -rf "$work"' EXIT
tree=$work/$name
mkdir "$tree"

take() { printf '%s\0' "$@" >>"$work/lista"; } # ARCHIVO...: a la misma ruta de la edición

take_all() { # CARPETA OPCIONES-DE-FIND...
    local dir=$1
    shift
    find "$dir" -type f "$@" -print0 >>"$work/lista"
}

take Makefile LICENSE .gitattributes .setup/{ayuda.txt,doctor.sh,editor.mk,editor.sh,help.awk,lleno.sh,packages,setup.mk,setup.sh}
take .vscode/{launch,settings,tasks}.json .devcontainer/devcontainer.json

take_all common/include
take_all common/src
take_all common/tools
take_all common/examples
take common/{README.md,DECISIONES.md,asinc.pc.in,common.mk}

# El corrector, entero menos el banco: va dentro de cada suite.
take autograder/{autograder.mk,curso.json,prebuilt.sh} autograder/harness/{harness.mk,pg_template.sh}
take_all autograder -regextype posix-extended -regex 'autograder/(base|course|box|grader|day|explain|debug)/[^/]*\.(c|h|mk|sh|css|js)'

take lessons/lessons.mk
take_all lessons -regextype posix-extended ! -name DECISIONES.md \( -regex 'lessons/[^/.]*\.md' -o -regex 'lessons/[0-9][^/]*/.*' \)
take lessons/.check/{check.h,exercise.h,practica.c,exercise.c,sanitizer.c,strings.c,run.c}
take lessons/.book/libro.{css,js} lessons/.book/pasos/{pasos.mk,student.sh,record.sh,record.py,values.py,player.sh,state.c,pasos.css,linea.js,pasos.js}

# De un laboratorio, lo que se lee, lo que se escribe y lo que se da; y su suite, sin símbolos.
take labs/{labs.mk,caja.md}
labs=()
wanted=$("$ASINC_COURSE" laboratorios ${LAB:+"$LAB"})
for lab in $("$ASINC_COURSE" carpetas); do
    number=${lab#labs/} number=${number%%-*}
    [[ " $wanted " == *" $number "* ]] || continue
    take "$lab"/{README.md,pistas.md,.original.ar,.grader/lab.json}
    take_all "$lab" -maxdepth 1 \( -name '*.sh' -o -name '*.sql' \)
    mapfile -t files < <("$ASINC_COURSE" archivos "$number")
    take "${files[@]}"
    labs+=("$lab")
done

published=$("$ASINC_COURSE" publicados)
for number in $published; do [[ " $wanted " != *" $number "* ]] || take_all solutions/"$number"-*; done

tar -cf - --no-recursion --null -T "$work/lista" | tar -xf - -C "$tree"
# Lo que en la plantilla se escribe desde su carpeta, en la edición se escribe desde su raíz.
sed 's|](\.\./\.\./|](|g' "$here/LEEME.md" >"$tree/README.md"
# Qué se sube, hasta cuándo y lo que cuesta el retraso, con las fechas de este año.
{
    printf '| Laboratorio | Qué subes | Hasta | Su solución es pública el |\n|---|---|---|---|\n'
    "$ASINC_COURSE" fechas | while read -r which _ due public _; do
        [[ " $wanted " == *" $which "* ]] || continue
        mapfile -t files < <("$ASINC_COURSE" archivos "$which" fuentes)
        printf -v names ', `%s`' "${files[@]##*/}"
        printf '| %s | %s | %s | %s |\n' "$which" "${names#, }" "$due" "$public"
    done
} | sed -E 's/([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9:]{5}):[0-9]{2}(\.[0-9]+)?([^ ]*)/\3-\2-\1 a las \4 (UTC\6)/g' >"$work/entregas"
"$ASINC_COURSE" retraso >"$work/retraso"
sed -i -e "/^<!-- entregas -->$/{r $work/entregas" -e 'd}' -e "/^<!-- retraso -->$/{r $work/retraso" -e 'd}' "$tree/README.md"
# shellcheck disable=SC2086
"$ASINC_COURSE" solo $wanted >"$tree/autograder/curso.json"
# Las tablas y los menús hablan de los que van; y lo que enseña cómo se empieza, de uno que vaya.
course=$(realpath "$ASINC_COURSE")
(cd "$tree" && "$course" anota) >"$work/anotado" || { cat "$work/anotado" >&2 && exit 1; }
first=${labs[0]} example=labs/07-monitor
if [ "$first" != "$example" ]; then
    number=${first#labs/} number=${number%%-*}
    mapfile -t files < <("$ASINC_COURSE" archivos "$number" fuentes)
    sed -i "s|$example/monitor\.c|${files[0]}|g; s|$example|$first|g; s|LAB=07|LAB=$number|g; s|laboratorio 07|laboratorio $number|g" "$tree/README.md"
fi
# Las respuestas de la práctica no van, salvo en el libro.
answer='la página de la práctica del libro'
[ -z "$book" ] || answer='`libro/sitio/\1/practica.html`'
sed -i -E "s;\`solutions/practica/([^/]+)/abierto\.md\`;$answer;" "$tree"/lessons/[0-9]*/README.md
# A un laboratorio que no va no lleva ningún enlace.
grep -rohE --include='*.md' 'labs/[0-9][0-9]-[[:alnum:]_-]+' "$tree" | sort -u | while read -r lab; do
    [ ! -e "$tree/$lab" ] || continue
    find "$tree" -name '*.md' -exec sed -i -E "s;\[([^]]*)\]\([^) ]*${lab}[^) ]*\);\1;g" {} +
done
for lab in "${labs[@]}"; do
    for suite in "$own/$lab/suite" ${ARM64:+"$ARM64/$lab/suite"}; do
        arch=$(readelf -h "$suite" | sed -n 's/^ *Machine: *//p')
        case $arch in
        *X86-64) arch=x86_64 strip='strip' ;;
        AArch64) arch=aarch64 strip=aarch64-linux-gnu-strip ;;
        *) echo "make dist: no conozco la arquitectura de $suite: $arch" >&2 && exit 1 ;;
        esac
        [ "$arch" != "$(uname -m)" ] || strip='strip'
        "$strip" --strip-all -R .comment -R .note.gnu.build-id -o "$tree/$lab/.grader/suite.$arch" "$suite"
    done
done

if [ -n "$book" ]; then
    mkdir "$tree/libro"
    cp -r "$book/sitio" "$book"/*.epub "$book"/*.pdf "$tree/libro/"
    rm -f "$tree/libro/sitio/version.js"
fi

"$here/search.sh" "$tree"

"$here/pack.sh" "$work" "$out/$name.tar.gz" "$name"
rm -rf "${out:?}/$name"
mv "$tree" "$out/$name"
