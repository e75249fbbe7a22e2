#!/bin/bash
# Pruebas del comprobador de capítulos: un curso pequeño y verdadero al que cada prueba le
# estropea una cosa. La salida es TAP. CHECK es el comprobador compilado; PRACTICE, el de la
# práctica; ASINC_COURSE, el que responde de los laboratorios; CC, el compilador.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
unset ASINC_PG_CLUSTER
program=$(realpath "${CHECK:-build/normal/lessons/.check/check}")
practice=$(realpath "${PRACTICE:-build/normal/lessons/.check/practica}")
ASINC_COURSE=$(realpath "${ASINC_COURSE:-build/normal/autograder/asinc-course}")
export ASINC_COURSE
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-check.XXXXXX")
trap 'rm -rf "$work"' EXIT
lesson=$work/curso/lessons/03-saluda
chapter=$lesson/README.md

# Los programas del curso de prueba, compilados una vez.
mkdir -p "$work/base/lessons/03-saluda" "$work/bin/03-saluda"
cat >"$work/base/lessons/03-saluda/saluda.c" <<'FIN'
#include <stdio.h>
#include <stdlib.h>

/* [saludo] */
static void saluda(const char *nombre)
{
    /* [linea] */
    printf("hola, %s\n", nombre);
    /* [/linea] */
}
/* [/saludo] */

