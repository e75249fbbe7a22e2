#!/bin/sh
# Los programas del capítulo 03, compilados con mini.h, ¿escriben lo mismo que con asinc?
# Se quedan fuera `bloquear`, que mide el reloj de verdad, y `sin_salir`, que muere aposta.
export AS_CLOCK=virtual
aqui=$(dirname "$(readlink -f "$0")")
compilados=.
[ -x ./panel_1 ] || compilados=$aqui/../../build/normal/lessons/16-por-dentro
if [ ! -x "$compilados/panel_1" ]; then
    echo 'iguales.sh: faltan los programas; compílalos con make lessons' >&2
    exit 1
fi
for programa in panel_1 panel_2 panel_3 panel_4 saludar decir_despues obtener_dato \
    misma_variable reunir tiempos; do
    con_asinc=$(tail -n +2 "$aqui/../03-corrutinas-y-tareas/$programa.salida")
    if [ "$("$compilados/$programa")" = "$con_asinc" ]; then
        echo "$programa: igual"
    else
        echo "$programa: distinto"
    fi
done
