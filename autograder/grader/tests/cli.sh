#!/bin/bash
# Prueba asinc-grade desde fuera, con un curso de mentira en una carpeta temporal.
# Uso: cli.sh BUILD BUILD/VARIANTE     (lo llama `make test-grader`); escribe TAP.
set -u
build=$(realpath "$1") own=$(realpath "$2")
here=$(realpath "$(dirname "$0")")
top=$(mktemp -d "${TMPDIR:-/tmp}/asinc-cli-XXXXXX")
trap 'chmod -R u+rwX "$top"; rm -rf "$top"' EXIT
course=$top/curso
export TMPDIR=$top/tmp
unset NO_COLOR SUDO_UID SUDO_GID
count=0 failed=0

# ---- el curso de mentira -----------------------------------------------------------------

# Uno nuevo por prueba: ninguna hereda los destrozos de otra.
fresh() {
    chmod -R u+rwX "$course" "$TMPDIR" 2>/dev/null
    rm -rf "$course" "$TMPDIR"
    mkdir -p "$TMPDIR" "$course"/build/normal/{autograder,common} "$course/build/asan/common" \
        "$course/common"
    cp -r "$here/curso/labs" "$here/curso/solutions" "$course"
    cp -r "$here/../../../common/include" "$course/common"
    cp "$own/autograder/asinc-grade" "$own/autograder/runner" "$course/build/normal/autograder"
    cp "$build/normal/common/libasinc.a" "$course/build/normal/common"
    cp "$build/asan/common/libasinc.a" "$course/build/asan/common"
    local suite lab
    for suite in "$own"/autograder/grader/tests/curso/labs/*/suite; do
        lab=$(basename "$(dirname "$suite")")
        mkdir -p "$course/build/normal/labs/$lab"
        cp "$suite" "$course/build/normal/labs/$lab"
    done
    chmod 1777 "$TMPDIR"
    chmod -R a+rX "$top"
    cd "$course" || exit 1
}

# Lo corre sin ser root, que para eso hay pruebas en las que estorba serlo.
plainly() {
    if [ "$(id -u)" -eq 0 ]; then
        chown -R 65534:65534 "$course"
        setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
    else
        "$@"
    fi
}

grader=build/normal/autograder/asinc-grade

# Deja en $out lo que dijo (las dos salidas) y en $rc su código.
grade() {
    out=$("$grader" "$@" 2>&1)
    rc=$?
}

# ---- comprobaciones ------------------------------------------------------------------------

# Cada prueba es una función que acumula motivos en $why.
is() { [ "$2" = "$3" ] || why+="$1: esperaba «$2» y es «$3»"$'\n'; }
says() { grep -qF -- "$1" <<<"$out" || why+="no dice «$1»"$'\n'; }
silent() { ! grep -qF -- "$1" <<<"$out" || why+="dice «$1»"$'\n'; }
json() { is "$1" "$2" "$(tr -d '\n ' <build/informe/resultados.json | grep -oE -- "$1" | head -1)"; }
clean() { [ -z "$(ls -A "$TMPDIR")" ] || why+="quedan restos: $(ls -A "$TMPDIR")"$'\n'; }

check() {
    local name=$1
    why='' out=''
    fresh
    "test_$name"
    count=$((count + 1))
    if [ -z "$why" ]; then
        echo "ok $count - $name"
        return
    fi
    failed=$((failed + 1))
    echo "not ok $count - $name"
    printf '%s\n--- salida ---\n%s\n' "$why" "$out" | sed 's/^/# /'
}

# ---- notas ----------------------------------------------------------------------------------

test_solucion_todo() {
    grade --lab 01 --desde solutions --estricto
    is código 0 "$rc"
    says 'TOTAL 100/100'
    grep -qE 'Calificado en [0-9]+,[0-9] s' <<<"$out" || why+='no dice cuánto tardó'$'\n'
    says 'Todo correcto'
    says 'labs/02-rota/README.md'
    json '^\{"version":1,"total":100,"maximo":100,"laboratorios":\[\{"lab":"01"' \
        '{"version":1,"total":100,"maximo":100,"laboratorios":[{"lab":"01"'
    clean
}

test_esqueleto_cero_y_por_donde_empezar() {
    grade --lab 01
    is código 0 "$rc"
    says 'TOTAL 0/100'
    says 'Por dónde empezar el laboratorio 01'
    says 'labs/01-eco/README.md'
    says 'labs/01-eco/eco.c:5'
    says 'make grade LAB=01'
    json '"veredicto":"[a-z_]*"' '"veredicto":"mal"'
    clean
}

test_a_medias_dice_que_atacar() {
    sed 's/i < argc;/i < 2 \&\& i < argc;/' solutions/01-eco/eco.c >labs/01-eco/eco.c
    grade --lab 1
    is código 0 "$rc"
    says 'TOTAL 70/100'
    says 'Siguiente paso: «Saluda a varios, uno por línea» (30 puntos)'
    says 'PRUEBA=varios SEMILLA='
}

test_requiere_salta_y_dice_cual() {
    grade --lab 01
    says '· esperan a que pase: saluda'
    json '"nombre":"varios","puntos":0,"maximo":30,"veredicto":"[a-z]*"' \
        '"nombre":"varios","puntos":0,"maximo":30,"veredicto":"mal"'
}

test_no_compila_con_las_palabras_de_gcc() {
    printf 'int main(void)\n{\n    return nada;\n}\n' >labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'labs/01-eco/eco.c:3:12: error: ‘nada’ undeclared (first use in this function)'
    says 'corrige el primer error'
    json '"veredicto":"[a-z_]*"' '"veredicto":"no_compila"'
    silent _entrega_
    clean
}

test_no_enlaza_con_las_palabras_del_enlazador() {
    printf 'void nada(void);\nint main(void)\n{\n    nada();\n}\n' >labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says '  labs/01-eco/eco.c:4: undefined reference to'
    silent 'collect2'
    silent _entrega_
}

test_avisos_de_gcc_sin_quitar_puntos() {
    sed 's/return 0;/int sobra; return 0;/' solutions/01-eco/eco.c >labs/01-eco/eco.c
    grade --lab 01
    says 'TOTAL 100/100'
    says 'gcc avisa (no resta puntos)'
    says 'labs/01-eco/eco.c:8:9: warning: unused variable'
}

test_compilar_no_ve_la_suite() {
    printf '#include "%s/labs/01-eco/.grader/suite.c"\n' "$course" >labs/01-eco/eco.c
    grade --lab 01
    says 'No such file or directory'
    json '"veredicto":"[a-z_]*"' '"veredicto":"no_compila"'
}

test_tiempo_agotado() {
    sed 's/return 0;/for (volatile int x = 1; x \&\& argc == 1;) ; return 0;/' \
        solutions/01-eco/eco.c >labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'TOTAL 90/100'
    says 'Sin argumentos termina enseguida (tiempo agotado)'
    json '"veredicto":"[a-z_]*"' '"veredicto":"tiempo"'
    clean
}

test_estricto_sale_con_uno() {
    grade --lab 01 --estricto
    is código 1 "$rc"
}

# ---- lo que se entrega -----------------------------------------------------------------------

test_falta_el_archivo() {
    rm labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'No está labs/01-eco/eco.c'
    says 'TOTAL 0/100'
    json '"veredicto":"[a-z_]*"' '"veredicto":"no_compila"'
    clean
}

test_carpeta_vacia() {
    mkdir -p entrega/01-eco
    grade --lab 01 --desde entrega
    is código 0 "$rc"
    says 'No está entrega/01-eco/eco.c'
    says 'make grade LAB=01 DESDE=entrega'
}

test_enlace_en_vez_de_archivo() {
    ln -sf "$course/solutions/01-eco/eco.c" labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'es un enlace'
    says 'TOTAL 0/100'
}

test_tuberia_en_vez_de_archivo() {
    rm labs/01-eco/eco.c
    mkfifo labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'no es un archivo normal'
}

test_archivo_enorme() {
    head -c 2000000 /dev/zero >labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says 'pasa de 1024 KiB'
}

test_archivo_ilegible() {
    chmod 000 labs/01-eco/eco.c
    out=$(plainly "$grader" --lab 01 2>&1)
    rc=$?
    is código 0 "$rc"
    says 'permiso denegado'
    says 'chmod u+r labs/01-eco/eco.c'
}

test_bytes_raros_en_las_fuentes() {
    printf 'int main(void)\n{\n    return "\\033[31m\xff\x1b[2J" + nada;\n}\n' >labs/01-eco/eco.c
    grade --lab 01
    is código 0 "$rc"
    says '\x1b[2J'
    silent $'\x1b'
    json '"veredicto":"[a-z_]*"' '"veredicto":"no_compila"'
}

test_desde_con_ruta_absoluta_espacios_y_barra() {
    cp -r solutions "$top/entrega de ana"
    chmod -R a+rX "$top"
    printf '}\n' >>"$top/entrega de ana/01-eco/eco.c"
    grade --lab 01 --desde "$top/entrega de ana/"
    is código 0 "$rc"
    says "$top/entrega de ana/01-eco/eco.c:10:1: error:"
    says "make grade LAB=01 DESDE='$top/entrega de ana'"
    rm -rf "$top/entrega de ana"
}

# ---- fallos del corrector ----------------------------------------------------------------------

test_suite_que_muere_no_resta() {
    grade --lab 02
    is código 3 "$rc"
    says 'TOTAL 10/10'
    says '90 puntos sin calificar por un fallo del corrector: no cuentan'
    says 'se acabó la cuerda'
    says 'No es culpa tuya'
    json '"veredicto":"[a-z_]*"' '"veredicto":"fallo_corrector"'
    clean
}

test_solo_vale_el_resultado_bien_dejado() {
    grade --lab 02
    local test
    for test in muere basura otra enlace inventa depende numeros ausente; do
        json "\"nombre\":\"$test\",\"puntos\":[0-9]*,\"maximo\":[0-9]*,\"veredicto\":\"[a-z_]*\"" \
            "\"nombre\":\"$test\",\"puntos\":0,\"maximo\":0,\"veredicto\":\"fallo_corrector\""
    done
    silent de_mas
}

test_suite_que_no_acaba() {
    grade --lab 03
    is código 3 "$rc"
    says 'La suite no terminó en 3 s'
    says 'TOTAL 50/50'
    clean
}

test_manifiesto_invalido() {
    sed -i 's/"puntos": 40/"puntos": 41/' labs/01-eco/.grader/lab.json
    grade --lab 01
    is código 3 "$rc"
    says 'labs/01-eco/.grader/lab.json: los puntos suman 101 y deben sumar 100'
}

test_laboratorio_sin_corrector() {
    mkdir labs/09-nada
    grade --lab 09
    is código 3 "$rc"
    says 'falta labs/09-nada/.grader/lab.json'
}

test_sin_suite_compilada() {
    rm build/normal/labs/01-eco/suite
    grade --lab 01
    is código 3 "$rc"
    says 'no se puede leer'
    clean
}

# Uno que no acaba, otro sin su suite y otro al que le falta el archivo: cada cual lo suyo.
test_varios_laboratorios_cada_uno_con_su_mal() {
    rm build/normal/labs/02-rota/suite labs/01-eco/eco.c
    grade
    is código 3 "$rc"
    says 'TOTAL 50/150'
    says 'No está labs/01-eco/eco.c'
    says 'Falta su suite: no se puede leer'
    says 'La suite no terminó en 3 s'
    is 'labs/01 y los tres veredictos' \
        'no_compila fallo_corrector fallo_corrector' \
        "$(grep -A2 '"titulo"' build/informe/resultados.json | sed -n 's/.*"veredicto": "\(.*\)",/\1/p' | xargs)"
    clean
}

test_varios_sin_sus_archivos() {
    rm labs/01-eco/eco.c labs/03-lenta/lenta.h
    rm -r labs/02-rota/rota.c
    grade
    is código 0 "$rc"
    says 'TOTAL 0/300'
    says 'No está labs/01-eco/eco.c'
    says 'No está labs/02-rota/rota.c'
    says 'No está labs/03-lenta/lenta.h'
    clean
}

test_ctrl_c_con_varios() {
    sed -i 's/"segundos": 3,/"segundos": 600,/' labs/03-lenta/.grader/lab.json
    "$grader" >"$top/salida" 2>&1 &
    local pid=$!
    until_true 'compgen -G "$TMPDIR/asinc-grade-*/3/resultados/rapida.json" >/dev/null'
    kill -INT "$pid"
    wait "$pid" 2>/dev/null
    is código 130 "$?"
    is procesos '' "$(left)"
    clean
}