int main(int argc, char **argv)
{
    saluda(argc > 1 ? argv[1] : "mundo");
    fprintf(stderr, "reloj: %s\n", getenv("AS_CLOCK") ? getenv("AS_CLOCK") : "real");
    puts("adiós");
    return argc > 2 ? atoi(argv[2]) : 0; /* mal: lo que le piden */
}
FIN
{
    cat <<'FIN'
# Saluda

<!-- fragmento: saluda.c#saludo -->
```c
static void saluda(const char *nombre)
{
    printf("hola, %s\n", nombre);
}
```

- Dentro de una lista, y solo una región interior:

  <!-- fragmento: saluda.c#linea -->
  ```c
  printf("hola, %s\n", nombre);
  ```

<!-- salida: ./saluda ana 3 -->
```console
$ ./saluda ana 3
hola, ana
reloj: virtual
adiós
[salida: 3]
```

<!-- salida real: ./saluda -->
```console
$ ./saluda
hola, mundo
reloj: real
adiós
```

<!-- ilustrativo: no hace falta compilarlo -->
```c
int x;
```

````markdown
```c
esto es texto
```
````

```python
print("hola")
```

```mermaid
sequenceDiagram
  accTitle: Un saludo
  accDescr: Ana saluda
```

## ¿Qué sigue? El *bucle* de `as_run`

Mira [arriba](#saluda), [abajo](#qué-sigue-el-bucle-de-as_run), [el código](saluda.c "el .c"),
[fuera](https://example.org/no#existe), `[nada](no-existe.md)` y [repetido](#saluda-1).

# Saluda

**Tiempo:** 5 minutos de lectura, 5 de práctica.

Aquí se explica **`as_sleep(ms)`**, que suspende.

```mermaid
flowchart LR
  accTitle: Otro saludo
  accDescr: Ana saluda otra vez
```

## Errores frecuentes, vistos fallar

## Compruébalo

1. ¿Saluda?

   [Respuesta](respuestas.md#compruébalo-1)

## Práctica

## En Python

## Qué hacer ahora
FIN
} >"$work/base/lessons/03-saluda/README.md"
printf '# Respuestas\n\n## Compruébalo, 1\n\nSí.\n' >"$work/base/lessons/03-saluda/respuestas.md"
printf '$ ./saluda\nhola, mundo\nreloj: virtual\nadiós\n' >"$work/base/lessons/03-saluda/saluda.salida"
mkdir -p "$work/base/common/include/asinc"
cat >"$work/base/common/include/asinc/loop.h" <<'FIN'
/* Duerme. Suspende la tarea `ms` milisegundos. */
int as_sleep(int64_t ms);

/* La hora. No suspende. */
uint64_t as_now(void);
FIN
read -ra compiler <<<"${CC:-gcc}" # puede ser «ccache gcc»
"${compiler[@]}" -o "$work/bin/03-saluda/saluda" "$work/base/lessons/03-saluda/saluda.c" || exit 1
cat >"$work/cuelga" <<'FIN'
#!/bin/sh
echo antes
sleep 60
FIN
chmod +x "$work/cuelga" && cp "$work/cuelga" "$work/bin/03-saluda/cuelga"

# El primero escribe cada vez una cosa; el segundo, lo mismo, pero tarda; el tercero, otra si se
# repite en su carpeta.
cat >"$work/bin/03-saluda/cambia" <<FIN
#!/bin/sh
echo >>"$work/veces"
wc -l <"$work/veces"
FIN
printf '#!/bin/sh\nsleep ${TARDA:-0.15}\necho listo\n' >"$work/bin/03-saluda/tarda"
printf '#!/bin/sh\n[ ! -e dejado ] || exec echo ya estaba\n: >dejado\necho listo\n' >"$work/bin/03-saluda/deja"
chmod +x "$work/bin/03-saluda/cambia" "$work/bin/03-saluda/tarda" "$work/bin/03-saluda/deja"

fresh() { rm -rf "$work/curso" && cp -r "$work/base" "$work/curso"; }
run() {
    "$program" --plazo 6 --programas "$work/bin" "$@" "$work/curso" >"$work/out" 2>&1
    echo $? >"$work/rc"
}
rc() { same "$1" "$(cat "$work/rc")" || { cat "$work/out" && return 1; }; }
fails() { rc 1 && has "$work/out" "$1"; } # PISTA: acaba en 1 y lo dice
unchanged() { diff -r "$work/base" "$work/curso"; }
# drift NOMBRE ARCHIVO SED PISTA: la falta se ve, y con su archivo y su línea.
drift() {
    fresh
    sed -i "$3" "$work/curso/lessons/03-saluda/$2"
    run
    check "$1" fails "$4"
}

fresh
run
check 'un_curso_verdadero_pasa' rc 0
check 'y_cuenta_una_prueba_por_archivo_y_otra_por_sus_preguntas' same 6 "$(grep -c '^ok ' "$work/out")"
run --escribe
check 'escribir_lo_verdadero_no_cambia_nada' unchanged

drift 've_un_fragmento_cambiado' saluda.c 's/hola, %s/buenas, %s/' 'README\.md:4: .*saluda.c#saludo'
check 've_tambien_la_region_interior' has "$work/out" 'README\.md:14: .*saluda.c#linea'
check 'ensena_la_diferencia' has "$work/out" '^    \+    printf\("buenas'
check 'no_toca_nada' same 0 "$(grep -c buenas "$chapter")"
run --escribe
check 'escribir_lo_repara' rc 0
check 'y_respeta_el_margen_de_la_lista' has "$chapter" '^  printf\("buenas'
cp "$chapter" "$work/una"
run --escribe
check 'escribir_dos_veces_da_lo_mismo' cmp "$work/una" "$chapter"
run
check 'lo_reparado_pasa' rc 0

drift 've_una_salida_cambiada' README.md 's/^adiós/adios/' 'README\.md:19: .*saluda ana 3'
run --escribe
check 'escribir_repara_la_salida' unchanged
drift 've_un_codigo_de_salida_cambiado' README.md '/^\[salida/d' 'README\.md:19'
drift 've_una_salida_que_acaba_mal_sin_anunciarlo' saluda.c 's/ mal: / /' 'README\.md:19: «\./saluda ana 3» acaba mal'
cp "$chapter" "$work/una"
run --escribe
check 'y_escribir_no_la_da_por_buena' cmp "$work/una" "$chapter"
drift 've_el_reloj_equivocado' README.md 's/salida real:/salida:/' 'README\.md:28'
drift 've_la_orden_cambiada' README.md 's/^\$ .*ana 3/$ .\/saluda eva 3/' 'README\.md:19'
drift 've_un_salida_cambiado' saluda.salida 's/mundo/mundos/' 'saluda\.salida:1'
run --escribe
check 'escribir_repara_el_salida' unchanged
fresh
rm "$lesson/saluda.salida"
run
check 've_que_falta_un_salida' fails 'saluda\.salida:1: falta'
run --escribe
check 'escribir_lo_crea' unchanged
fresh
printf '$ ./saluda ana # real\nhola, ana\nreloj: real\nadiós\n' >"$lesson/saluda.salida"
run
check 'un_salida_puede_pedir_argumentos_y_reloj' rc 0
fresh
printf '$ ./saluda ana # postgres\nhola, ana\nreloj: real\nadiós\n' >"$lesson/saluda.salida"
export ASINC_PG_CLUSTER=si
run
check 'un_salida_puede_pedir_postgres_y_usa_el_reloj_real' rc 0
check 'y_si_lo_hay_no_se_salta_nada' hasnt "$work/out" 'SKIP'
sed -i 's/hola/adiós/' "$lesson/saluda.salida"
run
check 'con_postgres_la_salida_se_comprueba' fails 'saluda\.salida:1'
unset ASINC_PG_CLUSTER
run
check 'sin_postgres_no_se_comprueba_y_se_dice' \
    has "$work/out" '^ok .*saluda\.c # SKIP falta PostgreSQL: salidas sin comprobar: 1$'
fresh
sed -i 's/salida real:/salida postgres:/; s/reloj: real/reloj: parado/' "$chapter"
run
check 'tampoco_en_el_texto' \
    has "$work/out" '^ok .*README\.md # SKIP falta PostgreSQL: salidas sin comprobar: 1$'
fresh
: >"$lesson/nadie.salida"
run
check 've_un_salida_sin_ejemplo' fails 'nadie\.salida:1: .*no existe'

drift 've_una_region_desconocida' README.md 's/#linea/#nada/' 'no tiene la región «nada»'
drift 've_una_region_sin_cerrar' saluda.c '/\[\/linea\]/d' 'saluda\.c:10: .*no cierra'
drift 've_una_region_que_llega_al_final' saluda.c '/\[\/saludo\]/d' 'saluda\.c:4: .*no se cierra'
drift 've_una_region_repetida' saluda.c '$a/* [linea] */\n/* [/linea] */' 'dos veces'
drift 've_que_falta_el_archivo' README.md 's/saluda\.c#linea/otro.c/' 'README\.md:14: no puedo leer .*otro\.c'
drift 've_una_marca_sin_bloque' README.md '3a texto' 'README\.md:3: .*no va seguida'
drift 've_un_bloque_sin_marca' README.md '/ilustrativo/d' 'README\.md:35: .*no dice de dónde sale'
drift 've_una_salida_sin_marca' README.md '/salida real/d' 'README\.md:27: .*no se comprueba'
drift 've_un_ilustrativo_sin_motivo' README.md 's/ilustrativo:.*/ilustrativo: -->/' 'por qué'
drift 've_un_bloque_de_otra_clase' README.md '4s/```c/```console/' 'va en un bloque ```c'
drift 've_un_bloque_sin_cerrar' README.md '$a```text' 'no se cierra'
drift 've_una_linea_ancha' README.md 's/^int x;/int x; \/\/ ñ'"$(printf '%062d' 0)/" 'README\.md:37: línea de código de 73'
fresh
sed -i 's/^int x;/int x; \/\/ ñ'"$(printf '%061d' 0)/" "$chapter"
run
check 'las_columnas_se_cuentan_en_letras' rc 0
drift 've_un_programa_que_no_existe' README.md 's/\.\/saluda ana 3/.\/falta/' 'README\.md:19: no pude ejecutar'
drift 've_un_programa_que_no_acaba' README.md 's/\.\/saluda ana 3/.\/cuelga/' 'README\.md:19: .*no acaba'

drift 've_un_enlace_roto' README.md 's/(saluda\.c/(saludo.c/' 'README\.md:[0-9]*: .*saludo\.c.* no lleva a ningún archivo'
drift 've_un_ancla_rota' README.md 's/(#saluda)/(#salud)/' '«#salud» no lleva a ningún título'
drift 've_un_ancla_sin_acento' README.md 's/(#qué-/(#que-/' 'no lleva a ningún título'
drift 've_un_ancla_repetida_de_mas' README.md 's/(#saluda-1)/(#saluda-2)/' 'no lleva a ningún título'
drift 've_un_enlace_absoluto' README.md 's/(saluda\.c/(\/saluda.c/' 'debe ser relativo'
drift 've_un_diagrama_sin_titulo' README.md '/accTitle/d' 'le falta accTitle'
drift 've_un_diagrama_sin_descripcion' README.md '/accDescr/d' 'le falta accDescr'
drift 've_un_apartado_que_falta' README.md '/^## Compru/d' 'falta el apartado «## Compruébalo»'
drift 've_que_faltan_dibujos' README.md '/flowchart/,/accDescr: Ana saluda otra/d; s/^```mermaid$/```text/' 'hacen falta dos al menos'
drift 've_que_falta_el_tiempo' README.md '/Tiempo:/d' 'falta «\*\*Tiempo'
drift 've_una_funcion_antes_de_su_explicacion' README.md 's/^int x;/int rc = as_sleep(1);/' 'README\.md:37: usa as_sleep antes de explicarla'
drift 've_una_funcion_sin_explicar' README.md 's/^int x;/int rc = as_yield();/' 'usa as_yield antes'
drift 've_una_funcion_que_suspende_sin_decirlo' README.md 's/, que suspende/, que espera/' 'README\.md:[0-9]+: as_sleep suspende, y aquí no se dice'
drift 'no_decirlo_no_es_negarlo' README.md 's/, que suspende/, que no suspende/' 'as_sleep suspende, y aquí no se dice'
fresh
sed -i 's/^Aquí se explica/Y **`as_now()`** da la hora.\n\n&/' "$chapter"
run
check 'de_las_que_no_suspenden_no_hay_que_decir_nada' rc 0
drift 've_un_capitulo_largo' README.md "s/^Aquí se/$(yes palabra | head -n 2500 | tr '\n' ' ')&/" 'palabras de prosa; caben 2500'
fresh
mkdir -p "$work/curso/lessons/.check" && echo 'hebra = hilo' >"$work/curso/lessons/.check/vetadas"
sed -i 's/^Aquí se/Una Hebra. &/' "$chapter"
run
check 've_una_palabra_vetada' fails 'README\.md:[0-9]*: «hebra»: aquí se dice «hilo»'
fresh
printf '<!-- traza: ./saluda -->\n![Un saludo](dibujos/saluda.svg)\n' >>"$chapter"
run
check 've_una_traza_que_no_se_puede_dibujar' fails 'no pude dibujar|no encuentro'
fresh
mkdir -p "$work/curso/labs" && echo '[capítulo](../lessons/03-saluda/README.md#qué-sigue)' >"$work/curso/labs/README.md"
run
check 'mira_los_enlaces_de_todo_el_curso' fails 'labs/README\.md:1: .*ningún título de .*03-saluda'
fresh
rm "$chapter"
run
check 've_un_capitulo_sin_readme' fails 'README\.md:1: falta el capítulo'

# Lo que un programa hace mal sin que se note al ejecutarlo.
code_case() { # NOMBRE PISTA LÍNEA...: una cabecera del capítulo con esas líneas; sin PISTA, pasa
    local name=$1 hint=$2
    shift 2
    fresh
    printf '%s\n' "$@" >"$lesson/comun.h"
    run
    if [ -n "$hint" ]; then check "$name" fails "$hint"; else check "$name" rc 0; fi
}
code_case 've_dprintf_en_el_hijo_de_un_fork' 'comun\.h:3: dprintf, en el hijo de un fork' \
    'pid_t hijo = fork();' 'if (hijo == 0) {' '    dprintf(fd, "hola\n");' '    _exit(0);' '}'
code_case 've_lo_mismo_en_una_sola_linea' 'comun\.h:2: exit, en el hijo' 'if (fork() == 0) {' '    exit(0);' '}'
code_case 'deja_lo_que_el_hijo_puede_llamar_y_lo_de_fuera' '' \
    'pid_t hijo = fork();' 'if (hijo == 0) {' '    poll(NULL, 0, 10);' '    _exit(write(fd, texto, n) != n);' '}' 'printf("hola\n");'
code_case 've_un_cambio_de_nombre_sin_esperar_al_disco' 'comun\.h:2: .*falta as_file_sync' \
    'rc = as_file_write(f, p, n);' 'rc = as_file_rename("a.part", "a");'
code_case 'con_la_espera_pasa' '' 'rc = as_file_write(f, p, n);' 'rc = as_file_sync(f);' 'rc = as_file_rename("a.part", "a");'

# Las páginas que hablan de todos los capítulos: el camino, la procedencia y el glosario.
index=$work/curso/lessons/README.md
origin=$work/curso/lessons/procedencia.md
glossary=$work/curso/lessons/glosario.md
path_row() { echo "| $1 | $2 | ¿Qué? | $3 | $4 | ${5-} | |" | sed 's/|  |/| |/g'; }
write_path() { # FILA...: el camino, con esas filas
    printf '# Lecciones\n\n| N.º | Capítulo | Qué | Leer | Hacer | Necesita | Abre |\n'
    echo '|---|---|---|---|---|---|---|'
    printf '%s\n' "$@"
    path_row '' 'En total' '5 min' '5 min' | sed 's/| 5 min/| 0 h 5 min/g'
}
saluda=$(path_row 03 '[Saluda](03-saluda/README.md)' 5 5)
pending=$(path_row 03 Saluda 'por escribir' '')

fresh
write_path "$saluda" >"$index"
run
check 'un_camino_verdadero_pasa' rc 0
write_path >"$index"
run
check 've_un_capitulo_sin_fila' fails 'lessons/README\.md:1: falta la fila del capítulo 03'
write_path "$(path_row 03 '[Saluda](03-saluda/README.md)' 6 5)" >"$index"
run
check 've_unos_minutos_que_no_son' fails 'README\.md:5: la fila debería decir: .*\| 5 \| 5 \|'
run --escribe
check 'escribir_pone_los_minutos' rc 0
write_path "$saluda" | cmp - "$index" >"$work/out"
check 'y_solo_los_minutos' same '' "$(cat "$work/out")"
write_path "$(path_row 03 '[Saludos](03-saluda/README.md)' 5 5)" >"$index"
run
check 've_un_titulo_que_no_es' fails 'la fila debería decir: .*\[Saluda\]'
write_path "$pending" >"$index"
run
check 've_un_capitulo_escrito_que_se_da_por_escribir' fails 'README\.md:5: la fila debería decir'
run --escribe
write_path "$saluda" | cmp - "$index" >"$work/out"
check 'escribir_pone_el_enlace_en_cuanto_hay_capitulo' same '' "$(cat "$work/out")"
write_path "$saluda" "$(path_row 04 Otro 5 5)" >"$index"
run
check 've_una_fila_sin_capitulo' fails 'README\.md:6: no hay capítulo 04: su fila debería decir «por escribir»'
write_path "$saluda" "$saluda" >"$index"
run
check 've_una_fila_repetida' fails 'README\.md:6: el capítulo 03 tiene dos filas'
write_path "$saluda" | sed 's/0 h 5 min/1 h/' >"$index"
run
check 've_un_total_que_no_es' fails 'README\.md:6: la fila debería decir: .*0 h 5 min'

# Un capítulo solo usa lo que explican los que su fila dice que necesita, y los que estos piden.
fresh
for other in 04-otro 05-mas; do
    mkdir "$work/curso/lessons/$other" && cp "$lesson/respuestas.md" "$work/curso/lessons/$other/"
    {
        printf '# %s\n\n' "$other"
        sed -n '/^\*\*Tiempo/,$p' "$chapter" | grep -v as_sleep
        printf '\n```mermaid\nflowchart LR\n  accTitle: Uno\n  accDescr: Dos\n```\n'
        printf '\n<!-- ilustrativo: no hace falta -->\n```c\nint rc = as_sleep(1);\n```\n'
    } >"$work/curso/lessons/$other/README.md"
done
asks() { # CAPÍTULO NÚMERO: lo que dice él que necesita
    local link
    link=$(cd "$work/curso/lessons" && echo "${2:-00}"-*)
    sed -i '/^Necesitas/,+1d' "$work/curso/lessons/$1/README.md"
    [ -z "$2" ] || sed -i "s|^\*\*Tiempo|Necesitas el [$2](../$link/README.md).\n\n&|" "$work/curso/lessons/$1/README.md"
}
chain() { # NECESITA04 NECESITA05
    asks 04-otro "$1"
    asks 05-mas "$2"
    write_path "$saluda" "$(path_row 04 '[04-otro](04-otro/README.md)' 5 5 "$1")" \
        "$(path_row 05 '[05-mas](05-mas/README.md)' 5 5 "$2")" |
        sed 's/0 h 5 min/0 h 15 min/g' >"$index"
    run
}
chain 03 04
check 'un_capitulo_usa_lo_que_explican_los_que_necesita' rc 0
chain '' 03
check 've_lo_que_es_de_un_capitulo_que_no_necesita' fails '04-otro/README\.md:[0-9]+: usa as_sleep, del capítulo 03'
chain 03 04
asks 05-mas 03
run
check 've_que_el_capitulo_pide_menos_que_su_fila' fails 'README\.md:1: el 05 necesita el 04 según .*lessons/README\.md, y según .*05-mas/README\.md no'
chain 03 03
asks 05-mas 04
run
check 've_que_pide_mas' fails 'el 05 necesita el 04 según .*05-mas/README\.md, y según .*lessons/README\.md no'
chain '' 03
check 'y_solo_en_ese' same 0 "$(grep -c '05-mas.*usa as_sleep' "$work/out")"

# Un capítulo por escribir puede tener solo ejemplos, si la procedencia lleva a cada uno.
write_origin() {
    printf '# De dónde viene\n\n| Apartado | Dónde |\n|---|---|\n'
    printf '%s\n' "$@"
}
fresh
rm "$chapter"
write_path "$pending" | sed 's/0 h 5 min/0 h/g' >"$index"
run
check 've_un_ejemplo_sin_procedencia' fails 'saluda\.c:1: lessons/procedencia\.md no lleva'
write_origin '| saludar | capítulo 03, [saluda.c](03-saluda/saluda.c) |' '| otra | capítulo 03 |' >"$origin"
run
check 'un_capitulo_por_escribir_puede_tener_solo_ejemplos' rc 0
sed -i 's/hola/adiós/' "$lesson/saluda.salida"
run
check 'cuya_salida_tambien_se_comprueba' fails 'saluda\.salida:1'
fresh
write_path "$saluda" >"$index"
write_origin '| saludar | [saluda.c](03-saluda/saluda.c) |' '| otra | [capítulo 03](03-saluda/README.md) |' >"$origin"
run
check 'una_procedencia_que_lleva_a_algun_sitio_pasa' rc 0
write_origin '| saludar | capítulo 03 |' >"$origin"
run
check 've_un_capitulo_escrito_al_que_no_lleva' fails 'procedencia\.md:5: «capítulo 03» .*enlázalo'
write_origin '| saludar | en otra parte |' >"$origin"
run
check 've_una_fila_que_no_lleva_a_nada' fails 'procedencia\.md:5: esta fila no lleva'

# shellcheck source=lessons/.check/tests_labs.sh
. lessons/.check/tests_labs.sh
# shellcheck source=lessons/.check/tests_answers.sh
. lessons/.check/tests_answers.sh
# shellcheck source=lessons/.check/tests_chapter.sh
. lessons/.check/tests_chapter.sh

# El glosario: cada término está donde dice, y en su orden.
write_glossary() {
    printf '# Glosario\n\n| Término | Inglés | Frase | Dónde |\n|---|---|---|---|\n'
    printf '%s\n' "$@"
}
term() { echo "| $1 | $2 | Lo que se dice al llegar. | [03](03-saluda/README.md#${3-errores-frecuentes-vistos-fallar}) |"; }
glossary_case() { # NOMBRE PISTA FILA...: con esas filas se ve la falta; sin PISTA, pasa
    local name=$1 hint=$2
    shift 2
    write_glossary "$@" >"$glossary"
    run
    if [ -n "$hint" ]; then check "$name" fails "$hint"; else check "$name" rc 0; fi
}
fresh
sed -i 's/^## Errores.*/&\n\nUna **Ñapa** (*fix*), una nota y un **saludo\nlargo** (*long hello*, *hi*).\n\n> Y un **ánimo**.\n/' "$chapter"
animo=$(term ánimo cheer) napa=$(term ñapa fix) saludo=$(term 'saludo largo' 'long hello, hi')
glossary_case 'un_glosario_verdadero_pasa' '' "$animo" "$napa" "$saludo"
sed -i 's/una nota/unas **notas** (*notes*)/' "$chapter"
glossary_case 'un_plural_es_el_mismo_termino' '' "$animo" "$(term nota note)" "$napa" "$saludo"
sed -i 's/unas .*notes\*)/una nota/' "$chapter"
glossary_case 've_un_termino_sin_fila' 'README\.md:[0-9]*: «saludo largo» .* no tiene fila' "$animo" "$napa"
glossary_case 've_dos_ingleses_para_un_termino' '«Ñapa» es aquí «fix», y en el glosario, «patch»' "$animo" "$(term ñapa patch)" "$saludo"
glossary_case 've_el_desorden' 'glosario\.md:6: «nota» va antes que «ñapa»' "$napa" "$(term nota note)" "$saludo"
glossary_case 've_una_fila_repetida_en_el_glosario' '«ñapa» va antes que «ñapa»' "$napa" "$napa" "$saludo"
glossary_case 've_un_termino_que_no_esta_en_negrita' 'glosario\.md:5: «nota» no está en negrita en «errores' "$(term nota note)" "$napa" "$saludo"
glossary_case 've_un_termino_de_otro_apartado' '«ñapa» no está en negrita en «práctica»' "$(term ñapa fix práctica)" "$saludo"
glossary_case 've_un_ancla_rota_en_el_glosario' 'glosario\.md:5: .*ningún título' "$(term ñapa fix nada)" "$saludo"
glossary_case 've_una_fila_sin_ancla' '«ñapa» no lleva al apartado' "${napa/\#errores-frecuentes-vistos-fallar/}" "$saludo"
glossary_case 've_una_frase_sin_punto' 'a «ñapa» le falta' "${napa/llegar./llegar}" "$saludo"
glossary_case 've_una_fila_sin_ingles' 'a «ñapa» le falta' "${napa/fix/}" "$saludo"
glossary_case 've_celdas_de_menos' 'la fila tiene 3 celdas; son 4' '| ñapa | fix | Nada. |' "$saludo"
mkdir -p "$work/curso/lessons/.check"
printf 'salutación = saludo largo\nal llegar -> di cuándo\n' >"$work/curso/lessons/.check/vetadas"
glossary_case 've_una_frase_vetada_en_el_glosario' 'glosario\.md:5: «al llegar»: di cuándo' "$napa" "$saludo"
printf 'salutación = saludo largo\nhi = saludo largo\n' >"$work/curso/lessons/.check/vetadas"
glossary_case 'el_ingles_entre_parentesis_no_se_veta' '' "$napa" "$saludo"
printf 'salutación = saludo corto\n' >"$work/curso/lessons/.check/vetadas"
glossary_case 've_una_vetada_por_un_termino_que_no_esta' 'vetadas:1: «saludo corto» no tiene fila' "$napa" "$saludo"

fresh
run --veces 3
check 'las_salidas_se_repiten_iguales' rc 0
printf '$ ./cambia\n1\n' >"$lesson/saluda.salida"
rm -f "$work/veces"
run
check 'una_vez_no_dice_si_la_salida_se_repite' rc 0
rm -f "$work/veces"
run --veces 3
check 've_una_salida_que_cambia_de_una_vez_a_otra' fails 'saluda\.salida:1: .*otra cosa a la vez n\.º 2'
printf '$ ./tarda\nlisto\n' >"$lesson/saluda.salida"
TARDA=1.3 run --veces 2
check 've_un_ejemplo_que_espera_de_verdad' fails 'saluda\.salida:1: .*nunca baja de [0-9]+ ms'
printf '$ ./deja # real\nlisto\n' >"$lesson/saluda.salida"
run --veces 2
check 've_lo_que_no_sale_igual_si_se_repite_en_su_carpeta' fails 'saluda\.salida:1: .*si se repite en la misma carpeta'
printf '$ ./tarda # real\nlisto\n' >"$lesson/saluda.salida"
run --veces 3
check 'con_el_reloj_real_puede_esperar' rc 0
run --reloj virtual
check 'se_miran_aparte_las_de_cada_reloj' hasnt "$work/out" '^not ok'
run --reloj real
check 'y_solo_los_archivos_que_las_tienen' same 'lessons/03-saluda/README.md lessons/03-saluda/saluda.c' \
    "$(sed -nE "s,^ok [0-9]+ - $work/curso/,,p" "$work/out" | paste -sd' ')"
run --reloj nada
check 'un_reloj_que_no_hay_es_un_mal_uso' rc 2
# De un tiempo de verdad solo se sabe que no es menor: los demás números son los que son.
real_case() { # NOMBRE CÓDIGO LO-QUE-ESCRIBE
    printf '$ echo "%s" # real\nuna: 2 veces en 0.3 s y 20 ms\n' "$3" >"$lesson/saluda.salida"
    run --reloj real
    check "$1" rc "$2"
}
real_case 'un_tiempo_de_verdad_puede_ser_mayor' 0 'una: 2 veces en 1.4 s y 20 ms'
real_case 'un_tiempo_menor_no' 1 'una: 2 veces en 0.2 s y 20 ms'
real_case 'ni_otro_numero' 1 'una: 3 veces en 0.3 s y 20 ms'
real_case 'ni_otras_palabras' 1 'dos: 2 veces en 0.3 s y 20 ms'
printf '$ echo nunca # real\nnunca\n' >"$lesson/saluda.salida"
sed -i 's/reloj: real/reloj: otro/' "$chapter"
run --reloj virtual
check 'las_del_reloj_real_no_se_ejecutan_con_el_virtual' rc 0
run --reloj real
check 've_la_de_un_bloque' fails 'README\.md:[0-9]*: el bloque de'
sed -i 's/reloj: otro/reloj: real/' "$chapter"
run --veces 0
check 'repetir_cero_veces_es_un_mal_uso' rc 2
run --nada
check 'una_opcion_desconocida_es_un_mal_uso' rc 2

# shellcheck source=lessons/.check/tests_practice.sh
. lessons/.check/tests_practice.sh
finish
