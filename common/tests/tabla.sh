#!/bin/sh
# Comprueba lo que dicen las portadas. De common/README.md y common/DECISIONES.md: cada prueba que
# nombran existe, y cada función as_... está en una cabecera. De README.md: su ejemplo. Escribe TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
tabla=common/README.md
decisiones=common/DECISIONES.md
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
for prueba in $(grep -ohE '`[a-z_]+::[a-z0-9_]+`' "$tabla" "$decisiones" | tr -d '`'); do
    suite=${prueba%%::*} nombre=${prueba##*::}
    grep -qsE "^PRUEBA(_[A-Z]+)?\\(($suite, *)?$nombre\\b" common/tests/*.c || faltan="$faltan $prueba"
done
resultado "${#faltan}" 'cada prueba de la tabla existe' "$faltan"

faltan=
for funcion in $(grep -ohE '`as_[a-z0-9_]+' "$tabla" "$decisiones" | tr -d '`' | sort -u); do
    grep -qsE "\b$funcion\b" common/include/asinc/*.h || faltan="$faltan $funcion"
done
resultado "${#faltan}" 'cada función de la tabla está en una cabecera' "$faltan"

# Un capítulo explica una función donde la escribe en negrita: **`as_sleep(ms)`**.
faltan=$(awk -F'|' -v tabla="$tabla" '
    FILENAME != tabla { split(FILENAME, ruta, "/")
        linea = $0
        while (match(linea, /\*\*`as_[a-z0-9_]+\(/)) {
            f = substr(linea, RSTART + 3, RLENGTH - 4)
            if (!(f in donde)) donde[f] = substr(ruta[2], 1, 2)
            linea = substr(linea, RSTART + RLENGTH)
        }
        next }
    /^## / { dentro = /De asyncio/ }
    dentro && NF >= 6 {
        linea = $3
        while (match(linea, /`as_[a-z0-9_]+/)) {
            f = substr(linea, RSTART + 1, RLENGTH - 1)
            if (f in donde && index($4, donde[f]) == 0) printf " %s(%s)", f, donde[f]
            linea = substr(linea, RSTART + RLENGTH)
        }
    }' lessons/[01]*/*.md "$tabla")
resultado "${#faltan}" 'el capítulo de la tabla es el que la explica' "$faltan"

# Lo que nadie usa está en su apartado, y nada más: una función sin uso dice para quién es. Que un
# capítulo la nombre en su «También existe» no es usarla.
usadas=$(find lessons labs solutions autograder -path autograder/docente -prune -o '(' -name '*.[ch]' -o -name '*.md' ')' \
    -exec awk 'FNR == 1 || /^## / { aparte = /^## También existe/ } !aparte' {} + |
    grep -oE '\bas_[a-z0-9_]+' | sort -u)
sobran=$(grep -hoE '\bas_[a-z0-9_]+\(' common/include/asinc/*.h | tr -d '(' | grep -v '_fn$' | sort -u |
    while read -r funcion; do
        echo "$usadas" | grep -qx "$funcion" || echo "$funcion"
    done | xargs)
dichas=$(sed -n '/^## Lo que el curso no usa/,$p' "$tabla" | grep -oE '`as_[a-z0-9_]+' | tr -d '`' | sort -u | xargs)
[ "$sobran" = "$dichas" ]
resultado $? 'lo que el curso no usa dice para quién está' " sobran: $sobran; se dicen: $dichas"

# El ejemplo de la portada es el archivo que dice ser.
ejemplo=lessons/03-corrutinas-y-tareas/saludar.c
awk '/^```c$/ { dentro = 1; next } /^```$/ { dentro = 0 } dentro' README.md |
    cmp -s - "$ejemplo"
resultado $? 'el ejemplo de la portada es el del capítulo' " README.md no lleva $ejemplo tal cual"

echo "1..$n"
exit "$fallos"