test_informe_que_no_se_puede_escribir() {
    mkdir build/informe
    chmod 555 build/informe
    out=$(plainly "$grader" --lab 01 --desde solutions 2>&1)
    rc=$?
    is código 3 "$rc"
    says 'TOTAL 100/100'
    says 'la calificación vale, pero no se pudo guardar en build/informe/resultados.json'
    clean
}

test_carpeta_temporal_que_no_existe() {
    out=$(TMPDIR=$top/no-hay "$grader" --lab 01 2>&1)
    rc=$?
    is código 3 "$rc"
    says 'Prueba con otro TMPDIR'
}

# ---- uso ------------------------------------------------------------------------------------------

test_laboratorio_desconocido() {
    grade --lab 42
    is código 2 "$rc"
    says 'no existe el laboratorio 42. Los que hay: 01-eco, 02-rota, 03-lenta'
}

test_desde_sin_ese_laboratorio() {
    mkdir otro
    grade --lab 01 --desde otro
    is código 2 "$rc"
    says 'en otro no está 01-eco/'
}

test_desde_que_no_existe() {
    grade --desde nada
    is código 2 "$rc"
    says 'DESDE=nada no es una carpeta'
}

test_fuera_del_curso() {
    cd "$top" || return
    out=$("$course/$grader" 2>&1)
    rc=$?
    is código 2 "$rc"
    says 'aquí no está la carpeta labs/'
}

