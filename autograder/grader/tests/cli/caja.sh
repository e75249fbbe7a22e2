# En qué caja se califica, y entregas que hacen trampa en cada una. Lo incluye cli.sh.
# shellcheck shell=bash disable=SC2154

cheats=$here/cli/trampas
container=$top/contenedor
cp "$own/autograder/box/tests/ataques/contenedor" "$container"

# Las que se pueden pedir siendo quien diga $who: la última, solo root.
boxes() {
    echo completa parcial minima
    [ "$(id -u)" -ne 0 ] || [ "${who:-}" = nadie ] || echo ya-aislado
}

# En esa, nada más que sus permisos esconde el curso.
close_for() { [ "$1" != ya-aislado ] || chmod 700 "$course"; }

# Lo corre y, si somos root, otra vez sin serlo. Deja en $who como quién.
as_everybody() {
    who=$(id -un)
    "$@"
    if [ "$(id -u)" -eq 0 ]; then
        who=nadie
        "$@"
    fi
}

# Como grade, en la caja $1 y como diga $who.
grade_in() {
    local rung=$1
    shift
    close_for "$rung"
    if [ "$who" = nadie ]; then
        out=$(plainly "$grader" --caja "$rung" "$@" 2>&1)
        rc=$?
    else
        grade --caja "$rung" "$@"
    fi
}

# Ningún punto ganado (los 10 de no hacer nada, sí), el máximo entero, y nada que quede.
gains_nothing() {
    is "código en $1 como $who" 0 "$rc"
    grep -qE 'TOTAL (0|10)/100' <<<"$out" || why+="en $1 como $who: $(grep TOTAL <<<"$out")"$'\n'
    silent CONSEGUIDO
    silent 'suite a la vista'
    is "procesos en $1" '' "$(left)"
    clean
}

# ---- qué caja -----------------------------------------------------------------------------------

test_sin_caja_avisa_y_califica() {
    grade --lab 01 --desde solutions --caja no
    is código 0 "$rc"
    says 'AVISO: se califica sin caja, porque lo pediste'
    says 'TOTAL 100/100'
    says 'Calificado sin caja'
    json '"caja":[a-z]*' '"caja":false'
    clean
}

test_con_caja_el_informe_lo_dice() {
    grade --lab 01 --desde solutions
    silent 'caja'
    json '"caja":[a-z]*,"peldano":"[a-z]*"' '"caja":true,"peldano":"completa"'
    json '"sin_aislar"' ''
}

# El grupo de control o la caja: lo dicen los tres informes.
who_counts() {
    local law
    grade_in completa --lab 01 --desde solutions
    law=$(grep -oE '"grupo_de_control": ?[a-z]+' build/informe/resultados.json)
    case $law in
    *true) says 'La memoria la contó el núcleo, con un grupo de control' ;;
    *false) says 'La memoria la contó el corrector: aquí no hay grupo de control' ;;
    *) why+="en el JSON, «$law»"$'\n' ;;
    esac
    is 'veces en la página' 1 "$(grep -cE "La memoria la contó el $([[ $law = *true ]] && echo núcleo || echo corrector)" build/informe/index.html)"
    clean
}
test_se_dice_quien_cuenta_la_memoria() { as_everybody who_counts; }

test_sin_poder_encerrar_no_se_califica() {
    out=$(PATH=/no/existe "$grader" --lab 01 --desde solutions 2>&1)
    rc=$?
    is código 3 "$rc"
    says 'aquí no se puede encerrar al programa:'
    says 'bubblewrap'
    says 'make grade CAJA=no'
    silent TOTAL
    grade --lab 01 --caja quizá
    is código 2 "$rc"
    says 'CAJA puede ser «completa», «parcial», «minima», «ya-aislado» o «no»'
}

in_every_box() {
    local rung
    for rung in $(boxes); do
        grade_in "$rung" --lab 01 --desde solutions
        is "código en $rung" 0 "$rc"
        says 'TOTAL 100/100'
        [ "$rung" = ya-aislado ] || silent AVISO
        json '"peldano":"[a-z-]*"' "\"peldano\":\"$rung\""
        [ "$rung" = completa ] || says 'Calificado en la caja '
        clean
    done
}
test_la_solucion_en_cada_caja() { as_everybody in_every_box; }

test_el_informe_dice_lo_que_falta() {
    grade --lab 01 --desde solutions --caja parcial
    says 'Calificado en la caja parcial: el programa ve qué procesos hay'
    grade --lab 01 --desde solutions --caja minima
    says 'Calificado en la caja mínima: el programa no ve más archivos que los suyos'
    json '"sin_aislar":"[^,"]*' '"sin_aislar":"novemásarchivosquelossuyos'
}

