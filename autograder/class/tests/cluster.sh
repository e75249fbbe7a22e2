# shellcheck shell=bash
# Un clúster de Slurm de usar y tirar en esta máquina: un controlador y cuatro nodos. En él se fía
# cada cual de los demás (auth/none), así que escucha solo en 127.0.0.1.
#   . cluster.sh DIR
cluster=$1
export SLURM_CONF=$cluster/slurm.conf
NODES=(n1 n2 n3 n4)

free_port() { # lejos de los que da el sistema
    local port
    while port=$((20000 + RANDOM % 10000)) && (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

cluster_config() {
    local host cpus mib port
    host=$(hostname) cpus=$(nproc) port=$(free_port)
    mib=$(awk '/^MemTotal/ { print int($2 / 1024 / 4) }' /proc/meminfo)
    mkdir -p "$cluster/state"
    cat >"$SLURM_CONF" <<FIN
ClusterName=prueba
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
ReturnToService=2
AuthType=auth/none
CredType=cred/none
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool.%n
SlurmdPidFile=$cluster/slurmd.%n.pid
SlurmctldPidFile=$cluster/ctld.pid
SlurmctldLogFile=$cluster/ctld.log
SlurmdLogFile=$cluster/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
KillWait=2
JobCompType=jobcomp/none
AccountingStorageType=accounting_storage/none
SlurmdTimeout=10
MinJobAge=3600
MaxArraySize=2001
PropagateResourceLimits=NONE
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
NodeName=n[1-4] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + 4))] CPUs=$cpus RealMemory=$mib
PartitionName=clase Nodes=ALL Default=YES MaxTime=60 State=UP
FIN
}

cluster_start() {
    local node
    cluster_config
    slurmctld -D -i >"$cluster/ctld.dice" 2>&1 &
    for node in "${NODES[@]}"; do
        slurmd -D -N "$node" >"$cluster/$node.dice" 2>&1 &
    done
}

cluster_idle() { [ "$(timeout 10 sinfo -h -N -o %t 2>/dev/null | grep -c '^idle$')" = "${#NODES[@]}" ]; }

# El nodo se apaga de golpe, con lo que tuviera en marcha.
node_die() {
    local pid
    pid=$(cat "$cluster/slurmd.$1.pid")
    disown "$pid" 2>/dev/null # que la shell no cuente que ha muerto
    kill -KILL "$pid"
    pgrep -f "slurmstepd: \\[.*" | while read -r pid; do
        grep -qz "SLURMD_NODENAME=$1" "/proc/$pid/environ" 2>/dev/null && pkill -KILL -P "$pid" && kill -KILL "$pid"
    done
}

cluster_stop() {
    local file pid
    timeout 20 scancel --state=RUNNING 2>/dev/null
    timeout 20 scancel --state=PENDING 2>/dev/null
    for file in "$cluster"/slurmd.*.pid "$cluster/ctld.pid"; do
        [ -s "$file" ] && pid=$(cat "$file") && kill "$pid" 2>/dev/null
    done
    for _ in {1..100}; do
        for file in "$cluster"/slurmd.*.pid "$cluster/ctld.pid"; do
            [ -s "$file" ] && kill -0 "$(cat "$file")" 2>/dev/null && sleep 0.1 && continue 2
        done
        break
    done
}
