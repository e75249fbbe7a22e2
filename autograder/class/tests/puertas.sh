#!/bin/bash
# Prueba las puertas de asinc-class: de dónde vienen las entregas, de quién es cada una, qué se toma de ellas y
# qué se devuelve a cada sitio. Con un curso de mentira en una carpeta temporal.
# Uso: puertas.sh BUILD BUILD/VARIANTE [QUÉ]   (lo llama `make test-class`); escribe TAP. Con QUÉ,
# solo las que empiezan así.
set -u
here=$(realpath "$(dirname "$0")")
# shellcheck source=autograder/grader/tests/curso.sh
. "$here/../../grader/tests/curso.sh" "$1" "$2"
# shellcheck source=autograder/class/tests/comun.sh
. "$here/comun.sh"

# ---- las plataformas -----------------------------------------------------------------------------

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
    is alumnos 'Ana Pérez|ana@example.org|42' "$(query 'SELECT alumno, correo, numero FROM alumno LIMIT 1')"
}

test_moodle_con_y_sin_carpetas() {
    hand 'Ruiz Eva_7_assignsubmission_file_' <solutions/01-eco/eco.c
    hand suelto <solutions/01-eco/eco.c
    mv entregas/suelto/eco.c 'entregas/Gil Teo_8_assignsubmission_file_eco.c'
    rmdir entregas/suelto
    touch -d 2027-01-02T03:04:05Z entregas/*_7_*/eco.c entregas/*_8_*
    class --lab 01 --preparar
    is código 0 "$rc"
    is entregas 'Gil Teo|entregada|2027-01-02T03:04:05Z|moodle|8
Ruiz Eva|entregada|2027-01-02T03:04:05Z|moodle|7' \
        "$(query "SELECT alumno, estado, fecha, fecha_de, numero FROM entrega WHERE estado = 'entregada'")"
}

# De una entrega sola, nada de lo que hay dentro dice de quién es ni cuándo llegó.
test_una_entrega_sola() {
    one() { # FECHA PLAZO
        printf '{"created_at": "%s", "assignment": {"due_date": "2027-01-25T23:59:59.000000+01:00"},
            "users": [{"name": "Ana \\"created_at\\": \\"2020\\"", "assignment": {"due_date": "%s"}}]}' "$1" "$2" >meta.json
        class --entregas suya --una --metadatos meta.json --lab 01
    }
    mkdir -p suya/submission_1 && cp solutions/01-eco/eco.c suya/entrega_1_assignsubmission_file_eco.c
    printf 'alumno,fecha\nentrega,2020-01-01T00:00:00+01:00\n' >suya/alumnos.csv
    printf '%0200000d' 0 | tr 0 '[' >suya/submission_metadata.yml
    cp labs/01-eco/eco.c suya/submission_1
    cp solutions/01-eco/eco.c suya/eco.c
    one 2027-01-28T12:00:00.5+01:00 2027-01-25T23:59:59.000000+01:00
    is código 0 "$rc"
    is 'la nota, tarde' 'entrega,,,80,calificado,80' "$(tail -n +2 "$salida/notas.csv")"
    one 2027-01-28T12:00:00.5+01:00 2027-01-30T23:59:59.000000+01:00
    is 'con el plazo que da Gradescope' 'entrega,,,100,calificado,100' "$(tail -n +2 "$salida/notas.csv")"
    silent 'prórroga'
    # De un grupo hay una entrega y una nota: vale el plazo más largo de los suyos, estén en el orden que estén.
    group() { # PLAZO-DE-CADA-UNO... (o nada, el de la tarea)
        local user users=''
        for user; do users+=${users:+, }'{"name": "Ana"'${user:+', "assignment": {"due_date": "'"$user"'"}'}'}'; done
        printf '{"created_at": "2027-01-28T12:00:00.5+01:00", "assignment": {"due_date": "2027-01-25T23:59:59+01:00"}, "users": [%s]}' "$users" >meta.json
        class --entregas suya --una --metadatos meta.json --lab 01
    }
    group '' 2027-01-30T23:59:59.000000+01:00 2027-01-26T23:59:59.000000+01:00
    is 'el plazo más largo del grupo' 'entrega,,,100,calificado,100' "$(tail -n +2 "$salida/notas.csv")"
    group 2027-01-20T23:59:59.000000+01:00 ''
    is 'el de la tarea, si es el más largo' 'entrega,,,80,calificado,80' "$(tail -n +2 "$salida/notas.csv")"
    group
    is 'sin nadie, el de la tarea' 'entrega,,,80,calificado,80' "$(tail -n +2 "$salida/notas.csv")"
    rm suya/eco.c suya/submission_1/eco.c
    one 2027-01-20T12:00:00Z 2027-01-30T23:59:59.000000+01:00
    is 'lo que no sirve vale 0, y no se pregunta' '0|entrega,,,0,rechazado,0' "$rc|$(tail -n +2 "$salida/notas.csv")"
    printf '[[[[' >meta.json
    class --entregas suya --una --metadatos meta.json --lab 01
    is 'código sin metadatos' 3 "$rc"
    says 'submission_metadata.json:1:'
}

# Lo que dice Gradescope lo puede haber escrito cualquiera: se lee encerrado, y con un tope.
test_un_yaml_hostil() {
    hand submission_1 <solutions/01-eco/eco.c
    printf '%0200000d' 0 | tr 0 '[' >entregas/submission_metadata.yml
    class --lab 01 --preparar
    is código 3 "$rc"
    says 'submission_metadata.yml no se puede leer con los medios que se le dan'
    printf 'a: [\nb: }' >entregas/submission_metadata.yml
    class --lab 01 --preparar
    says 'submission_metadata.yml:2: no es YAML'
    # Una carpeta que no es una descarga no se toma por la clase, aunque lo parezca.
    rm -r entregas/* && hand ana/submission_1 <labs/01-eco/eco.c && hand ana/01-eco <solutions/01-eco/eco.c
    class --lab 01 --preparar
    is 'de quién es' ana "$(query "SELECT alumno FROM entrega WHERE estado = 'entregada'")"
}

# ENTREGAS con una sola carpeta: si lo que tiene son nombres de plataforma, se toma por la descarga. Pero puede ser la de
# alguien, que pone esos nombres: ninguna lista, hoja ni fecha que haya ahí dentro se cree.
test_la_lista_de_quien_entrega_no_es_la_de_la_clase() {
    local file
    mkdir entregas/ana && cp solutions/01-eco/eco.c entregas/ana/entrega_1_assignsubmission_file_eco.c
    printf 'alumno,fecha\nentrega,2020-01-01T00:00:00+01:00\n' >entregas/ana/alumnos.csv
    class --lab 01 --preparar
    is 'código con una lista dentro' 3 "$rc"
    says 'ENTREGAS=entregas solo tiene la carpeta «ana», y dentro está «alumnos.csv»'
    says 'ENTREGAS=entregas/ana'
    is 'nada apuntado' 0 "$(query 'SELECT count(*) FROM alumno')"
    # Con la lista de quien enseña, la de dentro no se mira.
    printf 'alumno,moodle\nZoe,1\n' >lista.csv
    class --lab 01 --alumnos lista.csv --preparar
    is 'código con ALUMNOS' 0 "$rc"
    is 'de quién' 'Zoe|moodle' "$(query 'SELECT alumno, fecha_de FROM entrega')"
    # La que está junto a la carpeta es de quien enseña.
    mv lista.csv entregas/alumnos.csv
    salida=junto class --lab 01 --preparar
    is 'código con la lista junto a ella' 0 "$rc"
    is 'la de junto' 'Zoe|moodle' "$(salida=junto query 'SELECT alumno, fecha_de FROM entrega')"
    # Ni hojas de Moodle, que dicen de quién es cada número, ni lo que Gradescope pone junto a las suyas.
    for file in submission_metadata.yml notas.csv; do
        rm -f entregas/ana/*.{csv,yml} entregas/alumnos.csv
        printf 'Identificador,Dirección de correo\nParticipante 1,zoe@example.org\n' >"entregas/ana/$file"
        salida=hoja class --lab 01 --preparar
        is "código con $file" 3 "$rc"
        says "dentro está «$file»"
    done
    # Dicho que es la descarga, lo es.
    salida=dicha class --entregas entregas/ana --lab 01 --preparar
    is 'código dicho' 0 "$rc"
    is 'su hoja' 'entrega|zoe@example.org' "$(salida=dicha query 'SELECT alumno, correo FROM alumno')"
}

# Ni siquiera si quien enseña apunta a la carpeta de una sola persona: la lista que se tenía no se cambia sin decirlo.
test_una_lista_que_echa_a_la_clase_no_vale_sin_decirlo() {
    local who
    for who in ana beto caro; do hand "$who" <solutions/01-eco/eco.c; done
    printf 'alumno\nana\nbeto\ncaro\n' >lista.csv
    class --lab 01 --alumnos lista.csv --preparar
    is código 0 "$rc"
    printf 'alumno,prorroga 01\nana,2030-01-01T00:00:00+01:00\n' >entregas/ana/alumnos.csv
    class --entregas entregas/ana --lab 01 --preparar
    is 'código con la suya' 3 "$rc"
    says 'el alumnos.csv de ENTREGAS=entregas/ana deja fuera a 2 de las 3 personas de la lista que había'
    says 'ALUMNOS=entregas/ana/alumnos.csv'
    is 'la lista sigue' 'ana beto caro|0' "$(query "SELECT group_concat(alumno, ' ') || '|' || (SELECT count(*) FROM prorroga) FROM alumno WHERE en_lista")"
    # Quien se va de la clase se va; y la que se dice, vale.
    printf 'alumno\nana\nbeto\n' >entregas/alumnos.csv
    class --lab 01 --preparar --forzar
    is 'código sin una' 0 "$rc"
    is 'sin una' 'ana beto' "$(query "SELECT group_concat(alumno, ' ') FROM alumno WHERE en_lista")"
    class --entregas entregas/ana --lab 01 --alumnos entregas/ana/alumnos.csv --preparar --forzar
    is 'la que se dice' ana "$(query "SELECT group_concat(alumno, ' ') FROM alumno WHERE en_lista")"
}

# La carpeta que ya es de alguien, por su nombre o porque es su repositorio, no es la de la clase.
test_la_carpeta_de_alguien_no_es_la_clase() {
    mkdir -p 'entregas/Gil Ana_7_assignsubmission_file_' repo/.git
    cp solutions/01-eco/eco.c 'entregas/Gil Ana_7_assignsubmission_file_/Ruiz Teo_8_assignsubmission_file_eco.c'
    cp solutions/01-eco/eco.c repo/Ruiz_8_assignsubmission_file_eco.c
    class --lab 01 --preparar --forzar
    is 'de Moodle' 'Gil Ana|7' "$(query 'SELECT alumno, numero FROM entrega')"
    rm -r entregas/* && mv repo entregas/lab01-ana
    salida=repo class --lab 01 --preparar --forzar
    is 'de GitHub' 'lab01-ana|carpeta' "$(salida=repo query 'SELECT alumno, plataforma FROM entrega')"
    # Y si es la descarga, se dice.
    rm -rf entregas/*
    hand 'bajada/Gil Ana_7_assignsubmission_file_' <solutions/01-eco/eco.c
    class --lab 01
    says 'ENTREGAS=entregas solo tiene la carpeta «bajada», y todo lo que hay en ella se llama como en una descarga: se mira esa.'
}

# Un .csv que entrega alguien no es la hoja de la tarea, aunque en la descarga estén juntos.
test_la_hoja_que_entrega_alguien_no_es_la_de_moodle() {
    local -r mark=_assignsubmission_file_
    cp solutions/01-eco/eco.c "entregas/Gil Ana_7${mark}eco.c"
    cp labs/01-eco/eco.c "entregas/Ruiz Teo_8${mark}eco.c"
    printf 'Identificador,Dirección de correo\nParticipante 7,teo@example.org\n' >"entregas/Ruiz Teo_8${mark}notas.csv"
    class --lab 01 --preparar
    is código 0 "$rc"
    is correos 'Gil Ana|
Ruiz Teo|' "$(query 'SELECT alumno, correo FROM alumno')"
    rm "entregas/Ruiz Teo_8${mark}eco.c"
    salida=solo class --lab 01 --preparar
    is 'quien solo entrega eso, entrega' 'Ruiz Teo|rechazada' "$(salida=solo query "SELECT alumno, estado FROM entrega WHERE numero = '8'")"
}

# Lo que acompaña a las entregas y no dice nada de ninguna es de otra tarea, o se bajó mal: se dice, y no se toca nada.
test_una_hoja_que_no_dice_nada_se_dice() {
    local -r mark=_assignsubmission_file_
    local before
    refuses() { # QUÉ-DICE
        class --lab 01
        is "código de «$1»" 3 "$rc"
        says "$1"
        is "la base de «$1»" "$before" "$(dump)"
    }
    hand "Gil Ana_7$mark" <solutions/01-eco/eco.c
    class --lab 01
    is código 0 "$rc"
    before=$(dump)
    sheet Calificaciones-01.csv 'Identificador,Nombre completo,Dirección de correo,Estado'
    refuses 'Calificaciones-01.csv: la hoja de Moodle no tiene a nadie'
    : >entregas/Calificaciones-01.csv
    refuses 'Calificaciones-01.csv: está vacío'
    sheet Calificaciones-01.csv 'Identificador,Nombre completo,Dirección de correo,Estado' \
        'Participante 8,Gil Ana,ana@example.org,Enviado para calificar'
    refuses 'Calificaciones-01.csv: ninguno de sus participantes es el de una entrega'
    sheet Calificaciones-01.csv 'Identificador,Nombre completo,Dirección de correo,Estado' \
        'Participante 7,Gil Ana,ana@example.org,Enviado para calificar'
    class --lab 01
    is 'código con la suya' 0 "$rc"
    is 'el correo' 'Gil Ana|ana@example.org' "$(query 'SELECT alumno, correo FROM alumno')"
    # La lista lleva su nombre, y no se toma por una hoja.
    printf 'alumno,moodle,Identificador\nGil Ana,7,no\n' >entregas/alumnos.csv
    class --lab 01
    is 'código con la lista' 0 "$rc"
    # Una de otro sitio se queda sin usar, y se dice.
    printf 'nombre,edad\nAna,20\n' >entregas/otra.csv
    class --lab 01
    is 'código con otra' 0 "$rc"
    says 'otra.csv no se usa: no tiene la columna «Identificador» de las hojas de Moodle, ni «alumno» de las listas'
    # Lo mismo, de Gradescope.
    rm -r entregas/* && salida=otra
    hand submission_501 <solutions/01-eco/eco.c
    printf 'submission_501:\n  :submitters:\n  - :name: Ana\n' >entregas/submission_metadata.yml
    class --lab 01
    is 'código de Gradescope' 0 "$rc"
    before=$(dump)
    sed -i s/501/502/ entregas/submission_metadata.yml
    refuses 'submission_metadata.yml no dice de quién es ninguna de las entregas'
    printf 'submission_501:\n  :submitters: []\n' >entregas/submission_metadata.yml
    refuses 'submission_metadata.yml no dice de quién es ninguna de las entregas'
    salida=salida
}

# ---- quién es quién ------------------------------------------------------------------------------

who() { query "SELECT alumno, lab, numero, plataforma FROM entrega ORDER BY lab, alumno"; }

# Sin lista no hay con qué distinguirlas, y de un laboratorio a otro se confundirían.
test_dos_que_se_llaman_igual() {
    hand 'Ruiz Eva_7_assignsubmission_file_' <solutions/01-eco/eco.c
    hand 'Ruiz Eva_9_assignsubmission_file_' <labs/01-eco/eco.c
    class --lab 01
    is código 3 "$rc"
    says 'hay dos entregas de «Ruiz Eva»: «Ruiz Eva_7_assignsubmission_file_» y «Ruiz Eva_9_assignsubmission_file_»'
    says 'Ruiz Eva (1),7'
    says 'Ruiz Eva (2),9'
    is 'nada apuntado' 0 "$(query 'SELECT count(*) FROM alumno')"
    # Lo que dice que hay que poner, vale.
    { grep -A2 '^alumno,moodle' <<<"$out"; } >entregas/alumnos.csv
    class --lab 01 --preparar
    is 'código con lista' 0 "$rc"
    is entregas 'Ruiz Eva (1)|01|7|moodle
Ruiz Eva (2)|01|9|moodle' "$(who)"
    # Con la identidad oculta, en Moodle todos se llaman igual, y ninguno es otro.
    rm -r entregas/*
    hand Participante_7_assignsubmission_file_ <solutions/01-eco/eco.c
    hand Participante_9_assignsubmission_file_ <labs/01-eco/eco.c
    salida=oculta class --lab 01 --preparar
    is 'código oculta' 0 "$rc"
    is 'oculta' 'Participante 7|01|7|moodle
Participante 9|01|9|moodle' "$(salida=oculta who)"
}

# Dos laboratorios de Moodle, cada uno con sus números, y dos personas que se llaman igual: a una se la
# conoce por su número y a la otra por el correo que trae la hoja de calificaciones.
test_una_lista_para_todos_los_laboratorios() {
    local name
    cat >lista.csv <<'FIN'
alumno,correo,numero,moodle,canvas,github,gradescope,prorroga 02,apodo
Gómez Ana (A),ana.a@example.org,100,11 | 21,,,,,la primera
Gómez Ana (B),ana.b@example.org,101,,,,,2027-02-28T23:59:59+01:00,
Núñez Teo,teo@example.org,102,Núñez Teo|Teo N.,4444,teo-gh,900,,
FIN
    hand 'Gómez Ana_11_assignsubmission_file_' <solutions/01-eco/eco.c
    sed 's/^/ /' solutions/01-eco/eco.c | hand 'Gómez Ana_12_assignsubmission_file_'
    sed 's/^/  /' solutions/01-eco/eco.c | hand 'Teo N._13_assignsubmission_file_'
    printf 'Identificador,Nombre completo,Dirección de correo,Calificación\nParticipante 12,Gómez Ana,ANA.B@example.org,-\n' >entregas/Calificaciones-01.csv
    class --lab 01 --alumnos lista.csv --preparar
    is código 0 "$rc"
    says 'la columna «apodo» no se usa'
    is 'el 01' 'Gómez Ana (A)|01|11|moodle
Gómez Ana (B)|01|12|moodle
Núñez Teo|01|13|moodle' "$(who)"

    # El otro, con la lista de antes: un número que ya no está, un nombre de dos y alguien de fuera.
    rm -r entregas/*
    for name in 'Gómez Ana_21' 'Gómez Ana_22' 'Nadie_23' 'Núñez Teo_24'; do
        hand "${name}_assignsubmission_file_" <solutions/01-eco/eco.c
    done
    class --lab 02 --preparar
    is código 0 "$rc"
    is 'el 02' '' "$(query "SELECT alumno FROM entrega WHERE lab = '02' AND estado = 'entregada'")"
    is 'los del 02' 'Gómez Ana (A)|02|21|moodle
Núñez Teo|02|24|moodle' "$(query "SELECT alumno, lab, numero, plataforma FROM entrega WHERE lab = '02'")"
    is 'nadie más' 3 "$(query 'SELECT count(*) FROM alumno')"
    is 'por identificar' 'moodle|Gómez Ana|22
moodle|Nadie|23' "$(query "SELECT columna, nombre, valor FROM sin_identificar")"
    is prórroga '2027-02-28T23:59:59+01:00' "$(query "SELECT hasta FROM prorroga WHERE alumno = 'Gómez Ana (B)' AND lab = '02'")"
}

# Lo que dice Moodle de las prórrogas, en la columna del estado de la hoja: en español, en el de México y en inglés.
# La hora es la de quien la baja.
sheet() { # ARCHIVO CABECERA LÍNEA...: la hoja de calificaciones de la tarea
    local -r file=entregas/$1
    shift
    printf '%s\n' "$@" >"$file"
}

test_las_prorrogas_de_moodle() {
    local -r mark=_assignsubmission_file_ until="SELECT alumno, lab, hasta, de FROM prorroga ORDER BY alumno"
    local n
    export TZ=Europe/Madrid
    for n in 1 2 3 4 5 6; do sed "s/^/$(printf "%${n}s")/" solutions/01-eco/eco.c >"entregas/Persona ${n}_1${n}${mark}eco.c"; done
    touch -d 2027-01-29T12:00:00Z entregas/*
    sheet Calificaciones-01.csv 'Identificador,Nombre completo,Dirección de correo,Estado,Calificación,Texto en línea' \
        'Participante 11,,,"Enviado para calificar - 3 días 13 horas tarde - Plazo ampliado hasta: viernes, 29 de enero de 2027, 23:59",-,' \
        'Participante 12,,,"Enviado para calificar - Se otorgó extensión hasta: sábado, 30 de enero de 2027, 11:59 PM",-,' \
        'Participante 15,,,"Enviado para calificar - Plazo ampliado hasta: mañana por la tarde",-,' \
        'Participante 16,,,"Enviado para calificar",-,"Plazo ampliado hasta: domingo, 31 de enero de 2027, 23:59"'
    sheet Grades-01.csv 'Identifier,Full name,Email address,Status,Grade' \
        'Participant 13,,,"Submitted for grading - Extension granted until: Friday, 29 January 2027, 11:59 PM",-' \
        'Participant 14,,,"Submitted for grading - Extension granted until: Saturday, January 30, 2027, 12:05 AM",-'
    class --lab 01
    is código 0 "$rc"
    is prórrogas 'Persona 1|01|2027-01-29T23:59:00+01:00|moodle
Persona 2|01|2027-01-30T23:59:00+01:00|moodle
Persona 3|01|2027-01-29T23:59:00+01:00|moodle
Persona 4|01|2027-01-30T00:05:00+01:00|moodle' "$(query "$until")"
    says 'Calificaciones-01.csv:4: no se entiende hasta cuándo es la prórroga de «Participante 15»: «Enviado para calificar - Plazo ampliado hasta: mañana por la tarde»'
    is notas '100 100 100 100 70 70' "$(sed 1d "$salida/notas.csv" | cut -d, -f4 | paste -sd ' ')"
    out=$(cat "$salida/detalle.csv")
    says 'Tiene una prórroga hasta el 2027-01-29T23:59:00+01:00.'

    # Lo que dice quien enseña manda, se diga antes o después; y lo que Moodle retira deja de valer.
    class --nota 'Persona 1' --lab 01 --prorroga 2027-02-01T12:00:00+01:00
    printf 'alumno,moodle,prorroga 01\nPersona 1,11,\nPersona 2,12,2027-02-02T12:00:00+01:00\nPersona 3,13,\nPersona 4,14,\nPersona 5,15,\nPersona 6,16,\n' >entregas/alumnos.csv
    sed -i 's/ - Extension granted until: Friday.*11:59 PM"/"/' entregas/Grades-01.csv
    class --lab 01 --forzar
    is 'manda quien enseña' 'Persona 1|01|2027-02-01T12:00:00+01:00|nota
Persona 2|01|2027-02-02T12:00:00+01:00|alumnos.csv
Persona 4|01|2027-01-30T00:05:00+01:00|moodle' "$(query "$until")"
    is 'sin ella' 70 "$(sed -n 's/^Persona 3,,13,\([0-9]*\),.*/\1/p' "$salida/notas.csv")"
    # Sin LAB no se sabe de qué tarea es la hoja.
    salida=todos class --preparar
    says 'la prórroga de «Participante 14» que dice Moodle no se usa sin saber de qué laboratorio es: di LAB='
    is 'sin saber de cuál' 'Persona 2' "$(salida=todos query 'SELECT DISTINCT alumno FROM prorroga')"
    unset TZ
}

