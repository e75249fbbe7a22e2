#!/bin/sh
# Pone en su sitio la suite de un laboratorio que viene ya compilada, si aquí puede funcionar.
#   prebuilt.sh labs/07-monitor/.grader DESTINO
set -eu
dir=$1 target=$2
lab=$(basename "$(dirname "$dir")")
arch=$(uname -m)
suite=$dir/suite.$arch

die() {
    printf 'make grade: %s\n' "$1" >&2
    exit 1
}

if [ ! -e "$suite" ]; then
    built=$(cd "$dir" && printf '%s\n' suite.* | sed -n 's/^suite\.//; /[*]/d; p' | paste -sd ' ')
    [ -n "$built" ] || die "falta la suite de $lab, $suite: vuelve a desempaquetar el curso"
    die "las pruebas de $lab vienen compiladas para $built y esta máquina es $arch.
Pide a quien te dio el curso una edición para $arch, o califica en otra máquina."
fi

# Qué bibliotecas le faltan, o cuáles son aquí más viejas de lo que pide.
if ! linked=$(LC_ALL=C ldd "$suite" 2>&1); then
    die "$suite está dañada o no es para este sistema: vuelve a desempaquetar el curso"
fi
missing=$(printf '%s\n' "$linked" | sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p' | paste -sd ' ')
[ -z "$missing" ] || die "a las pruebas de $lab les falta esto en el sistema: $missing.
Instálalo con make setup. Si sigue faltando, este sistema trae otra versión: usa Debian 12 o 13."
older=$(printf '%s\n' "$linked" | sed -n "s/^.*version [\`']\([^']*\)' not found.*/\1/p" | sort -u | paste -sd ' ')
[ -z "$older" ] || die "las pruebas de $lab piden bibliotecas más nuevas que las de este sistema: $older.
Usa el sistema en que se hizo el curso que te dieron, o uno más nuevo."

mkdir -p "$(dirname "$target")"
cp "$suite" "$target.nueva"
chmod 755 "$target.nueva"
mv "$target.nueva" "$target"
