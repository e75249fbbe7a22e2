# shellcheck shell=bash
# Lo que comparten las pruebas de la clase; va detrás de grader/tests/curso.sh.
class=build/normal/autograder/asinc-class
salida=salida

# Un curso recién hecho, además con sus fechas, y una carpeta de entregas vacía.
eval "$(declare -f fresh | sed '1s/fresh/fresh_course/')"
fresh() {
    fresh_course
    cp "$own/autograder/asinc-class" build/normal/autograder
    mkdir -p autograder entregas
    cat >autograder/curso.json <<'FIN'
{
  "curso": "De mentira",
  "retraso": { "dias_de_gracia": 1, "penalizacion_por_dia": 10, "penalizacion_maxima": 50 },
  "limites": { "archivo_mib": 8, "desempaquetado_mib": 32, "archivos": 500 },
  "laboratorios": {
    "01": { "peso": 1, "entrega": "2027-01-25T23:59:59+01:00", "publicacion": "2027-02-20T00:00:00+01:00" },
    "02": { "peso": 1, "entrega": "2027-01-25T23:59:59+01:00", "publicacion": "2027-02-20T00:00:00+01:00" }
  }
}
FIN
}

# Deja en $out lo que dijo (las dos salidas) y en $rc su código.
class() {
    out=$("$class" --entregas entregas --salida "$salida" "$@" 2>&1)
    rc=$?
}

# En segundo plano: el proceso es $pid y lo que dice va a dicho.txt.
start() {
    "$class" --entregas entregas --salida "$salida" "$@" >dicho.txt 2>&1 &
    pid=$!
}

# wait_for ORDEN: hasta que salga bien, como mucho un minuto.
wait_for() {
    local left=1200
    until eval "$1" >/dev/null 2>&1; do
        ((left-- > 0)) || { why+="no llega: $1"$'\n' && return 1; }
        sleep 0.05
    done
}

# hand CARPETA: lo que llega por la entrada es el eco.c de esa carpeta de ENTREGAS.
hand() {
    mkdir -p "entregas/$1"
    cat >"entregas/$1/eco.c"
}

# pack NOMBRE FECHA: convierte su carpeta en un tar.gz de esa fecha.
pack() {
    tar -czf "entregas/$1.tar.gz" -C "entregas/$1" .
    rm -r "entregas/${1:?}"
    touch -d "$2" "entregas/$1.tar.gz"
}

# Lo que hay en SALIDA/alumnos, en una línea.
pages() { find "$salida/alumnos" -mindepth 1 -printf '%f\n' | sort | paste -sd ' '; }

query() { sqlite3 "$salida/clase.db" "$1"; }

# Todo lo que dice la base, menos lo que depende del reloj.
dump() {
    query 'SELECT * FROM alumno'
    query 'SELECT * FROM entrega'
    query 'SELECT clave, nombre, hex(contenido), dado FROM fuente'
    query "SELECT clave, lab, estado, puntos, maximo, sin_calificar, motivo,
        (SELECT group_concat(json_extract(value, '\$.nombre') || ' ' || json_extract(value, '\$.veredicto'))
         FROM json_each(json, '\$.laboratorios[0].pruebas')) FROM resultado"
    query 'SELECT alumno, lab, puntos, motivo, comentario FROM ajuste'
}

# Los procesos que vienen de este curso.
alive() { grep -lsF -f <(echo "$top") /proc/[0-9]*/cmdline || :; }

has_box() { [ "$(build/normal/autograder/asinc-grade --comprobar --caja "$1" 2>/dev/null)" = "$1" ]; }

# Nada a medias: ni zonas temporales, ni unidades de trabajo, ni procesos.
tidy() {
    clean
    [ ! -e "$salida/trabajo" ] || why+="queda $(find "$salida/trabajo")"$'\n'
    is procesos '' "$(alive)"
}
