#!/bin/bash
# Prueba asinc-class desde fuera, con un curso de mentira en una carpeta temporal.
# Uso: clase.sh BUILD BUILD/VARIANTE [QUÉ]   (lo llama `make test-class`); escribe TAP. Con QUÉ,
# solo las que empiezan así.
set -u
here=$(realpath "$(dirname "$0")")
# shellcheck source=autograder/grader/tests/curso.sh
. "$here/../../grader/tests/curso.sh" "$1" "$2"
# shellcheck source=autograder/class/tests/comun.sh
. "$here/comun.sh"

# ---- una clase entera -----------------------------------------------------------------------

# Cinco personas, cada una a su manera, y una que no entrega.
make_class() {
    hand 'Pérez Gil Ana_11_assignsubmission_file_' <solutions/01-eco/eco.c
    sed 's/i < argc;/i < 2 \&\& i < argc;/' solutions/01-eco/eco.c | hand beto/mio/01-eco
    pack beto 2027-01-28T12:00:00Z
    printf 'int main(void) { return nada; }\n' | hand '=1+1'
    hand dina <"$here/../../grader/tests/cli/trampas/falsifica.c"
    mkdir e && ln -s /etc/passwd e/eco.c && tar -cf entregas/eva.tar -C e eco.c
    printf 'alumno,correo,fecha\nzoe,zoe@example.org,\ndina,,2027-01-20T00:00:00+01:00\n' >entregas/alumnos.csv
}

test_clase_de_principio_a_fin() {
    make_class
    class --lab 01
    is código 0 "$rc"
    is 'las notas, solo para quien califica' 700 "$(stat -c %a "$salida")"
    says 'Alumnos: 6. Entregas: 4; rechazadas: 1; faltan: 1.'
    says 'Por calificar: 4'
    says 'Calificadas: 4; rechazadas: 1; sin entregar: 1.'
    is notas "alumno,correo,numero,01,01 estado,total
'=1+1,,,0,calificado,0
Pérez Gil Ana,,11,100,calificado,100
beto,,,56,calificado,56
dina,,,10,calificado,10
eva,,,0,rechazado,0
zoe,zoe@example.org,,,no_entregado,0" "$(cat "$salida/notas.csv")"
    out=$(cat "$salida/detalle.csv")
    says 'beto,01,calificado,56,70,100,0,2,20,,2027-01-28T12:00:00Z,archivo,beto.tar.gz,Llegó con 2 días de retraso: se descuenta el 20 %.'
    says 'dina,01,calificado,10,10,100,0,0,0,,2027-01-19T23:00:00Z,alumnos.csv,dina,'
    says '«eco.c» es un enlace, y los enlaces no se siguen.'
    out=$(cat "$salida/moodle-01.csv")
    says 'Participante 11,Pérez Gil Ana,,100,100,-,'
    out=$(cat "$salida/gradescope/01/beto.json")
    says '"score": 56.0'
    says '"number": "varios"'
    says '"status": "failed"'
    is 'JUnit' 1 "$(grep -c '<testsuite name="01" tests="4" failures="0" errors="0">' "$salida/junit/Pérez Gil Ana.xml")"
    ! grep -rq CONSEGUIDO "$salida/junit" || why+='falsificó un resultado'$'\n'
    out=$(sqlite3 "$salida/clase.db" "SELECT json FROM resultado")
    says 'labs/01-eco/eco.c:1:'
    silent "$top"
    tidy

    # Otra vez, sin cambios: no se califica nada y sale lo mismo.
    before=$(dump)
    class --lab 01
    is código 0 "$rc"
    silent 'Por calificar'
    is 'la base' "$before" "$(dump)"

    # Un ajuste y un comentario quedan aunque cambie lo que entregó.
    class --nota beto --lab 01 --puntos 77.5 --motivo 'Lo defendió en clase.'
    is código 0 "$rc"
    class --nota zoe --lab 01 --comentario 'Entrega en papel.'
    is código 0 "$rc"
    sed 's/^/ /' solutions/01-eco/eco.c | hand beto/mio/01-eco
    pack beto 2027-01-20T12:00:00Z
    class --lab 01
    says 'Por calificar: 1,'
    says 'beto  01  100/100'
    out=$(cat "$salida/notas.csv")
    says 'beto,,,77.5,calificado,77.5'
    out=$(cat "$salida/detalle.csv")
    says 'Lo defendió en clase.'
    says 'Entrega en papel.'
    class --nota beto --lab 01 --quitar
    is código 0 "$rc"
    out=$(cat "$salida/notas.csv")
    says 'beto,,,100,calificado,100'
    tidy
}

