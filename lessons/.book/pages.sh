#!/bin/sh
# Escribe la lista de páginas del libro, en su orden: fuente, profundidad, parte y título,
# separados por tabuladores. Se ejecuta en la raíz del curso; ASINC_COURSE dice qué laboratorios hay, y
# sus argumentos son aquellos cuya solución está publicada.
set -eu
export LC_ALL=C

page() { # fuente profundidad parte [título]
    title=${4:-$(sed -n '/^# /{s///p;q}' "$1")}
    [ -n "$title" ] || { echo "libro: $1 no tiene título («# ...» en una línea)" >&2; exit 1; }
    printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$title"
}

page lessons/README.md 0 'El curso' 'El camino'

for chapter in lessons/[0-9][0-9]-*/README.md; do
    dir=${chapter%/README.md}
    page "$chapter" 0 Capítulos
    for extra in "$dir"/*.md; do
        case $extra in */README.md | */respuestas.md) continue ;; esac # answers.lua
        page "$extra" 1 Capítulos
    done
    [ ! -d "$dir/practica" ] || page "$dir/practica.md" 1 Capítulos 'Práctica'
done
page lessons/y-ahora-que.md 0 Capítulos

page labs/caja.md 0 Laboratorios
for dir in $("$ASINC_COURSE" carpetas); do
    page "$dir/README.md" 0 Laboratorios
    page "$dir/pistas.md" 1 Laboratorios 'Pistas'
    name=${dir#labs/}
    case " $* " in
        *" ${name%%-*} "*) page "solutions/$name/README.md" 1 Laboratorios 'Solución' ;;
    esac
done

# La referencia, con las cabeceras en el orden en que asinc.h propone leerlas.
title() { sed -n '/^# /{s///p;q}' "$LIBRO_OBRA/$1"; }
page referencia/index.md 0 'Para consultar' "$(title referencia/index.md)"
for header in $(sed -n 's/^ \*   \([a-z]*\)\.h .*/\1/p' common/include/asinc/asinc.h) types; do
    page "referencia/$header.md" 1 'Para consultar' "$(title "referencia/$header.md")"
done
page lessons/glosario.md 0 'Para consultar'
page common/README.md 0 'Para consultar' 'De asyncio a asinc'
page lessons/procedencia.md 0 'Para consultar'
