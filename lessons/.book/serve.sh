#!/bin/sh
# Hace el sitio y lo rehace cada vez que se guarda algo de lo que sale. La página abierta en el
# navegador se recarga sola: pregunta cada segundo por version.js, que cambia al rehacerlo.
#   serve.sh DESTINO
set -eu
out=$1
book=lessons/.book
export LIBRO_RECARGA=1

changes() { # la fecha del último cambio
    find lessons labs solutions -name '.?*' ! -name .book -prune -o -type f -printf '%T@\n' | sort -n | tail -n 1
}

build() {
    if "$book/build.sh" "$out"; then
        printf 'var VERSION = "%s";\n' "$(date +%s%N)" >"$out/sitio/version.js"
        printf '%s  hecho: file://%s/index.html\n' "$(date +%T)" "$(cd "$out/sitio" && pwd)"
    else
        printf '%s  no se ha podido hacer: corrige lo de arriba y guarda\n' "$(date +%T)" >&2
    fi
}

trap 'rm -f "$out/sitio/version.js"; exit 0' INT TERM
last=
while :; do
    now=$(changes)
    if [ "$now" != "$last" ]; then
        last=$now
        build
    fi
    sleep 1
done
