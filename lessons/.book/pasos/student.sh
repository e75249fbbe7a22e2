#!/bin/bash
# Graba el programa de alguien y hace con él una página que se abre desde el disco.
#   student.sh virtual|real FUENTE [OTRA_FUENTE...] [-- ARGUMENTOS]
# Lo demás, como record.sh.
set -eu
here=$(dirname "$0")
source=$2
name=$(basename "$source" .c)
out=build/pasos/$name

mkdir -p "$out"
rm -f "$out/grabacion.json" "$out/index.html"
PASOS_VECES=1 PASOS_CORRE=$PWD PASOS_PLAZO=${PASOS_PLAZO:-30} "$here/record.sh" "$out/grabacion.json" "$@"
"$here/player.sh" "$out/grabacion.json" "$source" '' >"$out/index.html"

end=$(sed -n 's/^"fin"://p' "$out/grabacion.json")
steps=$(sed -n '/^"pasos":/,$p' "$out/grabacion.json" | grep -c '^\[')
case $end in
    *senal*) echo "pasos: al programa lo mató la señal $(sed 's/.*:"//; s/".*//' <<<"$end"); está grabado hasta ahí" ;;
    *pasos*) echo "pasos: el programa seguía; están grabados sus primeros $steps pasos, que es el máximo" ;;
    *tiempo*) echo "pasos: el programa seguía; están grabados sus primeros ${PASOS_PLAZO:-30} segundos" ;;
    *'":0'*) ;;
    *) echo "pasos: el programa acabó con el código $(tr -cd 0-9 <<<"$end")" ;;
esac
echo "Grabado: $steps pasos. Ábrelo en el navegador: file://$(realpath "$out/index.html")"
