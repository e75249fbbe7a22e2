#!/bin/sh
# Trae de npm, si no está, uno de los programas que miran las páginas, y dice dónde queda. Sin npm o sin red
# falla: quien lo llama se salta la prueba.
#   npm.sh vnu|axe
set -eu
cd "$(dirname "$0")/../../.."
case $1 in
    vnu) name=vnu-jar version=26.9.27 file=build/dist/vnu.jar ;;
    axe) name=axe-core version=4.14.1 file=axe.min.js ;;
    *) exit 2 ;;
esac
dir=$PWD/build/test/book/npm/$name
[ -e "$dir/package/$file" ] || (mkdir -p "$dir" && cd "$dir" && npm pack --silent "$name@$version" >/dev/null &&
    tar xzf ./*.tgz "package/$file") >&2
printf '%s\n' "$dir/package/$file"
