#!/bin/bash
# Pruebas del ejecutor de etapas: cada una le da un makefile con etapas de un solo carácter
# (bien, mal, muda, colgada...) y mira qué cuenta. La salida es TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
root=$PWD
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-runner.XXXXXX")
trap 'rm -rf "$work"' EXIT

# El ejecutor trabaja en la carpeta que lo contiene: se le monta una.
mkdir "$work/.ci"
cp .ci/test "$work/.ci/test"
mkfifo "$work/aviso" "$work/ida" "$work/vuelta"
cat >"$work/Makefile" <<'FIN'
.PHONY: $(MAKECMDGOALS)
ifdef SIN_PRUEBAS
$(MAKECMDGOALS): private SHELL := /bin/true
endif
bien: ; @echo 'ok 1 - una'; echo 'ok 2 - dos # SKIP sin red'; echo 1..2
mal: ; @echo 'not ok 1 - rota'; echo '  esperado 3'; echo 'ok 2 - sana'; echo '  charla'; exit 1
muda: ; @echo hola
revienta: ; @echo 'ok 1 - antes'; echo 'dato crudo'; kill -SEGV $$$$
incompleta: ; @echo 1..5; echo 'ok - s::una'
colgada: ; @echo 'ok 1 - una'; flock cerrojo sh -c 'echo listo >aviso; sleep 50' & wait
senal: ; @sh -c 'kill -INT $$$$; echo viva' | grep -q viva && echo 'not ok - ignora SIGINT' || echo 'ok - muere con SIGINT'
aborta: ; @echo 'Bail out! sin memoria'
quema: ; @sh -c 'ulimit -t 2; while :; do :; done'; echo 'ok - gastó un segundo'
variable: ; @[ '$(X)' = 7 ] && echo 'ok - pasa' || echo 'not ok - no llega'
pieza: ; @echo hecha >>piezas; touch pieza
usa otra_usa: pieza ; @echo 'ok - con $@'
parte otra_parte: ; @echo "# $$TEST_JOBS"; echo 'ok - una'
va: ; @timeout 20 sh -c 'echo >ida; read x <vuelta' && echo 'ok - va' || echo 'not ok - va'
viene: ; @timeout 20 sh -c 'read x <ida; echo >vuelta' && echo 'ok - viene' || echo 'not ok - viene'
rara: ; @echo rara >>orden; mkdir rara.ya 2>/dev/null && echo 'not ok 1 - rarísima' || echo 'ok 1 - rarísima'
apunta: ; @echo apunta >>orden; echo 'ok - apunta'
tarda: ; @mkdir tarda.ya 2>/dev/null && sleep 50 || echo 'ok - a tiempo'
FIN

run() {
    (cd "$work" && "${as_typed[@]}" "$@" >"$work/out" 2>&1)
    echo $? >"$work/rc"
}
expect() { # CÓDIGO ÚLTIMA-LÍNEA
    same "$1" "$(cat "$work/rc")" && same "$2" "$(tail -n 1 "$work/out")"
}
nobody() { # la etapa colgada tiene el cerrojo mientras quede vivo uno de sus procesos
    flock -w 10 "$work/cerrojo" true || { echo 'la etapa sigue viva' && return 1; }
}

run .ci/test bien
check 'cuenta_las_que_pasan' expect 0 '1 passed, 0 failed'
check 'dice_lo_que_se_salto_y_por_que' has "$work/out" '^ +1 +sin red$'
run .ci/test mal bien
check 'un_fallo_hace_fallar_y_no_detiene_lo_demas' expect 1 '2 passed, 1 failed'
check 'muestra_la_prueba_rota' has "$work/out" 'not ok 1 - rota'
check 'muestra_su_explicacion' has "$work/out" 'esperado 3'
check 'al_final_dice_que_encontro_cada_una' has "$work/out" '^  mal +«rota»$'
check 'no_muestra_lo_que_paso' hasnt "$work/out" 'charla'
check 'ni_nada_que_no_sea_suyo' hasnt "$work/out" '!!|\.ci/test:'
run .ci/test muda
check 'una_etapa_sin_pruebas_falla' expect 1 '0 passed, 1 failed'
check 'y_dice_por_que' has "$work/out" 'no ejecutó ninguna prueba'
run .ci/test revienta
check 'acabar_con_error_sin_decir_cual_es_un_fallo' expect 1 '1 passed, 1 failed'
check 'y_ensena_el_final_del_registro' has "$work/out" '\| dato crudo'
run .ci/test incompleta
check 'menos_pruebas_que_las_anunciadas_es_un_fallo' expect 1 '1 passed, 1 failed'
run .ci/test noexiste
check 'una_etapa_desconocida_falla' expect 1 '0 passed, 1 failed'
run .ci/test aborta
check 'bail_out_es_un_fallo' expect 1 '0 passed, 1 failed'
run .ci/test senal
check 'las_etapas_no_heredan_sigint_ignorada' expect 0 '1 passed, 0 failed'
run make -f <(echo 'test: ; @.ci/test variable') test X=7
check 'las_variables_de_make_llegan_a_la_etapa' expect 0 '1 passed, 0 failed'