# ---- un sitio ya aislado ---------------------------------------------------------------------------

test_ya_aislado_se_pide_como_root() {
    who=nadie
    grade_in ya-aislado --lab 01 --desde solutions
    is código 3 "$rc"
    says 'CAJA=ya-aislado necesita empezar como root'
    silent 'CAJA=no'
    silent TOTAL
    clean
}

test_ya_aislado_exige_cerrar_el_curso() {
    [ "$(id -u)" -eq 0 ] || return 0
    grade --lab 01 --desde solutions --caja ya-aislado
    is código 3 "$rc"
    says "Remedio: chmod 700 '$course'"
    silent TOTAL
    chmod 700 .
    mkdir -m 755 "$top/entregas"
    cp -r solutions/01-eco "$top/entregas"
    grade --lab 01 --desde "$top/entregas" --caja ya-aislado
    is código 3 "$rc"
    says "Remedio: chmod 700 '$top/entregas'"
    rm -r "$top/entregas"
    clean
}

test_ya_aislado_lo_dicen_todos_los_informes() {
    [ "$(id -u)" -eq 0 ] || return 0
    chmod 700 .
    grade --lab 01 --desde solutions --caja ya-aislado
    says 'AVISO: se califica como en un sitio ya aislado, porque lo pediste'
    says 'TOTAL 100/100'
    says 'Calificado en la caja de un sitio ya aislado, como se pidió'
    json '"peldano":"[a-z-]*"' '"peldano":"ya-aislado"'
    json '"sin_aislar":"[^,"]*' '"sin_aislar":"correconotrousuarioynotocaaningúnotroproceso'
    grep -q 'en la caja «ya-aislado»' build/informe/index.html || why+='la página no lo dice'$'\n'
    clean
}

# Con todo por hacer a la vez: lo que deja fuera de su carpeta, un proceso que se despega, y la
# entrega y los resultados de otra.
test_ya_aislado_no_deja_nada_ni_ve_a_nadie() {
    [ "$(id -u)" -eq 0 ] || return 0
    who=$(id -un)
    chmod 700 .
    cp "$cheats/ensucia.c" labs/01-eco/eco.c
    mkdir -p "$TMPDIR/asinc-grade-otra/1/fuentes"
    chmod 700 "$TMPDIR/asinc-grade-otra/1"
    echo 'lo de otra persona' >"$TMPDIR/asinc-grade-otra/1/fuentes/eco.c"
    grade --lab 01 --caja ya-aislado
    rm -r "$TMPDIR/asinc-grade-otra"
    gains_nothing ya-aislado
    is 'lo que deja' '' "$(find /tmp /var/tmp /dev/shm -maxdepth 1 -name 'asinc-ensucia*')"
    is 'quien se queda' '' "$(pgrep -f asinc-ensucia)"
}

# ---- contenedores de mentira ----------------------------------------------------------------------

# Con algo tapado en /proc no se puede montar otro: es lo que pasa en Docker sin systempaths.
test_con_proc_tapado_baja_a_la_parcial() {
    [ "$(id -u)" -eq 0 ] || return 0
    # shellcheck disable=SC2016
    out=$(unshare -m sh -c 'mount --bind /dev/null /proc/version && exec "$@"' sh \
        "$grader" --lab 01 --desde solutions 2>&1)
    rc=$?
    is código 0 "$rc"
    says 'AVISO: se califica en la caja parcial'
    says 'TOTAL 100/100'
    json '"peldano":"[a-z]*"' '"peldano":"parcial"'
    clean
}

test_sin_espacios_de_nombres_baja_a_la_minima() {
    out=$("$container" sin-espacios "$grader" --lab 01 --desde solutions 2>&1)
    rc=$?
    is código 0 "$rc"
    says 'AVISO: se califica en la caja mínima'
    says 'bwrap: ' # sus palabras, detrás de lo que se sabe de este sistema
    says 'TOTAL 100/100'
    json '"peldano":"[a-z]*"' '"peldano":"minima"'
    clean
}

test_sin_landlock_no_baja_mas() {
    out=$("$container" sin-landlock "$grader" --lab 01 --desde solutions 2>&1)
    rc=$?
    is código 3 "$rc"
    says 'aquí no se puede encerrar al programa'
    says 'Landlock'
    says 'make grade CAJA=no'
    silent TOTAL
    clean
}