test_opciones_malas() {
    local args
    for args in --nada '--lab' 'sobra' '--semilla x' '--semilla -1' '--semilla 4294967296'; do
        # shellcheck disable=SC2086
        grade $args
        is "código con $args" 2 "$rc"
    done
}

test_ayuda() {
    grade --ayuda
    is código 0 "$rc"
    says '--desde DIR'
}

test_una_sola_prueba() {
    grade --lab 01 --desde solutions --prueba varios --semilla 7
    is código 0 "$rc"
    says 'TOTAL 30/30'
    says 'Solo la prueba varios.'
    says 'Se repite igual con SEMILLA=7'
}

test_prueba_desconocida() {
    grade --lab 01 --prueba nada
    is código 2 "$rc"
    says '01 saluda'
}

test_con_asan_solo_donde_lo_pide_el_manifiesto() {
    grade --lab 01 --desde solutions --prueba memoria
    says 'TOTAL 20/20'
    sed -i '/"asan"/d; s/"puntos": 20,/"puntos": 20},/' \
        labs/01-eco/.grader/lab.json
    grade --lab 01 --desde solutions
    is código 3 "$rc"
    says 'TOTAL 80/80'
}

# ---- terminal ---------------------------------------------------------------------------------------

in_terminal() {
    out=$(TERM=xterm script -qefc "$*" /dev/null </dev/null)
    rc=$?
}

