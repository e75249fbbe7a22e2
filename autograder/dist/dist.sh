#!/bin/bash
# Hace la edición de estudiantes: el curso sin nada que diga las respuestas.
#   dist.sh BUILD/VARIANTE DESTINO [LIBRO]
# Se ejecuta en la raíz del curso, con las suites ya compiladas; si las hay también para arm64,
# ARM64 dice dónde. Deja en DESTINO la carpeta y el
# archivo, siempre con los mismos octetos si lo que entra es lo mismo. LIBRO es la carpeta del
# libro hecho; sin ella, la edición va sin libro. ASINC_COURSE dice qué soluciones son públicas.
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

take Makefile LICENSE .setup/{doctor.sh,editor.mk,editor.sh,help.awk,packages,setup.mk,setup.sh}
take .vscode/{launch,tasks}.json .devcontainer/devcontainer.json

take_all common/include
take_all common/src
take_all common/tools
take common/{README.md,DECISIONES.md,asinc.pc.in,common.mk}

# El corrector, entero menos el banco: va dentro de cada suite.
take autograder/{autograder.mk,curso.json,prebuilt.sh} autograder/harness/{harness.mk,pg_template.sh}
take_all autograder -regextype posix-extended -regex 'autograder/(base|course|box|grader|day|explain|debug)/[^/]*\.(c|h|mk|sh|css|js)'

take lessons/lessons.mk
take_all lessons -regextype posix-extended \( -regex 'lessons/[^/.]*\.md' -o -regex 'lessons/[0-9][^/]*/.*' \)
take lessons/.check/{check.h,exercise.h,practica.c,exercise.c,sanitizer.c,text.c,run.c}
take lessons/.book/libro.{css,js} lessons/.book/pasos/{pasos.mk,student.sh,record.sh,record.py,values.py,player.sh,state.c,pasos.css,linea.js,pasos.js}

# De un laboratorio, lo que se lee, lo que se escribe y lo que se da; y su suite, sin símbolos.
take labs/labs.mk
labs=()
files_of() { list_of fuentes "$1" && list_of dados "$1"; }
list_of() { sed -n "s/^ *\"$1\": *\[\(.*\)\],*\$/\1/p" "$2" | tr -d '" ' | tr ',' '\n'; }
for lab in labs/[0-9][0-9]-*/; do
    lab=${lab%/}
    [ -e "$lab/.grader/lab.json" ] || continue
    take "$lab"/{README.md,pistas.md,.original.ar,.grader/lab.json}
    take_all "$lab" -maxdepth 1 \( -name '*.sh' -o -name '*.sql' \)
    for file in $(files_of "$lab/.grader/lab.json"); do take "$lab/$file"; done
    labs+=("$lab")
done

published=$("$ASINC_COURSE" publicados)
for number in $published; do take_all solutions/"$number"-*; done

tar -cf - --no-recursion --null -T "$work/lista" | tar -xf - -C "$tree"
# Lo que en la plantilla se escribe desde su carpeta, en la edición se escribe desde su raíz.
sed 's|](\.\./\.\./|](|g' "$here/LEEME.md" >"$tree/README.md"
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
