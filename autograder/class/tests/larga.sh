#!/bin/bash
# Lo que tarda de probar en una clase: interrumpirla muchas veces con kill -9, y una entera, de la
# que se sabe cada nota, con programas hostiles entre los demás.
# Uso: larga.sh BUILD BUILD/VARIANTE [QUÉ]   en la raíz del curso; escribe TAP. N personas, 8; VECES interrupciones
# de una clase pequeña, 6; CORTES interrupciones de la de N, ninguna.
set -u
here=$(realpath "$(dirname "$0")") root=$PWD
# shellcheck source=autograder/grader/tests/curso.sh
. "$here/../../grader/tests/curso.sh" "$1" "$2"
# shellcheck source=autograder/class/tests/comun.sh
. "$here/comun.sh"

results() { query 'SELECT count(*) FROM resultado' 2>/dev/null || echo 0; }

# Muere sin avisar, y lo que lanzó se va detrás. La base siempre está entera, con lo que ya tenía: $was.
kill_at_once() {
    kill -KILL "$pid" && wait "$pid" 2>/dev/null
    wait_for '[ -z "$(alive)" ]' || why+="sigue en marcha: $(alive)"$'\n'
    [ ! -e "$salida/clase.db" ] || is 'base entera' ok "$(query 'PRAGMA integrity_check')"
    [ "$(results)" -ge "$was" ] || why+="perdió resultados: de $was a $(results)"$'\n'
}

test_muchos_kill_9_y_la_misma_base() {
    local i was expected
    for i in {1..16}; do
        sed "s/i < argc;/i < $((i % 3 + 1)) \&\& i < argc; \/* $i *\//" solutions/01-eco/eco.c | hand "a$i"
    done
    salida=seguida class --lab 01
    is código 0 "$rc"
    expected=$(salida=seguida dump)
    for ((i = 1; i <= ${VECES:-6}; i++)); do
        was=$(results)
        start --lab 01 --trabajos 2
        # Una de cada tres veces, justo después de guardar algo; las demás, en cualquier momento.
        [ $((i % 3)) -ne 0 ] || wait_for '[ "$(results)" -gt "$was" ] || ! kill -0 "$pid"'
        sleep "$((RANDOM % 2)).$((RANDOM % 10))"
        kill_at_once
    done
    class --lab 01
    is código 0 "$rc"
    is 'la base' "$expected" "$(dump)"
    cmp -s seguida/notas.csv "$salida/notas.csv" || why+='notas.csv cambia'$'\n'
    tidy
}

# Centésimas de procesador que lleva gastadas la máquina entera: lo que muere con su caja no se lo apunta
# ningún padre.
spent() { awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 }' /proc/stat; }

# Califica la clase entera en la SALIDA que sigue.
whole_class=("$own/autograder/asinc-class" --entregas "$top/clase/entregas" --salida)

# La tabla de programas con las notas que faltan, las de make grade.
known_marks() { # CUÁNTOS
    local number what name points
    while read -r number what name points; do
        if [ "$points" = '?' ]; then
            autograder/class/tests/entregas.sh --uno "$top/solo/$number-$name" "$number" "$what" "$name"
            "$own/autograder/asinc-grade" --lab "$number" --desde "$top/solo/$number-$name" \
                --informe "$top/informe" >/dev/null 2>&1 </dev/null
            points=$(sed -n '0,/"total"/s/^ *"total": \([0-9]*\),$/\1/p' "$top/informe/resultados.json")
        fi
        echo "$number $what $name $points"
    done < <(grep -v '^#' "$here/programas.txt" | head -n "$1")
}

test_una_clase_de_notas_conocidas() {
    local start cpu seconds n=${N:-8} salida=$top/salida
    cd "$root" || return
    known_marks "$n" >"$top/programas"
    autograder/class/tests/entregas.sh "$n" "$top/clase" "$top/programas"
    start=$(date +%s) cpu=$(spent)
    "${whole_class[@]}" "$salida" ${TRABAJOS:+--trabajos "$TRABAJOS"} >"$top/dicho" 2>&1
    is código 0 "$?"
    out=$(tail -3 "$top/dicho")
    seconds=$(($(date +%s) - start))
    echo "# $n entregas en $seconds s, con $(awk -v t="$(($(spent) - cpu))" -v s="$seconds" -v h="$(getconf CLK_TCK)" \
        'BEGIN { printf "%.2f", t / h / s }') procesadores ocupados de $(nproc)"
    is notas "$(sort "$top/clase/esperado")" \
        "$(awk -F, 'NR > 1 && $3 != "no_entregado" { print $1 "," $2 "," $3 "," $4 }' "$top/salida/detalle.csv" | join_expected)"
    [ -z "$why" ] || why+="no pasaron:"$'\n'$(fallen)$'\n'
    is 'otra vez, nada' '' "$("${whole_class[@]}" "$salida" 2>&1 | grep 'Por calificar')"
    tidy
    [ -z "${CORTES:-}" ] || cut_short
}

# La misma clase con los mismos datos al azar, a la que se mata CORTES veces: la misma base.
cut_short() {
    local i was expected all
    expected=$(dump) all=$(results) # menos que entregas: las hay iguales
    salida=$top/cortada
    mkdir -m 700 "$salida" && cp -p "$top/salida/secreto" "$salida"
    for ((i = 1; i <= CORTES; i++)); do
        was=$(results)
        "${whole_class[@]}" "$salida" >/dev/null 2>&1 &
        pid=$!
        # Se la deja calificar su parte, y se la mata en cualquier momento.
        until [ "$(results)" -ge $((all * i / (CORTES + 1))) ] || ! kill -0 "$pid"; do sleep 0.2; done
        sleep "0.$((RANDOM % 10))"
        kill_at_once
    done
    "${whole_class[@]}" "$salida" >/dev/null 2>&1
    is código 0 "$?"
    diff <(echo "$expected") <(dump) >"$top/diferencias" || why+="la base cambia:"$'\n'$(head -c 4000 "$top/diferencias")$'\n'
    echo "# y matada $CORTES veces, $(results) resultados"
    tidy
}

# Qué pruebas no pasó quien sacó puntos: de un solo punto que baila, aquí se lee cuál.
fallen() {
    query "SELECT e.alumno || ' ' || e.lab || ' ' || (p.value ->> 'nombre') || ' ' || (p.value ->> 'veredicto')
        FROM entrega e JOIN resultado r USING (clave), json_each(r.json, '\$.laboratorios[0].pruebas') p
        WHERE r.puntos > 0 AND p.value ->> 'veredicto' <> 'bien'"
}

# De lo que sale, lo del laboratorio que cada cual hacía: un archivo roto se rechaza en todos.
join_expected() {
    sort | awk -F, 'NR == FNR { lab[$1] = $2; next } lab[$1] == $2' "$top/clase/esperado" -
}

run_tests "${3:-}"
