#!/bin/bash
# Pruebas del comprobador de capítulos: un curso pequeño y verdadero al que cada prueba le
# estropea una cosa. La salida es TAP. CHECK es el comprobador compilado; CC, el compilador.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
program=$(realpath "${CHECK:-build/normal/lessons/.check/check}")
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
    return argc > 2 ? atoi(argv[2]) : 0;
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
FIN
} >"$work/base/lessons/03-saluda/README.md"
printf '$ ./saluda\nhola, mundo\nreloj: virtual\nadiós\n' >"$work/base/lessons/03-saluda/saluda.salida"
"${CC:-gcc}" -o "$work/bin/03-saluda/saluda" "$work/base/lessons/03-saluda/saluda.c" || exit 1
cat >"$work/cuelga" <<'FIN'
#!/bin/sh
echo antes
sleep 60
FIN
chmod +x "$work/cuelga" && cp "$work/cuelga" "$work/bin/03-saluda/cuelga"

# El primero escribe cada vez una cosa; el segundo, lo mismo, pero tarda.
cat >"$work/bin/03-saluda/cambia" <<FIN
#!/bin/sh
echo >>"$work/veces"
wc -l <"$work/veces"
FIN
printf '#!/bin/sh\nsleep 0.15\necho listo\n' >"$work/bin/03-saluda/tarda"
chmod +x "$work/bin/03-saluda/cambia" "$work/bin/03-saluda/tarda"

fresh() { rm -rf "$work/curso" && cp -r "$work/base" "$work/curso"; }
run() {
    "$program" --plazo 2 --programas "$work/bin" "$@" "$work/curso" >"$work/out" 2>&1
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
check 'y_cuenta_una_prueba_por_archivo' same 3 "$(grep -c '^ok ' "$work/out")"
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
drift 've_una_linea_ancha' README.md 's/^int x;/int x; \/\/ ñ'"$(printf '%066d' 0)/" 'README\.md:37: línea de código de 77'
fresh
sed -i 's/^int x;/int x; \/\/ ñ'"$(printf '%065d' 0)/" "$chapter"
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
fresh
mkdir -p "$work/curso/labs" && echo '[capítulo](../lessons/03-saluda/README.md#qué-sigue)' >"$work/curso/labs/README.md"
run
check 'mira_los_enlaces_de_todo_el_curso' fails 'labs/README\.md:1: .*ningún título de .*03-saluda'
fresh
rm "$chapter"
run
check 've_un_capitulo_sin_readme' fails 'README\.md:1: falta el capítulo'

# Un capítulo por escribir puede tener solo ejemplos, si el índice lleva a cada uno.
index=$work/curso/lessons/README.md
pending='| 03 | [Saluda](03-saluda/) | ejemplos listos, capítulo por escribir |'
echo "$pending" >"$index"
run
check 've_un_ejemplo_que_no_esta_en_el_indice' fails 'saluda\.c:1: lessons/README\.md no lleva'
echo '| saludar | [saluda.c](03-saluda/saluda.c) |' >>"$index"
run
check 'un_capitulo_por_escribir_puede_tener_solo_ejemplos' rc 0
sed -i 's/hola/adiós/' "$lesson/saluda.salida"
run
check 'cuya_salida_tambien_se_comprueba' fails 'saluda\.salida:1'
fresh
echo "$pending [saluda.c](03-saluda/saluda.c)" >"$index"
run
check 've_un_capitulo_escrito_que_se_da_por_escribir' fails 'README\.md:1: .*por escribir'

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
run --veces 3
check 've_un_ejemplo_que_espera_de_verdad' fails 'saluda\.salida:1: .*nunca baja de [0-9]+ ms'
printf '$ ./tarda # real\nlisto\n' >"$lesson/saluda.salida"
run --veces 3
check 'con_el_reloj_real_puede_esperar' rc 0
run --veces 0
check 'repetir_cero_veces_es_un_mal_uso' rc 2
run --nada
check 'una_opcion_desconocida_es_un_mal_uso' rc 2
finish
