#!/bin/bash
# Puertas cerradas: máquinas a las que les falta algo. Cada una acaba calificando en una caja que se
# dice, o en una frase que dice qué falta y qué hacer; nunca en un cero que no se merece.
# Uso: puertas.sh BUILD BUILD/VARIANTE [QUÉ]   (lo llama `make test-doors`); escribe TAP.
set -u
here=$(realpath "$(dirname "$0")")
# shellcheck source=autograder/grader/tests/curso.sh
. "$here/curso.sh" "$1" "$2"

root=$(realpath "$here/../../..")
grader=build/normal/autograder/asinc-grade
container=$top/contenedor
mkdir -p "$top"
cp "$own/autograder/box/tests/ataques/contenedor" "$container"
real_bwrap=$(command -v bwrap)

is_root() { [ "$(id -u)" -eq 0 ]; }
only_root() { is_root || { skip='hay que ser root para cerrarla' && return 1; }; }
# Sin caja exterior las pruebas usan el /dev/shm de todos.
own_shm() { [ -k /dev/shm ] || { skip='en este /dev/shm solo escribe root' && return 1; }; }
# ¿Hay aquí Landlock, y caja completa? Sin eso no hay peldaño al que bajar.
no_lesser() { [ "$("$container" sin-espacios "$grader" --comprobar 2>/dev/null)" != minima ]; }
no_whole() { [ "$("$grader" --comprobar 2>/dev/null)" != completa ]; }

# Lo que dice la orden, y cuánto: una frase del corrector, y nada de lo que digan otros.
run() {
    local limit='timeout 120'
    [ "$(type -t "$1")" != function ] || limit=''
    # shellcheck disable=SC2086
    out=$($limit "$@" 2>&1)
    rc=$?
    [ "$rc" -ne 124 ] || why+='no acaba'$'\n'
}
grade() { run "$@" "$grader" --lab 01 --desde solutions; }
json() { tr -d '\n ' <build/informe/resultados.json | grep -oE -- "\"peldano\":\"$1\"" >/dev/null || why+="el informe no dice $1"$'\n'; }

graded_in() {
    is código 0 "$rc"
    says 'TOTAL 100/100'
    json "$1"
    [ "$1" = completa ] || says "AVISO: se califica en la caja $2"
    clean
}
refused() {
    is código 3 "$rc"
    says "$1"
    silent TOTAL
    is 'líneas que empiezan frase' 1 "$(grep -c '^asinc-grade: ' <<<"$out")"
    clean
}
# Que make doctor diga lo mismo: la caja en la que se calificaría, o que no se puede.
doctor_says() {
    local row=$1 said
    shift
    said=$(cd "$root" && ASINC_CORRECTOR=$course/$grader timeout 60 "$@" .setup/doctor.sh 2>&1)
    grep -qE "^$row" <<<"$said" || why+="doctor no dice «$row»: $(grep -A2 ' caja ' <<<"$said")"$'\n'
}

# Un bwrap que no puede: dice eso y falla, las $1 primeras veces. Con $3, eso otro si no se le pide en inglés.
fake_bwrap() {
    mkdir -p "$top/falso"
    echo "$1" >"$top/falso/veces"
    cat >"$top/falso/bwrap" <<FIN
#!/bin/sh
n=\$(cat "$top/falso/veces")
if [ "\$n" -gt 0 ]; then
    echo \$((n - 1)) >"$top/falso/veces"
    case \${LC_ALL:-} in C) echo 'bwrap: $2' ;; *) echo 'bwrap: ${3:-$2}' ;; esac >&2
    exit 1
fi
exec $real_bwrap "\$@"
FIN
    chmod 755 "$top/falso" "$top/falso/bwrap"
    chmod 666 "$top/falso/veces"
}
with_fake() { env PATH="$top/falso:$PATH" "$@"; }

# ---- espacios de nombres --------------------------------------------------------------------------

test_sin_usuarios_propios() {
    no_lesser && skip='no hay otra caja a la que bajar' && return
    grade "$container" sin-usuarios
    graded_in minima mínima
    says 'max_*_namespaces exceeded'
    doctor_says 'ojo +caja +se califica en la «minima»' "$container" sin-usuarios
}

