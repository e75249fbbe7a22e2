# shellcheck shell=bash
# Los enlaces de las páginas de $tree llevan a algo que está. Se incluye; necesita .ci/tap.sh.
links() {
    local bad
    bad=$(cd "$tree" && grep -roE --include='*.md' '\]\([^)#: ]+[)#]' . | sed -E 's/\]\(//; s/[)#]$//' | while IFS=: read -r page link; do
        [ -e "${page%/*}/$link" ] || echo "$page: $link"
    done)
    same '' "$bad"
}