# Lo que piden dos etapas se compila una vez, y las dos corren juntas.
run .ci/test usa otra_usa
check 'lo_que_piden_dos_se_compila_una_vez' same hecha "$(cat "$work/piezas")"
run .ci/test va viene
check 'dos_etapas_corren_a_la_vez' expect 0 '2 passed, 0 failed'
run env TEST_LANES=2 TEST_WORKERS=5 .ci/test parte otra_parte bien
check 'el_presupuesto_se_reparte' same '3 3' "$(cat "$work/build/test/parte.log" "$work/build/test/otra_parte.log" | sed -n 's/^# //p' | paste -sd' ')"
check 'y_se_dice' has "$work/out" 'Hasta 5 programas de prueba a la vez, en 2 etapas'
run env TEST_LANES=2 TEST_WORKERS=5 .ci/test parte
check 'quien_esta_sola_lo_tiene_entero' same '# 5' "$(grep '^#' "$work/build/test/parte.log")"
run env TEST_LANES=3 TEST_ALONE='apunta' .ci/test apunta rara bien
check 'la_que_mide_el_tiempo_corre_al_final_y_a_solas' same 'rara apunta' "$(head -n 2 "$work/orden" | paste -sd' ')"
rm -rf "$work/orden" "$work/rara.ya"
check 'lo_que_tardo_cada_una_va_antes_de_la_cuenta' has "$work/out" '^ +[0-9]+ s +[0-9]+ s de procesador  (bien|apunta|rara)$'
run env TEST_LANES=1 .ci/test bien quema apunta
check 'y_lo_que_trabajo' has "$work/out" '^ +[1-9][0-9]* s +[1-9] s de procesador  quema$'
rm -f "$work/orden"
run env TEST_LANES=3 .ci/test va bien viene
check 'y_salen_en_su_orden' same 'va bien viene' "$(awk '$1 == "ok" { print $2 }' "$work/out" | paste -sd' ')"
run env TEST_LANES=1 TEST_LONG='variable apunta' .ci/test bien apunta
check 'la_larga_empieza_antes' same "$work/build/test/apunta.log" "$(cd "$work" && find "$PWD/build/test/apunta.log" ! -newer build/test/bien.log)"
check 'y_sale_en_su_orden' same 'bien apunta' "$(awk '$1 == "ok" { print $2 }' "$work/out" | paste -sd' ')"
rm -f "$work/orden"

# La que falla se repite al final: si entonces pasa no es un fallo, y se dice.
run env TEST_LANES=1 .ci/test rara apunta mal
check 'la_que_a_la_segunda_pasa_no_es_un_fallo' expect 1 '3 passed, 1 failed'
check 'y_la_que_vuelve_a_fallar_si' hasnt "$work/out" 'mal +inestable'
check 'se_repite_cuando_han_acabado_las_demas' same 'rara apunta rara' "$(paste -sd' ' <"$work/orden")"
check 'se_dice_cual_fue_y_en_que_fallo' has "$work/out" '!! +rara +inestable: falló «rarísima» y a la segunda pasó'
check 'y_cuantas_hay_antes_de_la_cuenta' same '1 inestable' "$(tail -n 2 "$work/out" | head -n 1)"
check 'el_primer_registro_queda' has "$work/build/test/rara.log" 'not ok 1 - rarísima'
rmdir "$work/rara.ya"
run .ci/test rara
check 'con_solo_inestables_sale_bien' expect 0 '1 passed, 0 failed'
run env TEST_LIMIT=6 .ci/test tarda
check 'la_que_no_termino_tambien_se_repite' expect 0 '1 passed, 0 failed'
check 'y_se_dice_cuanto_se_espero' has "$work/out" 'tarda +inestable: no terminó en 6 s y a la segunda pasó'