test_sin_colores_por_una_tuberia() {
    out=$(TERM=xterm "$grader" --lab 01 2>&1)
    silent $'\x1b'
}

test_con_colores_y_progreso_en_una_terminal() {
    in_terminal "$grader" --lab 01
    says $'\x1b[31m'
    says '01 eco: compilando'
}

test_no_color() {
    NO_COLOR=1 in_terminal "$grader" --lab 01 2\>/dev/null
    says 'TOTAL 0/100'
    silent $'\x1b'
}

test_con_lang_c() {
    out=$(LC_ALL=C LANG=C "$grader" --lab 01 2>&1)
    rc=$?
    is código 0 "$rc"
    says 'Por dónde empezar el laboratorio 01'
    [ "$(awk '{ n = gsub(/[^\x80-\xbf]/, ""); if (n > 80) print }' <<<"$out")" = '' ] ||
        why+='alguna línea pasa de 80 columnas'$'\n'
}

test_lector_que_se_va() {
    "$grader" --lab 01 2>&1 | true
    clean
}

# ---- que no quede nada ---------------------------------------------------------------------------------

left() { pgrep -f "$TMPDIR/asinc-grade-" | grep -v "^$$\$"; }

# Espera a que se cumpla una condición, hasta 20 s.
until_true() {
    local deadline=$((SECONDS + 20))
    until eval "$1"; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            why+="no llegó a ocurrir: $1"$'\n'
            return 1
        fi
        sleep 0.02
    done
}

