#!/bin/bash
# Hace una clase de mentira, de N personas, de la que se sabe qué nota saca cada una.
#   entregas.sh N DESTINO [PROGRAMAS]              en la raíz del curso
#   entregas.sh --uno DESTINO LAB QUÉ NOMBRE       solo ese programa, en DESTINO/NN-nombre/
# Deja en DESTINO/entregas una carpeta o un archivo por persona, de varias clases, y en
# DESTINO/esperado lo que tiene que salir: «alumno,lab,estado,puntos». Todas son distintas, aunque
# sea en un comentario: ninguna nota se hereda de otra. ASINC_COURSE es asinc-course.
set -eu
n=$1 out=$2 table=${3:-$(dirname "$0")/programas.txt}

# source_of LAB: el archivo que se entrega
source_of() { "$ASINC_COURSE" archivos "$(basename "$1")" fuentes | sed 's|.*/||'; }

# attack ARCHIVO: el programa hostil, en un solo archivo
attack() {
    local dir
    for dir in autograder/box/tests/ataques autograder/grader/tests/cli/trampas; do
        [ ! -e "$dir/$1" ] || sed "/#include \"limite.h\"/{r $dir/limite.h
            d}" "$dir/$1"
    done
}

# program LABDIR QUÉ NOMBRE: lo deja en $work/NN-nombre/
program() {
    local lab=$1 dir file
    dir=$work/$(basename "$lab") file=$(source_of "$lab")
    mkdir -p "$dir"
    case $2 in
    alternativa) cp "$lab/.grader/alternativas/$3/$file" "$dir" ;;
    ataque) attack "$3" >"$dir/$file" ;;
    roto) printf 'int main(void) { return nada; }\n' >"$dir/$file" ;;
    *) cp "solutions/$(basename "$lab")/$file" "$dir" ;;
    esac
    [ "$2" != mutante ] || patch -s -p1 -t -F0 -d "$dir" -i "$PWD/$lab/.grader/mutantes/$3.patch"
    # Compiladores, sistemas y editores dejan cosas al lado.
    mkdir -p "$work/__MACOSX/$(basename "$lab")" "$dir/build"
    printf 'basura' | tee "$work/__MACOSX/$(basename "$lab")/._$file" "$dir/.DS_Store" "$dir/build/$file" >/dev/null
}

# pack NOMBRE CLASE: lo que hay en $work, como lo entregaría alguien
pack() {
    local to=$out/entregas/$1
    case $2 in
    0) (cd "$work" && zip -qr "$to.zip" .) ;;
    1) tar -czf "$to.tar.gz" -C "$work" . ;;
    2) cp -r "$work" "$to" ;;
    3) tar -cJf "$to.tar.xz" -C "$work" . ;;
    4) mkdir "$to" && (cd "$work" && zip -qr "$to/entrega.zip" .) ;;
    esac
}

# spoil NOMBRE QUÉ ARCHIVO: un archivo que no se puede aceptar
spoil() {
    local to=$out/entregas/$1 file=$3
    case $2 in
    vacio) : >"$to.zip" ;;
    cortado) tar -cz -C "$work" . | head -c 300 >"$to.tar.gz" ;;
    enlace) rm -rf "${work:?}"/* && ln -s /etc/passwd "$work/$file" && tar -cf "$to.tar" -C "$work" "$file" ;;
    fuera) find "$work" -type f -name "$file" -exec cp {} "$work/$file" \; && tar -cPf "$to.tar" --transform 's|^|../../|' -C "$work" "$file" ;;
    esac
}

if [ "$n" = --uno ]; then
    work=$out
    program labs/"$3"-* "$4" "$5"
    exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out/entregas"
: >"$out/esperado"
out=$(realpath "$out")
mapfile -t programs < <(grep -v '^#' "$table")
for ((i = 0; i < n; i++)); do
    read -r number what name points <<<"${programs[i % ${#programs[@]}]}"
    [ -n "$points" ] || { points=$name && name=-; }
    lab=$(echo labs/"$number"-*) person=$(printf 'alumno%03d' "$i") state=calificado
    rm -rf "${work:?}"/*
    program "$lab" "$what" "$name"
    printf '\n/* %s */\n' "$person" >>"$work/$(basename "$lab")/$(source_of "$lab")"
    case $what in
    vacio | cortado | enlace | fuera) spoil "$person" "$what" "$(source_of "$lab")" && state=rechazado ;;
    *) pack "$person" $((i % 5)) ;;
    esac
    echo "$person,$number,$state,$points" >>"$out/esperado"
done
