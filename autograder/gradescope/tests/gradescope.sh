#!/bin/bash
# Prueba lo que se sube a Gradescope como lo usa Gradescope, pero en una carpeta temporal: se
# desempaqueta, se prepara y se califican cuatro entregas. La salida es TAP.
#   gradescope.sh BUILD/VARIANTE
set -u
cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
if ! command -v zip >/dev/null || ! command -v unzip >/dev/null; then
    skip se_hace_con_una_orden 'no hay zip o unzip'
    finish
fi
own=$1
root=$PWD
export ASINC_COURSE=$root/$own/autograder/asinc-course CURSO_HOY=0
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-gradescope.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
export AUTOGRADER=$work/autograder
mkdir "$AUTOGRADER" "$work/dejados"
left=0  # results.json que han quedado, para mirarlos todos al final
door=() # con qué puertas cerradas se califica

plain=("${as_typed[@]}" -u ASINC_COURSE -u CURSO_HOY)
result=$AUTOGRADER/results/results.json

# submit [FECHA [PLAZO]]: como si alguien acabara de entregar lo que hay en submission.
submit() {
    cat >"$AUTOGRADER/submission_metadata.json" <<FIN
{ "id": 7, "created_at": "${1:-2027-01-20T14:22:32.365935-07:00}",
  "assignment": { "due_date": "${2:-2027-01-24T23:59:59.000000+01:00}", "title": "Monitor" },
  "users": [{ "email": "ana@example.org", "id": 1, "name": "Ana \"created_at\": \"2030\"" }],
  "previous_submissions": [] }
FIN
    (cd / && "${plain[@]}" "${door[@]}" "$AUTOGRADER/run_autograder" >"$work/out" 2>&1)
    cp "$result" "$work/dejados/$((++left)).json"
}
new() { rm -rf "$AUTOGRADER/submission" && mkdir "$AUTOGRADER/submission"; }
score() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1])).get("score", ""))' "$result"; }
scored() { same "$1" "$(score)" || { cat "$work/out" && return 1; }; }

check 'sin_LAB_no_se_hace' eval "! autograder/gradescope/pack.sh $own $work/zip 2>$work/out"
check 'se_hace_con_una_orden' autograder/gradescope/pack.sh "$own" "$work/zip" 7
check 'se_desempaqueta' unzip -q "$work/zip/07.zip" -d "$AUTOGRADER/source"
cp "$AUTOGRADER/source/run_autograder" "$AUTOGRADER/run_autograder"
check 'no_lleva_ni_suites_ni_soluciones' eval "[ -z \"\$(find $AUTOGRADER/source -path '*/.grader/*.c' -o -name mutantes -o -name solutions)\" ]"

# Antes de prepararlo no hay con qué calificar: no es un cero.
new && cp solutions/07-monitor/monitor.c "$AUTOGRADER/submission/"
submit
check 'sin_corrector_no_hay_nota' scored ''
check 'y_se_explica' has "$result" 'No calificado: falló el corrector'

check 'se_prepara' "${plain[@]}" "$AUTOGRADER/source/setup.sh"
submit
check 'la_solucion_saca_100' scored 100.0
check 'con_sus_pruebas' has "$result" '"max_score": [0-9]+'
submit 2027-01-27T12:00:00.5+01:00
check 'el_retraso_cuenta' scored 80.0
# Lo que ponga quien entrega no cambia ni de quién es ni cuándo llegó.
cp "$AUTOGRADER/submission/monitor.c" "$AUTOGRADER/submission/entrega_1_assignsubmission_file_monitor.c"
printf 'alumno,fecha\nentrega,2026-01-01T00:00:00+01:00\n' >"$AUTOGRADER/submission/alumnos.csv"
submit 2027-01-27T12:00:00.5+01:00
check 'no_lo_borra_quien_entrega' scored 80.0
rm "$AUTOGRADER"/submission/{alumnos.csv,entrega_*}
submit 2027-01-27T12:00:00.5+01:00 2027-01-28T00:00:00.000000+01:00
check 'el_plazo_es_el_de_Gradescope' scored 100.0

new && cp labs/07-monitor/monitor.c "$AUTOGRADER/submission/"
patch -s -o "$AUTOGRADER/submission/monitor.c" solutions/07-monitor/monitor.c labs/07-monitor/.grader/mutantes/sin_milisegundos.patch
submit
check 'uno_que_falla_saca_lo_que_saca' scored 4.0
check 'y_cuenta_por_que' has "$result" 'milisegundos'

new && echo 'hola' >"$AUTOGRADER/submission/leeme.txt"
submit
check 'si_falta_el_archivo_es_un_cero' scored 0.0
check 'y_dice_cual' has "$result" 'No está «monitor.c»'

