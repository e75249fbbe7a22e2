#!/bin/bash
# Prueba lo que hay detrás de make hint, reset y progreso, en un curso de mentira. Escribe TAP.
# Uso: run.sh ASINC_DAY      (lo llama `make test-day`)
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh

root=$PWD
day=$(realpath "$1")
top=$(mktemp -d "${TMPDIR:-/tmp}/asinc-day-XXXXXX")
trap 'rm -rf "$top"' EXIT
out=$top/salida
unset NO_COLOR CLICOLOR_FORCE COLUMNS

# ---- el curso de mentira ------------------------------------------------------------------

results() { # VEREDICTO DE saluda, varios, termina y memoria
    mkdir -p build/informe
    cat >build/informe/resultados.json <<EOF
{"version": 2, "laboratorios": [{"lab": "01", "carpeta": "labs/01-eco", "puntos": 40, "maximo": 100,
  "veredicto": "mal", "pruebas": [
  {"nombre": "saluda", "veredicto": "$1", "historia": ["1. Arranca", "FALLO: debía decir hola y calla"]},
  {"nombre": "varios", "veredicto": "$2", "historia": []},
  {"nombre": "termina", "veredicto": "$3", "historia": []},
  {"nombre": "memoria", "veredicto": "$4", "historia": []}]}]}
EOF
    touch -d '+1 hour' build/informe/resultados.json
}

fresh() {
    rm -rf "$top/curso"
    "$root/autograder/day/tests/curso.sh" "$top/curso" && cd "$top/curso" || exit 1
    results mal mal bien bien
}

# Un calificador de mentira: apunta que lo llamaron y deja unos resultados.
grader() {
    cat >"$top/calificador" <<EOF
#!/bin/sh
echo calificado >>"$top/llamadas"
echo 'esto no se enseña'
$1
EOF
    chmod +x "$top/calificador"
    rm -f "$top/llamadas"
}

hint() { "$day" hint "${1:-01}" "$top/calificador" >"$out" 2>&1; }

# ---- las pistas ---------------------------------------------------------------------------

una_mas_cada_vez() {
    fresh && grader true
    hint && has "$out" 'pista 1 de 3' && has "$out" 'debía decir hola y calla' &&
        hasnt "$out" 'argv|puts' &&
        hint && has "$out" 'pista 2 de 3' && has "$out" 'argv. y el capítulo 01, que lo cuenta' &&
        has "$out" '^    - un punto, con `v\[0\]`' && has "$out" '^    tal   cual$' &&
        hint && has "$out" 'pista 3 de 3' && has "$out" 'Escribe con `puts` y acaba\.$' &&
        has "$out" 'No hay más pistas' &&
        hint && has "$out" 'pista 3 de 3' && [ ! -e "$top/llamadas" ]
}

# Lo que el corrector vio en el programa manda sobre lo que suele faltarle a quien falla esa prueba.
cause() { # FALLO SECCIÓN QUÉ-ES ARREGLO
    fresh && grader true
    sed -i "s|FALLO: debía decir hola y calla|FALLO: $1|" build/informe/resultados.json
    touch -d '+1 hour' build/informe/resultados.json
    hint && has "$out" 'pista 1 de 3' && has "$out" "^    lessons/$2" &&
        hint && has "$out" 'pista 2 de 3' && has "$out" "$3" && hasnt "$out" 'argv' &&
        hint && has "$out" 'pista 3 de 3' && has "$out" "$4" && hasnt "$out" 'puts'
}
de_lo_que_el_corrector_vio() {
    cause 'el programa no espera: da vueltas en monitor.c:48' '01.*#preguntar-sin-parar' 'sin esperar' 'negativo' &&
        cause 'el programa debía acabar y murió por SIGSEGV (violación)' '14.*#memoria-ajena' 'SANITIZE=1' 'puntero' &&
        cause 'el programa se paró al ver un error suyo: «asinc: x»' '14.*#el-modo' 'qué regla' 'as_group_leave' &&
        cause 'falta un salto de línea: «a» va pegado a «b»' '08.*#olvidar-el-salto' 'printf' 'ERROR' &&
        cause 'algo bloquea el bucle, y mientras tanto' '03.*#bloquear-el-hilo' 'un solo hilo' 'as_sleep' &&
        cause 'las tareas se esperan unas a otras (interbloqueo): a' '06.*#un-abrazo-mortal' 'ciclo' 'orden' &&
        cause 'las tareas del programa se quedaron esperando: «a» espera b' '14.*#parado-y-sin-ciclo' \
            'nadie' 'última'
}
cada_causa_tiene_su_seccion() {
    local read reads bad=0
    reads=$(grep -o 'lessons/[^"]*#[^"]*' "$root/autograder/day/causes.c") || return
    for read in $reads; do
        sed -n 's/^##* //p' "$root/${read%%#*}" | sed 's/[.,:;?!`]//g; s/ /-/g; s/.*/\L&/' | grep -qxF "${read#*#}" ||
            { echo "no existe $read"; bad=1; }
    done
    return "$bad"
}

