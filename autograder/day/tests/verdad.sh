#!/bin/sh
# Copia en DIR el curso entero, ya compilado, para estudiarlo en una terminal sin tocar el de verdad.
# Uso: verdad.sh DIR      (desde la raíz del curso)
set -eu
mkdir -p "$1/build"
chmod 755 "$1"
cp -a Makefile .setup labs lessons common autograder solutions "$1"
# De lo compilado, lo que hace falta para que nada se vuelva a compilar.
tar -c --exclude=tests --exclude=bench build/normal/autograder build/normal/common build/normal/labs \
    build/normal/lessons/.check build/normal/lessons/05-* build/asan/common | tar -x -C "$1"
ln -s build/normal/autograder/asinc-grade "$1/corrector"
