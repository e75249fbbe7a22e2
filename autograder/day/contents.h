/* Lo que hay en el curso: sus capítulos con práctica y sus laboratorios. */
#ifndef DAY_CONTENTS_H
#define DAY_CONTENTS_H

#include "grader/grader.h"

#include <stddef.h>

struct day_chapter {
    char *dir;    /* «05-tiempo-errores-y-cancelacion» */
    char *title;  /* «Tiempo, errores y cancelación» */
    char **names; /* sus ejercicios, por orden alfabético */
    size_t n;
};

struct day_course {
    struct day_chapter *chapters;
    size_t n_chapters;
    struct labs labs;
};

/* 0, o -1 con el motivo. */
int day_course_load(struct day_course *c, struct gr_error *err);
void day_course_free(struct day_course *c);

/* El capítulo o laboratorio que se llama así ("05", "5" o su carpeta), o NULL. */
const struct day_chapter *day_course_chapter(const struct day_course *c,
                                             const char *which);
const struct lab *day_course_lab(const struct day_course *c, const char *which);

#endif
