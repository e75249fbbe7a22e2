#!/bin/bash
# Lo que tarda de probar en una clase: interrumpirla muchas veces con kill -9, y una entera, de la
# que se sabe cada nota, con programas hostiles entre los demás; y otra que llega por las cuatro puertas.
# Uso: larga.sh BUILD BUILD/VARIANTE [QUÉ]   en la raíz del curso; escribe TAP. Con «vecinos», solo los
# vecinos, VECES veces (5). N personas, 8, o 40 por las puertas; VECES interrupciones
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

# ---- por las cuatro puertas -------------------------------------------------------------------------

# Quien es I entrega esto, que saca lo que dice known_points, por la puerta que le toca: Moodle, Canvas,
# Gradescope o GitHub. En cada laboratorio tiene otro número en Moodle y otra entrega en los demás sitios. Uno de
# cada dos no hace lo que se pide, y por cada puerta entran los mismos: un enlace y una ruta que se salen de la
# entrega, una bomba, quien escribe su propio resultado y quien calcula los datos de las pruebas.
KINDS=10
work_of() { # I: lo que entrega, cada uno con algo suyo
    case $(($1 % KINDS)) in
    0 | 1) cat solutions/01-eco/eco.c ;;
    2) sed 's/i < argc;/i < 2 \&\& i < argc;/' solutions/01-eco/eco.c ;;
    3) echo 'int main(void) { return nada; }' ;;
    4) cat "$here/../../grader/tests/cli/trampas/falsifica.c" ;;
    5) cat labs/01-eco/eco.c && return ;;
    6 | 7 | 8) cat "hostil$(($1 % KINDS)).tgz" && return ;;
    9) cat "$here/../../grader/tests/cli/trampas/semilla.c" ;;
    esac
    echo "/* $1 */"
}
make_archives() {
    mkdir malo
    ln -s "$PWD/solutions/01-eco/eco.c" malo/eco.c && tar -czf hostil6.tgz -C malo eco.c && rm malo/eco.c
    cp solutions/01-eco/eco.c malo && tar -czPf hostil7.tgz -C malo --transform 's|^|../../|' eco.c
    truncate -s 300M malo/eco.c && tar -czf hostil8.tgz -C malo eco.c && rm -r malo
}
known_points() { local points=(100 100 70 0 10 0 0 0 0 10); echo "${points[$1 % KINDS]}"; }
known_state() { case $(($1 % KINDS)) in 5 | 6 | 7 | 8) echo rechazado ;; *) echo calificado ;; esac; }

hand_by_door() { # I LABORATORIO
    local i=$1 n file=eco.c
    n=$((1000 * $2 + 100 + i))
    case $((i % KINDS)) in 6 | 7 | 8) file=entrega.tgz ;; esac
    put() { mkdir -p "entregas/$1" && cat >"entregas/$1/$file"; }
    case $((i / KINDS % 4)) in
    0) work_of "$i" | put "Gómez Ana_${n}_assignsubmission_file_" ;; # todos los de Moodle se llaman igual
    1) work_of "$i" >"entregas/gomezana_${i}000_${n}_$file" ;;
    2)
        work_of "$i" | put "submission_$n"
        printf "submission_%s:\n  :submitters:\n  - :name: Ana Gómez\n    :sid: '%s'\n  :created_at: 2027-01-20 12:00:00 Z\n" \
            "$n" "$((7000 + i))" >>entregas/submission_metadata.yml
        ;;
    3) work_of "$i" | put "lab$2-gh$i" ;;
    esac
}

