# shellcheck shell=bash
# Una raíz: un Debian recién instalado en una carpeta, y cómo se ejecuta algo dentro. La usan los
# guiones de `make systems`, que dicen en $system, $root y $logs de cuál se trata.

# Lo que tiene un Debian antes de que llegue el curso, y git, con el que llega.
base=ca-certificates,git,make,passwd

# El archivo de paquetes de fuera vale dentro: sus direcciones y cómo se llega a ellas.
archive_lists() { # SUITE
    local archives main security
    # shellcheck disable=SC2016 # son campos de apt-get
    archives=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null | sort -u)
    main=$(sed -n 's/^Debian Debian //p' <<<"$archives" | head -n 1)
    security=$(sed -n 's/^Debian Debian-Security //p' <<<"$archives" | head -n 1)
    : "${main:=http://deb.debian.org/debian}" "${security:=http://deb.debian.org/debian-security}"
    echo "deb $main $1 main"
    [ "$1" = forky ] || printf 'deb %s main\n' "$main $1-updates" "$security $1-security"
}
archive_settings() { # SUITE
    apt-config dump | grep -E '^Acquire::(https?|Check-Valid-Until|Check-Date)[: ]' || :
    # Las listas de testing valen una semana, y una copia del archivo puede tener más.
    [ "$1" != forky ] || echo 'Acquire::Check-Valid-Until "false";'
}

packages_of() { # GRUPO: los de Debian, separados por comas
    awk -F'|' -v group="$1" '!/^#/ && index("," $1 ",", "," group ",") { print $2 }' .setup/packages | paste -sd,
}

# make_root [OPCIÓN-DE-MMDEBSTRAP...]: la raíz de $system, si no estaba hecha.
make_root() {
    local suite=${system%-arm64}
    [ ! -d "$root" ] || return 0
    rm -rf --one-file-system "$root.nueva"
    archive_lists "$suite" >"$logs/sources.list"
    archive_settings "$suite" >"$logs/apt.conf"
    step "$logs/raiz.log" 1800 mmdebstrap --mode=root --variant=minbase --aptopt="$logs/apt.conf" "$@" \
        "$suite" "$root.nueva" "$logs/sources.list" && mv "$root.nueva" "$root"
}

# inside USUARIO GUION: la orden que lo ejecuta en la raíz, en la lista `command`. Un espacio de
# procesos con un /proc propio y entero, que es lo que pide la caja completa; cuando muere el
# primero, mueren todos, y con ellos lo que estuviera montado.
inside() {
    command=(unshare --mount --pid --fork --kill-child --mount-proc
        bwrap --bind "$root" / --dev-bind /dev /dev --bind /proc /proc --ro-bind /sys /sys
        --perms 1777 --tmpfs /dev/shm --perms 1777 --tmpfs /tmp --ro-bind-try /etc/resolv.conf /etc/resolv.conf
        --chdir / -- setpriv --reuid="$1" --regid="$1" --init-groups --reset-env
        env LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash -c "cd && $2
exit") # así la shell no cede su sitio a la última orden: es quien recoge a los huérfanos
}
