#!/bin/sh
# Dice dónde ha quedado el libro y cuánto ocupa.
set -eu
out=$1
size() { du -sh --apparent-size "$1" | cut -f1; }
printf '\nEl libro está hecho. Cópialo adonde quieras, también a una memoria USB:\n\n'
printf '  sitio  %s  %s\n' "$out/sitio/index.html" "$(size "$out/sitio")"
printf '  EPUB   %s  %s\n' "$out/asincronia-en-c.epub" "$(size "$out/asincronia-en-c.epub")"
printf '  PDF    %s  %s\n\n' "$out/asincronia-en-c.pdf" "$(size "$out/asincronia-en-c.pdf")"
