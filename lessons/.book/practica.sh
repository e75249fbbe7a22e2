#!/bin/sh
# La página de la práctica de un capítulo, en Markdown, hecha de sus ejercicios: qué pide cada
# uno, de dónde se parte, qué debe escribir y, plegada, una respuesta.
#   practica.sh lessons/03-corrutinas-y-tareas
set -eu
lesson=$1
name=${lesson#lessons/}
number=${name%%-*}

cat <<FIN
# Práctica del capítulo $number

Los ejercicios son archivos de \`$lesson/practica\`. Ábrelos en tu editor y,
cada vez que quieras comprobarlos, ejecuta:

\`\`\`sh
make practica CAP=$number
\`\`\`

FIN

# El comentario de cabecera es « * 2 · Arreglar · 8 minutos», y detrás lo que se pide. Lo que entra
# tres espacios es código, salvo en una lista.
statement() {
    awk 'NR == 2 { sub(/^ \* /, ""); sub(/^[0-9]+ · /, ""); sub(/ · sanitizers$/, "")
                   print "*" $0 "*\n"; next }
         NR > 2 { if (/^ \*\// || /^ \* predicción:/) exit
                  sub(/^ \*( |$)/, ""); print }' "$1" |
        sed 's/</\&lt;/g' | awk '/^ *- / { list = 1 } /^[^ ]/ { list = 0 }
             /^   / && !code && !list { print "\n```text"; code = 1 }
             code && !/^   / { print "```"; code = 0 }
             { if (!list) sub(/^   /, ""); print }
             END { if (code) print "```" }'
}

# El programa sin el comentario que lo explica, que ya se ha leído.
program() {
    awk 'body { print } /^ \*\// { body = 1 }' "$1"
}

expected() {
    printf '<!-- salida: ./%s -->\n```console\n' "$exercise"
    sed '1s/ # real$//' "$lesson/practica/.salidas/$exercise.salida"
    printf '```\n'
}

# En el orden de su número.
for file in $(sed -sn '2{s/^ \* \([0-9]*\) .*/\1/p;F}' "$lesson"/practica/*.c | paste - - | sort -n | cut -f2); do
    exercise=$(basename "$file" .c)
    printf '## %s\n\n' "$exercise"
    statement "$file"
    printf '\n<!-- fragmento: practica/%s.c -->\n```c\n' "$exercise"
    program "$file"
    printf '```\n\n'
    if sed -n 2p "$file" | grep -q Predecir; then
        printf '<details><summary>Lo que escribe</summary>\n\n'
        expected
    else
        printf 'Debe escribir:\n\n'
        expected
        printf '\n<details><summary>Una respuesta</summary>\n\n```c\n'
        program "solutions/practica/$name/$exercise.c"
        printf '```\n'
    fi
    printf '\n</details>\n\n'
done

# El problema abierto lo plantea el capítulo.
if [ -e "solutions/practica/$name/abierto.md" ]; then
    printf '## El problema abierto\n\n<details><summary>Un comentario</summary>\n\n'
    sed '/^# /d' "solutions/practica/$name/abierto.md"
    printf '\n</details>\n'
fi
