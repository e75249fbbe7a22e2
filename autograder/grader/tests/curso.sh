# shellcheck shell=bash
# El curso de mentira de las pruebas del corrector y de la clase, en una carpeta temporal.
#   . curso.sh BUILD BUILD/VARIANTE     deja en $top la carpeta, en $course el curso y en $TMPDIR
#                                       lo temporal de quien se prueba
build=$(realpath "$1") own=$(realpath "$2")
fixtures=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
top=$(mktemp -d "${TMPDIR:-/tmp}/asinc-cli-XXXXXX")
trap 'chmod -R u+rwX "$top"; rm -rf "$top"' EXIT
course=$top/curso
export TMPDIR=$top/tmp
unset NO_COLOR SUDO_UID SUDO_GID

# Uno nuevo por prueba: ninguna hereda los destrozos de otra.
fresh() {
    chmod -R u+rwX "$course" "$TMPDIR" 2>/dev/null
    rm -rf "$course" "$TMPDIR"
    mkdir -p "$TMPDIR" "$course"/build/normal/{autograder,common} "$course/build/asan/common" \
        "$course/common"
    cp -r "$fixtures/curso/labs" "$fixtures/curso/solutions" "$course"
    cp -r "$fixtures/../../../common/include" "$course/common"
    cp "$own/autograder/asinc-grade" "$own/autograder/runner" "$course/build/normal/autograder"
    cp "$build/normal/common/libasinc.a" "$course/build/normal/common"
    cp "$build/asan/common/libasinc.a" "$course/build/asan/common"
    local suite lab
    for suite in "$own"/autograder/grader/tests/curso/labs/*/suite; do
        lab=$(basename "$(dirname "$suite")")
        mkdir -p "$course/build/normal/labs/$lab"
        cp "$suite" "$course/build/normal/labs/$lab"
    done
    chmod 1777 "$TMPDIR"
    chmod -R a+rX "$top"
    cd "$course" || exit 1
}

# Lo corre sin ser root, que para eso hay pruebas en las que estorba serlo.
plainly() {
    if [ "$(id -u)" -eq 0 ]; then
        chown -R 65534:65534 "$course"
        setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
    else
        "$@"
    fi
}

# ---- comprobaciones: cada prueba es una función que acumula motivos en $why, o deja uno en $skip ----

count=0 failed=0
is() { [ "$2" = "$3" ] || why+="$1: esperaba «$2» y es «$3»"$'\n'; }
says() { grep -qF -- "$1" <<<"$out" || why+="no dice «$1»"$'\n'; }
silent() { ! grep -qF -- "$1" <<<"$out" || why+="dice «$1»"$'\n'; }
clean() { [ -z "$(ls -A "$TMPDIR")" ] || why+="quedan restos: $(ls -A "$TMPDIR")"$'\n'; }

check() {
    local name=$1
    why='' out='' skip=''
    fresh
    "test_$name"
    count=$((count + 1))
    if [ -z "$why" ]; then
        echo "ok $count - $name${skip:+ # SKIP $skip}"
        return
    fi
    failed=$((failed + 1))
    echo "not ok $count - $name"
    printf '%s\n--- salida ---\n%s\n' "$why" "$out" | sed 's/^/# /'
}

# run_tests [QUÉ [SIN]]: todas las funciones test_, o las que empiezan así y no de la otra manera. Acaba.
run_tests() {
    local name
    for name in $(declare -F | sed -n 's/^declare -f test_//p' | grep -E "^(${1:-})" | sort -s); do
        [[ -n ${2:-} && $name =~ ^(${2}) ]] || check "$name"
    done
    echo "1..$count"
    exit $((failed > 0))
}
