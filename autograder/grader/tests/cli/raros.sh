# Nombres con órdenes de terminal, en cada sitio en que un error los repite. Lo incluye cli.sh.
# shellcheck shell=bash disable=SC2154

# Lo último que dijo va sin nada que la terminal obedezca.
plain_text() {
    ! LC_ALL=C grep -qP '\x1b|\xe2\x80\xae|\xff' <<<"$out" || why+="bytes en crudo con $1"$'\n'
    says '\x1b[2J'
}

test_los_errores_repiten_los_nombres_limpios() {
    local odd=$'\x1b[2J\u202e\xff'
    mkdir -p "$top/$odd" && : >"$top/archivo$odd"
    grade --desde "$top/$odd"
    is código 2 "$rc"
    plain_text 'una carpeta sin laboratorios'
    grade --desde "$top/archivo$odd"
    plain_text 'un archivo'
    grade --lab "$odd"
    plain_text LAB
    grade --lab 01 --prueba "$odd"
    plain_text PRUEBA
    grade --lab 01 "$odd"
    plain_text 'una palabra de más'
    grade "--$odd"
    plain_text 'una opción'
    grade --lab 01 --informe "$top/$odd"
    is 'código de un informe raro' 0 "$rc"
    plain_text 'un informe'
    grade --lab 01 --informe "$top/archivo$odd"
    is 'código sin informe' 3 "$rc"
    plain_text 'un informe que no se puede escribir'
    out=$(TMPDIR=$top/$odd/no "$grader" --lab 01 2>&1)
    plain_text TMPDIR
    rm -r "${top:?}/$odd" "${top:?}/archivo$odd"
}

# ---- sin sitio ------------------------------------------------------------------------------------

# Con $1 KiB libres además de lo que ocupa la zona, que se mide.
with_room() {
    # shellcheck disable=SC2016
    out=$(unshare -m sh -c 'mount -t tmpfs -o mode=1777,size="$1"k nada "$TMPDIR" && shift && exec "$@"' \
        sh "$1" "$grader" --lab 01 --desde solutions 2>&1)
    rc=$?
}

# Si no se compila porque el disco está lleno, quien entrega no tiene la culpa.
test_un_disco_lleno_no_es_un_programa_que_no_compila() {
    [ "$(id -u)" -eq 0 ] || return 0
    local needs room
    needs=$(du -ck build/normal/autograder/{asinc-grade,runner} build/*/common/libasinc.a common/include \
        build/normal/labs/01-eco/suite | tail -1 | cut -f1)
    for room in 100 400 1000 2000 4000; do
        with_room $((needs + room))
        is "código con $room KiB" 3 "$rc"
        silent 'no compila'
        says 'otro TMPDIR'
        clean
    done
    with_room $((needs + 60000))
    is 'código con sitio' 0 "$rc"
    says 'TOTAL 100/100'
}
