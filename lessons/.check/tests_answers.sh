# shellcheck shell=bash disable=SC2154 # usa lo de tests.sh
# Lo que se comprueba de las preguntas y sus respuestas: answers.c.

drift 've_una_pregunta_sin_respuesta' README.md '/^ *\[Respuesta/d' 'README\.md:[0-9]+: esta pregunta no enlaza su respuesta: .*respuestas\.md#compruébalo-1'
check 'y_la_respuesta_que_se_queda_sin_pregunta' has "$work/out" 'respuestas\.md:3: ninguna pregunta enlaza esta respuesta'
check 'y_que_ninguna_la_tiene' has "$work/out" 'README\.md:1: ninguna pregunta enlaza su respuesta'
drift 've_una_respuesta_plegada_junto_a_su_pregunta' README.md 's|^ *\[Respuesta.*|   <details><summary>Respuesta</summary>\n\n   Sí.\n\n   </details>|' 'README\.md:[0-9]+: aquí no se pliega nada'
drift 've_que_enlaza_la_respuesta_de_otra' README.md 's/^1\. ¿Saluda/2. ¿Saluda/' 'README\.md:[0-9]+: la respuesta de esta pregunta se titula «Compruébalo, 2», y su enlace es respuestas\.md#compruébalo-2'
drift 've_dos_enlaces_en_una_pregunta' README.md 's/^   \[Respuesta.*/&\n\n&/' 'README\.md:[0-9]+: esta pregunta ya enlaza su respuesta'
drift 've_un_enlace_que_no_va_solo' README.md 's/^   \[Respuesta.*/&, si la quieres./' 'README\.md:[0-9]+: el enlace a una respuesta va en un párrafo suyo'
drift 've_un_enlace_pegado_a_su_pregunta' README.md '/^1\. ¿Saluda/{n;d}' 'README\.md:[0-9]+: el enlace a una respuesta va en un párrafo suyo'
drift 've_una_respuesta_que_no_existe' respuestas.md 's/^## .*/## Compruébalo, 3/' 'README\.md:[0-9]+: el enlace «respuestas\.md#compruébalo-1» no lleva a ningún título'
drift 've_una_respuesta_vacia' respuestas.md '/^Sí/d' 'respuestas\.md:3: esta respuesta está vacía'
drift 'el_codigo_de_una_respuesta_tambien_se_comprueba' respuestas.md '$a\\n<!-- fragmento: saluda.c#linea -->\n```c\nmentira();\n```' 'respuestas\.md:8: el bloque de «saluda\.c#linea» ya no dice la verdad'

# En otra página, su título va delante; y un apartado puede ser entero una pregunta.
fresh
answers() { printf '# Respuestas\n'; printf '\n## %s\n\nSí.\n' 'Compruébalo, 1' "$@"; }
printf '# Otra vez: un saludo\n\n## Para pensar\n\n1. ¿Y si no?\n\n   %s\n\n## Uno: ¿hola?\n\nDilo.\n\n%s\n' \
    '[Respuesta](respuestas.md#otra-vez-para-pensar-1)' '[Respuesta](respuestas.md#otra-vez-uno-hola)' >"$lesson/otra.md"
answers 'Otra vez. Para pensar, 1' 'Otra vez. Uno: ¿hola?' >"$lesson/respuestas.md"
run
check 'las_preguntas_de_otra_pagina_tambien_se_responden' rc 0
answers 'Otra vez. Para pensar, 1' 'Otra vez. Uno: ¿hola?' "$(yes palabra | head -n 1000 | tr '\n' ' ')" >"$lesson/respuestas.md"
run
check 'las_respuestas_pueden_ser_largas' hasnt "$work/out" 'palabras de prosa'
sed -i '/uno-hola/d' "$lesson/otra.md"
run
check 'y_cada_una_es_de_una_sola' fails 'respuestas\.md:11: ninguna pregunta enlaza'
