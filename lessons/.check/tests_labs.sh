# shellcheck shell=bash disable=SC2154 # usa lo de tests.sh
# Lo que se comprueba de los laboratorios: labs.c y promises.c.

# Cada prueba de un laboratorio manda leer una sección que existe y que el laboratorio pide.
write_lab() { # CAPÍTULO LEER
    mkdir -p "$work/curso/labs/07-saludo/.grader"
    cat >"$statement" <<'FIN'
# Saludo

**Lee antes** [el 03](../../lessons/03-saluda/README.md).

## Etapas

1. **Un saludo** (99 puntos). Con esto
   ya saludas.
2. **Y adiós** (1 punto). Con esto, te vas.

## Contrato

1. Esto no es una etapa.

| Prueba | Qué exige | Puntos |
|---|---|---|
| `saluda` | Saluda | 60 |
| `otra` | Otra vez | 39 |
| `adios` | Se despide | 1 |
| | **Total** | **100** |
FIN
    cat >"$work/curso/labs/07-saludo/.grader/lab.json" <<FIN
{"capitulo": "$1", "etapas": ["Un saludo", "Y adiós"], "pruebas": [
 {"nombre": "saluda", "titulo": "Saluda", "puntos": 60, "etapa": 1, "leer": "$2"},
 {"nombre": "otra", "titulo": "Otra vez", "puntos": 39, "etapa": 1, "leer": "$2"},
 {"nombre": "adios", "titulo": "Se despide", "puntos": 1, "etapa": 2, "leer": "$2"}]}
FIN
}
statement=$work/curso/labs/07-saludo/README.md
# broken_promise NOMBRE SED PISTA: se ve que el enunciado no dice lo que lab.json.
broken_promise() {
    write_lab "$saludar" "$saludar#práctica"
    sed -i "$2" "$statement"
    run
    check "$1" fails "labs/07-saludo/README\.md:$3"
}
lab_fails() { # NOMBRE CAPÍTULO LEER PISTA
    write_lab "$2" "$3"
    run
    check "$1" fails "labs/07-saludo/.*:1: $4"
}
saludar=lessons/03-saluda/README.md
fresh
{
    write_path "$saluda"
    printf '\n| Laboratorio | Qué escribes | Capítulos |\n|---|---|---|\n'
    echo '| [07](../labs/07-saludo/README.md) | un saludo | 01 a 03, 05 |'
} >"$index"
write_lab $saludar "$saludar#práctica"
run --tabla
check 'lo_que_manda_leer_un_laboratorio_pasa' rc 0
check 'y_la_tabla_lo_ensena' has "$work/out" '^# \| 07-saludo \| saluda \| lessons/03-saluda/README\.md#práctica \|$'
write_lab $saludar 'labs/07-saludo/README.md#contrato'
run
check 'puede_mandar_leer_su_enunciado' rc 0
lab_fails 've_una_seccion_que_no_hay' $saludar "$saludar#nada" 'saluda manda leer .*#nada»: .* no tiene esa sección'
lab_fails 've_una_pagina_que_no_hay' $saludar 'lessons/03-saluda/otra.md#nada' 'saluda manda leer .*, que no existe'
lab_fails 've_un_capitulo_sin_seccion' $saludar "$saludar" 'saluda no dice qué sección leer'
lab_fails 've_una_cabecera' $saludar 'common/include/x.h#x' 'saluda manda leer .*, que no es el enunciado ni un capítulo'
lab_fails 've_el_indice_de_las_lecciones' $saludar 'lessons/README.md#lecciones' 'saluda manda leer .*, que no es el enunciado'
lab_fails 've_el_enunciado_de_otro' $saludar 'labs/08-otro/README.md#contrato' 'saluda manda leer .*, que no es el enunciado'
lab_fails 've_un_capitulo_que_el_laboratorio_no_pide' $saludar 'lessons/04-otro/README.md#x' 'saluda manda leer el capítulo 04, que'
lab_fails 've_un_enunciado_que_no_enlaza_su_capitulo' lessons/05-mas/README.md "$saludar#práctica" \
    'el enunciado no enlaza su capítulo, lessons/05-mas'
broken_promise 've_una_etapa_con_otro_titulo' 's/Y adiós/Adiós/' '9: según lab\.json, aquí debe decir «2\. \*\*Y adiós\*\* \(1 punto\)\.»'
broken_promise 've_una_etapa_con_otros_puntos' 's/(99 puntos)/(98 puntos)/' '7: según lab\.json, aquí debe decir «1\. .*\(99 puntos\)'
broken_promise 've_un_punto_en_plural' 's/(1 punto)/(1 puntos)/' '9: según lab\.json'
broken_promise 've_una_etapa_de_menos' '/^2\. /d' '5: falta la etapa «2\. \*\*Y adiós'
broken_promise 've_una_etapa_de_mas' '9a 3. **Más** (5 puntos). Nada.' '10: sobra: en lab\.json hay 2 etapas'
broken_promise 've_un_enunciado_sin_etapas' '/^## Etapas/d' '1: el enunciado no tiene el apartado «## Etapas»'
broken_promise 've_una_prueba_con_otro_titulo' 's/Otra vez/Otra/' '18: según lab\.json, otra es «Otra vez»'
broken_promise 've_una_prueba_con_otros_puntos' 's/| 60 |/| 61 |/' '17: según lab\.json, saluda vale 60'
broken_promise 've_una_tabla_incompleta' '/^| `otra`/d' '1: la tabla trae 2 de las 3 pruebas'
write_lab "$saludar" "$saludar#práctica"
hints=$(dirname "$statement")/pistas.md
printf '# Pistas\n\nDe menos a más.\n\n<details>\n<summary>1. Una</summary>\n\nAsí.\n\n</details>\n' >"$hints"
run
check 'unas_pistas_plegadas_pasan' rc 0
printf '\n## 2. Otra\n' >>"$hints"
run
check 've_una_pista_a_la_vista' fails 'labs/07-saludo/pistas\.md:12: .*fuera de los <details>'
sed -i '/details>/d' "$hints"
run
check 've_unas_pistas_sin_plegar' fails 'labs/07-saludo/pistas\.md:1: las pistas van plegadas'
rm "$hints"
write_path "$saluda" >"$index"
lab_fails 've_un_laboratorio_sin_fila' $saludar "$saludar#práctica" 'lessons/README\.md no dice qué capítulos necesita labs/07-saludo'
