#!/bin/sh
# Instala lo que falta para usar el curso, y nada más. En Debian y Ubuntu lo hace él mismo; en
# otros sistemas escribe la orden exacta. Sin nada que instalar acaba en milisegundos, así que
# los objetivos de make que necesitan paquetes lo llaman siempre.
set -eu

dir=$(dirname "$0")
# Solo las pruebas cambian estas tres: el sistema fingido, la paciencia ante un cerrojo y dónde se apunta
# lo que no existe.
os_release=${ASINC_OS_RELEASE:-/etc/os-release}
lock_wait=${ASINC_LOCK_WAIT:-120}

usage() {
    cat <<'FIN'
Uso: .setup/setup.sh [--callado] [grade|test|test-todo|bench|book|dibujos|pasos|grade-class|dist|systems|todo]
       grade      lo necesario para compilar y calificar (si no dices nada)
       test       lo anterior y lo que piden las pruebas del curso
       test-todo  lo anterior y los otros compiladores y herramientas con que se prueba
       bench      lo de grade y lo que piden las medidas
       book       lo que pide el libro: el sitio, el EPUB y el PDF
       dibujos    lo anterior y lo que dibuja los diagramas de los capítulos
       pasos      lo de grade y lo que graba un programa paso a paso
       grade-class  lo de grade y lo que pide calificar una clase
       dist       lo de grade y lo que compila las suites para arm64
       systems    lo que pide probar el curso en otros Debian
       todo       todos los grupos
       --callado  sin nada que instalar, no dice nada
     .setup/setup.sh --tabla    escribe la tabla de dependencias en Markdown
FIN
}

die() {
    printf 'setup: %s\n' "$1" >&2
    exit "${2:-1}"
}

quiet=no
group=
for arg; do
    case $arg in
    --callado) quiet=yes ;;
    --tabla) group=tabla ;;
    -h | --ayuda) usage && exit 0 ;;
    grade | test | test-todo | bench | book | dibujos | pasos | grade-class | dist | systems | todo)
        [ -z "$group" ] || die "pide un solo grupo: $group o $arg" 2
        group=$arg
        ;;
    *)
        usage >&2
        die "no conozco «$arg»" 2
        ;;
    esac
done
: "${group:=grade}"

# Con --callado lo llama quien va a compilar: lo que impide dejar lo compilado se dice aquí, una vez,
# y no con lo que diga cada herramienta. Compilar desde cero ocupa 50 MiB; lo demás, poco.
build=$dir/../build
can_build() {
    if ! mkdir -p "$build" 2>/dev/null || ! [ -w "$build" ]; then
        die "aquí no se puede escribir, y lo que se compila va en build/: copia el curso a una carpeta tuya y sigue en ella, con «cp -r . ~/curso && cd ~/curso»"
    fi
    need=2
    [ -x "$build/normal/autograder/asinc-grade" ] || need=50
    free=${ASINC_LIBRE:-$(df -Pk "$build" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')}
    [ "${free:-$need}" -ge "$need" ] ||
        die "en el disco del curso quedan $free MiB y hacen falta $need: libera espacio y repite, o copia el curso a otro disco. Lo tuyo sigue como estaba"
}
[ "$quiet" = no ] || can_build

# Filas «grupos|paquetes|para qué» del grupo pedido, que incluye otros; $1 es la columna del
# sistema.
rows() {
    case $group in
    test-todo) asked=grade,test,test-todo ;;
    todo) asked=grade,test,test-todo,bench,book,dibujos,pasos,grade-class,dist,systems ;;
    book | systems) asked=$group ;;
    dibujos) asked=book,dibujos ;;
    *) asked=grade,$group ;;
    esac
    awk -F'|' -v col="$1" -v asked="$asked" '
        /^#/ || NF != 6 { next }
        {
            n = split($1, groups, ",")
            for (i = 1; i <= n; i++)
                if (index("," asked ",", "," groups[i] ",")) {
                    print $1 "|" $col "|" $6
                    next
                }
        }' "$dir/packages"
}

if [ "$group" = tabla ]; then
    group=todo
    printf '| Paquete de Debian | Para qué | Lo pide |\n|---|---|---|\n'
    rows 2 | awk -F'|' '{
        gsub(/,/, "`, `make ", $1)
        sub(/test-todo/, "test TODO=1", $1)
        sub(/dist$/, "dist ARM64=1", $1)
        if (sub(/^[?] /, "", $3)) $3 = $3 " (opcional)"
        printf "| `%s` | %s | `make %s` |\n", $2, $3, $1
    }'
    exit 0
