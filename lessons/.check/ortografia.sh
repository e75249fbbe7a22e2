#!/bin/bash
# La ortografía de los capítulos: aspell con su diccionario de español, más las palabras de
# lessons/.check/palabras (nombres propios y términos del oficio). La salida es TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=.ci/tap.sh
. .ci/tap.sh
known=$(mktemp "${TMPDIR:-/tmp}/asinc-palabras.XXXXXX")
trap 'rm -f "$known"' EXIT
grep -v '^#' lessons/.check/palabras | LC_ALL=C sort -u >"$known"

# La prosa de una página; del glosario, también los términos y las frases de su tabla.
prose() {
    "$CHECK" --prosa "$1"
    [ "${1##*/}" != glosario.md ] || sed 's/`[^`]*`//g' "$1" | awk -F'|' '{ print $2, $4 }'
}
spelled() {
    local unknown
    unknown=$(prose "$1" | aspell --lang=es --encoding=utf-8 --ignore=2 list |
        LC_ALL=C sort -u | LC_ALL=C comm -23 - "$known")
    [ -z "$unknown" ] || { echo "$unknown" && return 1; }
}
if ! command -v aspell >/dev/null || ! aspell dicts | grep -qx es; then
    skip ortografia 'falta aspell-es'
    finish
fi
for page in lessons/[0-9]*/*.md lessons/*.md; do
    check "ortografía de $page" spelled "$page"
done
finish