test_sin_poder_escribir_en_dev_shm() {
    [ "$(id -u)" -eq 0 ] || return 0
    # shellcheck disable=SC2016
    local sealed='mount -t tmpfs -o ro,mode=755 nada /dev/shm && exec "$@"'
    out=$(unshare -m sh -c "$sealed" sh "$grader" --lab 01 --desde solutions --caja minima 2>&1)
    rc=$?
    is código 3 "$rc"
    says 'en /dev/shm no se puede escribir'
    says '--tmpfs /dev/shm:rw,mode=1777'
    silent TOTAL
    out=$(unshare -m sh -c "$sealed" sh "$grader" --lab 01 --desde solutions 2>&1)
    says 'TOTAL 100/100'
    clean
}

# ---- trampas --------------------------------------------------------------------------------------

cheat_everywhere() {
    local rung
    cp "$cheats/$1" labs/01-eco/eco.c
    for rung in $(boxes); do
        grade_in "$rung" --lab 01
        gains_nothing "$rung"
    done
}
test_falsificar_los_resultados() { as_everybody cheat_everywhere falsifica.c; }
test_arrasar_con_todo() { as_everybody cheat_everywhere arrasa.c; }

test_interrumpir_en_cada_caja() {
    local rung
    for rung in $(boxes); do
        close_for "$rung"
        interrupt TERM --caja "$rung"
        is "código en $rung" 130 "$rc"
        is "procesos en $rung" '' "$(left)"
        clean
    done
}