run .ci/test
check 'sin_etapas_es_un_mal_uso' expect 2 'test: no hay ninguna etapa que ejecutar'

run env TEST_LIMIT=6 .ci/test colgada bien
check 'una_etapa_colgada_se_mata_y_falla' expect 1 '2 passed, 1 failed'
check 'y_dice_cuanto_espero' has "$work/out" 'no terminó en 6 s'
check 'no_deja_procesos' nobody
run env TEST_TOTAL=6 TEST_LANES=1 .ci/test colgada bien
check 'el_limite_total_para_las_que_faltan' has "$work/out" 'bien +no empezó'

# Ctrl+C llega al grupo de procesos entero, como desde una terminal. La etapa avisa por la
# tubería cuando ya está en marcha.
(
    cd "$work" || exit
    set -m
    bash .ci/test colgada >out 2>&1 &
    runner=$!
    timeout 20 cat aviso >/dev/null
    kill -INT -- "-$runner"
    wait "$runner"
    echo $? >rc
)
check 'ctrl_c_acaba_con_130' same 130 "$(cat "$work/rc")"
check 'ctrl_c_dice_en_que_etapa' has "$work/out" 'Interrumpido durante colgada'
check 'ctrl_c_no_deja_procesos' nobody

# Qué ejecuta cada orden. Con -n, make escribe la orden que daría.
asked() { # ARGUMENTOS-DE-MAKE...: las etapas, una por línea
    (cd "$root" && "${as_typed[@]}" make -n test "$@" | sed -n '/\.ci\/test/,$p' | sed '1s|.*\.ci/test||' | tr -s '[:space:]' '\n' | grep '^test-' | sort)
}
group() { (cd "$root" && "${as_typed[@]}" make -n test "$@" | sed -n 's/.*setup.sh --callado //p'); }
asked >"$work/pocas"
asked TODO=1 >"$work/mas"
asked TODO=2 >"$work/todas"
check 'quien_llega_prueba_la_biblioteca' has "$work/pocas" 'test-common$'
check 'y_no_con_otras_herramientas' hasnt "$work/pocas" 'test-common-(tsan|clang|cet)|test-lint$|test-foreign'
check 'y_no_instala_mas' same test "$(group)"
check 'TODO_incluye_lo_de_quien_llega' same '' "$(comm -23 "$work/pocas" "$work/mas")"
check 'TODO_anade_lo_demas' has "$work/mas" 'test-common-tsan$'
check 'y_no_lo_que_no_cabe' hasnt "$work/mas" 'test-common-valgrind|test-foreign'
check 'TODO=2_incluye_lo_de_TODO=1' same '' "$(comm -23 "$work/mas" "$work/todas")"
check 'TODO=2_anade_lo_que_no_cabe' has "$work/todas" 'test-common-valgrind$'
check 'TODO_instala_lo_que_usa' same test-todo "$(group TODO=1)"
check 'TODO=0_es_no_ponerlo' same "$(cat "$work/pocas")" "$(asked TODO=0)"
check 'PASO_es_una_sola_etapa' same test-lint "$(asked PASO=test-lint)"
check 'y_trae_lo_que_pide' same 'test-todo test' "$(group PASO=test-lint) $(group PASO=test-box)"
check 'toda_etapa_esta_en_una_lista' same '' "$( (cd "$root" && make -pnq 2>/dev/null) |
    sed -nE 's/^(test-[a-z-]+):.*/\1/p' | sort -u | comm -23 - "$work/todas")"
check 'al_compilar_solo_corre_make_de_otra_variante' same '' "$( (cd "$root" && "${as_typed[@]}" make -pnq SIN_PRUEBAS=1 2>/dev/null) |
    sed -nE 's/^(test-[a-z-]+): SHELL := .*/\1/p' | sort -u | comm -23 "$work/todas" - |
    grep -vxE 'test-(common|harness|examples)-(asan|clang|tsan|ucontext|valgrind|cet)')"

