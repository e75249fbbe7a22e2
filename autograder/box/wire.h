/* Lo que se dicen quien llama (box.c) y el runner, por un par de sockets SOCK_SEQPACKET:
 * cada mensaje llega entero o no llega. Los dos lados salen de la misma compilación, así
 * que viajan las estructuras tal cual; `size` delata un runner de otra versión. */
#ifndef BOX_WIRE_H
#define BOX_WIRE_H

#include "box/box.h"
#include "box/counters.h"

/* Descriptores con los que nace el runner. 2 es el diagnóstico de bwrap y del propio
 * runner: el programa recibe STDIN, STDOUT y STDERR como 0, 1 y 2, y ninguno más. FILTER es
 * el filtro seccomp del programa, ya compilado; con BOX_NONE no lo hay. */
enum {
    WIRE_DIAG_FD = 2,
    WIRE_CONTROL_FD = 3,
    WIRE_STDIN_FD = 4,
    WIRE_STDOUT_FD = 5,
    WIRE_STDERR_FD = 6,
    WIRE_FILTER_FD = 7,
    WIRE_FD_COUNT = 8,
};

enum wire_type {
    WIRE_CONFIG, /* hacia el runner, el primero */
    WIRE_SIGNAL,
    WIRE_SAMPLE,
    WIRE_KILL,
    WIRE_USAGE,  /* desde el runner, respuesta a WIRE_SAMPLE */
    WIRE_RESULT, /* desde el runner, el último */
};

struct wire_message {
    size_t size;
    enum wire_type type;
    union {
        struct {
            struct box_limits limits;
            enum box_rung rung;
            bool grouped; /* trae los descriptores de counters.h */
        } config;
        int signum;
        struct box_usage usage;
        struct box_result result;
    };
};

/* En el runner: lo primero que llega, los límites y, si los hay, los contadores de su grupo; si no, -1. */
bool wire_receive_config(struct wire_message *message, int counters[COUNTERS]);

#endif