# Un Mac escribe «é» con dos caracteres y la lista con uno: es la misma persona, en la lista y en ALUMNO.
test_un_nombre_se_escriba_como_se_escriba() {
    local -r mac=$'Pe\u0301rez Nun\u0303o'
    hand "$mac" <solutions/01-eco/eco.c
    printf 'alumno,fecha\nPérez Nuño,2027-01-28T12:00:00+01:00\nPerez Nuno,\n' >entregas/alumnos.csv
    class --lab 01
    is código 0 "$rc"
    is 'una fila, y tarde' 'Perez Nuno,,,,no_entregado,0
Pérez Nuño,,,80,calificado,80' "$(sed 1d "$salida/notas.csv")"
    class --nota "$mac" --lab 01 --puntos 90 --motivo 'Lo defendió.'
    is 'código de la nota' 0 "$rc"
    is 'su nota' 'Pérez Nuño,,,90,calificado,90' "$(tail -1 "$salida/notas.csv")"
    # Y al revés: la lista la escribió el Mac; y lo que dice Gradescope.
    rm -r entregas/*
    hand submission_1 <solutions/01-eco/eco.c
    printf 'submission_1:\n  :submitters:\n  - :name: Pérez Nuño\n' >entregas/submission_metadata.yml
    printf 'alumno\n%s\n' "$mac" >entregas/alumnos.csv
    salida=otra class --lab 01 --preparar
    is 'código al revés' 0 "$rc"
    is 'al revés' 'Pérez Nuño|01|1|gradescope' "$(salida=otra who)"
}

# Lo que no se sabía de quién era deja de contarse al calificarlo, aunque sea de otra descarga, o al borrar la suya.
test_lo_que_ya_se_sabe_de_quien_es() {
    local -r list=$'alumno,moodle\nana,7' mark=_assignsubmission_file_
    echo "$list" >lista.csv
    hand "Ana Gil_7$mark" <solutions/01-eco/eco.c
    cp -r "entregas/Ana Gil_7$mark" "entregas/Teo Sanz_8$mark"
    cp -r "entregas/Ana Gil_7$mark" "entregas/Nadie_9$mark"
    class --lab 01 --alumnos lista.csv
    is código 3 "$rc"
    says "    Teo Sanz_8$mark (laboratorio 01)"
    # Otra descarga, y ya se sabe de quién es una de las dos.
    cp -r entregas bajada
    echo 'teo,8' >>lista.csv
    out=$("$class" --entregas bajada --salida "$salida" --lab 01 --alumnos lista.csv 2>&1)
    says 'no dice de quién es: 1.'
    is 'queda una' "Nadie_9$mark" "$(query 'SELECT origen FROM sin_identificar')"
    # Sin LAB, es la misma carpeta.
    class --entregas bajada
    is 'una sola vez' "Nadie_9$mark" "$(query 'SELECT origen FROM sin_identificar')"
    mv bajada/Nadie* . && class --entregas bajada
    is 'código sin ella' 0 "$rc"
    # Y de una carpeta que ya no está.
    mkdir perdida && mv Nadie* perdida && class --entregas perdida --lab 01 --forzar
    is 'otra vez' 3 "$rc"
    rm -r perdida && class --entregas bajada --lab 01
    is 'código sin su carpeta' 0 "$rc"
}

test_cada_sitio_con_su_nombre() {
    cat >lista.csv <<'FIN'
alumno,correo,grupo,canvas,github,gradescope
Ana,ana@example.org,Los Rápidos,4444,ana-gh,
Teo,teo@example.org,,,gh,900
Eva,eva@example.org,Los Rápidos,,lab01-eva-gh,
FIN
    hand lab01-ana-gh <solutions/01-eco/eco.c
    sed 's/^/ /' solutions/01-eco/eco.c | hand lab01-eva-gh
    class --lab 01 --alumnos lista.csv
    is código 3 "$rc"
    is GitHub 'Eva|01||carpeta' "$(who)"
    says 'Sin calificar, porque la lista de la clase no dice de quién es: 1.'
    says 'lab01-ana-gh'
    out=$(cat "$salida/por-identificar.csv")
    says ',,,,lab01-ana-gh,,lab01-ana-gh,01,lab01-ana-gh'

    rm -r entregas/*
    cp solutions/01-eco/eco.c entregas/anita_LATE_4444_123456_eco.c
    class --lab 01 --preparar --forzar
    is Canvas 'Ana|01|4444|canvas' "$(who)"
    out=$(query 'SELECT avisos, fecha FROM entrega')
    says 'Canvas dice que llegó tarde, y no cuándo'

    rm -r entregas/*
    hand 'Los Rápidos' <solutions/01-eco/eco.c
    class --lab 01 --preparar --forzar
    is 'un grupo' 'Ana|01||carpeta
Eva|01||carpeta' "$(who)"
    is 'con lo mismo' 1 "$(query 'SELECT count(DISTINCT clave) FROM entrega')"
}

test_una_lista_mal_escrita() {
    hand ana <solutions/01-eco/eco.c
    refuses() { # LISTA QUÉ-DICE
        printf '%b' "$1" >lista.csv
        class --lab 01 --alumnos lista.csv --preparar
        is "código con $1" 3 "$rc"
        says "$2"
    }
    refuses 'nombre\nana\n' 'alumnos.csv:1: falta la columna «alumno»'
    refuses 'alumno\n' 'la lista no tiene a nadie'
    refuses 'alumno\nana\n\nana\n' 'alumnos.csv:4: ya hay quien se llama «ana»'
    refuses 'alumno,moodle\nana,7\nbeto,"8|7"\n' 'alumnos.csv:3: en la columna «moodle», «7» ya es de «ana»'
    refuses 'alumno,correo\nana,a@b\nbeto,A@b\n' 'en la columna «correo», «A@b» ya es de «ana»'
    refuses 'alumno,prorroga 01\nana,mañana\n' 'alumnos.csv:2: la prórroga «mañana» no está escrita como'
    refuses 'alumno,correo\n,a@b\n' 'alumnos.csv:2: falta el nombre'
    class --lab 01 --alumnos nada.csv
    says 'no se puede leer ALUMNOS=nada.csv: no existe'
    is 'nada apuntado' 0 "$(query 'SELECT count(*) FROM alumno')"
}

# ---- qué se toma ---------------------------------------------------------------------------------

test_donde_estan_los_archivos() {
    hand ana/labs/01-eco <solutions/01-eco/eco.c
    sed 's/^/ /' solutions/01-eco/eco.c | hand ana/copia
    hand ana <labs/01-eco/eco.c
    hand beto/uno <solutions/01-eco/eco.c
    sed 's/^/ /' solutions/01-eco/eco.c | hand beto/dos
    hand caro <solutions/01-eco/eco.c
    mv entregas/caro/eco.c entregas/caro/Oce.c
    hand dina_7_assignsubmission_file_a <solutions/01-eco/eco.c
    pack dina_7_assignsubmission_file_a 2027-01-20T12:00:00Z
    sed 's/^/ /' solutions/01-eco/eco.c | hand dina_7_assignsubmission_file_b
    pack dina_7_assignsubmission_file_b 2027-01-20T12:00:00Z
    class --lab 01 --preparar --forzar
    is código 0 "$rc"
    is elegida "$(cat solutions/01-eco/eco.c)" \
        "$(query "SELECT f.contenido FROM fuente f JOIN entrega e USING(clave) WHERE alumno = 'ana'")"
    out=$(query 'SELECT alumno, motivo, avisos FROM entrega')
    says 'Había otra versión, «copia/eco.c». Se calificó «labs/01-eco/eco.c».'
    says 'Hay dos versiones distintas, «dos/eco.c» y «uno/eco.c», y no se sabe cuál entregas. Deja solo una.'
    says 'No está «eco.c». En la entrega hay: «Oce.c».'
    says '«eco.c», o algo de lo que va con él, viene dos veces y no es lo mismo'
}

# La edición entera, como la deja un `git clone`, como la comprime quien entrega, y una dentro de otra.
edition() { # CARPETA: mil archivos, y entre ellos el laboratorio, que llega por la entrada
    mkdir -p "entregas/$1"/{.git/objects,lessons,solutions/01-eco,build/labs/01-eco} "entregas/$1/labs"
    touch "entregas/$1"/lessons/{1..1000}.c "entregas/$1"/.git/objects/{1..1000}
    cp -r labs/* "entregas/$1/labs"
    echo 'int no;' | tee "entregas/$1/solutions/01-eco/eco.c" >"entregas/$1/build/labs/01-eco/eco.c"
    hand "$1/labs/01-eco"
}

test_una_edicion_entera() {
    local key
    edition ana <solutions/01-eco/eco.c
    edition beto <solutions/01-eco/eco.c
    pack beto 2027-01-20T12:00:00Z
    edition caro <labs/01-eco/eco.c
    edition caro/curso <solutions/01-eco/eco.c
    edition dina <solutions/01-eco/eco.c
    sed 's/^/ /' solutions/01-eco/eco.c | edition dina/curso
    class --preparar
    is código 0 "$rc"
    is entregas 'ana|01|entregada
beto|01|entregada
caro|01|entregada
dina|01|entregada' "$(query 'SELECT alumno, lab, estado FROM entrega')"
    key=$(query 'SELECT DISTINCT clave FROM entrega')
    is 'lo mismo es lo mismo' "$(cat solutions/01-eco/eco.c)" "$(query "SELECT contenido FROM fuente WHERE clave = '$key'")"
}

# Un ejercicio de un capítulo o una solución publicada no lo entrega quien entrega el curso entero.
test_lo_que_trae_el_curso_no_se_entrega() {
    local who
    for who in ana beto/curso caro; do
        mkdir -p "entregas/$who" && cp -r labs "entregas/$who"
        echo 'int no;' | hand "$who/lessons/03-tareas/practica"
    done
    hand beto/curso/solutions/01-eco <solutions/01-eco/eco.c
    echo 'int otra;' >entregas/caro/labs/02-rota/rota.c
    hand dina/common/labs/01-eco <solutions/01-eco/eco.c
    class --lab 01 --preparar --forzar
    out=$(query 'SELECT alumno, motivo FROM entrega ORDER BY alumno')
    is lab 'ana|«labs/01-eco/eco.c» es el del enunciado, sin cambiar: no hay nada que calificar.
beto|«curso/labs/01-eco/eco.c» es el del enunciado, sin cambiar: no hay nada que calificar.
caro|«labs/01-eco/eco.c» es el del enunciado, sin cambiar: no hay nada que calificar.
dina|' "$out"
    salida=todos class --preparar --forzar
    is 'sin LAB, solo el suyo' 02 "$(salida=todos query "SELECT lab FROM entrega WHERE alumno = 'caro'")"
}

# Sin LAB, lo que viene de paso en la carpeta de otro laboratorio no se lleva lo que entregó después.
test_sin_lab_vale_lo_mas_nuevo() {
    local mine="SELECT carpeta LIKE '%/ocho', fecha, avisos FROM entrega WHERE alumno = 'ana' AND lab = '02'"
    hand ana/labs/01-eco <solutions/01-eco/eco.c
    mkdir -p entregas/ana/labs/02-rota ocho/ana && echo 'int vieja;' >entregas/ana/labs/02-rota/rota.c
    echo 'int nueva;' >ocho/ana/rota.c
    pack ana 2027-01-14T12:00:00Z
    tar -czf ocho/ana.tar.gz -C ocho/ana . && rm -r ocho/ana && touch -d 2027-01-20T12:00:00Z ocho/ana.tar.gz
    class --preparar
    class --lab 02 --entregas ocho --preparar
    is 'lo del 02' '1|2027-01-20T12:00:00Z|[]' "$(query "$mine")"
    for _ in 1 2; do class --preparar; done
    is código 0 "$rc"
    is 'sigue lo nuevo, y se dice una vez' '1|2027-01-20T12:00:00Z|["En «ana.tar.gz», del 2027-01-14T12:00:00Z, hay otra versión, más antigua: vale esta."]' "$(query "$mine")"
    is 'lo demás' '2027-01-14T12:00:00Z' "$(query "SELECT fecha FROM entrega WHERE lab = '01'")"
    class --lab 02 --preparar
    is 'si se pide, la que se pide' '0|2027-01-14T12:00:00Z|[]' "$(query "$mine")"
}

# Lo que se llama casi como se pide, lo que llega suelto y lo que no está en UTF-8 se toma, y se dice.
test_nombres_y_letras_parecidos() {
    hand mayusculas <solutions/01-eco/eco.c && mv entregas/mayusculas/{eco.c,ECO.C}
    hand navegador <solutions/01-eco/eco.c && mv entregas/navegador/{eco.c,'eco (1).c'}
    hand copia <solutions/01-eco/eco.c && sed 's/^/ /' solutions/01-eco/eco.c >'entregas/copia/eco - copia (2).c'
    sed 's/^/ /' solutions/01-eco/eco.c | hand dos && cp solutions/01-eco/eco.c 'entregas/dos/eco-1.c' && mv entregas/dos/eco.c entregas/dos/eco-2.c
    cp solutions/01-eco/eco.c entregas/suelta.c
    hand utf16 < <(iconv -t UTF-16 solutions/01-eco/eco.c)
    hand sinmarca < <(iconv -t UTF-16BE solutions/01-eco/eco.c)
    hand marca < <(printf '\xef\xbb\xbf' && cat solutions/01-eco/eco.c)
    hand dentro/labs/01-eco <solutions/01-eco/eco.c
    (cd entregas/dentro && mv labs/01-eco/eco.c labs/01-eco/Eco.c && tar -czf ../comprimida.tgz . && rm -r ../dentro)
    class --lab 01 --preparar
    is código 0 "$rc"
    is 'todas, lo mismo' "$(cat solutions/01-eco/eco.c)" \
        "$(query "SELECT DISTINCT contenido FROM fuente JOIN entrega USING(clave) WHERE estado = 'entregada'")"
    is entregadas 8 "$(query "SELECT count(*) FROM entrega WHERE estado = 'entregada'")"
    is 'dos que no se distinguen' 'dos' "$(query "SELECT alumno FROM entrega WHERE estado = 'rechazada'")"
    out=$(query 'SELECT alumno, avisos FROM entrega')
    says 'mayusculas|["«ECO.C» se tomó por «eco.c»."]'
    says 'suelta|["«suelta.c» se tomó por «eco.c»."]'
    says 'utf16|["«eco.c» venía en UTF-16 y se pasó a UTF-8."]'
    says 'sinmarca|["«eco.c» venía en UTF-16 y se pasó a UTF-8."]'
    says 'comprimida|["«Eco.c» se tomó por «eco.c»."]'
    says 'copia|[]'
    # Con más de un laboratorio pedido, un archivo suelto con otro nombre no se sabe de cuál es.
    rm -r entregas/* && cp solutions/01-eco/eco.c entregas/suelta.c
    class --preparar --forzar
    is 'sin saber de cuál' 0 "$(query "SELECT count(*) FROM entrega WHERE estado = 'entregada'")"
}

# ---- qué se devuelve -----------------------------------------------------------------------------

test_de_vuelta_a_moodle() {
    sed 's/i < argc;/i < 2 \&\& i < argc;/' solutions/01-eco/eco.c | hand 'Gil_Ruiz Ana_11_assignsubmission_file_'
    printf 'int main(void) { return nada; }\n' | hand 'Núñez Teo_12_assignsubmission_file_'
    sed 's/^/ /' solutions/01-eco/eco.c | hand otra
    class --lab 01
    is código 0 "$rc"
    out=$(cat "$salida/moodle-01.csv")
    says 'Participante 11,Gil_Ruiz Ana,,70,100,-,'
    says 'Saluda a varios, uno por línea: '
    says 'No compila: labs/01-eco/eco.c:1:25: error:'
    silent otra
    # Cada archivo, con el nombre que Moodle parte por «_»: nombre, número, assignsubmission, file y lo demás.
    is 'los del zip' 'Gil Ruiz Ana_11_assignsubmission_file_laboratorio-01.html
Núñez Teo_12_assignsubmission_file_laboratorio-01.html' "$(bsdtar -tf "$salida/moodle-01-comentarios.zip" 2>/dev/null || unzip -Z1 "$salida/moodle-01-comentarios.zip")"
    unzip -p "$salida/moodle-01-comentarios.zip" 'N*' | cmp -s - "$salida/alumnos/Núñez Teo.html" || why+='no es su página'$'\n'
    # Dos veces lo mismo son los mismos bytes.
    cp "$salida/moodle-01-comentarios.zip" antes.zip
    class --lab 01
    cmp -s antes.zip "$salida/moodle-01-comentarios.zip" || why+='el zip cambia'$'\n'
}

test_canvas_de_ida_y_vuelta() {
    cp solutions/01-eco/eco.c entregas/gilana_11111_900001_eco.c
    sed 's/i < argc;/i < 2 \&\& i < argc;/' solutions/01-eco/eco.c >entregas/nunezteo_LATE_22222_900002_eco.c
    class --lab 01
    is código 0 "$rc"
    is canvas 'Student,ID,SIS User ID,SIS Login ID,Section,Laboratorio 01
    Points Possible,,,,,100
gilana,11111,11111,,,100
nunezteo,22222,22222,,,70' "$(cat "$salida/canvas.csv")"
    [ ! -e "$salida/moodle-01.csv" ] || why+='hay moodle-01.csv y nada vino de Moodle'$'\n'
}

# Como las abre una hoja de cálculo en español; y así siguen hasta que se diga otra cosa.
test_csv_para_una_hoja_de_calculo() {
    local head=$'\xef\xbb\xbf''alumno;correo;numero;01;01 estado;total'
    hand ana <solutions/01-eco/eco.c
    class --lab 01 --csv excel
    class --nota ana --lab 01 --puntos 77.5 --motivo 'Lo defendió; y bien.'
    is notas "$head
ana;;;77,5;calificado;77,5" "$(cat "$salida/notas.csv")"
    out=$(cat "$salida/detalle.csv")
    says 'ana;01;calificado;77,5;100;100;0;0;0;77,5;'
    says '"Lo defendió; y bien."'
    class --lab 01 --csv normal
    is 'como siempre' 'ana,,,77.5,calificado,77.5' "$(tail -1 "$salida/notas.csv")"
    class --lab 01 --csv otra
    is 'código de otra' 2 "$rc"
}

# Ni las páginas, ni sus nombres, ni lo que se ve al calificar dicen de quién es cada nota.
test_anonima() {
    local alias
    hand 'Pérez Gil Ana_11_assignsubmission_file_' <solutions/01-eco/eco.c
    sed 's/i < argc;/i < 2 \&\& i < argc;/' solutions/01-eco/eco.c | hand 'Núñez Teo_12_assignsubmission_file_'
    class --lab 01 --anonimo si
    is código 0 "$rc"
    silent 'Ana'
    says '100/100'
    ! grep -rlE 'Ana|Teo|Núñez' "$salida/index.html" "$salida/alumnos" || why+='se ve quién es'$'\n'
    alias=$(sed -n 's/,Pérez Gil Ana$//p' "$salida/quien-es-quien.csv")
    grep -q '100' "$salida/alumnos/$alias.html" || why+="no está la página de $alias"$'\n'
    unzip -p "$salida/moodle-01-comentarios.zip" 'P*_11_*' | cmp -s - "$salida/alumnos/$alias.html" || why+='en el zip no va la suya'$'\n'
    is notas 'Pérez Gil Ana,,11,100,calificado,100' "$(tail -1 "$salida/notas.csv")"
    class --lab 01
    is 'el alias no cambia' "$alias" "$(sed -n 's/,Pérez Gil Ana$//p' "$salida/quien-es-quien.csv")"
    class --lab 01 --anonimo no
    is páginas 'Núñez Teo.html Pérez Gil Ana.html' "$(pages)"
    [ ! -e "$salida/quien-es-quien.csv" ] || why+='queda quien-es-quien.csv'$'\n'
}

run_tests "${3:-}"
