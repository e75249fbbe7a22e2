# shellcheck shell=bash
# Lo que comparten las pruebas de la edición: dónde se hace y dónde se mira. Se incluye en la raíz del curso, con
# BUILD/VARIANTE en $1.
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
own=$1
export ASINC_COURSE=$PWD/$own/autograder/asinc-course CURSO_HOY=0
edition=programacion-asincrona-en-c
work=$(mktemp -d "${TMPDIR:-/tmp}/asinc-dist.XXXXXX")
trap 'rm -rf "$work"' EXIT
tree=$work/a/$edition

dist() { autograder/dist/dist.sh "$own" "$@"; }

# Los enlaces de las páginas de $tree llevan a algo que está.
links() {
    local bad
    bad=$(cd "$tree" && grep -roE --include='*.md' '\]\([^)#: ]+[)#]' . | sed -E 's/\]\(//; s/[)#]$//' | while IFS=: read -r page link; do
        [ -e "${page%/*}/$link" ] || echo "$page: $link"
    done)
    same '' "$bad"
}