fi

# De qué sistema se trata: la columna de la tabla y cómo se le pregunta qué tiene.
id='' like='' name=''
if [ "$(uname -s)" = Darwin ]; then
    id=macos name=macOS
elif [ -r "$os_release" ]; then
    eval "$(sed -n 's/^ID=/id=/p; s/^ID_LIKE=/like=/p; s/^PRETTY_NAME=/name=/p' "$os_release")"
fi
case " $id $like " in
*" macos "*) column=5 tool=brew ;;
*" debian "* | *" ubuntu "*) column=2 tool=dpkg-query ;;
*" fedora "*) column=3 tool=rpm ;;
*" arch "*) column=4 tool=pacman ;;
*) column=2 tool= ;;
esac

table=$(rows "$column")
packages() { printf '%s\n' "$table" | awk -F'|' '$2 !~ /^[=-]$/ { gsub(/,/, "\n", $2); print $2 }' | sort -u; }
wanted=$(packages | tr '\n' ' ')
absent=$(printf '%s\n' "$table" | awk -F'|' '$2 == "-" && $3 !~ /^[?]/ { print "  " $3 }')
# Los opcionales, cada uno entre espacios.
optional=" $(printf '%s\n' "$table" | awk -F'|' '$3 ~ /^[?]/ { gsub(/,/, " ", $2); print $2 }' | tr '\n' ' ')"

# Lo que ya está, un nombre por línea. Cada gestor falla si algo no está: no es un error.
installed() {
    # shellcheck disable=SC2086 # es una lista de nombres
    case $tool in
    dpkg-query) dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' ;;
    rpm) rpm -q --whatprovides --qf '%{NAME}\n' $wanted 2>/dev/null ;;
    pacman) pacman -Qq $wanted 2>/dev/null ;;
    brew) brew list --formula -1 2>/dev/null ;;
    esac || :
}

if [ -n "$tool" ] && ! command -v "$tool" >/dev/null; then
    [ "$tool" = brew ] || die "este sistema dice ser ${name:-$id}, pero no encuentro $tool"
    die "falta Homebrew: instálalo desde https://brew.sh y repite make setup"
fi
have=" $(installed | tr '\n' ' ') "
missing='' needed=''
for package in $wanted; do
    case $have in
    *" $package "*) continue ;;
    esac
    missing="$missing $package"
    case $optional in
    *" $package "*) ;;
    *) needed="$needed $package" ;;
    esac
done

# Lo opcional que el archivo no tenía la última vez que se miró no se vuelve a buscar en cada orden de
# make: sí con make setup, o cuando falte otra cosa.
left_file=${ASINC_NO_EXISTEN:-$build/no-existen}
# shellcheck disable=SC2086 # es una lista de nombres
went_without() { printf 'Se sigue sin esto, que es opcional: %s. Lo que lo usa se salta.\n' "$(echo $1 | sed 's/ /, /g')"; }
[ "$quiet" = no ] || [ "$missing" != "$(cat "$left_file" 2>/dev/null)" ] || missing=

if [ -z "$missing$absent" ]; then
    [ "$quiet" = yes ] || echo "No falta nada: todo lo necesario está instalado."
    exit 0
fi

if [ -n "$missing" ]; then
    echo "Falta esto en el sistema (${name:-desconocido}):"
    printf '%s\n' "$table" | awk -F'|' -v missing="$missing " '{
        n = split($2, names, ",")
        for (i = 1; i <= n; i++)
            if (index(missing, " " names[i] " ") && !seen[names[i]]++)
                printf "  %-22s %s\n", names[i], $3
    }' | sed 's/ ? \(.*\)/ \1 (opcional)/'
fi

# Sin apt-get no tocamos el sistema de nadie: escribimos la orden y paramos.
by_hand() {
    [ -z "$missing" ] || printf 'Instálalo con esta orden y repite:\n\n    %s\n\n' "$1$missing"
    if [ -n "$absent" ]; then
        printf 'En %s no existe lo que hace falta para esto:\n%s\n' "$name" "$absent"
        echo "Usa el curso en una máquina virtual o un contenedor con Debian 12 o 13."
    fi
    [ -n "$needed$absent" ] || went_without "$missing"
    [ -z "$needed$absent" ]
    exit
}
case $tool:$id in
dpkg-query:*) ;;
rpm:*) by_hand "sudo dnf install" ;;
pacman:*) by_hand "sudo pacman -S --needed" ;;
brew:*) by_hand "brew install" ;;
*)
    echo "No conozco ${name:-este sistema}. Los nombres de arriba son los de Debian: instala sus"
    die "equivalentes con tu gestor de paquetes, o usa Debian 12 o 13 en una máquina virtual."
    ;;
