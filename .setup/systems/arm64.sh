# shellcheck shell=bash
# Los sistemas de arm64. Sus programas corren emulados, instrucción a instrucción, por qemu; y como
# así compilar cuesta treinta veces más, se compila fuera, contra las bibliotecas de la raíz, salvo
# lo que compila el corrector. qemu no emula ni los espacios de nombres ni Landlock ni seccomp: se
# califica con CAJA=no.

binfmt=/proc/sys/fs/binfmt_misc
mounted='' registered=''

# El núcleo tiene que saber quién ejecuta un programa de arm64, y eso es de toda la máquina: si aquí
# se enciende, aquí se apaga.
arm64_on() {
    local rule
    if [ ! -e $binfmt/register ]; then
        mount -t binfmt_misc binfmt_misc $binfmt 2>/dev/null && mounted=yes
    fi
    rule=$(cat /usr/lib/binfmt.d/qemu-aarch64*.conf 2>/dev/null | head -n 1)
    if [ ! -e $binfmt/qemu-aarch64 ]; then
        [ -n "$rule" ] && printf '%s' "$rule" 2>/dev/null >$binfmt/register && registered=yes
    fi
    [ -e $binfmt/qemu-aarch64 ]
}
arm64_off() {
    [ -z "$registered" ] || echo -1 >$binfmt/qemu-aarch64
    [ -z "$mounted" ] || umount $binfmt
    registered='' mounted=''
}

# Compila en la raíz, desde fuera.
cross() { # OBJETIVO...
    step "$logs/compila.log" 1800 env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS PKG_CONFIG_SYSROOT_DIR="$root" \
        PKG_CONFIG_LIBDIR="$root/usr/lib/aarch64-linux-gnu/pkgconfig:$root/usr/share/pkgconfig" \
        make -C "$root/home/ana/curso" -j"$(nproc)" --no-print-directory -s \
        CC="aarch64-linux-gnu-gcc --sysroot=$root" AR=aarch64-linux-gnu-ar "$@"
}

# Lo que no se puede juzgar emulado: lo que depende de cuánto se tarda, y lo que qemu no hace.
arm64_tests='@(coro|task|group|scope|future|gather|queue|sync|barrier|heap|timer|error|rate|retry|stream|stream_servidor|file|file_entero|resolve|nombres|http|http_*)'

arm64() {
    local labs=labs/[0-9]*/.grader/lab.json targets=() lab mini count
    begin 'qemu'
    if ! command -v aarch64-linux-gnu-gcc >/dev/null || ! arm64_on; then
        echo 'Falta qemu-user-static o gcc-aarch64-linux-gnu (make setup GRUPO=systems), o este núcleo no deja usar binfmt_misc.' >"$logs/qemu.log"
        verdict 1 qemu
        return
    fi
    begin 'el sistema'
    make_root --architectures=arm64 --include="$base,$(packages_of grade)" &&
        do_as root ana "$add_ana"
    verdict $? raiz || return
    versions
    clone ana || return

    for lab in $labs; do targets+=("build/normal/${lab%/.grader/lab.json}/suite"); done
    for mini in lessons/03-corrutinas-y-tareas/*.c; do
        targets+=("build/normal/lessons/16-por-dentro/$(basename "$mini" .c)")
    done
    begin 'compilar fuera'
    cross build/normal/common/pruebas build/asan/common/libasinc.a build/normal/autograder/{asinc-grade,runner} "${targets[@]}"
    verdict $? compila || return
    chown -R --reference="$root/home/ana" "$root/home/ana/curso"

    begin 'la biblioteca'
    do_as ana biblioteca "cd curso && common/tests/pg_cluster.sh build/normal/common/pruebas --tap=- -j2 --filter '$arm64_tests/*'"
    status=$?
    count=$(grep -c '^ok' "$logs/biblioteca.log")
    verdict $status biblioteca "$count bien"
    note 'pruebas, ana' "$count y $(grep -c '^not ok' "$logs/biblioteca.log")"

    begin 'el motor del capítulo 16'
    do_as ana capitulo-16 'cd curso && lessons/16-por-dentro/iguales.sh | tee /dev/stderr | awk "/: igual\$/ { n++ } END { exit n != NR || !n }"'
    verdict $? capitulo-16

    begin 'las seis soluciones, CAJA=no'
    do_as ana soluciones 'cd curso && autograder/harness/pg_template.sh build/normal/autograder/postgres.tar &&
        build/normal/autograder/asinc-grade --desde solutions --caja no'
    got=$(sed -n 's/^TOTAL \([0-9/]*\).*/\1/p' "$logs/soluciones.log" | tail -n 1)
    [ "$got" = 600/600 ]
    verdict $? soluciones "${got:-sin nota}"
    note 'notas, ana' "${got:-?}"
    note caja 'no (qemu)'
}