test_por_las_cuatro_puertas() {
    local i lab was people=${N:-40}
    # Un segundo laboratorio, como el primero.
    cp -r labs/01-eco labs/04-eco && cp -r build/normal/labs/01-eco build/normal/labs/04-eco
    sed -i 's/"lab": "01"/"lab": "04"/' labs/04-eco/.grader/lab.json
    sed -i 's/"02": /"04": /' autograder/curso.json
    make_archives
    echo 'alumno,moodle,canvas,gradescope,github' >lista.csv
    for ((i = 0; i < people; i++)); do
        echo "Persona $i,$((1100 + i))|$((4100 + i)),${i}000,$((7000 + i)),gh$i" >>lista.csv
        echo "Persona $i,$(known_points "$i"),$(known_state "$i")" >>esperado
    done
    for lab in 1 4; do
        rm -rf entregas && mkdir entregas
        for ((i = 0; i < people; i++)); do hand_by_door "$i" "$lab"; done
        for i in 1 2; do
            was=$(results)
            start --lab "0$lab" --alumnos lista.csv
            wait_for '[ "$(results)" -gt "$was" ] || ! kill -0 "$pid"'
            kill_at_once
        done
        class --lab "0$lab" --alumnos lista.csv
        is "código del 0$lab" 0 "$rc"
        is "notas del 0$lab" "$(sort esperado)" "$(awk -F, -v lab="0$lab" 'NR > 1 && $2 == lab { print $1 "," $4 "," $3 }' "$salida/detalle.csv" | sort)"
    done
    is personas "$people" "$(query 'SELECT count(*) FROM alumno')"
    is 'en los dos' "$people" "$(query 'SELECT count(*) FROM (SELECT alumno FROM entrega GROUP BY alumno HAVING count(*) = 2)')"
    # De lo hostil, cada cosa se rechaza por lo que es, venga por donde venga, y nada sale de su entrega.
    is 'por qué se rechaza' '4 bomba
4 enlace
4 ruta' "$(query "SELECT count(*) || ' ' || que FROM (SELECT CASE WHEN motivo LIKE '%es un enlace%' THEN 'enlace'
        WHEN motivo LIKE '%desempaquetado más de 32 MiB%' THEN 'bomba' WHEN motivo LIKE '%«..»%' THEN 'ruta' ELSE motivo END AS que
        FROM entrega WHERE lab = '04' AND motivo NOT LIKE '%es el del enunciado%') GROUP BY que")"
    [ ! -e "$top/eco.c" ] || why+='una ruta se salió de su entrega'$'\n'
    [ "$(query "SELECT count(*) FROM resultado WHERE json LIKE '%CONSEGUIDO%'")" = 0 ] || why+='falsificó un resultado'$'\n'
    # Cada cual, a su sitio.
    is 'a Moodle, los de Moodle' "$(query "SELECT count(*) FROM entrega WHERE lab = '04' AND plataforma = 'moodle'")" \
        "$(grep -c '^Participante' "$salida/moodle-04.csv")"
    tidy
}

# ---- con los programas de verdad -------------------------------------------------------------------

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
            read -r points _ < <("$own/autograder/asinc-grade" --informe "$top/informe" --resultados total)
        fi
        echo "$number $what $name $points"
    done < <(grep -v '^#' "$here/programas.txt" | head -n "$1")
}

