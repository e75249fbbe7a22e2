#!/bin/sh
# Dice a los editores cómo se compila cada archivo, en la forma que entiende clangd.
#   editor.sh BASE.json ORDEN-DE-COMPILAR < ARCHIVOS
# Se ejecuta en la raíz del curso. La base solo cambia si cambia lo que dice: así nadie vuelve a
# leerla para nada.
set -eu
out=$1 command=$2
mkdir -p "$(dirname "$out")"
tmp=$(mktemp "$out.XXXXXX")
trap 'rm -f "$tmp"' EXIT

COMMAND=$command ROOT=$PWD awk '
    function json(text) {
        gsub(/[\\"]/, "\\\\&", text)
        return "\"" text "\""
    }
    # Lo que añaden los makefiles en cada carpeta.
    function includes(file, part) {
        split(file, part, "/")
        if (file ~ /\/\.grader\// || part[1] == "autograder") return " -Iautograder -Icommon/src"
        if (part[1] == "common") return " -Icommon/src -Icommon/tests"
        if (file ~ /practica\//) return " -I."
        if (part[1] == "labs" || part[1] == "solutions") return " -Ilabs/" part[2]
        return ""
    }
    BEGIN { printf "[" }
    {
        printf "%s\n{\"directory\": %s, \"file\": %s, \"command\": %s}", comma, json(ENVIRON["ROOT"]), json($0),
            json(ENVIRON["COMMAND"] includes($0) " -c " $0)
        comma = ","
    }
    END { print "\n]" }' >"$tmp"

if ! cmp -s "$tmp" "$out"; then
    chmod 644 "$tmp"
    mv "$tmp" "$out"
fi
