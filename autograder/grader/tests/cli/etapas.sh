# shellcheck shell=bash disable=SC2154 # usa lo de cli.sh
# Las etapas en la orden entera: lo que enseña a quien está a medias, y lo que deja escrito.

# El saludo está hecho y lo demás no: la segunda etapa es la siguiente.
half_done() { sed 's/i < argc;/i < 2 \&\& i < argc;/' solutions/01-eco/eco.c >labs/01-eco/eco.c; }

line() { grep -qxF -- "$1" <<<"$out" || why+="no tiene la línea «$1»"$'\n'; }

test_etapas_se_abre_la_siguiente() {
    half_done
    grade --lab 01
    line ' 01  Eco con saludo                                           incompleto  70/100'
    line '   ✓ Etapa 1. Un saludo                                                    40/40'
    line '   → Etapa 2. Varios saludos                                                0/30'
    line '       ✗ Saluda a varios, uno por línea                                     0/30'
    line '   ✓ Etapa 3. Terminar bien                                                30/30'
    silent 'Sin argumentos termina enseguida'
    clean
}

test_etapas_todas_si_se_piden() {
    half_done
    grade --lab 01 --todo
    line '       ✓ Sin argumentos termina enseguida (termina)                        10/10'
    line '       ✗ Saluda a varios, uno por línea (varios)                            0/30'
}

test_etapas_completo_es_corto() {
    grade --lab 01 --desde solutions
    line ' 01  Eco con saludo                                            completo  100/100'
    silent Etapa
    is líneas 10 "$(wc -l <<<"$out")"
}

test_etapas_de_varios_en_una_linea() {
    cp solutions/01-eco/eco.c labs/01-eco/eco.c
    rm labs/03-lenta/lenta.h
    grade
    line ' ✓ 01  Eco con saludo                                ✓✓✓  completo       100/100'
    line ' ! 02  Una suite que se rompe                        !!!  no calificado   10/100'
    line ' · 03  Una suite que no acaba                        ···  sin programa     0/100'
    silent Etapa
    says 'TOTAL 110/300'
    clean
}

# De lo que nadie ha tocado no se cuenta ninguna historia.
test_etapas_de_varios_sin_empezar() {
    rm -r labs/02-rota labs/03-lenta
    cp -r labs/01-eco labs/04-eco
    mkdir build/normal/labs/04-eco
    cp build/normal/labs/01-eco/suite build/normal/labs/04-eco
    sed -i 's/"lab": "01"/"lab": "04"/' labs/04-eco/.grader/lab.json
    sed 's/i < argc;/i < 2 \&\& i < argc;/' solutions/01-eco/eco.c >labs/04-eco/eco.c
    grade
    line ' · 01  Eco con saludo                                →··  sin empezar      0/100'
    line ' → 04  Eco con saludo                                ✓→✓  incompleto      70/100'
    silent '01 saluda'
    says '✗ Saluda a varios, uno por línea  04 varios'
    says 'Siguiente paso, en el laboratorio 04: «Saluda a varios, uno por línea» (30'
    rm -r labs/04-eco
    cp -r labs/01-eco labs/04-eco
    sed -i 's/"lab": "01"/"lab": "04"/' labs/04-eco/.grader/lab.json
    grade
    silent FALLO
    says 'Por dónde empezar el laboratorio 01'
}

test_etapas_en_una_terminal_estrecha() {
    half_done
    out=$(TERM=xterm script -qefc "stty cols 60; NO_COLOR=1 $grader --lab 01 2>/dev/null" /dev/null \
        </dev/null | tr -d '\r')
    line '   → Etapa 2. Varios saludos                            0/30'
    line '       ✗ Saluda a varios, uno por línea                 0/30'
    silent $'\x1b'
}

test_etapas_en_el_informe() {
    half_done
    grade --lab 01
    json '"etapas":\[[^]]*\]' '"etapas":['\
'{"etapa":1,"titulo":"Unsaludo","puntos":40,"maximo":40,"estado":"hecha"},'\
'{"etapa":2,"titulo":"Variossaludos","puntos":0,"maximo":30,"estado":"siguiente"},'\
'{"etapa":3,"titulo":"Terminarbien","puntos":30,"maximo":30,"estado":"hecha"}]'
    json '"nombre":"termina","puntos":10,"maximo":10,"veredicto":"bien","etapa":[0-9]' \
        '"nombre":"termina","puntos":10,"maximo":10,"veredicto":"bien","etapa":3'
    grade --lab 01 --prueba varios
    json '"etapas":\[[^]]*\]' \
        '"etapas":[{"etapa":2,"titulo":"Variossaludos","puntos":0,"maximo":30,"estado":"siguiente"}]'
}

test_etapas_una_sola_prueba_no_las_lleva() {
    half_done
    grade --lab 01 --prueba varios
    line ' 01  Eco con saludo                                                    mal  0/30'
    line '   ✗ Saluda a varios, uno por línea                                         0/30'
    silent Etapa
}

test_etapas_que_faltan_en_el_manifiesto() {
    sed -i '/"etapas"/d' labs/01-eco/.grader/lab.json
    grade --lab 01
    is código 3 "$rc"
    says 'labs/01-eco/.grader/lab.json: "etapas" debe ser una lista de 3 a 6 títulos'
}