# Interrumpe con la señal $1 a mitad de una suite que no acaba nunca.
interrupt() {
    local signal=$1 pid
    shift
    sed -i 's/"segundos": 3/"segundos": 600/' labs/03-lenta/.grader/lab.json
    "$grader" --lab 03 "$@" >"$top/salida" 2>&1 &
    pid=$!
    until_true 'compgen -G "$TMPDIR/asinc-grade-*/1/resultados/rapida.json" >/dev/null'
    kill "-$signal" "$pid"
    wait "$pid" 2>/dev/null
    rc=$?
    out=$(cat "$top/salida")
}

test_ctrl_c() {
    interrupt INT
    is código 130 "$rc"
    says 'no queda nada en marcha'
    is procesos '' "$(left)"
    clean
}

test_ctrl_c_sin_caja() {
    interrupt INT --sin-caja
    is código 130 "$rc"
    is procesos '' "$(left)"
    clean
}

test_term() {
    interrupt TERM
    is código 130 "$rc"
    is procesos '' "$(left)"
    clean
}

test_matarlo_no_deja_procesos() {
    interrupt KILL
    is código 137 "$rc"
    until_true '[ -z "$(left)" ]'
}

# ---- la caja -----------------------------------------------------------------------------------------------

test_sin_caja_avisa_y_califica() {
    grade --lab 01 --desde solutions --sin-caja
    is código 0 "$rc"
    says 'AVISO: se califica sin caja: se pidió --sin-caja'
    says 'TOTAL 100/100'
    clean
}

test_programa_sin_privilegios() {
    cat >labs/01-eco/eco.c <<'FIN'
#include <stdio.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    if (argc == 1)
        return 0;
    if (geteuid() != 0 && access("/etc/shadow", R_OK) != 0)
        for (int i = 1; i < argc; i++)
            printf("hola %s\n", argv[i]);
    return 0;
}
FIN
    grade --lab 01
    says 'TOTAL 100/100'
    grade --lab 01 --sin-caja
    says 'TOTAL 100/100'
}

test_curso_que_solo_lee_root() {
    [ "$(id -u)" -eq 0 ] || return 0
    chmod 700 "$course"
    grade --lab 01 --desde solutions
    says 'TOTAL 100/100'
}

# ---- autoprueba ------------------------------------------------------------------------------------------------

