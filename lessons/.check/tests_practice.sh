# shellcheck shell=bash disable=SC2154 # usa lo de tests.sh
# Lo que la práctica dice a quien la hace, con un sanitizer o sin él.

# La práctica cuenta lo que ve un sanitizer. El programa empieza en la línea 1 de su archivo con
# la cabecera, y lo que se le da va de la 5 en adelante.
exercises=$work/practica/lessons/03-saluda/practica
programs=$work/practica/build/normal/lessons/03-saluda/practica
mkdir -p "$exercises/.salidas" "$programs"
printf '$ ./memoria\nhola\n' >"$exercises/.salidas/memoria.salida"
memory_case() { # NOMBRE PISTA LÍNEA...: las líneas son el cuerpo de main
    local name=$1 hint=$2
    shift 2
    {
        printf '/*\n * 1 · Arreglar · 5 minutos · sanitizers\n */\n'
        printf '#include <stdlib.h>\n#include <stdio.h>\nvolatile int uno = 1;\nint main(void)\n{\n'
        printf '%s\n' "$@"
        printf 'puts("hola");\nreturn 0;\n}\n'
    } >"$exercises/memoria.c"
    (cd "$work/practica" && "${compiler[@]}" -w -g -fsanitize=address,undefined -fno-sanitize-recover=all \
        -o "$programs/memoria" lessons/03-saluda/practica/memoria.c && "$practice" --capitulo 03) >"$work/out" 2>&1
    check "$name" has "$work/out" "$hint"
}
memory_case 'la_practica_pasa_sin_faltas_de_memoria' 'hecho +1 +memoria' ''
memory_case 'cuenta_un_uso_tras_liberar' 'uso tras liberar en memoria\.c:11 \(se liberó en la línea 10\)$' \
    'char *p = malloc(8);' 'free(p);' 'p[0] = 1;'
check 'y_dice_como_ver_el_informe_entero' has "$work/out" '^ +el informe entero: build/normal/lessons/03-saluda/practica/memoria$'
memory_case 'cuenta_una_doble_liberacion' 'doble liberación en memoria\.c:11 \(se liberó en la línea 10\)' \
    'char *volatile p = malloc(8);' 'free(p);' 'free(p);'
memory_case 'cuenta_un_desbordamiento' 'desbordamiento de lo que dio malloc en memoria\.c:10$' \
    'char *p = malloc(8);' 'p[8 * uno] = 1;'
memory_case 'cuenta_el_de_una_variable_local' 'desbordamiento de una variable local en memoria\.c:10$' \
    'char p[8] = {0};' 'char *volatile q = p; q[8 * uno] = 1;'
memory_case 'cuenta_una_fuga' 'fuga: nadie libera lo que se pide en memoria\.c:9$' \
    'void *volatile p = malloc(8);' 'p = NULL;'
memory_case 'antes_de_una_fuga_va_lo_que_no_escribe' 'línea 1: debía decir «hola» y dice «adiós»' \
    'void *volatile p = malloc(8);' 'p = NULL;' 'puts("adiós");'
memory_case 'cuenta_un_comportamiento_indefinido' 'comportamiento indefinido en memoria\.c:9$' \
    'uno = 2147483647 + uno;'
