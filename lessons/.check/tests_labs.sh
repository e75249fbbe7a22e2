# shellcheck shell=bash disable=SC2154 # usa lo de tests.sh
# Lo que se comprueba de los laboratorios: lab_reading.c y promises.c.

# Cada prueba de un laboratorio manda leer una sección que existe y que el laboratorio pide.
write_lab() { # CAPÍTULO LEER
    mkdir -p "$work/curso/labs/07-saludo/.grader"
    cat >"$statement" <<'FIN'
# Saludo

**Lee antes** [el 03](../../lessons/03-saluda/README.md).

## Etapas

1. **Un saludo** (98 puntos). Con esto
   ya saludas.
2. **Y adiós** (1 punto). Con esto, te vas.
3. **El final** (1 punto). Y se acabó.

## Contrato

1. Esto no es una etapa.

| Prueba | Qué exige | Puntos |
|---|---|---|
| `saluda` | Saluda | 60 |
| `otra` | Otra vez | 38 |
| `adios` | Se despide | 1 |
| `fin` | Acaba | 1 |
| | **Total** | **100** |
FIN
    cat >"$work/curso/labs/07-saludo/.grader/lab.json" <<FIN
{"lab": "07", "titulo": "Saludo", "programa": "saludo", "fuentes": ["saludo.c"],
 "capitulo": "$1", "etapas": ["Un saludo", "Y adiós", "El final"], "pruebas": [
 {"nombre": "saluda", "titulo": "Saluda", "puntos": 60, "etapa": 1, "leer": "$2"},
 {"nombre": "otra", "titulo": "Otra vez", "puntos": 38, "etapa": 1, "leer": "$2"},
 {"nombre": "adios", "titulo": "Se despide", "puntos": 1, "etapa": 2, "leer": "$2"},
 {"nombre": "fin", "titulo": "Acaba", "puntos": 1, "etapa": 3, "leer": "$2"}]}
FIN
    mkdir -p "$work/curso/autograder"
    cat >"$work/curso/autograder/curso.json" <<'FIN'
{"curso": "De mentira",
 "retraso": {"dias_de_gracia": 1, "penalizacion_por_dia": 10, "penalizacion_maxima": 50},
 "limites": {"archivo_mib": 8, "desempaquetado_mib": 32, "archivos": 500},
 "laboratorios": {
  "07": {"peso": 1, "entrega": "2027-01-25T23:59:59+01:00", "publicacion": "2027-02-20T00:00:00+01:00"}}}
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
broken_promise 've_una_etapa_con_otros_puntos' 's/(98 puntos)/(97 puntos)/' '7: según lab\.json, aquí debe decir «1\. .*\(98 puntos\)'
broken_promise 've_un_punto_en_plural' 's/(1 punto)/(1 puntos)/' '9: según lab\.json'
broken_promise 've_una_etapa_de_menos' '/^3\. /d' '5: falta la etapa «3\. \*\*El final'
broken_promise 've_una_etapa_de_mas' '10a 4. **Más** (5 puntos). Nada.' '11: sobra: en lab\.json hay 3 etapas'
broken_promise 've_un_enunciado_sin_etapas' '/^## Etapas/d' '1: el enunciado no tiene el apartado «## Etapas»'
broken_promise 've_una_prueba_con_otro_titulo' 's/Otra vez/Otra/' '19: según lab\.json, otra es «Otra vez»'
broken_promise 've_una_prueba_con_otros_puntos' 's/| 60 |/| 61 |/' '18: según lab\.json, saluda vale 60'
broken_promise 've_una_tabla_incompleta' '/^| `otra`/d' '1: la tabla trae 3 de las 4 pruebas'
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
echo '{' >"$work/curso/labs/07-saludo/.grader/lab.json"
run
check 've_un_lab_json_que_no_se_entiende' fails 'labs/07-saludo/.*:1: asinc-course no lo entiende: .*JSON mal escrito'
write_path "$saluda" >"$index"
write_lab "$saludar" "$saludar#nada"
run
check 'no_mira_el_que_no_es_del_curso' has "$work/out" '^ok .* promete .*labs/07-saludo/.* # SKIP no es del curso'