test_autoprueba() {
    grade --autoprueba --lab 01
    is código 0 "$rc"
    says '1..8'
    says 'ok 1 - 01 esqueleto saca 0 puntos'
    says 'ok 2 - 01 solución saca todo'
    says 'ok 3 - 01 alternativa puts saca todo'
    says '- 01 mutante no_acaba cae en termina'
    says 'ok 8 - 01 sin historias de más'
    silent 'not ok'
    silent 'ningún mutante'
    clean
}

test_autoprueba_ve_lo_que_esta_mal() {
    cp solutions/01-eco/eco.c labs/01-eco/eco.c
    sed -i 's/puts(\*argv)/fputs(*argv, stdout)/' labs/01-eco/.grader/alternativas/puts/eco.c
    sed -i 's/i < 0/i < argc + 0/' labs/01-eco/.grader/mutantes/mudo.patch
    sed -i '1s/.*/atrapa: inventada/' labs/01-eco/.grader/mutantes/no_acaba.patch
    sed -i 's/ int main/ int main_/' labs/01-eco/.grader/mutantes/uno_solo.patch
    grade --autoprueba --lab 01
    is código 3 "$rc"
    says 'saca 100 puntos sin haber hecho nada'
    says 'not ok 3 - 01 alternativa puts'
    says 'saluda no lo atrapa'
    says '«atrapa: inventada», que no es una prueba'
    says 'el parche ya no se aplica a solutions/01-eco'
    says '01: ningún mutante cae en termina'
    clean
}

stories=labs/01-eco/.grader/historias

test_autoprueba_ve_una_historia_que_cambia() {
    sed -i 's/no escribe lo esperado/no escribe nada/' "$stories/mudo.txt"
    rm "$stories/uno_solo.txt"
    echo 'de un mutante que ya no está' >"$stories/antiguo.txt"
    grade --autoprueba --lab 01
    is código 3 "$rc"
    says 'not ok 5 - 01 mutante mudo cae en saluda'
    says '# -FALLO: no escribe nada'
    says '# +FALLO: no escribe lo esperado'
    says "# no está guardada su historia, $stories/uno_solo.txt"
    says 'guárdala con: make update-stories LAB=01'
    says "# ya no hay mutante para $stories/antiguo.txt"
    is fallos 3 "$(grep -c '^not ok' <<<"$out")"
}

test_autoprueba_con_otra_semilla_no_compara() {
    rm -r "$stories"
    grade --autoprueba --lab 01 --semilla 5
    is código 0 "$rc"
    silent 'not ok'
}

test_historias_guarda_solo_lo_que_cambia() {
    sed -i 's/no escribe lo esperado/no escribe nada/' "$stories/mudo.txt"
    rm "$stories/uno_solo.txt"
    echo 'de un mutante que ya no está' >"$stories/antiguo.txt"
    local before
    before=$(stat -c %y "$stories/lee_de_mas.txt" "$stories/no_acaba.txt")
    grade --historias --lab 01
    is código 0 "$rc"
    says "escrita  $stories/mudo.txt"
    says "escrita  $stories/uno_solo.txt"
    says "borrada  $stories/antiguo.txt"
    says '4 mutantes: 2 historias escritas, 0 sin escribir'
    is 'sin tocar' "$before" "$(stat -c %y "$stories/lee_de_mas.txt" "$stories/no_acaba.txt")"
    grade --autoprueba --lab 01
    is código 0 "$rc"
    says 'ok 8 - 01 sin historias de más'
    silent "$TMPDIR"
    clean
}

test_historias_no_guarda_la_de_un_mutante_que_pasa() {
    rm "$stories/mudo.txt"
    sed -i 's/i < 0/i < argc + 0/' labs/01-eco/.grader/mutantes/mudo.patch
    grade --historias --lab 01
    is código 3 "$rc"
    says '01 mutante mudo: saluda no lo atrapa'
    [ ! -e "$stories/mudo.txt" ] || why+='guardó la historia'$'\n'
}

for name in $(declare -F | sed -n 's/^declare -f test_//p' | sort -s); do
    check "$name"
done
echo "1..$count"
exit $((failed > 0))
