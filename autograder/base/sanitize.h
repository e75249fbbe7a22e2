/* Con qué opciones corre un programa con ASan y UBSan. Se las dice el banco en el entorno y las lleva
 * dentro el programa que compila el corrector, que no admite otras. */
#ifndef AG_SANITIZE_H
#define AG_SANITIZE_H

#define AG_SANITIZE_EXIT 99
#define AG_ASAN_OPTIONS  "color=never:exitcode=99:handle_abort=1"
#define AG_UBSAN_OPTIONS "color=never:print_stacktrace=1:exitcode=99"

/* Lo que se dice de quien acaba con memoria sin liberar y con _exit. */
#define AG_EXIT_ADVICE                                                                   \
    "Con _exit() el programa no da ocasión de buscarla: acaba con return o con exit()"

#endif
