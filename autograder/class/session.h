/* Una clase abierta: la base, el curso y los archivos que se escriben de ella. */
#ifndef CL_SESSION_H
#define CL_SESSION_H

#include "class/commands.h"
#include "class/output.h"
#include "class/store.h"
#include "course/course.h"
#include "grader/grader.h"

/* Lo que hace falta tener abierto para trabajar con una clase. */
struct cl_session {
    const struct cl_options *o;
    struct course course;
    struct labs all; /* los del curso */
    struct cl_store *store;
    int lock;
    /* Lo que se acaba de mirar: las claves de lo demás pueden ser de otra suite. */
    char *folder, *lab; /* `lab` NULL: todos */
    size_t unknown;     /* entregas que no se sabe de quién son */
    bool anonymous;     /* no se enseña de quién es cada nota */
};

/* 0, o el código con que salir y el motivo. Se cierra también si falla. */
int cl_session_open(struct cl_session *s, const struct cl_options *o,
                    struct gr_error *err);
void cl_session_close(struct cl_session *s);

/* Escribe en SALIDA todo lo que sale de la base, y deja en `book` lo que se sabe. 0, o -1. */
int cl_session_write(struct cl_session *s, struct cl_book *book, struct gr_error *err);

/* Cuenta en dos líneas cómo está la clase. Cuántas notas no se saben por un fallo. */
size_t cl_session_summarize(const struct cl_book *book, const char *dir);
/* Las que no se calificaron y por qué, para quien enseña. */
void cl_session_ungraded(const struct cl_book *book);

/* ---- commands.c ---------------------------------------------------------------------------- */

/* Califica esas unidades, en la caja `rung`. GR_EXIT_OK, o el código con que salir. */
int cl_session_grade(struct cl_session *s, const struct cl_pending *list, size_t n,
                     const char *rung, struct gr_error *err);

#endif