# Lo que ejecuta la integración continua: la orden de pruebas del README, y nada más.
mkdir "$work/bin"
ci() { # GUION-DE-MAKE
    printf '#!/bin/sh\necho "$@" >>"%s"\n%s\n' "$work/asked" "$1" >"$work/bin/make"
    chmod +x "$work/bin/make"
    rm -f "$work/asked"
    PATH=$work/bin:$PATH .ci/run >"$work/out" 2>&1
    echo $? >"$work/rc"
}
ci 'echo etapa; echo 7 passed, 0 failed'
check 'la_integracion_continua_es_make_test' same test "$(cat "$work/asked")"
check 'y_da_su_cuenta' expect 0 '7 passed, 0 failed'
check 'y_ensena_lo_demas' has "$work/out" '^etapa$'
ci 'echo 7 passed, 1 failed; echo "make: *** [Makefile:1: test] Error 1" >&2; exit 2'
check 'un_fallo_la_hace_fallar_y_la_cuenta_sigue_al_final' expect 2 '7 passed, 1 failed'

# Nada de lo que otra persona ponga en el árbol o en la orden lo ejecuta make. Aquí el curso es
# una copia de sus makefiles con un laboratorio, y cada trampa crea el archivo «cayo».
course=$work/curso
mkdir "$course"
(cd "$root" && find . -name build -prune -o -name '*.mk' -print -o -name Makefile -print \
    -o -path './autograder/explain/*.c' -print -o -path './autograder/base/*.[ch]' -print | # el compilador que explica
    tar -cf - -T - | tar -xf - -C "$course")
mkdir -p "$course/labs/07-monitor/.grader" "$course/solutions" "$course/lessons"
touch "$course/labs/07-monitor/monitor.c"
trap_file='$(shell touch cayo)'
fell() { # MAKE-ARGUMENTOS...: ¿se ejecutó la trampa?
    (cd "$course" && "${as_typed[@]}" make -n "$@" >"$work/out" 2>&1)
    if [ -e "$course/cayo" ]; then rm "$course/cayo" && echo sí; else echo no; fi
}
check 'un_makefile_ajeno_no_se_incluye' same no \
    "$(mkdir "$course/ajena" && echo "$trap_file" >"$course/ajena/a.mk" && fell labs)"
check 'ni_uno_al_lado_de_los_nuestros' same no "$(echo "$trap_file" >"$course/labs/otro.mk" && fell labs)"
check 'una_carpeta_con_nombre_de_orden_no_se_ejecuta' same no \
    "$(mkdir "$course/labs/08-$trap_file" && touch "$course/labs/08-$trap_file/x.c" && fell labs)"
