#!/bin/sh
# Deja un laboratorio o la práctica de un capítulo como al principio: `make reset`.
# Uso: reset.sh CARPETA [NOMBRE...]      con nombres, solo esos archivos
#
# Antes guarda una copia de lo que hay, con la fecha en el nombre, y dice dónde. Lo del
# principio está en CARPETA/.original.ar, un archivo por miembro. Lo que no estaba al principio se
# queda donde está.
set -eu

dir=${1%/}
shift
original=$dir/.original.ar
if [ ! -r "$original" ]; then
    echo "make reset: falta $original, que guarda cómo era al principio" >&2
    exit 2
fi
if [ $# -eq 0 ]; then
    # shellcheck disable=SC2046 # son nombres sencillos: los puso quien hizo el curso
    set -- $(ar t "$original")
fi

# Lo que ha cambiado; lo demás ni se toca.
changed=
for name; do
    if ! ar t "$original" | grep -qxF -- "$name"; then
        echo "make reset: en $dir no había ningún $name" >&2
        exit 2
    fi
    ar p "$original" "$name" | cmp -s - "$dir/$name" || changed="$changed $name"
done
if [ -z "$changed" ]; then
    echo "$dir está como al principio: no hay nada que deshacer."
    exit 0
fi

# La fecha no basta si se repite en el mismo segundo.
stamp=$(date +%Y-%m-%d_%H%M%S)
copy=.copias/$stamp/$dir
count=1
while [ -e "$copy" ]; do
    count=$((count + 1))
    copy=.copias/$stamp-$count/$dir
done
mkdir -p "$copy"
for name in $changed; do
    # Uno borrado no tiene copia, ni hace falta.
    [ ! -e "$dir/$name" ] || cp -p "$dir/$name" "$copy/$name"
done

# Cada archivo pasa de uno a otro de una vez: nadie ve medio, ni con Ctrl+C a mitad.
new=
trap '[ -z "$new" ] || rm -f "$new"' EXIT
trap 'exit 130' INT TERM HUP
for name in $changed; do
    new=$(mktemp "$dir/.nuevo-XXXXXX")
    ar p "$original" "$name" >"$new"
    chmod 644 "$new"
    mv -f "$new" "$dir/$name"
    new=
done

echo "Como al principio:"
for name in $changed; do
    echo "    $dir/$name"
done
echo "Lo que tenías está en $copy/"
echo "Para recuperarlo:"
echo "    cp $copy/* $dir/"