test_max_user_namespaces_a_cero() {
    no_lesser && skip='no hay otra caja a la que bajar' && return
    chmod 777 "$TMPDIR"
    run plainly unshare -Uc --keep-caps sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' sh \
        "$grader" --lab 01 --desde solutions
    graded_in minima mínima
    says 'sysctl user.max_user_namespaces=10000'
}

apparmor() {
    no_lesser && skip='no hay otra caja a la que bajar' && return
    fake_bwrap 999 "$1"
    grade with_fake
    graded_in minima mínima
    grep -qiE 'AppArmor' <<<"$out" || why+='no habla de AppArmor'$'\n'
    grep -qF "bwrap: $1" < <(tr "\n" " " <<<"$out") || why+="no dice lo que dijo bwrap"$'\n'
    doctor_says 'ojo +caja +se califica en la «minima»' env PATH="$top/falso:$PATH"
}
test_apparmor_en_ubuntu() { apparmor 'setting up uid map: Permission denied'; }
test_apparmor_en_un_contenedor() { apparmor 'Failed to make / slave: Permission denied'; }

test_sin_landlock_basta_la_completa() {
    no_whole && skip='aquí no hay caja completa' && return
    grade "$container" falta-landlock
    graded_in completa
}

test_ni_espacios_ni_landlock() {
    local door
    for door in 'sin-usuarios falta-landlock' 'docker falta-landlock'; do
        # shellcheck disable=SC2086
        grade "$container" $door
        refused 'aquí no se puede encerrar al programa'
        says Landlock
        says 'make grade CAJA=no'
        # shellcheck disable=SC2086
        doctor_says 'MAL +caja +aquí no se puede calificar' "$container" $door
    done
}

test_como_en_docker() {
    no_lesser && skip='no hay otra caja a la que bajar' && return
    grade "$container" docker
    graded_in minima mínima
    doctor_says 'ojo +caja +se califica en la «minima»' "$container" docker
}

# Los permisos y las llamadas que Docker deja a root.
as_docker() {
    "$container" docker setpriv --bounding-set=-all,+chown,+dac_override,+fsetid,+fowner,+mknod,+net_raw,+setgid,+setuid,+setfcap,+setpcap,+net_bind_service,+sys_chroot,+kill,+audit_write "$@"
}
test_ya_aislado_como_en_docker() {
    { only_root && own_shm; } || return
    chmod 700 "$course"
    run as_docker "$grader" --lab 01 --desde solutions --caja ya-aislado
    is código 0 "$rc"
    says 'TOTAL 100/100'
    json ya-aislado
    run "$container" falta-landlock docker "$grader" --lab 01 --desde solutions --caja ya-aislado
    says 'TOTAL 100/100'
    clean
}

test_ya_aislado_sin_los_permisos_de_root() {
    only_root || return
    chmod 700 "$course"
    run setpriv --bounding-set=-all "$grader" --lab 01 --desde solutions --caja ya-aislado
    refused 'CAJA=ya-aislado no puede dar otro usuario al programa'
    says '--cap-drop'
    silent 'CAJA=no'
}

# ---- lo que se pasa -----------------------------------------------------------------------------------

test_lo_que_se_pasa_se_espera() {
    no_whole && skip='aquí no hay caja completa' && return
    fake_bwrap 3 'Creating new namespace failed: Resource temporarily unavailable'
    grade with_fake
    graded_in completa
    silent AVISO
}

# Quien la tiene en otro idioma no acaba en otra caja.
test_lo_que_se_pasa_se_entiende_en_cualquier_idioma() {
    no_whole && skip='aquí no hay caja completa' && return
    fake_bwrap 3 'fork: Cannot allocate memory' 'fork: No se pudo asignar memoria'
    grade with_fake LC_ALL=es_ES.UTF-8 LANGUAGE=es
    graded_in completa
    silent AVISO
}

test_sin_sitio_un_momento_se_espera() {
    no_whole && skip='aquí no hay caja completa' && return
    fake_bwrap 3 'mkdir: No space left on device'
    grade with_fake
    graded_in completa
    silent AVISO
}

# Si no caben más espacios de nombres no es que se pase.
test_no_caben_mas_espacios_de_nombres() {
    no_lesser && skip='no hay otra caja a la que bajar' && return
    fake_bwrap 999 'unshare user ns: No space left on device'
    grade with_fake
    graded_in minima mínima
}

