# shellcheck shell=bash disable=SC2154 # usa lo de tests.sh
# El capítulo que empieza `make capitulo` está en orden desde el primer momento.

# El compilador de mentira deja un programa que escribe lo que el ejemplo: el de verdad pide la biblioteca.
cat >"$work/compila" <<'FIN'
#!/bin/sh
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\necho dos segundos\n' >"$2"
chmod +x "$2"
FIN
chmod +x "$work/compila"
starter=$PWD/lessons/.check/capitulo.sh
start() { # NOMBRE: lo que dice, en $work/out
    (cd "$work/curso" && CAPITULO_CC=$work/compila CAPITULO_LIBS='' "$starter" "$@") >"$work/out" 2>&1
}
fresh
sed -i 's/`as_sleep(ms)`\*\*, que suspende/&. Y **`as_run(fn, arg)`**, que no suspende/' "$work/curso/lessons/03-saluda/README.md"
cat >"$work/curso/lessons/README.md" <<'FIN'
# Lecciones

| N.º | Capítulo | Qué responde | Leer | Hacer | Necesita | Abre |
|---|---|---|---|---|---|---|
| 03 | [Saluda](03-saluda/README.md) | ¿Se saluda? | 5 | 5 | saber C | |
| | En total | | 0 h 5 min | 0 h 5 min | | |
FIN
check 'empieza_un_capitulo_con_el_numero_que_sigue' start red-segura
check 'y_dice_lo_que_falta' has "$work/out" 'docente/banco/04-red-segura'
mkdir -p "$work/bin/04-red-segura"
printf '#!/bin/sh\necho dos segundos\n' >"$work/bin/04-red-segura/espera"
chmod +x "$work/bin/04-red-segura/espera"
run
check 'y_el_capitulo_empezado_pasa' rc 0
check 'con_su_fila_y_los_minutos_del_total' has "$work/curso/lessons/README.md" 'En total \| \| 0 h 25 min \| 0 h 15 min'
check 'no_empieza_el_que_ya_esta' eval '! start red-segura && has "$work/out" "ya está"'
check 'ni_uno_sin_nombre' eval '! start && has "$work/out" "NOMBRE=red-segura"'
check 'ni_fuera_de_su_carpeta' eval '! start ../../fuera && has "$work/out" "minúsculas"'
rm -rf "$work/bin/04-red-segura"
fresh
