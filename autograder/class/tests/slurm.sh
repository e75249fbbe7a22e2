#!/bin/bash
# `make grade-class MOTOR=slurm` contra un Slurm de verdad, arrancado aquí. Con N entregas, 40.
# Uso: slurm.sh BUILD BUILD/VARIANTE [QUÉ]   en la raíz del curso; escribe TAP.
set -u
here=$(realpath "$(dirname "$0")")
# shellcheck source=autograder/grader/tests/curso.sh
. "$here/../../grader/tests/curso.sh" "$1" "$2"
# shellcheck source=autograder/class/tests/comun.sh
. "$here/comun.sh"

if ! command -v slurmctld >/dev/null || ! command -v slurmd >/dev/null; then
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
spread() { # en segundo plano: el proceso es $pid y lo que dice va a dicho.txt
    NUCLEOS=1 PLAZO=120 "$here/../slurm.sh" "$class" "$salida" --entregas entregas --lab 01 >dicho.txt 2>&1 &
    pid=$!
}
some_done() { [ "$(find "$salida/trabajo" -name resultados.json 2>/dev/null | wc -l)" -ge 10 ]; }
node_busy() { timeout 10 squeue -h -t running -w "$1" -o %i 2>/dev/null | grep -q .; }

test_un_nodo_que_se_apaga() {
    wait_for cluster_idle || return
    make_class
    spread
    wait_for some_done && wait_for 'node_busy n2' && node_die n2
    wait "$pid"
    is código 0 "$?"
    out=$(cat dicho.txt)
    says "${N:-40} de ${N:-40}"
    says "Calificadas: ${N:-40}"
    is notas "$(expected)" "$(marks | LC_ALL=C sort)"
    is 'la base entera' ok "$(query 'PRAGMA integrity_check')"
    [ ! -e "$salida/slurm" ] || why+='queda lo del clúster'$'\n'

    # Otra vez, nada que mandar.
    spread
    wait "$pid"
    is 'código, otra vez' 0 "$?"
    out=$(cat dicho.txt)
    silent 'Trabajo'
    says "Calificadas: ${N:-40}"
}

test_sin_slurm_se_dice() {
    out=$(PATH=/nada "${BASH}" "$here/../slurm.sh" "$class" "$salida" --entregas entregas 2>&1)
    is código 2 "$?"
    says 'MOTOR=slurm necesita «sbatch»'
}

run_tests "${3:-}"