test_lo_que_no_se_pasa_no_baja() {
    fake_bwrap 9999 'fork: Cannot allocate memory'
    grade with_fake
    refused 'a esta máquina le faltan ahora memoria o procesos'
    says 'repite'
}

# En una clase, otra caja sería otra nota: esa o ninguna.
test_la_caja_exacta_o_ninguna() {
    fake_bwrap 999 'No permissions to create a new namespace'
    grade with_fake
    graded_in minima mínima
    run with_fake "$grader" --lab 01 --desde solutions --exacta
    refused 'ahora no se puede la caja completa, y se pidió esa'
}

# ---- /proc y /dev -------------------------------------------------------------------------------------

test_sin_poder_montar_proc() {
    only_root || return
    no_lesser && skip='no hay otra caja a la que bajar' && return
    # shellcheck disable=SC2016
    run unshare -m sh -c 'mount --bind /dev/null /proc/version && exec "$@"' sh \
        "$grader" --lab 01 --desde solutions
    graded_in parcial parcial
}

# Sin la carpeta no hay dónde montar la de la caja, ni otra que usar.
test_sin_dev_shm() {
    only_root || return
    # shellcheck disable=SC2016
    run unshare -m sh -c 'mkdir "$1" && mount --rbind /dev "$1" && mount -t tmpfs -o mode=755 nada /dev &&
        for f in null zero full random urandom tty; do : >/dev/$f && mount --bind "$1/$f" /dev/$f; done &&
        shift && exec "$@"' sh "$top/dev$RANDOM" "$grader" --lab 01 --desde solutions
    if [ "$rc" -eq 0 ]; then
        says 'TOTAL 100/100'
        says 'Calificado en la caja'
    else
        is código 3 "$rc"
        says /dev/shm
        says 'sudo mount'
    fi
    silent 'no calificado'
}

# ---- quién lo ejecuta -----------------------------------------------------------------------------------

test_un_usuario_sin_nombre() {
    only_root || return
    chown -R 1234:1234 "$course"
    run setpriv --reuid 1234 --regid 1234 --clear-groups "$grader" --lab 01 --desde solutions
    no_whole || graded_in completa
    says 'TOTAL 100/100'
}

test_su_postgresql_se_prepara() {
    only_root || return
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || { skip='no hay PostgreSQL' && return; }
    mkdir -m 777 "$top/pg"
    cp "$root/autograder/harness/pg_template.sh" "$top/pg"
    run setpriv --reuid 1234 --regid 1234 --clear-groups "$top/pg/pg_template.sh" "$top/pg/plantilla.tar"
    is código 0 "$rc"
    [ -s "$top/pg/plantilla.tar" ] || why+='no la hace'$'\n'
    rm -rf "$top/pg"
}

test_si_no_se_prepara_lo_dice_y_se_sigue() {
    only_root || return
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || { skip='no hay PostgreSQL' && return; }
    mkdir -m 755 "$top/lleno"
    # shellcheck disable=SC2016
    run unshare -m sh -c 'mount -t tmpfs -o size=4m,mode=1777 nada "$1" && TMPDIR=$1 exec "$2" "$3"' sh \
        "$top/lleno" "$root/autograder/harness/pg_template.sh" "$top/nada.tar"
    is código 0 "$rc"
    says 'No se pudo preparar PostgreSQL'
    says 'los demás se califican igual'
    [ ! -e "$top/nada.tar" ] || why+='dejó una plantilla a medias'$'\n'
    rmdir "$top/lleno"
}