check 'ni_un_archivo' same no \
    "$(touch "$course/labs/07-monitor/$trap_file.c" "$course/labs/07-monitor/\`touch cayo\`.c" && fell labs)"
check 'y_lo_bueno_se_compila' has "$work/out" 'labs/07-monitor/monitor'
check 'un_DESDE_con_nombre_de_orden_es_texto' same no "$(fell grade DESDE="$trap_file")"
check 'tambien_desde_el_entorno' same no "$(DESDE=$trap_file fell grade)"
(cd "$root" && "${as_typed[@]}" make -n grade DESDE="$trap_file" >"$work/out" 2>&1)
check 'y_llega_entero_al_corrector' has "$work/out" "desde '.\(shell touch cayo\)'"

# La ayuda de make: una pantalla, y todo por lector; los mismos octetos en cualquier idioma.
cat >"$work/a.mk" <<'FIN'
##= LAB=07  solo ese
uno: dos ## Hace una cosa ñandú
dos-tres: ### Para quien enseña
tres: cuatro #### Para quien mantiene
####= N=3  cuántas veces
cuatro:
FIN
run awk -v all=1 -f "$root/.setup/help.awk" a.mk
check 'la_ayuda_separa_a_los_lectores' same "Uso: make ORDEN [OPCIÓN=valor ...]

Para estudiar
  uno  Hace una cosa ñandú

Sus opciones
  LAB=07  solo ese

Para enseñar
  dos-tres  Para quien enseña

Para mantener el curso
  tres  Para quien mantiene

Sus opciones
  N=3  cuántas veces" "$(cat "$work/out")"
printf '%s\n' 'Para empezar' '  make uno LAB=07  una cosa' '  make dos-tres   otra' >"$work/pantalla"
run awk -v screen=pantalla -v edition=student -f "$root/.setup/help.awk" a.mk
check 'la_pantalla_no_nombra_lo_que_no_hay' same 'Para empezar
  make uno LAB=07  una cosa' "$(cat "$work/out")"
help_screen() {
    local first
    (cd "$root" && "${as_typed[@]}" make -s >"$work/out") && read -r first <"$work/out"
    same '¿Primera vez? make grade' "${first%%:*}" && same "$(cat "$root/.setup/ayuda.txt")" "$(cat "$work/out")" &&
        LC_ALL=C.UTF-8 awk 'length > 80 { print "no cabe: " $0; bad = 1 } END { if (NR > 23) print NR " líneas"; exit bad || NR > 23 }' "$work/out"
}
check 'make_a_secas_cabe_en_80_por_24' help_screen
check 'la_ayuda_no_depende_del_idioma' same "$(cd "$root" && LC_ALL=C "${as_typed[@]}" make -s help | cksum)" \
    "$(cd "$root" && LC_ALL=C.UTF-8 "${as_typed[@]}" make -s help | cksum)"
check 'help_y_ayuda_son_lo_mismo' same "$(cd "$root" && "${as_typed[@]}" make -s help)" "$(cd "$root" && "${as_typed[@]}" make -s ayuda)"

# Un laboratorio y un capítulo se piden por su número, con cero o sin él, o por su nombre.
asks() { (cd "$root" && "${as_typed[@]}" make -n "$@" 2>&1); }
runs() { asks run LAB="$1" | grep -q 'exec build/normal/labs/07-monitor/monitor'; }
for lab in 7 07 monitor 07-monitor; do check "LAB=$lab" runs "$lab"; done
check 'un_LAB_que_no_hay_se_dice' has <(asks run LAB=99) 'di qué laboratorio'
check 'un_LAB_con_comodines_no_es_ninguno' has <(asks run LAB=%) 'di qué laboratorio'
check 'CAP=5' has <(asks reset CAP=5) 'lessons/05-tiempo-errores-y-cancelacion/practica'
check 'CAP=colas' has <(asks reset CAP=colas) 'lessons/07-colas/practica'
check 'en_minusculas_dice_como_se_escribe' has <(asks grade lab=07) '«lab» se escribe con mayúsculas: make grade LAB=07'

# Lo que se compila: en una terminal una línea, que borra quien habla después; en un archivo, todas;
# con V=1, las órdenes.
mkdir -p "$work/obra" && printf 'int uno;\n' >"$work/obra/uno.c" && printf 'int dos;\n' >"$work/obra/dos.c"
{
    sed -n '/^# Lo que se va haciendo/,/^endif/p; /^\$(O)\/%.o: %.c/,/^$/p' "$root/Makefile"
    printf 'todo: $(O)/uno.o $(O)/dos.o\n\t$(said)\n\t@echo listo\n.DEFAULT_GOAL := todo\n'
} >"$work/obra/Makefile"
built() { (cd "$work/obra" && rm -rf o && "${as_typed[@]}" "$@"); }
terminal=$(built script -qec 'make O=o CC=gcc VARIANT=normal' /dev/null </dev/null)
check 'en_una_terminal_una_linea_de_progreso' same $'  Compilando: 1\e[K\r  Compilando: 2\e[K\r\e[Klisto\r' "$terminal"
check 'en_un_archivo_una_linea_por_paso' same $'  CC       uno.c\n  CC       dos.c\nlisto' "$(built make O=o CC=gcc VARIANT=normal)"
built make O=o CC=gcc V=1 >"$work/out"
inherited=$(built script -qec 'make -s O=o CC=gcc VARIANT=normal; rm -r o; MAKE_TERMOUT=$(tty) make O=o CC=gcc VARIANT=normal | cat' /dev/null </dev/null)
check 'tambien_si_lo_llama_quien_esta_en_una' has <(printf '%s\n' "$inherited") '^  CC       dos\.c'
check 'con_V_las_ordenes' has "$work/out" '^ *gcc .*-c -o o/uno.o uno.c'
finish
