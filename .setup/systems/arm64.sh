# shellcheck shell=bash
# Los sistemas de arm64. Sus programas corren emulados, instrucción a instrucción, por qemu; y como
# así compilar cuesta treinta veces más, se compila fuera, contra las bibliotecas de la raíz, salvo
# lo que compila el corrector. qemu no emula los espacios de nombres, ni Landlock, ni seccomp: no
# hay caja que valga, y las soluciones se califican con CAJA=no.

binfmt=/proc/sys/fs/binfmt_misc
ours=
mounted=

# El qemu de Debian 13, que es estático: el de Debian 12 no conoce openat2, con el que el corrector
# lee lo que dejó un programa.
make_qemu() {
    local system=trixie root=$top/qemu
    [ -x "$top/qemu-aarch64" ] ||
        { make_root --variant=extract --include=qemu-user && cp "$root/usr/bin/qemu-aarch64" "$top" && rm -rf "$root"; }
}

# El núcleo tiene que saber quién ejecuta un programa de arm64, y eso es de toda la máquina: se
# enciende y al acabar se apaga. Con el nombre que busca mmdebstrap, si no es de otro: vale el último.
arm64_on() {
    if [ ! -e $binfmt/register ]; then
        mount -t binfmt_misc binfmt_misc $binfmt && mounted=yes
    fi
    ours=$binfmt/qemu-aarch64
    [ ! -e $ours ] || ours=$binfmt/asinc-aarch64
    [ ! -e $ours ] || echo -1 >$ours
    printf ':%s:M::%s:%s:%s:OPF' "${ours##*/}" \
        '\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00' \
        '\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff' \
        "$top/qemu-aarch64" >$binfmt/register
}
arm64_off() {
    [ ! -e "$ours" ] || echo -1 >"$ours"
    ours=
    [ -z "$mounted" ] || umount $binfmt
    mounted=
}

# Compila en la raíz, desde fuera.
cross() { # OBJETIVO...
    step "$logs/compila.log" 1800 env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS PKG_CONFIG_SYSROOT_DIR="$root" \
        PKG_CONFIG_LIBDIR="$root/usr/lib/aarch64-linux-gnu/pkgconfig:$root/usr/share/pkgconfig" \
        make -C "$root/home/ana/curso" -j"$(nproc)" --no-print-directory -s \
        CC="aarch64-linux-gnu-gcc --sysroot=$root" AR=aarch64-linux-gnu-ar "$@"
}

# Qué pruebas de la biblioteca corren aquí: las de estos archivos de common/tests (de conformidad, todas).
arm64_files='args barrier buffer cancelado connect coro error file file_entero future gather group heap http
    http_asas http_cancelacion http_comprimido http_conexiones http_errores http_flujo http_proxy http_redirecciones
    http_roto http_tls http_url loop nombres queue rate resolve retry scope stream stream_servidor sync task timer
    work work_cancelado'
# Y las que no, con su motivo.
arm64_out() {
    cat <<'FIN'
dial | se apoya en SO_COOKIE, que ocupa ocho bytes, y qemu solo traduce las opciones de cuatro
http_memoria memoria memoria_flujos memoria_pg memoria_sistema memoria_web | piden otra vez lo mismo por cada reserva que puede faltar: emuladas no caben en su plazo
ctrl_c debug process process_matar signal threadsafe | qemu recibe las señales antes que el programa, y escribe una línea suya si una lo mata
estres estres_red loop_tiempo | miden cuánto cabe en un tiempo, y emulado cabe treinta veces menos
pg pg_avisos pg_conexion pg_corte pg_desconocido pg_echada pg_errores pg_fallos pg_filas pg_mentiroso pg_pool pg_tls | aquí no se les monta un PostgreSQL; con uno de verdad habla la solución del laboratorio 12
http_nginx | no se instala nginx
cancelado_io error_viejo file_cancelado file_error http_sin_fin http_tls_corte log sin_fin stream_abort stream_carreras stream_fuera stream_reloj | sin motivo: nadie las ha visto emuladas, y cuando alguien las vea bien pasan arriba
web web_clientes web_dependencias web_flujo web_limites web_protocolo web_registro web_respuestas web_servicio web_sitio web_vida | lo mismo
FIN
}
# Sueltas: qemu no deja agotar la memoria ni las pilas, escribe su línea en lo que acaba en abort, y mover
# doscientos megas le cuesta más que el plazo.
# shellcheck disable=SC2086 # es una lista
arm64_tests="@(conf_*|$(echo $arm64_files | tr ' ' '|'))/!(*_se_explica|un_desbordamiento_nombra_a_la_tarea|sin_memoria_*|doscientos_megas_por_partes)"

# Lo que valen las pruebas de memoria: LeakSanitizer detiene al programa con ptrace, y qemu no lo hace.
leak_points() {
    local lab
    for lab in $("$ASINC_COURSE" laboratorios); do "$ASINC_COURSE" pruebas "$lab"; done |
        awk '$1 == "memoria_limpia" { sum += $2 } END { print sum + 0 }'
}

arm64() {
    local lab program targets=(build/normal/common/pruebas build/asan/common/libasinc.a build/normal/autograder/{asinc-grade,runner})
    local count status
    for lab in $("$ASINC_COURSE" carpetas); do targets+=("build/normal/$lab/suite"); done
    for program in lessons/03-corrutinas-y-tareas/*.c; do
        targets+=("build/normal/lessons/16-por-dentro/$(basename "$program" .c)")
    done

    begin 'qemu'
    make_qemu || { verdict 1 raiz || return; }
    arm64_on 2>"$logs/qemu.log"
    verdict $? qemu || return
    begin 'el sistema'
    make_root --architectures=arm64 --include="$base,openssl,$(packages_of grade)" && do_as root ana "$add_ana"
    verdict $? raiz || return
    versions
    clone ana || return

    begin 'compilar fuera'
    cross "${targets[@]}"
    verdict $? compila || return
    chown -R --reference="$root/home/ana" "$root/home/ana/curso"

    begin 'la biblioteca'
    do_as ana biblioteca "cd curso && build/normal/common/pruebas --tap=- -j4 --filter '$arm64_tests'"
    status=$?
    count=$(grep '^ok' "$logs/biblioteca.log" | grep -vc SKIP)
    note 'pruebas, ana' "$count y $(grep -c '^not ok' "$logs/biblioteca.log")"
    verdict $status biblioteca "$count bien"

    begin 'el motor del capítulo 16'
    do_as ana capitulo-16 'cd curso && sh lessons/16-por-dentro/iguales.sh | tee igual && ! grep -v ": igual$" igual && [ -s igual ]'
    verdict $? capitulo-16

    # De una en una: seis compilaciones emuladas a la vez no acaban a tiempo.
    begin 'las seis soluciones, sin caja'
    do_as ana soluciones 'cd curso && autograder/harness/pg_template.sh build/normal/autograder/postgres.tar &&
        for lab in labs/[0-9]*; do
            build/normal/autograder/asinc-grade --desde solutions --caja no --lab "$(basename "$lab" | cut -d- -f1)"
        done'
    got=$(awk -F'[ /]' '/^TOTAL / { got += $2; max += $3 } END { print got + 0 "/" max + 0 }' "$logs/soluciones.log")
    note caja 'no (es qemu)'
    note 'notas, ana' "$got"
    [ "$got" = "$((600 - $(leak_points)))/600" ]
    verdict $? soluciones "$got, sin las fugas"
}
