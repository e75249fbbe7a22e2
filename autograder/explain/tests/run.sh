#!/bin/bash
# Pruebas de lo que se explica de gcc: cada error corriente es un programa, que se compila de verdad.
#   run.sh ASINC-GCC
# La salida es TAP.
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
tool=$(realpath "$1")
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-explica.XXXXXX")
trap 'rm -rf "$work"' EXIT
flags=(-std=gnu11 -D_GNU_SOURCE -Wall -Wextra -O1 "-I$PWD/common/include" "-ffile-prefix-map=$work=")
cd "$work" || exit 1

build() { "$tool" gcc "${flags[@]}" -o programa caso.c >salida 2>&1; }

# Sin el nombre al azar de los objetos, que gcc cambia cada vez.
nameless() { sed 's|/cc[^./ ]*\.o|/cc.o|g' "$@"; }

# explica NOMBRE FRASE < PROGRAMA: gcc se queja de ese programa y debajo va la frase. Lo de gcc queda
# entero, y con las comillas de LC_ALL=C se explica lo mismo.
explained() {
    build
    grep -qF -- "$1" salida || { printf 'falta «%s» en:\n' "$1" && cat salida && return 1; }
    LC_ALL=C.UTF-8 gcc "${flags[@]}" -o programa caso.c >sola 2>&1
    same "$(nameless sola)" "$(grep -v '^  => ' salida | nameless)" || return 1
    grep '^  => ' salida >con
    "$tool" sh -c 'LC_ALL=C exec "$@"' - gcc "${flags[@]}" -o programa caso.c 2>&1 | grep '^  => ' >sin
    same "$(cat con)" "$(cat sin)"
}
explica() {
    cat >caso.c
    check "$1" explained "$2"
}

explica falta_un_punto_y_coma 'Falta un punto y coma: al final' <<'FIN'
int main(void) { int rc = 0; rc = 1
    return rc; }
FIN
explica falta_tras_una_declaracion 'Falta un punto y coma al final de la línea anterior' <<'FIN'
int main(void) { int rc = 0
    int otra = 1; return rc + otra; }
FIN
explica falta_antes_de_un_asterisco 'gcc lee el «*» como una multiplicación' <<'FIN'
int main(void) { int rc, *p = &rc; rc = 1
    *p = 2; return rc; }