la_de_lo_que_falla_ahora() {
    fresh && grader true
    hint && has "$out" 'quien se le dice' && results bien bien bien mal &&
        hint && has "$out" 'pista 1 de 3' && hint && has "$out" 'Nada que ver'
}

la_que_espera_a_otra_no_cuenta() {
    fresh && grader true && results mal mal mal mal
    hint && has "$out" 'debía decir hola'
}

sin_calificar_califica() {
    fresh && grader "cp resultados.guardados build/informe/resultados.json"
    cp build/informe/resultados.json resultados.guardados
    rm -r build/informe && mkdir -p build/informe
    hint && has "$top/llamadas" calificado && has "$out" 'pista 1 de 3' && hasnt "$out" 'no se enseña' &&
        same 40 "$(jq_points 01-eco)"
}

tras_un_cambio_califica() {
    fresh && grader "touch -d '+3 hours' build/informe/resultados.json"
    touch -d '+2 hours' labs/01-eco/eco.c
    hint && has "$top/llamadas" calificado && rm "$top/llamadas" && hint && [ ! -e "$top/llamadas" ]
}

de_otro_arbol_no_vale() {
    fresh && grader "sed -i s,soluciones/,labs/, build/informe/resultados.json"
    sed -i 's,labs/01-eco,soluciones/01-eco,' build/informe/resultados.json
    touch -d '+1 hour' build/informe/resultados.json
    hint && has "$top/llamadas" calificado
}

lo_que_no_se_puede_decir() {
    fresh && grader true
    results bien bien bien bien && hint && has "$out" 'está completo' &&
        results no_compila no_compila no_compila no_compila && hint && has "$out" 'no compila' &&
        results fallo_corrector mal mal mal && ! hint && has "$out" 'el corrector falló' &&
        ! hint 99 && has "$out" 'no existe el laboratorio 99' &&
        results mal mal bien bien && rm labs/01-eco/pistas.md && ! hint && has "$out" 'pistas.md' &&
        rm build/informe/resultados.json && grader 'exit 3' && ! hint && has "$out" 'no se pudo calificar'
}

# ---- el progreso --------------------------------------------------------------------------

jq_points() { grep -A3 "\"$1\"" .progreso.json | sed -n 's/.*"puntos": \([0-9]*\).*/\1/p'; }

apunta_lo_calificado() {
    fresh
    "$day" anota && same 40 "$(jq_points 01-eco)" && sed -i 's/"puntos": 40/"puntos": 30/' build/informe/resultados.json &&
        "$day" anota && same 30 "$(jq_points 01-eco)" && "$day" progreso >"$out" &&
        has "$out" '→ 01 +.*\(llegaste a 40\) .* 30/100' && has "$out" 'make watch LAB=01'
}

# De los que están sin empezar, el que pide leer menos; el que está a medias, antes que ninguno.
el_siguiente_pide_leer_menos() {
    fresh
    cp -r labs/01-eco labs/02-otro &&
        sed -i 's/"lab": "01"/"lab": "02"/; s/"programa"/"capitulos": ["02"], &/' labs/02-otro/.grader/lab.json &&
        sed -i 's/"programa"/"capitulos": ["01"], &/' labs/01-eco/.grader/lab.json &&
        "$day" progreso >"$out" && has "$out" 'make watch LAB=01' &&
        "$day" progreso 2 >"$out" && has "$out" 'make watch LAB=02' &&
        "$day" anota && "$day" progreso >"$out" && has "$out" 'make watch LAB=01'
}

