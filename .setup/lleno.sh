#!/bin/sh
# ¿Falló una orden de compilar porque se llenó el disco? Si donde dejaba lo suyo ya no cabe nada, lo dice en una
# frase y acaba bien; si no, acaba mal y no dice nada. Uso: lleno.sh ARCHIVO-QUE-HACÍA
for dir in "$(dirname "$1")" "${TMPDIR:-/tmp}"; do
    [ -w "$dir" ] || continue
    probe=$dir/.asinc-cabe-$$
    { head -c 4194304 /dev/zero >"$probe"; } 2>/dev/null && fits=si || fits=no
    rm -f "$probe"
    if [ "$fits" = no ]; then
        echo "make: se llenó el disco de $dir mientras se compilaba: libera espacio y repite la orden, que sigue por donde iba. Lo tuyo está como estaba" >&2
        exit 0
    fi
done
exit 1
