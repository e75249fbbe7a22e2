/* Lo que quien enseña cambia de una nota: los puntos, el plazo, calificarla otra vez, volver atrás. */
#include "base/memory.h"
#include "base/text.h"
#include "class/given.h"
#include "class/history.h"
#include "class/publish.h"
#include "class/session.h"
#include "class/store_sql.h"
#include "class/student.h"
#include "class/units.h"
#include "grader/grader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct lab *find_lab(const struct cl_session *s, struct gr_error *err)
{
    for (size_t i = 0; s->o->lab && i < s->all.n; i++)
        if (strcmp(s->all.v[i].id, s->o->lab) == 0)
            return &s->all.v[i];
    gr_error(err, "no existe el laboratorio %s", s->o->lab ?: "");
    return NULL;
}

static int check_points(const struct cl_session *s, const struct lab *lab, double *points,
                        struct gr_error *err)
{
    const char *text = s->o->points;
    char *end;
    int most = 0;
    for (size_t i = 0; i < lab->n_tests; i++)
        most += lab->tests[i].points;
    *points = text ? strtod(text, &end) : 0;
    if (text && (end == text || *end || !(*points >= 0 && *points <= most)))
        return gr_error(err, "PUNTOS es un número de 0 a %d, como 85 o 76.5, y no «%s»",
                        most, text);
    return 0;
}

static int check_until(const struct cl_session *s, struct gr_error *err)
{
    time_t when;
    return !s->o->until || course_date(s->o->until, &when) == 0
               ? 0
               : gr_error(err,
                          "PRORROGA es una fecha con su hora y su zona, como "
                          "2027-02-01T23:59:59+01:00, y no «%s»",
                          s->o->until);
}

/* ---- cada cambio: qué se ha hecho, para decirlo; o NULL con el motivo ------------------------ */

/* El ajuste; y si no lo hay, la prórroga: nadie pierde las dos a la vez sin querer. */
static const char *drop(struct cl_session *s, struct gr_error *err)
{
    const struct cl_options *o = s->o;
    static const char own[] = "SELECT 1 FROM ajuste WHERE alumno = ? AND lab = ?",
                      until[] = "SELECT 1 FROM prorroga WHERE alumno = ? AND lab = ?";
    int adjusted = cl_sql_asks(s->store, err, own, "tt", o->student, o->lab);
    int extended = cl_sql_asks(s->store, err, until, "tt", o->student, o->lab);
    if (adjusted < 0 || extended < 0 ||
        (adjusted && cl_store_drop_override(s->store, o->student, o->lab, err) < 0))
        return NULL;
    if (adjusted || !extended)
        return extended
                   ? "vale otra vez lo calificado, con su prórroga, que se quita con "
                     "otro QUITAR=1"
                   : "vale otra vez lo calificado";
    return cl_sql_run(s->store, err, "DELETE FROM prorroga WHERE alumno = ? AND lab = ?",
                      "tt", o->student, o->lab) < 0
               ? NULL
               : "ya no tiene prórroga";
}

static const char *adjust(struct cl_session *s, double points, struct gr_error *err)
{
    const struct cl_options *o = s->o;
    if (o->drop)
        return drop(s, err);
    return cl_store_override(s->store, o->student, o->lab, o->points ? &points : NULL,
                             o->points ? o->why : NULL, o->comment, err) < 0
               ? NULL
               : "apuntado";
}

static const char *extend(struct cl_session *s, struct gr_error *err)
{
    return cl_sql_run(s->store, err,
                      "INSERT OR REPLACE INTO prorroga VALUES(?, ?, ?, 'nota')", "ttt",
                      s->o->student, s->o->lab, s->o->until) < 0
               ? NULL
               : "apuntado";
}

static int take_key(sqlite3_stmt *row, void *context)
{
    struct cl_pending *p = context;
    p->key = ag_format("%s", cl_sql_text(row, 0));
    return 0;
}

/* La nota de antes vale hasta que haya otra. */
static const char *repeat(struct cl_session *s, struct gr_error *err)
{
    const struct cl_options *o = s->o;
    struct gr_config cfg = {.exact = o->named};
    struct cl_pending one = {.lab = (char *)o->lab, .student = (char *)o->student};
    int rc = -1;
    if (gr_configure(&cfg, o->highest, true, err) < 0 ||
        cl_sql_each(s->store, err, take_key, &one,
                    "SELECT clave FROM entrega WHERE alumno = ? AND lab = ? AND "
                    "clave IS NOT NULL",
                    "tt", o->student, o->lab) < 0)
        return NULL;
    if (!one.key)
        gr_error(err, "%s no tiene nada del laboratorio %s que calificar de nuevo",
                 o->student, o->lab);
    else if (cl_sql_run(s->store, err, "UPDATE resultado SET repetir = 1 WHERE clave = ?",
                        "t", one.key) == 0)
        rc = cl_session_grade(s, &one, 1, box_rung_name(cfg.rung), err);
    cl_clear_work(o->out);
    free(one.key);
    if (rc == GR_EXIT_INTERRUPT)
        gr_error(err, "interrumpido: vale la nota de antes");
    return rc == GR_EXIT_OK ? "calificado de nuevo" : NULL;
}

static const char *change(struct cl_session *s, struct gr_error *err)
{
    double points;
    const struct lab *lab = find_lab(s, err);
    if (!lab || check_points(s, lab, &points, err) < 0 || check_until(s, err) < 0)
        return NULL;
    return s->o->again   ? repeat(s, err)
           : s->o->until ? extend(s, err)
                         : adjust(s, points, err);
}

static int show(struct cl_session *s, struct gr_error *err)
{
    return find_lab(s, err) ? cl_history_show(s->store, s->o->student, s->o->lab, err)
                            : -1;
}

static int go_back(struct cl_session *s, struct gr_error *err)
{
    const struct cl_options *o = s->o;
    return o->lab && !find_lab(s, err)
               ? -1
               : cl_history_restore(s->store, o->day, o->student, o->lab, err);
}

int cl_adjust(const struct cl_options *asked)
{
    struct cl_options own = *asked, *o = &own;
    struct cl_session s;
    struct gr_error err = {0};
    struct cl_book book = {0};
    const char *done = NULL;
    char *student = NULL;
    int rc = cl_session_open(&s, o, &err);
    if (rc == 0 && o->student) {
        own.student = student = cl_student_named(s.store, o->student, o->out, &err);
        rc = student ? 0 : GR_EXIT_USAGE;
    }
    if (rc == 0 && o->history) {
        rc = show(&s, &err) < 0 ? GR_EXIT_USAGE : 0;
    } else if (rc == 0 && cl_given_check(s.store, &s.course, o->force, &err) < 0) {
        rc = GR_EXIT_FAILURE;
    } else if (rc == 0) {
        done = !o->day                 ? change(&s, &err)
               : go_back(&s, &err) < 0 ? NULL
                                       : "como estaba entonces";
        rc = !done                                   ? GR_EXIT_USAGE
             : cl_session_write(&s, &book, &err) < 0 ? GR_EXIT_FAILURE
                                                     : 0;
    }
    if (rc != 0)
        ag_complain("asinc-class", "%s", err.text);
    else if (done && o->student && o->lab)
        printf("%s, laboratorio %s: %s. Está en %s/notas.csv\n", o->student, o->lab, done,
               o->out);
    else if (done)
        printf("%s%s: %s. Está en %s/notas.csv\n", o->lab ? "Laboratorio " : "",
               o->student ?: o->lab ?: "La clase", done, o->out);
    cl_book_free(&book);
    cl_session_close(&s);
    free(student);
    return rc;
}