# Los guiones que arrancan PostgreSQL para quien estudia, con lo que otros dejan en el entorno.
test_postgres_en_un_entorno_ajeno() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || { skip='no hay PostgreSQL' && return; }
    local script long=$TMPDIR
    while [ ${#long} -lt 150 ]; do long+=/carpeta; done
    mkdir -p "$long" && chmod -R a+rwX "$top"
    cd "$root" || return
    for script in lessons/13-bases-de-datos labs/12-base_datos; do
        run env TMPDIR="$long" CDPATH=.: PGSERVICE=nada PGHOSTADDR=10.0.0.1 PGOPTIONS=--nada=1 PGPORT=1 LANG=C \
            http_proxy=http://127.0.0.1:1 "$script/postgres.sh" psql -Atc 'select 40 + 2'
        is "lo que dice $script" 42 "$out"
    done
    run env TMPDIR="$top/no-hay" labs/12-base_datos/postgres.sh true
    is 'lo que dice sin TMPDIR' "postgres.sh: no se puede escribir en $top/no-hay, y ahí va la base de datos: prueba con otro TMPDIR" "$out"
    # Si no arranca, lo que dejó dicho no se va con su carpeta.
    run env AJUSTES='-c nada=1' labs/12-base_datos/postgres.sh true
    says 'postgres.sh: PostgreSQL no arranca. Mira si queda sitio'
    says 'unrecognized configuration parameter "nada"'
    is 'lo que deja' '' "$(find "$TMPDIR" -name 'postgres-*')"
}

test_sin_HOME() {
    grade env -u HOME
    says 'TOTAL 100/100'
    clean
}

# ---- dónde ------------------------------------------------------------------------------------------------

test_una_carpeta_con_espacios_y_ene() {
    mkdir -p "$top/mi año"
    mv "$course" "$top/mi año/el curso"
    cd "$top/mi año/el curso" || return
    run "$grader" --lab 01 --desde solutions
    says 'TOTAL 100/100'
    run "$grader" --lab 01
    says 'labs/01-eco/eco.c'
    cd /
    mv "$top/mi año/el curso" "$course"
    rmdir "$top/mi año"
    cd "$course" || return
    clean
}

# Antes de compilar: setup.sh --callado es lo primero que hace make grade.
new_course() {
    rm -rf "$top/nuevo"
    mkdir "$top/nuevo"
    cp -r "$root/.setup" "$top/nuevo"
}
test_el_curso_es_de_solo_lectura() {
    new_course
    chmod 555 "$top/nuevo"
    if is_root; then
        # shellcheck disable=SC2016
        run unshare -m sh -c 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$1/.setup/setup.sh" --callado grade' sh "$top/nuevo"
    else
        run "$top/nuevo/.setup/setup.sh" --callado grade
    fi
    is código 1 "$rc"
    says 'aquí no se puede escribir'
    says 'copia el curso a una carpeta tuya'
    is líneas 1 "$(wc -l <<<"$out")"
    chmod 755 "$top/nuevo"
}

# Lo mismo las demás órdenes que compilan: la primera que escribe quien estudia puede ser cualquiera.
typed_make=(env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make --no-print-directory -s)
test_compilar_en_una_carpeta_de_solo_lectura() {
    only_root || return
    local order
    for order in lessons labs 'run LAB=07'; do
        # shellcheck disable=SC2016,SC2086
        run unshare -m sh -c 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd "$1" && shift && exec "$@"' sh \
            "$root" "${typed_make[@]}" $order
        [ "$rc" -ne 0 ] || why+="«$order» acaba bien"$'\n'
        says 'aquí no se puede escribir'
        is "líneas de «$order»" 1 "$(grep -vc '^make: \*\*\*' <<<"$out")"
    done
}

# Con una carpeta build/ que se llena: al compilar lo dice gcc y debajo la frase; al hacer una biblioteca, solo ella.
test_el_disco_se_llena_a_mitad() {
    only_root || return
    # shellcheck disable=SC2016
    run unshare -m sh -c 'cd "$1" && mount -t tmpfs -o size=40k nada build && shift && exec "$@"' sh \
        "$root" "${typed_make[@]}" build/normal/autograder/libbase.a
    [ "$rc" -ne 0 ] || why+='cabe en 40 KiB'$'\n'
    says 'make: se llenó el disco de build/normal/autograder/base mientras se compilaba: libera espacio y repite'
    # shellcheck disable=SC2016
    run unshare -m sh -c 'cd "$1" && mount -t tmpfs -o size=8m nada build && shift && "$@" >/dev/null &&
        rm build/normal/autograder/libbase.a && head -c 9000000 /dev/zero 2>/dev/null >build/lleno; exec "$@"' sh \
        "$root" "${typed_make[@]}" build/normal/autograder/libbase.a
    says 'make: se llenó el disco de build/normal/autograder mientras se compilaba: libera espacio y repite'
    silent 'No space left'
    silent ' ar:'
}

test_el_disco_del_curso_esta_lleno() {
    new_course
    run env ASINC_LIBRE=3 "$top/nuevo/.setup/setup.sh" --callado grade
    is código 1 "$rc"
    says 'quedan 3 MiB y hacen falta 50'
    is líneas 1 "$(wc -l <<<"$out")"
    # Con todo compilado basta con poco.
    mkdir -p "$top/nuevo/build/normal/autograder"
    cp "$grader" "$top/nuevo/build/normal/autograder"
    run env ASINC_LIBRE=3 "$top/nuevo/.setup/setup.sh" --callado grade
    silent 'quedan 3 MiB'
}

small_tmp() { # MiB
    # shellcheck disable=SC2016
    run unshare -m sh -c 'mount -t tmpfs -o "size=$1m,mode=1777" nada "$2" && shift 2 && exec "$@"' sh "$1" "$TMPDIR" \
        "$grader" --lab 01 --desde solutions
}
test_un_TMPDIR_lleno_o_pequeno() {
    only_root || return
    small_tmp 6
    refused 'MiB, y hacen falta 32. Prueba con otro TMPDIR'
    small_tmp 36
    refused 'MiB, y hacen falta 32. Prueba con otro TMPDIR'
    small_tmp 100
    says 'TOTAL 100/100'
}

test_el_informe_no_cabe() {
    only_root || return
    mkdir -p build/informe
    # shellcheck disable=SC2016
    run unshare -m sh -c 'mount -t tmpfs -o size=4k build/informe build/informe && : >build/informe/x && (dd if=/dev/zero of=build/informe/x bs=4k count=1 2>/dev/null; exec "$@")' sh \
        "$grader" --lab 01 --desde solutions
    is código 3 "$rc"
    says 'TOTAL 100/100'
    says 'la calificación vale, pero no se pudo guardar en build/informe'
}

# ---- memoria ----------------------------------------------------------------------------------------------

# Con tope de direcciones ASan no arranca: sería perder puntos sin culpa.
test_un_tope_de_direcciones() {
    run plainly sh -c 'ulimit -v 524288 && exec "$@"' sh "$grader" --lab 01 --desde solutions
    refused 'esta terminal limita la memoria de los programas (ulimit -v)'
    # El que se puede quitar, se quita.
    run plainly sh -c 'ulimit -S -v 524288 && exec "$@"' sh "$grader" --lab 01 --desde solutions
    says 'TOTAL 100/100'
}

# Los que pide un laboratorio se suben solos; si no caben, se dice antes de empezar. El dato es de su
# lab.json, y una prueba no deja abrir más.
test_pocos_archivos_abiertos() {
    run plainly sh -c 'ulimit -n 255 && exec "$@"' sh "$grader" --lab 01 --desde solutions
    refused 'el laboratorio 01 pide 256 archivos abiertos por proceso y aquí caben 255'
    says 'ulimit -n 1024'
    run plainly sh -c 'ulimit -S -n 64 && exec "$@"' sh "$grader" --lab 01 --desde solutions
    says 'TOTAL 100/100'
    sed -i 's/"fuentes"/"descriptores": 700,\n  &/' labs/01-eco/.grader/lab.json
    run plainly sh -c 'ulimit -n 512 && exec "$@"' sh "$grader" --lab 01 --desde solutions
    refused 'el laboratorio 01 pide 700 archivos abiertos por proceso y aquí caben 512'
    run plainly sh -c 'ulimit -n 512 && exec "$@"' sh "$grader" --comprobar
    says 'archivos: el laboratorio 01 pide 700'
}

memory_group() {
    local base
    for base in /sys/fs/cgroup/memory /sys/fs/cgroup; do
        mkdir "$base/asinc-puertas-$$" 2>/dev/null || continue
        group=$base/asinc-puertas-$$
        for file in memory.limit_in_bytes memory.max; do
            { echo 536870912 >"$group/$file"; } 2>/dev/null && return
        done
        rmdir "$group"
    done
    return 1
}
test_con_512_MiB() {
    only_root || return
    memory_group || { skip='aquí no se puede hacer un grupo con menos memoria' && return; }
    # shellcheck disable=SC2016
    run sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" "$grader" --lab 01 --desde solutions
    is código 0 "$rc"
    says 'TOTAL 100/100'
    rmdir "$group"
    clean
}

run_tests "${3:-}"