# Quien reparte la clase lee de ahí lo que hay que calificar: media lista sería media clase.
test_sin_sitio_para_lo_que_dice() {
    hand ana <solutions/01-eco/eco.c
    out=$("$class" --entregas entregas --salida "$salida" --lab 01 --preparar 2>&1 >/dev/full)
    is 'código al preparar' 3 "$?"
    says 'no se pudo escribir'
    out=$("$class" --entregas entregas --salida "$salida" --lab 01 2>&1 >/dev/full)
    is 'código al calificar' 3 "$?"
    is 'y la nota' 100 "$(query 'SELECT puntos FROM resultado')"
    out=$(class --entregas $'\x1b[2J\u202e\xff'; echo "$out")
    silent $'\x1b'
    says 'ENTREGAS=\x1b[2J\u202e'
}

# ---- la semilla -----------------------------------------------------------------------------

# De los mismos archivos salen los mismos datos al azar, pero no se ven en ninguna orden ni se
# calculan con lo que se entregó.
test_la_semilla_ni_se_ve_ni_se_calcula() {
    local rung seed="SELECT json_extract(json, '\$.semilla') FROM resultado" first
    hand ana <"$here/../../grader/tests/cli/trampas/semilla.c"
    for rung in completa parcial minima; do
        salida=$rung class --lab 01 --caja "$rung"
        is "código en $rung" 0 "$rc"
        is "puntos en $rung" 10 "$(salida=$rung query 'SELECT puntos FROM resultado')"
        salida=$rung tidy
    done
    salida=minima
    first=$(query "$seed")
    is 'de la clave' 0 "$(query "SELECT count(*) FROM resultado WHERE clave LIKE '$first%'")"
    [ "$first" != "$(salida=parcial query "$seed")" ] || why+='es la misma en otra clase'$'\n'
    query 'DELETE FROM resultado'
    class --lab 01 --caja minima
    is 'al repetir' "$first" "$(query "$seed")"
}

# ---- las plataformas ---------------------------------------------------------------------------

# Sin calificar: solo se apunta.
test_gradescope_dice_quien_y_cuando() {
    hand assignment_9_export/submission_501 <solutions/01-eco/eco.c
    hand assignment_9_export/submission_502 <labs/01-eco/eco.c
    cat >entregas/assignment_9_export/submission_metadata.yml <<'FIN'
---
submission_501:
  :submitters:
  - :name: Ana Pérez
    :sid: '42'
    :email: ana@example.org
  - :name: Beto Ruiz
    :sid: '43'
    :email: beto@example.org
  :created_at: 2027-01-24 12:00:00.000000000 -05:00
submission_502:
  :submitters:
  - :name: Caro Gil
    :sid: '44'
    :email: caro@example.org
  :created_at: 2027-01-25 01:02:03.000000000 Z
FIN
    class --lab 01 --preparar
    is código 0 "$rc"
    is unidades 1 "$(grep -cE '^[0-9a-f]{64} 01$' <<<"$out")"
    is entregas 'Ana Pérez|entregada|2027-01-24T17:00:00Z|gradescope|501
Beto Ruiz|entregada|2027-01-24T17:00:00Z|gradescope|501
Caro Gil|rechazada|2027-01-25T01:02:03Z|gradescope|502' \
        "$(query 'SELECT alumno, estado, fecha, fecha_de, numero FROM entrega')"
    is alumnos 'Ana Pérez|ana@example.org|42' "$(query 'SELECT * FROM alumno LIMIT 1')"
}

