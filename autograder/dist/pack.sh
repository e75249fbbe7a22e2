#!/bin/sh
# Empaqueta siempre igual lo que es igual: mismo orden, mismas fechas, mismo dueño.
#   pack.sh CARPETA ARCHIVO.tar.gz RUTA...
# Las rutas son relativas a CARPETA.
set -eu
dir=$1 archive=$2
shift 2
find "$dir" -type d -exec chmod 755 {} +
find "$dir" -type f -perm /111 -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
LC_ALL=C tar --sort=name --format=ustar --mtime="@${SOURCE_DATE_EPOCH:-1767225600}" \
    --owner=0 --group=0 --numeric-owner -C "$dir" -cf - "$@" | gzip -9n >"$archive.nuevo"
mv "$archive.nuevo" "$archive"
