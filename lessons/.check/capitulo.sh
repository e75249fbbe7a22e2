#!/bin/bash
# Empieza un capítulo: su carpeta, con el número que sigue y cada parte en su sitio, y su fila en
# lessons/README.md. Lo que se crea ya pasa `make test-lessons`; lo demás es escribirlo.
#   capitulo.sh NOMBRE      «red-segura»: minúsculas, cifras y guiones
# En el entorno: CAPITULO_CC, el compilador con sus opciones, y CAPITULO_LIBS, con qué se enlaza.
set -eu
export LC_ALL=C.UTF-8
name=${1:-}

fail() { echo "make capitulo: $1" >&2; exit 2; }

[[ $name =~ ^[a-z0-9]+(-[a-z0-9]+)*$ ]] ||
    fail "di cómo se llama la carpeta, con minúsculas, cifras y guiones: make capitulo NOMBRE=red-segura"
last=0
for dir in lessons/[0-9][0-9]-*/; do
    dir=${dir%/} number=${dir#lessons/} number=${number%%-*}
    [ "${dir#*/??-}" != "$name" ] || fail "$dir ya está"
    [ ! -d "$dir" ] || last=$((10#$number))
done
[ "$last" -gt 0 ] || fail 'aquí no hay capítulos: falta lessons/'
number=$(printf '%02d' $((last + 1)))
path=lessons/README.md
row=$(grep -n "^| *$(printf '%02d' "$last") |" "$path" | cut -d: -f1)
[ -n "$row" ] || fail "$path no tiene la fila del capítulo $(printf '%02d' "$last")"
title=${name//-/ }
title=${title^}

work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-capitulo.XXXXXX")
trap 'rm -rf "$work"' EXIT
new=$work/$number-$name
mkdir "$new"

cat >"$new/espera.c" <<'FIN'
/* Dos esperas, una detrás de otra. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [esperar] */
static int principal(void *arg)
{
    (void)arg;
    int rc = as_sleep(1000);

    if (rc == 0)
        rc = as_sleep(1000);
    if (rc == 0)
        puts("dos segundos");
    return rc;
}
/* [/esperar] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
FIN
# shellcheck disable=SC2086 # son varias palabras
$CAPITULO_CC -o "$work/espera" "$new/espera.c" $CAPITULO_LIBS
{ echo '$ ./espera' && AS_CLOCK=virtual "$work/espera"; } >"$new/espera.salida"

{
    cat <<FIN
# $title

**Tiempo:** 20 minutos de lectura, 10 de práctica.

Al terminar vas a poder:

- Escribir aquí, con un verbo, lo que se sabrá hacer.

Necesitas el capítulo [03](../$(basename lessons/03-*)/README.md).

## Un programa que duele

Aquí, qué hace y cuánto tarda.

<!-- fragmento: espera.c#esperar -->
\`\`\`c
$(sed -n '/\[esperar\]/,/\[\/esperar\]/{//!p}' "$new/espera.c")
\`\`\`

¿Qué escribirá, y cuándo? Decídelo antes de seguir.

<!-- salida: ./espera -->
\`\`\`console
$(cat "$new/espera.salida")
\`\`\`

> **¿Qué pregunta responde este capítulo?**

## El mismo programa, mejor

Aquí, el programa en tres a seis pasos, cada uno con sus líneas nuevas y un dibujo.

\`\`\`mermaid
sequenceDiagram
    accTitle: Antes
    accDescr: La tarea principal espera dos veces, una detrás de otra.
    participant p as principal
    participant b as bucle
    p->>b: espera
    b->>p: ya
\`\`\`

\`\`\`mermaid
sequenceDiagram
    accTitle: Después
    accDescr: La tarea principal, en el último paso.
    participant p as principal
    participant b as bucle
    p->>b: espera
    b->>p: ya
\`\`\`

## Errores corrientes

Aquí, cada uno visto fallar.

## Compruébalo

1. *Del capítulo 03.* ¿Qué hace el bucle mientras una tarea espera?

   [Respuesta](respuestas.md#compruébalo-1)

## Práctica

Los ejercicios se comprueban con \`make practica CAP=$number\`.

## En Python

Aquí, una tabla con lo que cambia.

## Qué hacer ahora

Aquí, el laboratorio que se abre y el capítulo que sigue.
FIN
} >"$new/README.md"
cat >"$new/respuestas.md" <<FIN
# Respuestas de «$title»

Cada pregunta del capítulo enlaza la suya. Contesta antes de mirar: aquí están todas seguidas.

## Compruébalo, 1

Atender a las demás y, si no hay nada que hacer, dormir.
FIN

# La fila, y los minutos del total.
awk -v at="$row" -v read=20 -v practice=10 \
    -v line="| $number | [$title]($number-$name/README.md) | ¿Qué pregunta responde? | 20 | 10 | 03 | |" '
    function minutes(cell) { return (cell ~ /h/ ? cell * 60 : 0) + (match(cell, /[0-9]+ min/) ? substr(cell, RSTART) : 0) }
    function hours(n) { return n % 60 ? int(n / 60) " h " n % 60 " min" : n / 60 " h" }
    /^\| *\| *En total \|/ {
        split($0, cell, / *\| */)
        $0 = "| | En total | | " hours(minutes(cell[5]) + read) " | " hours(minutes(cell[6]) + practice) " | | |"
    }
    { print }
    NR == at { print line }' "$path" >"$work/camino"

cp -r "$new" lessons/
cp "$work/camino" "$path"
cat <<FIN
Empezado: lessons/$number-$name, con su fila en $path.
Falta, y lo dice .github/CONTRIBUTING.md, «Añadir un capítulo»:
  escribirlo, y make update-lessons y make test-lessons cada vez
  la práctica: lessons/$number-$name/practica/*.c, y sus respuestas en solutions/practica/$number-$name/
  lo de quien enseña: autograder/docente/explica/$number-$name.md y autograder/docente/banco/$number-$name/
FIN
