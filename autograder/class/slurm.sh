#!/bin/bash
# Califica una clase en un clúster de Slurm: `make grade-class MOTOR=slurm`.
#   slurm.sh ASINC-CLASS SALIDA [OPCIÓN DE ASINC-CLASS...]
# Las unidades de trabajo son las de siempre (units.h), repartidas en trozos: cada trozo es una tarea
# de un «job array», que deja los resultados en SALIDA. La base la toca solo esta máquina. Lo que vale
# es si está el resultado, y no lo que diga Slurm: lo que se pierda con un nodo o con el controlador se
# manda otra vez, hasta cinco. SALIDA y el curso tienen que estar en una carpeta que vean todos los
# nodos, con la misma ruta. A qué cola, cuenta o partición va lo dicen las variables de sbatch:
# SBATCH_PARTITION, SBATCH_ACCOUNT...
#
# En el entorno: TROZO, unidades por tarea (10); NUCLEOS, procesadores por tarea (2); PLAZO, segundos
# sin ningún resultado nuevo hasta que se dan por perdidas las que faltan (600).
set -u
class=$1 out=$2
shift 2
chunk=${TROZO:-10} cpus=${NUCLEOS:-2} patience=${PLAZO:-600}
rounds=5 job=

fail() { echo "grade-class: $1" >&2; exit "${2:-3}"; }
for tool in sbatch squeue scancel scontrol; do
    command -v $tool >/dev/null || fail "MOTOR=slurm necesita «$tool»: esta orden se da en una máquina del clúster" 2
done
for number in "$chunk" "$cpus" "$patience"; do
    case $number in '' | 0 | *[!0-9]*) fail "TROZO, NUCLEOS y PLAZO son números desde 1, y no «$number»" 2 ;; esac
done

# Antes de escribir nada: que ENTREGAS y SALIDA no se pisen, y que lo que haya en SALIDA sea nuestro.
made=$(mktemp) || exit 3
trap 'rm -f "$made"' EXIT
"$class" --salida "$out" "$@" --preparar >"$made" || exit
class=$(realpath "$class") # los nodos empiezan en la misma carpeta
work=$(mktemp -d "$(realpath "$out")/slurm.XXXXXX") && mv "$made" "$work/pedido" || exit 3

# Slurm puede no contestar: nunca se le espera sin límite.
ask() { timeout 30 "$@" 2>/dev/null; }
stop() { [ -z "$job" ] || ask scancel "$job"; }
trap 'stop; echo "Interrumpido: la misma orden sigue donde lo dejó." >&2; exit 130' INT TERM

# Lo que falta de una lista, en $work/faltan.
missing() {
    while read -r key lab; do
        [ -e "$out/trabajo/$key/resultados.json" ] || [ -e "$out/trabajo/$key/fallo.txt" ] || echo "$key $lab"
    done <"$1" >"$work/faltan"
    wc -l <"$work/faltan"
}

submit() { # RONDA: un trozo por archivo, 0, 1, 2...
    local dir=$work/$1 n tries
    mkdir "$dir"
    split -l "$chunk" -a 4 -d "$work/faltan" "$dir/"
    n=$(find "$dir" -type f | wc -l)
    cat >"$dir/tarea.sh" <<FIN
#!/bin/bash
exec '$class' --lista '$dir/'"\$(printf %04d "\$SLURM_ARRAY_TASK_ID")" --salida '$(realpath "$out")' --trabajos $((3 * cpus)) $BOX
FIN
    for tries in 1 2 3; do
        job=$(ask sbatch --parsable --requeue --array="0-$((n - 1))" --cpus-per-task="$cpus" --job-name=asinc \
            --time="$((2 + 2 * chunk))" --output="$dir/%a.txt" "$dir/tarea.sh") && job=${job%%;*} && return
        sleep $((2 * tries))
    done
    fail "sbatch no admite el trabajo: $(timeout 30 sbatch --test-only "$dir/tarea.sh" 2>&1 | head -1)"
}

# Espera a que estén todos los resultados, a que Slurm ya no sepa del trabajo o a que nada avance.
follow() {
    local left=$1 last=$SECONDS now state
    while :; do
        now=$(missing "$work/pedido")
        if [ "$now" != "$left" ]; then
            echo "$((total - now)) de $total"
            left=$now last=$SECONDS
        fi
        [ "$now" -gt 0 ] || return 0
        [ $((SECONDS - last)) -lt "$patience" ] || return 1
        state=$(ask squeue -h -r -j "$job" -t all -o '%T %r')
        # Cuando cae un nodo, lo suyo vuelve a la cola para dentro de dos minutos.
        ! grep -q 'PENDING BeginTime' <<<"$state" || ask scontrol update jobid="$job" starttime=now
        grep -qE '^(PENDING|RUNNING|COMPLETING|CONFIGURING|REQUEUED|SUSPENDED)' <<<"$state" || {
            # Ya no está en la cola; lo último que escribió puede tardar en verse.
            sleep 2
            [ "$(missing "$work/pedido")" -gt 0 ] && return 1
        }
        sleep 1
    done
}

BOX=
for option; do [ "${previous:-}" != --caja ] || BOX="--caja '${option//[^a-z]/}'"; previous=$option; done

total=$(missing "$work/pedido")
for round in $(seq $rounds); do
    left=$(missing "$work/pedido")
    [ "$left" -gt 0 ] || break
    submit "$round"
    echo "Trabajo $job de Slurm: $left por calificar, de $chunk en $chunk."
    follow "$left" || :
    stop
done
job=
left=$(missing "$work/pedido")
"$class" --salida "$out" "$@" --recoger
rc=$?
if [ "$left" -gt 0 ]; then
    echo "grade-class: tras $rounds intentos faltan $left por calificar; lo que dijo cada tarea está en $work. La misma orden sigue con ellas." >&2
    exit 3
fi
rm -rf "$work"
exit "$rc"