esac

install="apt-get install -y --no-install-recommends$missing"
as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    echo "Instalar pide permiso de root: uso sudo, que puede pedirte tu contraseña."
    if ! command -v sudo >/dev/null || ! sudo true; then
        [ -n "$needed" ] || { went_without "$missing" && exit 0; }
        printf 'Sin sudo no puedo seguir. Escribe esta orden y repite:\n\n'
        printf '    su - -c "apt-get update && %s"\n\n' "$install"
        exit 1
    fi
fi
echo "Lo instalo con apt-get; puede tardar un par de minutos."

log=$(mktemp "${TMPDIR:-/tmp}/asinc-setup.XXXXXX")
trap 'rm -f "$log" "$log.rc"' EXIT
trap 'exit 130' INT TERM

# Por dónde va apt, que lo dice entre lo demás que escribe, en una sola línea que se reescribe.
progress() {
    while IFS= read -r line; do
        case $line in
        dlstatus:*) doing=Descargando ;;
        pmstatus:*) doing=Instalando ;;
        *) printf '%s\n' "$line" >>"$log" && continue ;;
        esac
        # estado:paquete:porcentaje:qué hace; un paquete puede ser «libuv1-dev:amd64»
        rest=${line#*:*:}
        case $rest in [0-9]*) ;; *) rest=${rest#*:} ;; esac
        printf '\r%s: %s %%\033[K' "$doing" "${rest%%[!0-9]*}"
    done
    printf '\r\033[K'
}

# Una orden de apt. Si no hay un terminal que mirar, callada.
apt() {
    set -- env LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"
    # shellcheck disable=SC2086 # «sudo», o nada
    if [ -t 1 ]; then
        : >"$log"
        { $as_root "$@" -o APT::Status-Fd=1 2>&1 </dev/null && echo 0 >"$log.rc" || echo "$?" >"$log.rc"; } | progress
        return "$(cat "$log.rc")"
    fi
    $as_root "$@" >"$log" 2>&1 </dev/null
}

# Otro apt puede estar trabajando (las actualizaciones automáticas, al arrancar): se espera.
run_apt() {
    waited=0
    until apt "$@"; do
        grep -q 'Could not get lock' "$log" || return 1
        if [ "$waited" -ge "$lock_wait" ]; then
            grep 'Could not get lock' "$log" >&2
            die "otro programa está instalando paquetes; espera a que acabe y repite"
        fi
        [ "$waited" -gt 0 ] || echo "Otro programa está usando apt: espero hasta $lock_wait s."
        sleep 2
        waited=$((waited + 2))
    done
}

# Las listas pueden faltar (un contenedor) o estar viejas (404 al bajar). Sin red vale la que haya.
updated=yes
run_apt apt-get -o APT::Update::Error-Mode=any update || updated=no

# De lo opcional, lo que hay en el archivo.
left=
for package in $missing; do
    case "$needed " in
    *" $package "*) continue ;;
    esac
    LC_ALL=C apt-cache policy "$package" 2>/dev/null | grep -q '^  Candidate: [^(]' || left="$left $package"
done
for package in $left; do
    install=$(printf '%s ' "$install" | sed "s/ $package / /; s/ *$//")
done
if [ -n "$left" ]; then
    went_without "$left"
    [ "$updated" = no ] || ! mkdir -p "${left_file%/*}" 2>/dev/null || printf '%s' "$left" >"$left_file"
else
    rm -f "$left_file"
fi
[ "$missing" != "$left" ] || exit 0
# shellcheck disable=SC2086 # la orden es una lista de palabras
if ! run_apt $install; then
    tail -n 15 "$log" >&2
    case $updated in
    no) die "no pude actualizar la lista de paquetes ni instalar: ¿hay conexión a Internet?" ;;
    *) die "apt-get no pudo instalar; su explicación está arriba" ;;
    esac
fi
echo "Instalado."