una_prueba_suelta_no_cuenta() {
    fresh
    "$day" anota && printf '%s' '{"laboratorios": [{"lab": "01", "carpeta": "labs/01-eco", "puntos": 7, "maximo": 7,
        "pruebas": [{"nombre": "saluda", "veredicto": "bien"}]}]}' >build/informe/resultados.json &&
        "$day" anota && same 40 "$(jq_points 01-eco)"
}

apunta_la_practica() {
    fresh
    printf 'hecho\t01-uno\t1\ta\tpredecir\t5\t\t\nfalta\t01-uno\t2\tb\tarreglar\t5\tuna cosa\t\nbasura\n' >estado
    "$day" anota estado && "$day" progreso >"$out" && has "$out" '→ 01 +Uno solo .* 1/2' &&
        has "$out" '· 02 +Dos .* 0/1' && has "$out" '1 de 3 ejercicios' && has "$out" 'make watch CAP=01'
}

un_capitulo_leido() {
    fresh
    "$day" progreso 2 >"$out" && has "$out" 'Dos \(leído\)' && has "$out" '1 de 2 capítulos' &&
        ! "$day" progreso 9 >"$out" 2>&1 && has "$out" 'no hay ningún capítulo «9»'
}

lo_roto_se_aparta() {
    local text
    for text in '' 'basura' '[1]' '{"version": "uno"}' '{"version": 1' $'\xff\xfe'; do
        fresh
        printf '%s' "$text" >.progreso.json
        "$day" anota 2>"$out" && has "$out" 'AVISO: no entiendo .progreso.json' &&
            same 40 "$(jq_points 01-eco)" && same "$text" "$(cat .progreso.json.roto-*)" || return 1
    done
}

lo_raro_dentro_no_molesta() {
    fresh
    echo '{"version": 1, "laboratorios": [], "pistas": 3, "practica": {"01-uno": "x"}, "otra": 7}' >.progreso.json
    grader true
    "$day" anota && same 40 "$(jq_points 01-eco)" && hint && hint && has "$out" 'pista 2' &&
        "$day" progreso >"$out" && has .progreso.json '"otra": 7'
}

uno_del_futuro_no_se_toca() {
    fresh
    echo '{"version": 99}' >.progreso.json
    "$day" anota 2>"$out" && has "$out" 'más nuevo' && same '{"version": 99}' "$(cat .progreso.json)"
}

muchos_a_la_vez() {
    fresh
    local i
    for i in 1 2 3 4 5 6 7 8; do
        printf 'hecho\t01-uno\t1\tejercicio%s\tpredecir\t5\t\t\n' "$i" >"estado$i"
        "$day" anota "estado$i" &
    done
    wait
    same 8 "$(grep -c 'ejercicio.*true' .progreso.json)" && same .progreso.json "$(echo .progreso.json*)"
}

sin_permiso_avisa() {
    fresh
    local as=
    [ "$(id -u)" -ne 0 ] || as='setpriv --reuid=65534 --regid=65534 --clear-groups'
    chmod -R a+rX "$top" && chmod a-w .
    $as "$day" anota 2>"$out"
    same 0 $? && has "$out" 'no puedo guardar .progreso.json'
    local held=$?
    chmod u+w . # que quien no es root pueda borrarlo
    return "$held"
}

cabe_en_60_columnas() {
    local width
    fresh
    echo '# Un título de capítulo que no cabe de ninguna manera en una sola línea' >lessons/01-uno/README.md
    width=$(CLICOLOR_FORCE=1 COLUMNS=60 NO_COLOR=1 TERM=xterm "$day" progreso | LC_ALL=C.UTF-8 wc -L)
    [ "$width" -le 60 ] || { echo "ocupa $width" && return 1; }
}

colores_solo_donde_se_ven() {
    fresh
    "$day" progreso >"$out" && hasnt "$out" $'\x1b' &&
        CLICOLOR_FORCE=1 TERM=xterm "$day" progreso >"$out" && has "$out" $'\x1b' &&
        CLICOLOR_FORCE=1 NO_COLOR=1 TERM=xterm "$day" progreso >"$out" && hasnt "$out" $'\x1b' &&
        LANG=C LC_ALL=C "$day" progreso >"$out" && has "$out" 'Capítulos' && has "$out" '-----' &&
        LC_ALL=C.UTF-8 "$day" progreso >"$out" && has "$out" '░░░░░'
}

