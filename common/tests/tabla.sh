#!/bin/sh
# Comprueba lo que dicen las portadas. De common/README.md: cada prueba que nombra existe, y
# cada función as_... está en una cabecera. De README.md: su ejemplo. Escribe TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
tabla=common/README.md
n=0 fallos=0

resultado() { # $1 estado, $2 nombre, $3 lo que falta
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        echo "#$3"
        fallos=1
    fi
}

faltan=
for prueba in $(grep -oE '`[a-z_]+::[a-z0-9_]+`' "$tabla" | tr -d '`'); do
    suite=${prueba%%::*} nombre=${prueba##*::}
    grep -qsE "^PRUEBA(_[A-Z]+)?\\(($suite, *)?$nombre\\b" common/tests/*.c || faltan="$faltan $prueba"
done
resultado "${#faltan}" 'cada prueba de la tabla existe' "$faltan"

faltan=
for funcion in $(grep -oE '`as_[a-z0-9_]+' "$tabla" | tr -d '`' | sort -u); do
    grep -qsE "\b$funcion\b" common/include/asinc/*.h || faltan="$faltan $funcion"
done
resultado "${#faltan}" 'cada función de la tabla está en una cabecera' "$faltan"

# El ejemplo de la portada es el archivo que dice ser.
ejemplo=lessons/03-corrutinas-y-tareas/saludar.c
awk '/^```c$/ { dentro = 1; next } /^```$/ { dentro = 0 } dentro' README.md |
    cmp -s - "$ejemplo"
resultado $? 'el ejemplo de la portada es el del capítulo' " README.md no lleva $ejemplo tal cual"

echo "1..$n"
exit "$fallos"
