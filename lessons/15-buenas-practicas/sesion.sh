#!/bin/sh
# Una mañana de quien administra la máquina: arranca el vigilante, le cambia el registro y lo cierra.
# Antes de cada paso espera a leer en el registro que el anterior se ha dado.
hasta() {
    until grep -qs "$1" vigilante.log; do sleep 0.01; done
}

rm -f ayer.log vigilante.log informes.csv
./vigilante --cada 0.06 usuarios pagos pedidos &
hasta 'empiezo'
mv vigilante.log ayer.log
kill -HUP $!
hasta 'registro nuevo'
kill -TERM $!
wait $!
for registro in ayer.log vigilante.log; do
    echo "== $registro"
    cut -c 25- "$registro" | # sin la fecha, y con una N por número
        sed 's/[0-9]* sondeos/N sondeos/'
done

sondeos=$(sed -n 's/.* \([0-9]*\) sondeos, .*/\1/p' vigilante.log)
lineas=$(wc -l <informes.csv)
echo "== informes.csv"
if [ "$lineas" -eq "$sondeos" ]; then
    echo "N líneas"
else
    echo "$lineas líneas, y hubo $sondeos sondeos"
fi