# ---- empezar de nuevo ---------------------------------------------------------------------

reset() { "$root/autograder/day/reset.sh" "$@" >"$out" 2>&1 </dev/null; }

vuelve_al_principio_con_copia() {
    fresh
    echo mio >lessons/01-uno/practica/a.c
    echo extra >lessons/01-uno/practica/z.c
    reset lessons/01-uno/practica/ && same a "$(cat lessons/01-uno/practica/a.c)" &&
        same mio "$(cat .copias/*/lessons/01-uno/practica/a.c)" && same a.c "$(ls .copias/*/lessons/01-uno/practica)" &&
        same extra "$(cat lessons/01-uno/practica/z.c)" && has "$out" 'cp \.copias/' &&
        eval "$(grep -o 'cp .copias.*' "$out")" && same mio "$(cat lessons/01-uno/practica/a.c)"
}

dos_veces_en_un_segundo() {
    fresh
    mkdir "$top/bin" 2>/dev/null
    printf '#!/bin/sh\necho 2026-01-01_000000\n' >"$top/bin/date" && chmod +x "$top/bin/date"
    local i
    for i in 1 2 3; do
        echo "mio $i" >lessons/01-uno/practica/a.c
        PATH=$top/bin:$PATH reset lessons/01-uno/practica || return 1
    done
    same 'mio 1 mio 2 mio 3' "$(cat .copias/*/lessons/01-uno/practica/a.c | sort | xargs)"
}

sin_cambios_no_hace_nada() {
    fresh
    reset lessons/01-uno/practica && has "$out" 'como al principio' && [ ! -e .copias ]
}

solo_uno_y_lo_borrado() {
    fresh
    echo mio >lessons/01-uno/practica/a.c
    rm lessons/01-uno/practica/b.c
    reset lessons/01-uno/practica b.c && same b "$(cat lessons/01-uno/practica/b.c)" &&
        same mio "$(cat lessons/01-uno/practica/a.c)" && ! reset lessons/01-uno/practica q.c && has "$out" 'ningún q.c' &&
        ! reset lessons/02-dos/practica && has "$out" 'falta lessons/02-dos'
}

si_no_hay_copia_no_toca_nada() {
    fresh
    echo mio >lessons/01-uno/practica/a.c
    touch .copias # donde iría la carpeta
    ! reset lessons/01-uno/practica && same mio "$(cat lessons/01-uno/practica/a.c)"
}

# ---- el curso de verdad -------------------------------------------------------------------

cada_prueba_tiene_sus_pistas() { (cd "$root" && "$day" comprueba); }
make_reset_dice_como_se_usa() {
    ! make -C "$root" --no-print-directory reset LAB= CAP= >"$out" 2>&1 && has "$out" 'di qué' &&
        ! make -C "$root" --no-print-directory hint LAB= >"$out" 2>&1 && has "$out" 'di de qué'
}

for name in una_mas_cada_vez de_lo_que_el_corrector_vio cada_causa_tiene_su_seccion la_de_lo_que_falla_ahora la_que_espera_a_otra_no_cuenta \
    sin_calificar_califica tras_un_cambio_califica de_otro_arbol_no_vale lo_que_no_se_puede_decir \
    apunta_lo_calificado el_siguiente_pide_leer_menos una_prueba_suelta_no_cuenta apunta_la_practica un_capitulo_leido \
    lo_roto_se_aparta lo_raro_dentro_no_molesta uno_del_futuro_no_se_toca muchos_a_la_vez \
    sin_permiso_avisa cabe_en_60_columnas colores_solo_donde_se_ven vuelve_al_principio_con_copia \
    dos_veces_en_un_segundo sin_cambios_no_hace_nada solo_uno_y_lo_borrado \
    si_no_hay_copia_no_toca_nada cada_prueba_tiene_sus_pistas make_reset_dice_como_se_usa; do
    check "$name" "$name"
done
check 'los_originales_estan_al_dia' env -C "$root" autograder/day/originals.sh --comprueba
finish