FIN
explica falta_un_parentesis 'Falta cerrar un paréntesis' <<'FIN'
#include <stdio.h>
int main(void) { puts("x"; return 0; }
FIN
explica falta_una_llave 'Falta cerrar una llave' <<'FIN'
int main(void) { if (1) { return 0; }
FIN
explica sobra_una_llave 'Sobra una llave' <<'FIN'
#include <stdio.h>
int main(void) { puts("x"); } return 0; }
FIN
explica una_funcion_de_asinc_mal_escrita '«as_spwan» no está en la biblioteca' <<'FIN'
#include <asinc/asinc.h>
int main(void) { as_spwan(0); return 0; }
FIN
explica una_de_asinc_que_no_esta_al_enlazar 'Ninguna función de la biblioteca se llama «as_spwan»' <<'FIN'
int as_spwan(int ms);
int main(void) { return as_spwan(0); }
FIN
explica falta_incluir_asinc 'falta #include <asinc/asinc.h>' <<'FIN'
int main(void) { return as_sleep(10); }
FIN
explica falta_un_include_de_C '«strlen» es de la biblioteca de C' <<'FIN'
int main(int n, char **v) { return n > 1 ? (int)strlen(v[1]) : 0; }
FIN
explica una_funcion_definida_mas_abajo 'Aquí aún no se conoce «doble»' <<'FIN'
int main(void) { return doble(2); }
int doble(int n) { return 2 * n; }
FIN
explica una_variable_sin_declarar '«sitos» no existe en este sitio' <<'FIN'
int main(void) { int sitios = 3; return sitos; }
FIN
explica un_tipo_que_no_existe 'No hay ningún tipo «as_grupo»' <<'FIN'
#include <asinc/asinc.h>
int main(void) { as_grupo g; return 0; }
FIN
explica una_cabecera_que_no_existe 'Esa cabecera no existe' <<'FIN'
#include <asinc/asincrono.h>
int main(void) { return 0; }
FIN
explica faltan_argumentos 'A «as_sleep» le faltan argumentos' <<'FIN'
#include <asinc/asinc.h>
int main(void) { return as_sleep(); }
FIN
explica sobran_argumentos 'A «as_sleep» le sobran argumentos' <<'FIN'
#include <asinc/asinc.h>
int main(void) { return as_sleep(1, 2); }
FIN
explica el_valor_y_no_su_direccion '«as_group_leave» pide la dirección' <<'FIN'
#include <asinc/asinc.h>
int main(void) { as_group g = {0}; return as_group_leave(g); }
FIN
explica una_tarea_con_otra_forma 'Una función de tarea es así: int nombre(void *arg)' <<'FIN'
#include <asinc/asinc.h>
static int saluda(int n) { return n; }
int main(void) { return as_run(saluda, NULL); }
FIN
explica un_puntero_de_otro_tipo 'Ese puntero no es del tipo que hace falta' <<'FIN'
#include <asinc/asinc.h>
int main(void) { int n = 0; return as_group_leave(&n); }
FIN
explica un_texto_donde_va_un_numero 'Se pide un número y hay un puntero' <<'FIN'
#include <asinc/asinc.h>
int main(void) { return as_sleep("10"); }
FIN
explica un_numero_donde_va_un_puntero 'Se pide un puntero y hay un número' <<'FIN'
#include <asinc/asinc.h>
int main(void) { return as_group_leave(3); }
FIN
explica un_codigo_que_nadie_mira '«as_sleep» puede fallar, y así nadie se entera' <<'FIN'
#include <asinc/asinc.h>
int main(void) { as_sleep(10); return 0; }
FIN
explica sin_return 'Falta un return' <<'FIN'
static int saluda(void *arg) { (void)arg; }
int main(void) { return saluda(0); }
FIN
explica un_camino_sin_return 'Falta un return' <<'FIN'
static int signo(int n) { if (n > 0) return 1; }
int main(int n, char **v) { (void)v; return signo(n); }
FIN
explica un_return_sin_valor 'detrás de «return» va el valor' <<'FIN'
static int saluda(int n) { if (n) return; return 0; }
int main(void) { return saluda(0); }
FIN
explica un_valor_donde_no_se_devuelve_nada 'una función «void» no devuelve nada' <<'FIN'
static void saluda(void) { return 1; }
int main(void) { saluda(); return 0; }
FIN
explica una_funcion_sin_tipo 'Falta el tipo de lo que devuelve' <<'FIN'
static saluda(void *arg) { return arg != 0; }
int main(void) { return saluda(0); }
FIN
explica una_variable_sin_valor '«rc» se usa sin haberle dado un valor' <<'FIN'
int main(void) { int rc; return rc; }
FIN
explica asignar_en_vez_de_comparar 'Para comparar se escribe «==»' <<'FIN'
int main(int n, char **v) { (void)v; if (n = 2) return 1; return 0; }
FIN
explica el_formato_de_un_size_t 'size_t, %zu' <<'FIN'
#include <stdio.h>
int main(void) { printf("%d\n", sizeof(int)); return 0; }
FIN
explica falta_main 'El programa no tiene main' <<'FIN'
int principal(void) { return 0; }
FIN
explica una_funcion_sin_escribir 'Se llama a «verificar_sitio» y no está en ningún archivo' <<'FIN'
int verificar_sitio(void);
int main(void) { return verificar_sitio(); }
FIN
explica una_funcion_repetida '«f» está definida dos veces' <<'FIN'
int f(void) { return 0; }
int f(void) { return 1; }
int main(void) { return f(); }
FIN
explica dos_tipos_para_una_funcion '«f» se usó o se declaró antes con otro tipo' <<'FIN'
int f(void);
char *f(void) { return "x"; }
int main(void) { return f() != 0; }
FIN
explica un_punto_donde_va_una_flecha '«p» es un puntero' <<'FIN'
struct par { int a; };
int main(void) { struct par x = {0}, *p = &x; return p.a; }
FIN
explica un_campo_que_no_existe 'no tiene ningún campo con ese nombre' <<'FIN'
struct par { int a; };
int main(void) { struct par x = {0}; return x.b; }
FIN
explica la_direccion_de_lo_que_desaparece 'Esa variable desaparece' <<'FIN'
static int *f(void) { int n = 1; return &n; }
int main(void) { return f() != 0; }
FIN
explica una_llave_sin_cerrar 'Falta cerrar una llave «}» antes de aquí: gcc cree que «g»' <<'FIN'
static int f(void) { if (1) { return 1; }
static int g(void) { return 2; }
int main(void) { return f() + g(); }
FIN
explica memoria_que_se_pierde '«malloc» devuelve la dirección de la memoria que da' <<'FIN'
#include <stdlib.h>
int main(void) { malloc(10); return 0; }
FIN

printf 'int f(void) { return 0; }\n' >otro.c
printf 'int f(void) { return 1; }\nint main(void) { return f(); }\n' >caso.c
"$tool" gcc -o programa caso.c otro.c >salida 2>&1
check dos_archivos_con_lo_mismo has salida '«f» está definida en dos archivos'

printf 'int main(void) { return 0; }\n' | iconv -f UTF-8 -t UTF-16 >caso.c
build
check 'un_archivo_en_utf16' has salida 'El archivo está guardado en UTF-16'
check 'de_utf16_no_se_dice_nada_mas' same 1 "$(grep -c '=> ' salida)"

# Lo que no es un error corriente no se adorna, y lo que se repite se explica una vez.
printf 'int main(void) { return 0; }\n' >caso.c
build
check 'un_programa_bueno_no_dice_nada' same '0 ' "$? $(cat salida)"
printf 'int main(void) { return a + b; }\n' >caso.c
build
check 'y_acaba_como_gcc' same 1 "$?"
check 'lo_repetido_se_explica_una_vez' same 1 "$(grep -c '^  => ' salida)"
printf 'int main(void) { return 1 +* ; }\n' >caso.c
build
check 'de_lo_raro_no_se_dice_nada' hasnt salida '^  => '
# Con el sistema en otro idioma gcc hablaría en ese idioma: se le pide siempre el suyo.
check 'gcc_no_se_traduce' same 'C.UTF-8/' "$(LC_ALL=es_ES.UTF-8 LANGUAGE=es "$tool" sh -c 'echo "$LC_ALL/${LANGUAGE:-}"')"
printf 'int main(void) { return a; }\n' >caso.c
script -qec "'$tool' gcc -o programa caso.c" /dev/null </dev/null >salida 2>&1
check 'en_una_terminal_con_sus_colores' has salida $'\x1b'
check 'y_con_la_explicacion' has salida '=> «a» no existe en este sitio'
finish
