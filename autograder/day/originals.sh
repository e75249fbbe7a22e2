#!/bin/sh
# Guarda en CARPETA/.original.ar los .c y .h de cada laboratorio y de la práctica de cada capítulo:
# es a lo que vuelve `make reset`. Con --comprueba no escribe: dice cuáles no están al día.
set -eu

check=${1:-}
status=0
for dir in labs/[0-9]*/ lessons/[0-9]*/practica/; do
    new=$(mktemp -d)
    trap 'rm -rf "$new"' EXIT
    # D: sin fechas ni dueños, y el mismo contenido da siempre los mismos bytes.
    find "$dir" -maxdepth 1 -name '[!.]*.[ch]' | LC_ALL=C sort | xargs ar rcSD "$new/original.ar"
    if ! cmp -s "$new/original.ar" "$dir.original.ar"; then
        if [ "$check" = --comprueba ]; then
            echo "${dir}.original.ar no es lo que hay: make update-originals"
            status=1
        else
            cp "$new/original.ar" "$dir.original.ar"
            echo "  $dir.original.ar"
        fi
    fi
    rm -rf "$new"
done
exit $status
