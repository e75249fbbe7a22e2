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
    printf 'alumno,correo,moodle,fecha\nzoe,zoe@example.org,,\ndina,,,2027-01-20T00:00:00+01:00
Pérez Gil Ana,,11,\nbeto\n=1+1\neva\n' >entregas/alumnos.csv
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
beto,,,56,calificado,56
dina,,,10,calificado,10
eva,,,0,rechazado,0
Pérez Gil Ana,,,100,calificado,100
zoe,zoe@example.org,,,no_entregado,0" "$(cat "$salida/notas.csv")"
    out=$(cat "$salida/detalle.csv")
    says 'beto,01,calificado,56,70,100,0,2,20,,2027-01-28T12:00:00Z,archivo,beto.tar.gz,Llegó con 2 días de retraso: se descuenta el 20 %.'
    says 'dina,01,calificado,10,10,100,0,0,0,,2027-01-19T23:00:00Z,alumnos.csv,dina,'
    says '«eco.c» es un enlace, y los enlaces no se siguen.'
    out=$(cat "$salida/moodle-01.csv")
    says 'Participante 11,Pérez Gil Ana,,100,100,-,'
    is 'de Moodle, lo de Moodle' 2 "$(wc -l <"$salida/moodle-01.csv")"
    [ ! -e "$salida/canvas.csv" ] || why+='hay canvas.csv y nada vino de Canvas'$'\n'
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
    class --nota beto --lab 01 --puntos 185 --motivo 'Un dedo de más.'
    is 'código con más de lo que hay' 2 "$rc"
    says 'PUNTOS es un número de 0 a 100, como 85 o 76.5, y no «185»'
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
        has_box "$rung" || { skip="aquí no hay caja $rung" && return; }
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

# ---- la caja --------------------------------------------------------------------------------

# En otra caja sería otra nota: la que se pide o ninguna, también en otra máquina y al repetir.
test_la_caja_que_se_pide_o_ninguna() {
    local -r refusal='ahora no se puede la caja completa, y se pidió esa'
    without() { PATH=$PWD/falso:$PATH class --caja completa --lab 01 "$@"; }
    mkdir falso
    printf '#!/bin/sh\necho "bwrap: No permissions to create a new namespace" >&2\nexit 1\n' >falso/bwrap
    chmod 755 falso falso/bwrap
    hand ana <solutions/01-eco/eco.c
    without
    is código 3 "$rc"
    says "$refusal"
    is 'nada calificado' 0 "$(query 'SELECT count(*) FROM resultado')"
    class --lab 01 --preparar
    grep -E '^[0-9a-f]{64} 01$' <<<"$out" >unidades
    without --lista unidades
    is 'código de una lista' 3 "$rc"
    says "$refusal"
    class --lab 01
    without --nota ana --de-nuevo
    [ "$rc" -ne 0 ] || why+='calificada de nuevo en otra'$'\n'
    says "$refusal"
    is 'la de antes' 100 "$(query 'SELECT puntos FROM resultado')"
}

# La lista de una clase, por orden alfabético: la tilde y la mayúscula no cambian el sitio de una letra, y la ñ va detrás de
# la n, esté escrita con un carácter o con dos.
test_por_orden_alfabetico() {
    local name
    for name in Zoë Íñigo ana Beto 'Peña Luz' 'Penzo Ada' $'Pen\u0303a Ada' 'Pérez Gil' Perezoso Șerban; do
        hand "$name" <solutions/01-eco/eco.c
    done
    class --lab 01
    is código 0 "$rc"
    is notas $'ana\nBeto\nÍñigo\nPenzo Ada\nPeña Ada\nPeña Luz\nPérez Gil\nPerezoso\nȘerban\nZoë' \
        "$(sed 1d "$salida/notas.csv" | cut -d, -f1)"
    is páginas "$(sed 1d "$salida/notas.csv" | cut -d, -f1)" \
        "$(grep -oE '<th scope="row"><a[^>]*>[^<]*' "$salida/index.html" | sed 's/.*>//')"
    is detalle "$(sed 1d "$salida/notas.csv" | cut -d, -f1)" "$(sed 1d "$salida/detalle.csv" | cut -d, -f1)"
}

