#!/bin/bash
# Cuánto de la biblioteca ejecutan sus pruebas, línea a línea.
# Uso: coverage.sh CARPETA-DE-OBJETOS ORDEN...   (lo llama `make coverage`)
#
# La ORDEN ejecuta las pruebas; los objetos se compilaron con --coverage y cada uno dejó al
# lado sus contadores. Acaba mal si fallan las pruebas o si no se llega a LIMITE.
set -u
LIMITE=90
objects=$1
shift

log=$(mktemp "${TMPDIR:-/tmp}/asinc-cobertura.XXXXXX") || exit 1
trap 'rm -f "$log"' EXIT
find "$objects" -name '*.gcda' -delete
# env: una orden en segundo plano nace ignorando SIGINT, y hay pruebas que lo necesitan.
env --default-signal=INT,QUIT "$@" >"$log" 2>&1
status=$?

# Un archivo del que ninguna prueba ejecuta nada no deja contadores: sin ellos, gcov cuenta ceros.
for notes in "$objects"/*/*.gcno; do
    source=common/src${notes#"$objects"}
    source=${source%.gcno}.c
    [ -e "$source" ] || continue # de un archivo que ya no existe
    gcov --stdout --object-file "${notes%.gcno}.gcda" "$source" 2>/dev/null
done | awk -F: -v limit="$LIMITE" '
    function flush_range() {
        if (first) list = list " " (first == last ? first : first "-" last)
        first = 0
    }
    function show() {
        flush_range()
        if (file != "" && total > 0)
            printf "%5.1f %%  %4d de %4d  %s%s\n", 100 * run / total, run, total, file, \
                list == "" ? "" : "\n          sin ejecutar:" list
        all += total; all_run += run
        run = total = 0; list = ""
    }
    { count = $1; line = $2 + 0; gsub(/ /, "", count) }
    line == 0 && $3 == "Source" { show(); file = $4; own = file ~ /\.c$/; next }
    line == 0 || count == "-" || !own { next }
    {
        total++
        if (count ~ /^[#=]/) { if (!first) first = line; last = line }
        else { run++; flush_range() }
    }
    END {
        show()
        if (all == 0) { print "coverage: gcov no encontró ningún contador" > "/dev/stderr"; exit 1 }
        printf "%5.1f %%  %4d de %4d  en total; el mínimo es %d %%\n", 100 * all_run / all, all_run, all, limit
        exit 100 * all_run / all < limit
    }' || status=${status/#0/1}

if grep -q '^not ok' "$log" || [ "$status" -ne 0 ]; then
    grep -A 5 '^not ok' "$log"
    [ "$status" -eq 0 ] && status=1
fi
exit "$status"
