# shellcheck shell=bash
# Lo que se va sabiendo de cada sistema, y la tabla del final. El sistema del momento está en
# $system; su raíz y sus registros, en $root y $logs.
passed=0 failed=0
declare -A cells=()
rows=(gcc libuv libcurl c-ares libpq PostgreSQL bubblewrap caja 'notas, root' 'notas, ana'
    'pruebas, ana' 'libro, ana' 'edición, ana' 'pruebas, root' 'libro, root' 'edición, root' tiempo)

# note FILA VALOR: una casilla. Lo que difiere de lo que ya había se añade.
note() {
    local key=$system:$1
    case ", ${cells[$key]:-}," in
    *", $2,"*) ;;
    *) cells[$key]=${cells[$key]:+${cells[$key]}, }$2 ;;
    esac
}

# begin QUÉ, y al acabar verdict ESTADO REGISTRO [QUÉ-DIO]: una línea por prueba; de la que falla,
# además, el final de su registro. Devuelve el estado.
begin() { doing="$1 en $system" what=$1 since=$SECONDS; }
verdict() {
    word=bien
    [ "$1" -eq 0 ] || word=MAL
    printf '  %-4s %-15s %s%*s %s (%d s)\n' "$word" "$system" "$what" $((38 - ${#what})) '' "${3:-}" $((SECONDS - since))
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
        return 0
    fi
    failed=$((failed + 1))
    tail -n 20 "$logs/$2.log" | sed 's/^/         | /'
    printf '         todo en %s\n' "${logs#"$PWD"/}/$2.log"
    return 1
}

# Las versiones de lo que más cambia de un sistema a otro.
versions() {
    local name package version
    while read -r name package; do
        # shellcheck disable=SC2016 # son campos de dpkg-query
        version=$(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${db:Status-Status} ${Version}\n' "$package" 2>/dev/null |
            sed -n 's/^installed \([0-9]*:\)\?\([0-9.]*[0-9]\).*/\2/p' | tail -n 1)
        note "$name" "${version:-no está}"
    done <<'LISTA'
gcc gcc
libuv libuv1-dev
libcurl libcurl4-openssl-dev
c-ares libc-ares-dev
libpq libpq-dev
PostgreSQL postgresql-[0-9]*
bubblewrap bubblewrap
LISTA
}

# Una copia del archivo puede ser más vieja de lo que ella misma admite: se dice y se sigue.
expired() {
    local until
    until=$(sed -n 's/^Valid-Until: //p' "$root"/var/lib/apt/lists/*_dists_"${system%-arm64}"_InRelease 2>/dev/null | head -n 1)
    [ -z "$until" ] || [ "$(date -d "$until" +%s)" -gt "$(date +%s)" ] ||
        echo "  Las listas de paquetes de $system caducaron el $(date -d "$until" +%F): se aceptan."
}

pad() { printf '%s%*s' "$1" $(($2 > ${#1} ? $2 - ${#1} : 1)) ''; } # printf cuenta octetos, y no letras
table() {
    local row line known
    line=$(pad '' 15)
    for system in "${systems[@]}"; do line+=$(pad "$system" 17); done
    printf '\n%s\n' "$line"
    for row in "${rows[@]}"; do
        line=$(pad "$row" 15) known=
        for system in "${systems[@]}"; do
            line+=$(pad "${cells[$system:$row]:-—}" 17)
            known+=${cells[$system:$row]:-}
        done
        [ -z "$known" ] || echo "$line"
    done
}
