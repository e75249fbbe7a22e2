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
summary=$(PASOS_VECES=1 PASOS_CORRE=$PWD PASOS_PLAZO=${PASOS_PLAZO:-30} "$here/record.sh" "$out/grabacion.json" "$@")
read -r steps how detail <<<"$summary"
"$here/player.sh" "$out/grabacion.json" "$source" '' >"$out/index.html"

case "$how $detail" in
    'senal '*) echo "pasos: al programa lo mató la señal $detail; está grabado hasta ahí" ;;
    'tope pasos') echo "pasos: el programa seguía; están grabados sus primeros $steps pasos, que es el máximo" ;;
    'tope tiempo') echo "pasos: el programa seguía; están grabados sus primeros ${PASOS_PLAZO:-30} segundos" ;;
    'codigo 0') ;;
    *) echo "pasos: el programa acabó con el código $detail" ;;
esac
echo "Grabado: $steps pasos. Ábrelo en el navegador: file://$(realpath "$out/index.html")"