test_moodle_con_y_sin_carpetas() {
    hand 'Ruiz Eva_7_assignsubmission_file_' <solutions/01-eco/eco.c
    hand suelto <solutions/01-eco/eco.c
    mv entregas/suelto/eco.c 'entregas/Gil Teo_8_assignsubmission_file_eco.c'
    rmdir entregas/suelto
    hand 'Ruiz Eva_9_assignsubmission_file_' <labs/01-eco/eco.c
    touch -d 2027-01-02T03:04:05Z entregas/*_7_*/eco.c entregas/*_8_*
    class --lab 01 --preparar
    is código 0 "$rc"
    is entregas 'Gil Teo|entregada|2027-01-02T03:04:05Z|moodle|8
Ruiz Eva (7)|entregada|2027-01-02T03:04:05Z|moodle|7' \
        "$(query "SELECT alumno, estado, fecha, fecha_de, numero FROM entrega WHERE estado = 'entregada'")"
    is rechazadas 'Ruiz Eva (9)' "$(query "SELECT alumno FROM entrega WHERE estado = 'rechazada'")"
}

test_donde_estan_los_archivos() {
    hand ana/labs/01-eco <solutions/01-eco/eco.c
    sed 's/^/ /' solutions/01-eco/eco.c | hand ana/copia
    hand ana <labs/01-eco/eco.c
    hand beto/uno <solutions/01-eco/eco.c
    sed 's/^/ /' solutions/01-eco/eco.c | hand beto/dos
    hand caro <solutions/01-eco/eco.c
    mv entregas/caro/eco.c entregas/caro/Eco.c
    class --lab 01 --preparar
    is código 0 "$rc"
    is elegida "$(cat solutions/01-eco/eco.c)" \
        "$(query "SELECT f.contenido FROM fuente f JOIN entrega e USING(clave) WHERE alumno = 'ana'")"
    out=$(query 'SELECT alumno, motivo, avisos FROM entrega')
    says 'Había otra versión, «copia/eco.c». Se calificó «labs/01-eco/eco.c».'
    says 'Hay dos versiones distintas, «dos/eco.c» y «uno/eco.c», y no se sabe cuál entregas. Deja solo una.'
    says 'No está «eco.c». En la entrega hay: «Eco.c».'
}

# ---- cuando algo falla --------------------------------------------------------------------------

# Ni un cero ni una ganancia; y la próxima vez se intenta otra vez.
test_fallo_del_corrector_no_es_un_cero() {
    sed 's/^/ /' solutions/02-rota/rota.c | hand ana/02-rota
    mv entregas/ana/02-rota/eco.c entregas/ana/02-rota/rota.c
    hand ana/01-eco <solutions/01-eco/eco.c
    mv build/normal/autograder/asinc-grade bueno
    printf '#!/bin/sh\necho "no hay sitio" >&2\nexit 3\n' >build/normal/autograder/asinc-grade
    chmod +x build/normal/autograder/asinc-grade
    class --lab 01
    is código 3 "$rc"
    says 'el corrector terminó con código 3 y sin resultado'
    is notas 'ana,,,,no_calificado,' "$(tail -1 "$salida/notas.csv")"
    is resultado 'no_calificado||1' "$(query 'SELECT estado, puntos, intentos FROM resultado')"
    class --lab 01
    is intentos 2 "$(query 'SELECT intentos FROM resultado')"
    mv bueno build/normal/autograder/asinc-grade
    class
    is código 3 "$rc"
    is notas 'ana,,,100,calificado,,no_calificado,' "$(tail -1 "$salida/notas.csv")"
    [ "$(query "SELECT sin_calificar FROM resultado WHERE lab = '02' AND estado = 'no_calificado'")" -gt 0 ] ||
        why+='la 02 no dice qué queda por calificar'$'\n'
    out=$(cat "$salida/gradescope/02/ana.json")
    says '"number"'
    silent '"score"'
    tidy
}

test_ctrl_c_no_deja_nada_y_se_sigue() {
    local i
    for i in 1 2 3; do sed "s/^/ \/* $i *\/ /" solutions/01-eco/eco.c | hand "a$i"; done
    start --lab 01 --trabajos 2
    wait_for 'test -n "$(ls "$TMPDIR")"'
    kill -INT "$pid"
    wait "$pid"
    is código 130 "$?"
    out=$(cat dicho.txt)
    says 'Interrumpido: no queda nada en marcha.'
    is 'procesos' '' "$(alive)"
    clean
    class --lab 01
    is código 0 "$rc"
    is estados 'calificado|3' "$(query 'SELECT estado, count(*) FROM resultado GROUP BY 1')"
    tidy
}

test_como_cualquiera_y_por_listas() {
    hand ana <solutions/01-eco/eco.c
    chmod -R a+rwX "$course"
    plainly "$class" --entregas entregas --salida "$salida" --lab 01 --preparar >lista
    plainly "$class" --lista lista --salida "$salida" || why+='la lista no se califica'$'\n'
    out=$(plainly "$class" --entregas entregas --salida "$salida" --lab 01 2>&1)
    silent 'Por calificar'
    is notas 'ana,,,100,calificado,100' "$(tail -1 "$salida/notas.csv")"
    tidy
}

test_ordenes_mal_dadas() {
    class --nota ana --lab 01 --puntos 3
    is código 2 "$rc"
    says 'MOTIVO'
    class --trabajos cero
    is código 2 "$rc"
    "$class" >dicho.txt 2>&1
    is código 2 "$?"
    out=$(cat dicho.txt)
    says 'ENTREGAS=carpeta'
    class --lab 01
    is código 3 "$rc"
    says 'no hay ninguna entrega'
    hand ana <solutions/01-eco/eco.c
    class --lab 77
    is código 2 "$rc"
    printf 'alumno,fecha\nana,ayer\n' >entregas/alumnos.csv
    class --lab 01
    is código 3 "$rc"
    says 'alumnos.csv:2: la fecha «ayer»'
    mkdir otra && flock otra sleep 100 &
    wait_for 'test -d otra && ! flock -n otra true'
    salida=otra class --lab 01
    kill $! && wait $! 2>/dev/null
    says 'otra orden está usando SALIDA=otra'
}

# Lo que make manda a la shell se entiende, con motor y sin él.
test_la_orden_de_make() {
    local engine
    for engine in '' slurm otro; do
        out=$(env -u MAKEFLAGS -u MAKELEVEL make -C "$here/../../.." --no-print-directory -n grade-class \
            ENTREGAS=entregas LAB=07 TRABAJOS=2 "MOTOR=$engine" | tail -1)
        bash -n <<<"$out" 2>/dev/null || why+="MOTOR=$engine: no se entiende"$'\n'
        says "${engine:+$([ "$engine" = slurm ] && echo slurm.sh || echo exit)}"
    done
}

run_tests "${3:-}"
