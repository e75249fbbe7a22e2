#!/bin/bash
# Hace las dos fotos del README: una calificación en el terminal, con la solución del laboratorio 07
# y una falta puesta a propósito, y el paso a paso del libro. Pide Chromium y el sitio hecho.
#   fotos.sh SITIO      (por ejemplo, build/book/sitio)
set -eu
site=$(realpath "$1")
photos=lessons/.book/fotos
lab=07-monitor fault=alerta_al_segundo
work=$(mktemp -d)
trap 'rm -rf "$work" build/foto' EXIT

browser() { # ARCHIVO ANCHO ALTO DIRECCIÓN
    chromium --headless --no-sandbox --disable-gpu --no-first-run --hide-scrollbars --force-device-scale-factor=1.5 \
        --force-prefers-reduced-motion --user-data-dir="$work/perfil" --virtual-time-budget=8000 \
        --window-size="$2,$3" --screenshot="$PWD/$photos/$1" "$4" 2>"$work/chromium"
}

mkdir -p "build/foto/$lab"
cp solutions/$lab/*.c "build/foto/$lab"
patch -p1 -s -d "build/foto/$lab" <labs/$lab/.grader/mutantes/$fault.patch
script -qec "stty cols 84; make -s grade LAB=${lab%%-*} DESDE=build/foto" "$work/dice" </dev/null >/dev/null || :
{
    printf '<!DOCTYPE html><meta charset="utf-8"><style>body{margin:0;background:#16191d;color:#e6e9ed}
pre{margin:0;padding:20px 24px;font:14px/1.45 "JetBrains Mono","DejaVu Sans Mono",monospace;font-variant-ligatures:none}
.c1{font-weight:700}.c2{color:#9aa4af}.c31{color:#ff7b72}.c32{color:#7ccf8f}.c33{color:#f0c674}.o{color:#7cb7ff}</style>
<pre><span class="c2">$</span> <b>make grade LAB=07</b>\n'
    # Desde el laboratorio hasta lo que debía ser y no es.
    sed -n '/07  Monitor/,/y es [0-9]/p' "$work/dice" | tr -d '\r' | sed 's/&/\&amp;/g; s/</\&lt;/g' |
        awk '{
            while (match($0, /\033\[[0-9]+m/)) {
                code = substr($0, RSTART + 2, RLENGTH - 3)
                printf "%s", substr($0, 1, RSTART - 1)
                if (code == 0) { while (open-- > 0) printf "</span>"; open = 0 }
                else { printf "<span class=\"c%s\">", code; open++ }
                $0 = substr($0, RSTART + RLENGTH)
            }
            print
        }'
    printf '</pre>\n'
} >"$work/terminal.html"
[ "$(wc -l <"$work/terminal.html")" -gt 20 ] || { echo 'fotos: make grade no dijo lo que se esperaba:' >&2; tail -20 "$work/dice" >&2; exit 1; }
browser calificacion.png 800 610 "file://$work/terminal.html"
browser paso-a-paso.png 1200 700 "file://$site/03-corrutinas-y-tareas/panel_2.pasos.html#paso-34"
