#!/bin/bash
# Graba los ejemplos de los capítulos, de uno en uno, y deja cada grabación en pasos/ a su lado.
#   record-all.sh [EJEMPLO.c...]
# Sin ejemplos, todos los de los capítulos 03 a 09 menos los que dice sin-grabar.
set -u
here=lessons/.book/pasos
failed=0
# De un ejemplo que se repite cientos de veces basta el principio: el paso a paso dice que sigue.
export PASOS_TOPE=${PASOS_TOPE:-500}

if [ $# -eq 0 ]; then
    mapfile -t all < <(printf '%s\n' lessons/0[3-9]-*/*.c | grep -vxFf <(sed -n 's/^\([^ #]*\.c\) .*/\1/p' "$here/sin-grabar"))
    set -- "${all[@]}"
fi
for example; do
    target=$(dirname "$example")/pasos/$(basename "$example" .c).json
    clock=virtual # o de verdad, si así se comprueba lo que enseña el capítulo
    ! head -1 "${example%.c}.salida" 2>/dev/null | grep -q '# real$' || clock=real
    if summary=$("$here/record.sh" "$target" "$clock" "$example"); then
        echo "$example: ${summary%% *} pasos"
    else
        failed=1
    fi
done
exit "$failed"