# De quién es la nota se puede escribir sin tildes, si no hay más que una persona que se llame así.
test_el_nombre_sin_tildes() {
    local name
    for name in 'Pérez Gil Ana' 'Núñez Teo' 'Nuñez Teo'; do hand "$name" <solutions/01-eco/eco.c; done
    class --lab 01
    class --nota 'perez gil ANA' --lab 01 --puntos 80 --motivo 'Lo defendió.'
    is código 0 "$rc"
    says 'Pérez Gil Ana, laboratorio 01: apuntado.'
    is notas 'Pérez Gil Ana,,,80,calificado,80' "$(tail -1 "$salida/notas.csv")"
    class --nota 'nunez teo' --lab 01 --comentario 'Hola.'
    is 'código de dos' 2 "$rc"
    says '«nunez teo» puede ser «Nuñez Teo» o «Núñez Teo»: escríbelo como está en salida/notas.csv'
    class --nota 'Nuñez Teo' --lab 01 --comentario 'Hola.'
    is 'código con su nombre' 0 "$rc"
    is 'de quién' 'Nuñez Teo' "$(query "SELECT alumno FROM ajuste WHERE comentario = 'Hola.'")"
    class --nota 'gil ana' --lab 01 --historia
    is 'código de medio nombre' 2 "$rc"
    says 'en esta clase no hay nadie que se llame «gil ana». ¿Es «Pérez Gil Ana»?'
    class --nota marta --lab 01 --historia
    says 'en esta clase no hay nadie que se llame «marta»: escríbelo como está en salida/notas.csv'
    class --nota 'PEREZ gil ana' --lab 01 --historia
    says 'ajuste: 80'
    class --nota 'pérez Gil ana' --dia 2090-01-01
    says 'Pérez Gil Ana: como estaba entonces.'
}