# Donde se califica puede faltar algo, aunque no faltara al preparar la imagen. Sin ninguna caja hay que
# empezar como root, como allí.
isolated() { has "$work/out" 'CAJA=ya-aislado' && has "$result" 'de un sitio ya aislado: el programa'; }
behind() { # PUERTA...
    local name=con_todo box=ya-aislado
    door=()
    [ $# -eq 0 ] || { name=${*//-/_} && name=${name// /_y_} && door=("$root/$own/autograder/box/tests/ataques/contenedor" "$@"); }
    (cd "$AUTOGRADER/source/curso" && "${door[@]}" build/normal/autograder/asinc-grade --comprobar >"$work/out" 2>/dev/null) && box=$(cat "$work/out")
    if [ "$box" = ya-aislado ] && [ "$(id -u)" -ne 0 ]; then
        skip "$name" 'hay que empezar como root, como allí'
        return
    fi
    new && cp labs/07-monitor/monitor.c "$AUTOGRADER/submission/" && echo '/* igual */' >>"$AUTOGRADER/submission/monitor.c"
    submit
    check "${name}_el_esqueleto_saca_0" scored 0.0
    new && cp solutions/07-monitor/monitor.c "$AUTOGRADER/submission/"
    submit
    check "${name}_la_solucion_saca_100" scored 100.0
    case $box in
    completa) check "${name}_en_la_caja_completa" hasnt "$work/out" 'AVISO|CAJA=' ;;
    ya-aislado) check "${name}_y_dice_que_en_ya_aislado" isolated ;;
    *) check "${name}_y_dice_en_que_caja" has "$work/out" 'AVISO: se califica en la caja (parcial|mínima)' ;;
    esac
}
behind
behind sin-usuarios
behind falta-landlock
behind sin-usuarios falta-landlock
door=()

# Uno que intenta escribir su propia nota, desde dentro y con enlaces.
new && ln -s /etc/passwd "$AUTOGRADER/submission/opciones.c"
cp autograder/grader/tests/cli/trampas/falsifica.c "$AUTOGRADER/submission/monitor.c"
mkdir -p "$AUTOGRADER/submission/results" && echo '{"score": 100}' >"$AUTOGRADER/submission/results/results.json"
submit
check 'el_tramposo_saca_0' scored 0.0
check 'y_no_ve_nada_de_fuera' hasnt "$result" 'CONSEGUIDO|root:'

# Donde no se puede hacer ninguna caja, otra que se pide por su nombre al hacer el zip.
check 'CAJA_no_no_se_admite' eval "! autograder/gradescope/pack.sh $own $work/zip 7 no 2>$work/out"
asked() { autograder/gradescope/pack.sh "$own" "$work/zip2" 7 ya-aislado && unzip -p "$work/zip2/07.zip" caja | grep -qx ya-aislado; }
check 'el_zip_lleva_la_caja_que_se_pide' asked
if [ "$(id -u)" -eq 0 ]; then
    echo ya-aislado >"$AUTOGRADER/source/caja"
    new && cp solutions/07-monitor/monitor.c "$AUTOGRADER/submission/"
    submit
    check 'ya_aislado_la_solucion_saca_100' scored 100.0
    check 'y_lo_dice_la_nota' has "$result" 'de un sitio ya aislado: el programa'
    check 'y_lo_dice_lo_que_lee_quien_ensena' has "$work/out" 'CAJA=ya-aislado'
    cp autograder/grader/tests/cli/trampas/falsifica.c "$AUTOGRADER/submission/monitor.c"
    submit
    check 'ya_aislado_el_tramposo_saca_0' scored 0.0
    check 'y_tampoco_ve_nada' hasnt "$result" 'CONSEGUIDO|suite a la vista'
    rm "$AUTOGRADER/source/caja"
else
    skip 'ya_aislado_en_gradescope' 'hay que empezar como root, como allí'
fi

# El corrector falla: una explicación y ningún punto, ni siquiera en las pruebas.
new && sed 's/^/ /' solutions/07-monitor/monitor.c >"$AUTOGRADER/submission/monitor.c"
grader=$AUTOGRADER/source/curso/build/normal/autograder/asinc-grade
mv "$grader" "$work/bueno"
printf '#!/bin/sh\necho "no hay sitio" >&2\nexit 3\n' >"$grader" && chmod +x "$grader"
submit
check 'un_fallo_del_corrector_no_es_nota' hasnt "$result" '"score"'
check 'y_se_dice' has "$result" 'No se pudo calificar por un fallo del corrector'

# Todo lo que ha quedado es de lo que Gradescope admite; y lo que no lo es, se ve.
check 'todos_son_como_los_quiere_Gradescope' python3 autograder/gradescope/tests/results.py "$work"/dejados/*.json
printf '{"score": "100", "tests": [{"status": "bien", "points": 3}]}' >"$work/malo.json"
schema_sees() { ! python3 autograder/gradescope/tests/results.py "$work/malo.json" >"$work/out" && has "$work/out" 'score: es' && has "$work/out" 'no se admite .bien' && has "$work/out" 'sobra points'; }
check 'y_el_esquema_ve_lo_que_no' schema_sees
finish
