#!/bin/bash
# `make grade-class MOTOR=slurm` contra un Slurm de verdad, arrancado aquí. Con N entregas, 40.
# Uso: slurm.sh BUILD BUILD/VARIANTE [QUÉ]   en la raíz del curso; escribe TAP.
set -u
here=$(realpath "$(dirname "$0")")
# shellcheck source=autograder/grader/tests/curso.sh
. "$here/../../grader/tests/curso.sh" "$1" "$2"
# shellcheck source=autograder/class/tests/comun.sh
. "$here/comun.sh"

if ! command -v slurmctld >/dev/null || ! command -v slurmd >/dev/null || ! command -v sbatch >/dev/null; then
    echo 'ok 1 - en_un_cluster # SKIP no hay Slurm'
    echo '1..1'
    exit 0
fi
# shellcheck source=autograder/class/tests/cluster.sh
. "$here/cluster.sh" "$top/cluster"
trap 'cluster_stop; chmod -R u+rwX "$top"; rm -rf "$top"' EXIT
mkdir -p "$cluster"
cluster_start

# Buenas, que saludan solo a las primeras, que no compilan; cada una distinta de las demás.
make_class() {
    local i
    for ((i = 1; i <= ${N:-40}; i++)); do
        case $((i % 4)) in
        0) printf 'int main(void) { return nada_%d; }\n' "$i" ;;
        1) sed "s/i < argc;/i < 2 \&\& i < argc;/; 1i /* $i */" solutions/01-eco/eco.c ;;
        *) sed "1i /* $i */" solutions/01-eco/eco.c ;;
        esac | hand "a$i"
    done
}
marks() { query 'SELECT alumno, puntos, maximo FROM entrega JOIN resultado USING (clave) ORDER BY alumno'; }
expected() {
    local i
    for ((i = 1; i <= ${N:-40}; i++)); do
        case $((i % 4)) in 0) echo "a$i|0|100" ;; 1) echo "a$i|70|100" ;; *) echo "a$i|100|100" ;; esac
    done | LC_ALL=C sort
}
spread() { # OPCIÓN...: en segundo plano: el proceso es $pid y lo que dice va a dicho.txt
    NUCLEOS=1 PLAZO=120 "$here/../slurm.sh" "$class" "$salida" --entregas entregas --lab 01 "$@" >dicho.txt 2>&1 &
    pid=$!
}
some_done() { [ "$(find "$salida/trabajo" -name resultados.json 2>/dev/null | wc -l)" -ge 10 ]; }
node_busy() { timeout 10 squeue -h -t running -w "$1" -o %i 2>/dev/null | grep -q .; }

test_un_nodo_que_se_apaga() {
    local expected
    wait_for cluster_idle || return
    make_class
    salida=aqui class --lab 01
    is 'código en una sola máquina' 0 "$rc"
    expected=$(salida=aqui dump)
    spread
    wait_for some_done && wait_for 'node_busy n2' && node_die n2
    wait "$pid"
    is código 0 "$?"
    out=$(cat dicho.txt)
    says "${N:-40} de ${N:-40}"
    says "Calificadas: ${N:-40}"
    is notas "$(expected)" "$(marks | LC_ALL=C sort)"
    is 'la base entera' ok "$(query 'PRAGMA integrity_check')"
    is 'la misma que en una sola máquina' "$expected" "$(dump)"
    [ -z "$(ls -d "$salida"/slurm.* 2>/dev/null)" ] || why+='queda lo del clúster'$'\n'

    # Otra vez, nada que mandar.
    spread
    wait "$pid"
    is 'código, otra vez' 0 "$?"
    out=$(cat dicho.txt)
    silent 'Trabajo'
    says "Calificadas: ${N:-40}"

    # Las notas se escriben como se pide también desde ahí.
    spread --csv excel
    wait "$pid"
    is 'para una hoja de cálculo' 'a1;;;70;calificado;70' "$(sed -n 2p "$salida/notas.csv" | tr -d '\r')"
}

test_sin_slurm_se_dice() {
    out=$(PATH=/nada "${BASH}" "$here/../slurm.sh" "$class" "$salida" --entregas entregas 2>&1)
    is código 2 "$?"
    says 'MOTOR=slurm necesita «sbatch»'
}

run_tests "${3:-}"