# Sin LAB, los laboratorios de curso.json, cada uno por sus archivos; los demás, ni se miran.
test_solo_con_las_entregas() {
    hand ana <solutions/01-eco/eco.c
    mkdir entregas/beto && sed 's/^/ /' labs/03-lenta/*.c >entregas/beto/lenta.c
    cp entregas/beto/lenta.c entregas/ana
    printf 'PK\003\004 y nada más' >entregas/caro.zip
    class
    is código 0 "$rc"
    is notas 'alumno,correo,numero,01,01 estado,02,02 estado,total
ana,,,100,calificado,,no_entregado,50
beto,,,0,rechazado,0,rechazado,0
caro,,,0,rechazado,0,rechazado,0' "$(sed 's/,0,no_entregado/,,no_entregado/' "$salida/notas.csv")"
    # Lo que no es de ninguno vale 0 en todos, y eso no se calla.
    says 'En 2 entregas no se reconoce ningún laboratorio, y valen 0, «rechazado», en los 2:'
    says '    beto: no trae ningún archivo de los que se piden'
    says '    caro.zip: «caro.zip» está dañado'
    says 'Si a sus archivos les cambiaron el nombre, ponles el que se pide y repite la orden.'
    salida=oculta class --anonimo si
    says 'En 2 entregas no se reconoce'
    silent 'beto'
    salida=uno class --lab 01 --preparar --forzar
    silent 'no se reconoce'
    rm entregas/caro.zip
    class --lab 03 --preparar
    is 'si se pide, sí' 0 "$rc"
    sed -i '/"02": /d; s/02-20T00:00:00+01:00" },/02-20T00:00:00+01:00" }/' autograder/curso.json
    class --forzar
    is 'quitado, no cuenta' 'ana,100' "$(sed -n 2p "$salida/notas.csv" | sed -E 's/^([a-z]+),.*,([0-9.]+)$/\1,\2/')"
    sed -i 's/"01": /"99": /' autograder/curso.json
    class
    is 'código de uno que no existe' 2 "$rc"
    says 'autograder/curso.json: está el laboratorio 99, y no hay ninguno en labs/99-*'
}

# Lo igual se califica una vez, sea de quien sea y se llame como se llame.
test_lo_igual_una_vez() {
    local i
    for i in 1 2 3 4; do hand "a$i" <solutions/01-eco/eco.c; done
    mv entregas/a4/eco.c 'entregas/a4/eco (1).c'
    class --lab 01
    says 'Por calificar: 1,'
    says 'Calificadas: 4;'
    is resultados 1 "$(query 'SELECT count(*) FROM resultado')"
}

# ---- lo que ya se tenía ------------------------------------------------------------------------------

# Una carpeta que no es la del laboratorio no se lleva las notas que había.
test_la_carpeta_equivocada_no_se_lleva_nada() {
    local who
    hand ana <solutions/01-eco/eco.c
    mkdir otra && for who in ana beto caro; do mkdir "otra/$who" && echo 'int main;' >"otra/$who/rota.c"; done
    class --lab 01
    is código 0 "$rc"
    before=$(query 'SELECT * FROM entrega')
    out=$("$class" --entregas otra --salida "$salida" --lab 01 2>&1)
    is 'código con otra' 3 "$?"
    says 'ana, laboratorio 01, que tiene 100: No está «eco.c»'
    says 'se perdería 1 nota que ya tenía puntos, y por eso no se ha cambiado nada'
    says 'FORZAR=1'
    is 'lo entregado' "$before" "$(query 'SELECT * FROM entrega')"
    rm -r entregas/ana && hand zoe <labs/01-eco/eco.c
    class --lab 01
    is 'código sin ella' 3 "$rc"
    says 'ya no está entre las entregas'
    salida=nueva class --lab 01 --entregas otra
    is 'código con casi todas rechazadas' 3 "$rc"
    says 'de 3 entregas se rechazarían 3'
    class --lab 01 --entregas otra --forzar
    is 'código con FORZAR' 0 "$rc"
    is rechazada 'rechazada' "$(query "SELECT estado FROM entrega WHERE alumno = 'ana'")"
}

# Toda nota tiene su historia, y cualquier día se recupera.
test_la_historia_y_volver_a_un_dia() {
    hand ana <solutions/01-eco/eco.c
    hand beto <labs/01-eco/eco.c
    class --lab 01
    query "UPDATE historia SET cuando = '2025-01-20T10:00:00Z'"
    class --nota ana --lab 01 --puntos 70 --motivo 'Copió.'
    class --nota ana --lab 01 --prorroga 2027-02-15T23:59:59+01:00
    is código 0 "$rc"
    rm entregas/ana/eco.c && hand ana <labs/01-eco/eco.c
    class --lab 01 --forzar
    query "UPDATE historia SET cuando = '2025-01-22T10:00:00Z' WHERE cuando NOT LIKE '2025%'"
    is notas 'ana,,,70,rechazado,70' "$(sed -n 2p "$salida/notas.csv")"
    class --nota ana --lab 01 --historia
    is historia '2025-01-20T10:00:00Z  «ana», por calificar
2025-01-20T10:00:00Z  «ana», 100
2025-01-22T10:00:00Z  ajuste: 70
2025-01-22T10:00:00Z  prorroga: 2027-02-15T23:59:59+01:00
2025-01-22T10:00:00Z  «ana», rechazada: «eco.c» es el del enunciado, sin cambiar: no hay nada que calificar.' "$out"
    class --dia 2025-01-21
    is 'código al volver' 0 "$rc"
    says 'La clase: como estaba entonces.'
    is 'como entonces' 'ana,,,100,calificado,100
beto,,,0,rechazado,0' "$(tail -n +2 "$salida/notas.csv")"
    is 'sin prórroga' 0 "$(query 'SELECT count(*) FROM prorroga')"
    class --nota ana --lab 01 --dia 2025-01-22T10:00:00Z
    is 'una sola' 'ana,,,70,rechazado,70' "$(sed -n 2p "$salida/notas.csv")"
    is 'otra vez' 1 "$(query 'SELECT count(*) FROM prorroga')"
    class --dia 2024-01-01
    is 'código de antes' 2 "$rc"
    says 'de antes del 2024-01-01T'
    class --dia ayer
    says 'DIA es un día, como 2027-01-25'
    is 'todo sigue' 'ana,,,70,rechazado,70' "$(sed -n 2p "$salida/notas.csv")"
}

# Una fecha mal puesta en curso.json no se lleva las notas sin que nadie lo vea.
test_una_fecha_que_cambia_no_baja_notas_a_escondidas() {
    local given
    hand ana <solutions/01-eco/eco.c
    pack ana 2027-01-24T12:00:00Z
    sed 's/i < argc;/i < 2 \&\& i < argc;/' solutions/01-eco/eco.c | hand beto && pack beto 2027-01-28T12:00:00Z
    class --lab 01
    given=$(cat "$salida/notas.csv")
    is notas 'beto,,,56,calificado,56' "$(tail -1 <<<"$given")"
    sed -i 's/"01": { "peso": 1, "entrega": "2027-01-25/"01": { "peso": 1, "entrega": "2027-01-20/' autograder/curso.json
    class --lab 01
    is código 3 "$rc"
    says '    ana, laboratorio 01: de 100 a 70'
    says '    beto, laboratorio 01: de 56 a 35'
    says 'bajarían 2 notas ya dadas, y por eso no se ha cambiado nada'
    is 'siguen las notas' "$given" "$(cat "$salida/notas.csv")"
    class --nota ana --lab 01 --comentario 'Hola.'
    is 'código al cambiar una' 3 "$rc"
    class --lab 01 --forzar
    is 'código con FORZAR' 0 "$rc"
    is 'con la fecha nueva' 'ana,,,70,calificado,70' "$(sed -n 2p "$salida/notas.csv")"
    class --nota ana --lab 01 --historia
    is historia '«ana.tar.gz», por calificar
«ana.tar.gz», 100
nota: 70, el 30 % menos por el retraso' "$(cut -d' ' -f3- <<<"$out")"
    class --lab 01
    is 'código otra vez' 0 "$rc"
    sed -i 's/"01": { "peso": 1, "entrega": "2027-01-20/"01": { "peso": 1, "entrega": "2027-01-25/' autograder/curso.json
    class --lab 01
    is 'al volver' "$given" "$(cat "$salida/notas.csv")"
    # Lo que se pierde es lo que se tiene, y lo que no se calificó no es un cero.
    sed -i 's/"publicacion": "2027-02-20/"publicacion": "2027-01-28/' autograder/curso.json
    class --lab 01 --forzar
    out=$(cat "$salida/detalle.csv")
    says 'Llegó con 2 días de retraso, con la solución ya publicada: se descuenta el 100 %.'
    rm entregas/beto.tar.gz
    class --lab 01
    is 'nada que perder' 0 "$rc"
    query "UPDATE historia SET fila = json_set(fila, '$.resultado', 'no_calificado') WHERE que = 'entrega'"
    class --nota ana --lab 01 --historia
    silent '«ana.tar.gz», 100'
}

# Recoger lo que calificaron otras máquinas también escribe las notas.
test_recoger_tampoco_baja_notas_a_escondidas() {
    local given
    hand ana <solutions/01-eco/eco.c
    pack ana 2027-01-24T12:00:00Z
    class --lab 01
    given=$(cat "$salida/notas.csv")
    sed 's/^/ /' solutions/01-eco/eco.c | hand beto
    class --lab 01 --preparar
    echo "$out" >lista
    class --lista lista
    is 'código de la lista' 0 "$rc"
    sed -i 's/"01": { "peso": 1, "entrega": "2027-01-25/"01": { "peso": 1, "entrega": "2027-01-20/' autograder/curso.json
    class --recoger
    is código 3 "$rc"
    says '    ana, laboratorio 01: de 100 a 70'
    is 'siguen las notas' "$given" "$(cat "$salida/notas.csv")"
    class --recoger --forzar
    is 'código con FORZAR' 0 "$rc"
    is 'con la fecha nueva, y lo recogido' 'ana,,,70,calificado,70
beto,,,100,calificado,100' "$(tail -n +2 "$salida/notas.csv")"
    tidy
}

# Con su prórroga no llega tarde; y una nota se puede calificar otra vez, que si falla vale la de antes.
test_prorrogas_y_de_nuevo() {
    local grader=build/normal/autograder/asinc-grade
    hand ana <solutions/01-eco/eco.c
    pack ana 2027-01-29T12:00:00Z
    class --lab 01
    is 'tarde' 'ana,,,70,calificado,70' "$(tail -1 "$salida/notas.csv")"
    class --nota ana --lab 01 --prorroga 2027-01-29T23:59:59+01:00
    is 'a tiempo' 'ana,,,100,calificado,100' "$(tail -1 "$salida/notas.csv")"
    grep -q 'Tiene una prórroga hasta el 2027-01-29' "$salida/detalle.csv" || why+='no dice la prórroga'$'\n'
    class --nota ana --lab 01 --puntos 3 --motivo 'Copió.'
    class --nota ana --lab 01 --quitar
    says 'con su prórroga, que se quita con otro QUITAR=1'
    is 'sin el ajuste' 'ana,,,100,calificado,100' "$(tail -1 "$salida/notas.csv")"
    class --nota ana --lab 01 --quitar
    says 'ya no tiene prórroga'
    is 'sin prórroga' 'ana,,,70,calificado,70' "$(tail -1 "$salida/notas.csv")"
    class --nota ana --lab 01 --prorroga 2027-01-29T23:59:59+01:00
    class --nota ana --lab 01 --prorroga mañana
    is 'código mal dicha' 2 "$rc"
    says 'PRORROGA es una fecha'

    mv "$grader" bueno
    printf '#!/bin/sh\nexit 3\n' >"$grader" && chmod +x "$grader"
    class --nota ana --lab 01 --de-nuevo
    is 'si falla' '100|1' "$(query 'SELECT puntos, repetir FROM resultado')"
    mv bueno "$grader"
    query 'UPDATE resultado SET puntos = 12'
    class --nota ana --lab 01 --de-nuevo
    is código 0 "$rc"
    says '1 de 1  ana  01  100/100'
    says 'ana, laboratorio 01: calificado de nuevo.'
    is 'y queda' '100|0' "$(query 'SELECT puntos, repetir FROM resultado')"
    class --nota beto --lab 01 --de-nuevo
    is 'código de quien no está' 2 "$rc"
    tidy
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

# Lo que no se escribió aquí no se toca, ni lo entregado ni lo que ya había en SALIDA.
test_lo_ajeno_no_se_toca() {
    local from
    hand ana <solutions/01-eco/eco.c
    mkdir x && mv entregas x/alumnos && ln -s x/alumnos entregas && ln -s x equis
    before=$(find x -type f -exec sha256sum {} +)
    for from in x x/alumnos x/alumnos/ana ./x/../equis x/alumnos/nueva/dentro equis; do
        salida=$from class --lab 01
        is "código con SALIDA=$from" 2 "$rc"
        says 'lo que se escribe pisaría lo entregado. Di otra SALIDA'
        is "lo que había con SALIDA=$from" "$before" "$(find x -type f -exec sha256sum {} +)"
    done

    # Una carpeta, o un archivo, con uno de nuestros nombres y que no es nuestro.
    mkdir -p y/alumnos z && echo mío >y/alumnos/tesis.txt && echo mías >z/notas.csv
    salida=y class --lab 01
    is 'código con una carpeta ajena' 3 "$rc"
    says 'en SALIDA=y ya hay «alumnos», que no lo escribió esta orden, y no se toca: cámbiale el nombre, o di otra SALIDA'
    salida=z class --lab 01
    is 'código con un archivo ajeno' 3 "$rc"
    is 'lo de dentro' 'mío mías' "$(cat y/alumnos/tesis.txt z/notas.csv | paste -sd ' ')"

    # Y entre lo nuestro, lo de otra persona sobrevive; lo que ya no toca, no.
    sed 's/^/ /' solutions/01-eco/eco.c | hand beto
    class --lab 01
    is código 0 "$rc"
    echo mío | tee "$salida/alumnos/tesis.txt" >"$salida/apuntes.txt"
    mkdir "$salida/trabajo" && echo mío >"$salida/trabajo/algo.txt"
    rm -r entregas/beto
    query "DELETE FROM entrega WHERE alumno = 'beto'; DELETE FROM alumno WHERE alumno = 'beto'"
    class --lab 01
    is 'código otra vez' 0 "$rc"
    is 'lo ajeno' 'mío mío mío' "$(cat "$salida"/{alumnos/tesis,apuntes,trabajo/algo}.txt | paste -sd ' ')"
    is 'las páginas' 'ana.html tesis.txt' "$(pages)"
    echo ajena >"$salida/alumnos/caro.html"
    sed 's/^/  /' solutions/01-eco/eco.c | hand caro
    class --lab 01
    is 'código con una página ajena' 3 "$rc"
    is 'la página ajena' ajena "$(cat "$salida/alumnos/caro.html")"
    is 'y la nota está en la base' 2 "$(query "SELECT count(*) FROM resultado WHERE puntos = 100 AND clave IN (SELECT clave FROM entrega WHERE alumno IN ('ana', 'caro'))")"
}

# Una base de antes, que no apuntaba lo que escribía.
test_una_base_de_antes() {
    hand ana <solutions/01-eco/eco.c
    class --lab 01
    query "DROP TABLE opcion; DROP VIEW ahora; DROP VIEW ultima; DROP TABLE historia; ALTER TABLE resultado DROP COLUMN repetir;
        DROP TABLE escrito; DROP TABLE identidad; DROP TABLE sin_identificar; DROP TABLE prorroga;
        ALTER TABLE alumno DROP COLUMN en_lista; ALTER TABLE entrega DROP COLUMN plataforma; PRAGMA user_version = 1"
    echo viejo >"$salida/alumnos/zoe.html"
    class --lab 01
    is código 0 "$rc"
    silent 'Por calificar'
    is 'las páginas' 'ana.html' "$(pages)"
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