test_matarlo_en_cada_caja() {
    local rung
    for rung in $(boxes); do
        close_for "$rung"
        interrupt KILL --caja "$rung"
        until_true '[ -z "$(left)" ]' || why+="en $rung: $(left)"$'\n'
        until_true '[ -z "$(find /sys/fs/cgroup -name "asinc-$pid" 2>/dev/null)" ]' || why+="en $rung queda su grupo"$'\n'
        rm -rf "${TMPDIR:?}"/*
    done
}

# ---- apagar la vigilancia de memoria ----------------------------------------------------------------

# La solución, que además escribe donde no debe, con $1 delante de main y $2 dentro.
careless() {
    cat >labs/01-eco/eco.c <<FIN
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
$1
int main(int argc, char **argv)
{
    $2
    volatile char *letra = malloc((size_t)argc);
    letra[argc] = 'x';
    for (int i = 1; i < argc; i++)
        printf("hola %s\n", argv[i]);
    return 0;
}
FIN
}

# En la caja $rung y como diga $who, si las hay; si no, en la de siempre.
grade_here() {
    if [ -n "${rung:-}" ]; then grade_in "$rung" --lab 01; else grade --lab 01; fi
}

# La prueba de la memoria no se gana, y sigue en el máximo.
not_fooled() {
    careless "$1" "$2"
    grade_here
    is "código con $1 $2" 0 "$rc"
    is "puntos con $1 $2" '"nombre":"memoria","puntos":0,"maximo":20' \
        "$(tr -d '\n ' <build/informe/resultados.json | grep -oE '"nombre":"memoria","puntos":[0-9]*,"maximo":[0-9]*')"
    says '/100'
}

# Ni siquiera compila, y se dice por qué y en qué línea ($3).
refused() {
    not_fooled "$1" "$2"
    says 'que apaga la vigilancia de memoria'
    says "labs/01-eco/eco.c:$3: error:"
    json '"veredicto":"[a-z_]*"' '"veredicto":"no_compila"'
}

test_escribir_donde_no_debe_se_ve() {
    not_fooled '' ''
    says 'TOTAL 80/100'
}

test_atributos_que_apagan() {
    refused '__attribute__((no_sanitize("address", "undefined")))' '' 6
    refused '__attribute__((__no_sanitize_address__))' '' 6
    refused '__attribute__((no_address_safety_analysis))' '' 6
    refused $'#define PEGA(a, b) a##b\n__attribute__((PEGA(no_sani, tize)("address")))' '' 7
    refused 'const char *r = R"x( " )x"; __attribute__((no_sanitize("address")))' '' 6
}

test_opciones_que_apagan() {
    refused 'const char *__asan_default_options(void) { return "halt_on_error=0"; }' '' 6
    refused 'int nada(void) __asm__("__lsan_is_turned_off"); int nada(void) { return 1; }' '' 6
    refused '' 'setenv("ASAN_OPTIONS", "halt_on_error=0", 1);' 9
    refused '' 'void *f = dlsym(NULL, "__lsan_disable"); (void)f;' 9
}

# Con el nombre a trozos solo lo ve el enlazador.
test_opciones_con_el_nombre_a_trozos() {
    not_fooled 'const char *o(void) __asm__("__as" "an_default_options"); const char *o(void) { return ""; }' ''
    says 'multiple definition of `__asan_default_options'
}

test_gcc_no_admite_otras_maneras() {
    not_fooled '__attribute__((optimize("no-sanitize=address")))' ''
    not_fooled '#pragma GCC optimize "no-sanitize=all"' ''
}

test_no_se_puede_ser_otro_delante_de_asan() {
    not_fooled '' $'\n#ifdef __SANITIZE_ADDRESS__\nargc--;\n#endif\n'
}

# Una línea que parece del preprocesador, dentro de una cadena.
test_palabras_en_una_cadena_de_varias_lineas() {
    refused $'const char *r = R"x(\n# 1 "a" __lsan_disable\n)x";' '' 7
    not_fooled $'const char *r = R"x(\n# 1 "a"\n)x"; __attribute__((no_sanitize("address")))' ''
    says 'que apaga la vigilancia de memoria'
}

# gcc -E abre más archivos que gcc: el texto que se mira tiene que ser el que se compila.
test_no_se_puede_ser_otro_al_preprocesar() {
    local n
    for n in 3 4 5 6; do
        not_fooled "$(printf '#if __has_include("/proc/self/fd/%s")\n__attribute__((no_sanitize("address")))\n#endif' "$n")" ''
        not_fooled "$(printf '#if !__has_include("/proc/self/fd/%s")\n__attribute__((no_sanitize("address")))\n#endif' "$n")" ''
    done
}

# La solución, con una fuga, que acaba como dice $1.
leaky() {
    cat >labs/01-eco/eco.c <<FIN
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void *volatile fuga;
int main(int argc, char **argv)
{
    fuga = malloc(100);
    fuga = NULL;
    for (int i = 1; i < argc; i++)
        printf("hola %s\n", argv[i]);
    fflush(stdout);
    $1
}
FIN
    grade_here
    is "código con $1" 0 "$rc"
    is "puntos con $1" '"nombre":"memoria","puntos":0,"maximo":20' \
        "$(tr -d '\n ' <build/informe/resultados.json | grep -oE '"nombre":"memoria","puntos":[0-9]*,"maximo":[0-9]*')"
}

test_acabar_sin_que_se_busquen_fugas() {
    leaky 'return 0;'
    leaky '_exit(0);'
    leaky '_Exit(0);'
    leaky 'quick_exit(0);'
}

# Ejecutarse otra vez con otras opciones, o sin ninguna.
test_otras_opciones_al_repetirse() {
    leaky 'static char o[] = "XSAN_OPTIONS=detect_leaks=0"; char *e[] = {o, NULL}; o[0] = 65;
    if (!getenv("OTRA")) { char *e2[] = {o, "OTRA=1", NULL}; (void)e; execve("/proc/self/exe", argv, e2); } return 0;'
    leaky 'if (!getenv("OTRA")) { char *e[] = {"OTRA=1", NULL}; execve("/proc/self/exe", argv, e); } return 0;'
    leaky 'if (!getenv("OTRA")) { char *e[] = {"OTRA=1", "LD_PRELOAD=/caja/x.so", NULL}; execve("/proc/self/exe", argv, e); } return 0;'
}

# Lo que más se acerca, en cada caja y siendo quien sea.
every_box() {
    local rung
    for rung in $(boxes); do "$@"; done
}
test_en_cada_caja_una_cadena_de_varias_lineas() {
    as_everybody every_box not_fooled $'const char *r = R"x(\n# 1 "a"\n)x"; __attribute__((no_sanitize("address")))' ''
}
test_en_cada_caja_ser_otro_al_preprocesar() {
    as_everybody every_box not_fooled $'#if __has_include("/proc/self/fd/3")\n__attribute__((no_sanitize("address")))\n#endif' ''
}
test_en_cada_caja_acabar_sin_que_se_busquen_fugas() { as_everybody every_box leaky '_exit(0);'; }
test_en_cada_caja_repetirse_con_otras_opciones() {
    as_everybody every_box leaky 'if (!getenv("OTRA")) { char *e[] = {"OTRA=1", "ASAN" "_OPTIONS=detect_leaks=0", NULL}; execve("/proc/self/exe", argv, e); } return 0;'
}

# Antes que nadie: donde aún no hay quien mire.
test_lo_que_va_delante_de_todo() {
    refused 'static void f(void) { } __attribute__((section(".preinit_array"))) void (*g)(void) = f;' '' 6
    refused 'static void h(void) { } static void *r(void) { return h; } void k(void) __attribute__((ifunc("r")));' '' 6
}

test_un_malloc_propio() {
    not_fooled 'static char monton[1 << 20]; static size_t usado;
void *malloc(size_t n) { void *p = monton + usado; usado += (n + 79) & ~(size_t)15; return p; }
void free(void *p) { (void)p; }' ''
}