test_una_clase_de_notas_conocidas() {
    local start cpu seconds n=${N:-8} salida=$top/salida
    cd "$root" || return
    export ASINC_COURSE=$own/autograder/asinc-course
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

# Quien no es root en esta prueba: nadie más usa su número.
neighbour=65533
as_neighbour() {
    if [ "$(id -u)" -eq 0 ]; then
        chown -R "$neighbour:$neighbour" "$course"
        setpriv --reuid "$neighbour" --regid "$neighbour" --clear-groups "$@"
    else
        "$@"
    fi
}

# Las colas de POSIX, que solo se ven montadas.
queues() {
    local look='find "$0" -mindepth 1 \( -uid "$1" -o -uid +61199 -uid -64200 \)'
    if mountpoint -q /dev/mqueue; then
        sh -c "$look" /dev/mqueue "$neighbour"
    elif [ "$(id -u)" -eq 0 ]; then
        mkdir -p "$top/colas" && unshare -m sh -c "mount -t mqueue colas \"\$0\" && $look" "$top/colas" "$neighbour"
    fi
}

# Los grupos de control de quien ya no está: asinc-PID.
orphan_groups() {
    local group
    find /sys/fs/cgroup -type d -name 'asinc-[0-9]*' 2>/dev/null | while read -r group; do
        group=${group##*/asinc-}
        [ -e "/proc/${group%.scope}" ] || echo "asinc-$group"
    done
}

# Lo que queda en la máquina que no es de ningún proceso: memoria y colas de SysV y de POSIX, y archivos. De
# los usuarios que da el corrector, y de ese.
left_behind() {
    queues
    awk -v other="$neighbour" '{ uid = FILENAME ~ /sem/ ? $5 : $8 }
        (uid >= 61200 && uid < 64200) || uid == other' /proc/sysvipc/{shm,msg,sem}
    find /dev/shm /tmp /var/tmp -mindepth 1 -maxdepth 1 -newer "$top/antes" ! -name 'asinc-*' \
        \( -uid "$neighbour" -o -uid +61199 -uid -64200 \) 2>/dev/null
}

# Ocho hostiles y ocho honrados a la vez: cada honrado saca lo que solo, y no falla ningún corrector.
neighbours() { # ORDEN...
    local i round before groups honest=${honest:-}
    for i in {0..7}; do
        { echo "#define QUE $i" && cat "$here/hostil.c"; } | hand "hostil$i"
        { echo "$honest /* $i */" && cat "$here/honrado.c"; } | hand "honrado$i"
    done
    touch "$top/antes"
    before=$(left_behind) groups=$(orphan_groups)
    for ((round = 1; round <= ${VECES:-5}; round++)); do
        rm -rf "${salida:?}"
        out=$("$@" "$class" --entregas entregas --salida "$salida" --lab 01 --trabajos 16 ${CAJA:+--caja "$CAJA"} 2>&1)
        is "código, vez $round" 0 "$?"
        is "honrados con toda su nota, vez $round" 8 "$(grep -c '^honrado[0-7],.*,100,calificado,100$' "$salida/notas.csv")"
        is "hostiles calificados, vez $round" 8 "$(grep -c '^hostil[0-7],.*,calificado,' "$salida/notas.csv")"
        is "sin calificar, vez $round" '' \
            "$(query "SELECT clave FROM resultado WHERE json LIKE '%fallo_corrector%'")"
        tidy
        is "lo que queda, vez $round" "$before" "$(left_behind)"
        is "grupos de control, vez $round" "$groups" "$(orphan_groups)"
    done
    [ -z "$why" ] || out+=$'\n'$(cat "$salida/notas.csv"; query "SELECT e.alumno || ' ' || (p.value ->> 'nombre') || ' ' ||
        (p.value ->> 'veredicto') || ' ' || (p.value ->> 'historia') FROM entrega e JOIN resultado r USING (clave),
        json_each(r.json, '\$.laboratorios[0].pruebas') p
        WHERE p.value ->> 'veredicto' = 'fallo_corrector' OR (e.alumno LIKE 'honrado%' AND p.value ->> 'veredicto' <> 'bien') LIMIT 10")
}

# Lo que tardó en calificarse el honrado, en milisegundos, y su nota.
honest_took() {
    query "SELECT json_extract(r.json, '\$.ms') FROM entrega e JOIN resultado r USING (clave) WHERE e.alumno = 'honrado'"
}
honest_mark() { grep -o '^honrado,.*' "$salida/notas.csv" | grep -oE '[0-9]+,calificado,[0-9]+$'; }

# Un hostil y un honrado a la vez, diez veces: el honrado saca lo suyo, sin tardar más del doble que solo.
pairs() { # ORDEN...
    local i alone took worst=0 honest=${honest:-}
    class_of_two() {
        rm -rf "${salida:?}"
        out=$("$@" "$class" --entregas entregas --salida "$salida" --lab 01 --trabajos 2 ${CAJA:+--caja "$CAJA"} 2>&1)
        is "$what, código" 0 "$?"
        is "$what, la nota del honrado" 100,calificado,100 "$(honest_mark)"
        took=$(honest_took)
        tidy
    }
    { echo "$honest" && cat "$here/honrado.c"; } | hand honrado
    for i in 1 2 3; do
        what="solo, vez $i" class_of_two "$@"
        alone+="$took"$'\n'
    done
    alone=$(sort -n <<<"${alone%$'\n'}" | sed -n 2p)
    for ((i = 0; i < ${PAREJAS:-10}; i++)); do
        { echo "#define QUE $((i % 8))" && cat "$here/hostil.c"; } | hand hostil
        what="pareja $i" class_of_two "$@"
        [ "${took:-0}" -le "$worst" ] || worst=$took
        [ "${took:-999999}" -le $((2 * alone)) ] || why+="pareja $i: $took ms, y solo $alone"$'\n'
    done
    echo "# el honrado tarda solo $alone ms; con un hostil al lado, hasta $worst: $(awk -v a="$alone" -v b="$worst" 'BEGIN { printf "%.2f", b / a }') veces"
}

# Los vecinos llenan la máquina, y con ellos no se puede probar otra cosa: solo si se piden.
if [ "${3:-}" = vecinos ]; then
    test_vecinos_hostiles() { neighbours; }
    test_vecinos_de_dos_en_dos() { pairs env; }
    test_vecinos_hostiles_sin_ser_root() {
        [ "${CAJA:-}" != ya-aislado ] || { skip='esa caja pide ser root' && return; }
        honest=$'#define TUBERIA 8192\n' neighbours as_neighbour
    }
fi

run_tests "${3:-}"
