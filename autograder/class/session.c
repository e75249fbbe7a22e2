/* Una clase abierta: la base, el curso y los archivos que se escriben de ella. */
#include "class/session.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "class/given.h"
#include "class/history.h"
#include "class/page.h"
#include "class/publish.h"
#include "class/store_sql.h"
#include "class/units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Límites de una entrega si el curso no los dice. */
enum { USUAL_ARCHIVE = 32 << 20, USUAL_UNPACKED = 32 << 20, USUAL_FILES = 500 };

/* ---- abrir y cerrar -------------------------------------------------------------------- */

/* Sin curso.json no hay fechas ni límites propios: nada llega tarde. */
static int load_course(struct course *course, struct gr_error *err)
{
    char *why;
    *course = (struct course){0};
    if (access(COURSE_FILE, F_OK) == 0 && course_load(COURSE_FILE, course, &why) < 0) {
        gr_error(err, "%s", why);
        free(why);
        return -1;
    }
    if (!course->limits.files) {
        course->limits.archive_bytes = USUAL_ARCHIVE;
        course->limits.unpacked_bytes = USUAL_UNPACKED;
        course->limits.files = USUAL_FILES;
    }
    return 0;
}

/* La carpeta de las notas, si hay que hacerla, es solo para quien la hace; con sudo es root, y
 * otra persona la que las lee. */
static int make_out(const char *out)
{
    char *inside = ag_format("%s/", out);
    bool fresh = access(out, F_OK) < 0;
    int rc = ag_make_parents(inside, 0755);
    if (rc == 0 && fresh && !getenv("SUDO_UID") && chmod(out, 0700) < 0)
        rc = -errno;
    free(inside);
    return rc;
}

/* Dos a la vez en la misma SALIDA se estorbarían. */
static int lock_out(struct cl_session *s, struct gr_error *err)
{
    int rc = make_out(s->o->out);
    if (rc < 0)
        return gr_error(err, "no se puede crear SALIDA=%s: %s", s->o->out, strerror(-rc));
    s->lock = open(s->o->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->lock < 0)
        return gr_error(err, "no se puede abrir SALIDA=%s: %s", s->o->out,
                        strerror(errno));
    if (flock(s->lock, LOCK_EX | LOCK_NB) < 0)
        return gr_error(err, "otra orden está usando SALIDA=%s: espera a que acabe",
                        s->o->out);
    return 0;
}

/* La opción `name`, que si se da se guarda para las siguientes veces: ¿vale `yes`? -1 con el motivo. */
static int option_is(struct cl_session *s, const char *name, const char *given,
                     const char *yes, struct gr_error *err)
{
    if (given && cl_sql_run(s->store, err, "INSERT OR REPLACE INTO opcion VALUES(?, ?)",
                            "tt", name, given) < 0)
        return -1;
    return cl_sql_asks(s->store, err,
                       "SELECT 1 FROM opcion WHERE nombre = ? AND valor = ?", "tt", name,
                       yes);
}

int cl_session_open(struct cl_session *s, const struct cl_options *o,
                    struct gr_error *err)
{
    *s = (struct cl_session){.o = o, .lock = -1};
    if (load_course(&s->course, err) < 0)
        return GR_EXIT_FAILURE;
    int rc = gr_labs_load(&s->all, LABS_COURSE, err); /* que están todos */
    labs_free(&s->all);
    if (rc == 0)
        rc = gr_labs_load(&s->all, labs_every, err);
    if (rc)
        return rc;
    if (o->from && cl_check_apart(o->from, o->out, err) < 0)
        return GR_EXIT_USAGE;
    if (lock_out(s, err) < 0 ||
        cl_store_open(&s->store, o->out, !o->student && !o->day, err) < 0 ||
        cl_check_place(s->store, o->out, err) < 0)
        return GR_EXIT_FAILURE;
    int anonymous = option_is(s, "anonimo", o->anonymous, "si", err);
    s->anonymous = anonymous > 0;
    return anonymous < 0 ? GR_EXIT_FAILURE : 0;
}

void cl_session_close(struct cl_session *s)
{
    cl_store_close(s->store);
    free(s->folder);
    free(s->lab);
    if (s->lock >= 0)
        close(s->lock);
    labs_free(&s->all);
    course_free(&s->course);
}

/* ---- escribir las notas ---------------------------------------------------------------- */

/* Se escriben aparte y se llevan a SALIDA de una vez: nadie ve medias notas. */
int cl_session_write(struct cl_session *s, struct cl_book *book, struct gr_error *err)
{
    char *draft = ag_format("%s/" CL_WORK "/" CL_DRAFT, s->o->out);
    ag_remove_tree(draft);
    ssize_t unknown = cl_output_unknown(s->store, draft, err);
    s->unknown = unknown > 0 ? (size_t)unknown : 0;
    int excel = option_is(s, "csv", s->o->csv, "excel", err);
    const struct cl_csv_style style = {.excel = excel > 0};
    int rc = unknown < 0 || excel < 0 ||
                     cl_book_load(book, s->store, &s->course, err) < 0 ||
                     cl_output_csv(book, &s->course, &style, draft, err) < 0 ||
                     cl_output_gradescope(book, draft, err) < 0 ||
                     cl_output_junit(book, draft, err) < 0 ||
                     (s->anonymous && cl_book_hide(book, s->o->out, draft, err) < 0) ||
                     cl_output_pages(book, &s->course, draft, err) < 0 ||
                     cl_output_platforms(book, draft, err) < 0 ||
                     cl_publish(s->store, draft, s->o->out, err) < 0
                 ? -1
                 : 0;
    *strrchr(draft, '/') = '\0';
    if (rc == 0)
        rc = cl_history_log(s->store, err);
    if (rc == 0)
        rc = cl_given_log(s->store, book, err);
    rmdir(draft); /* si hay unidades de trabajo, se queda */
    free(draft);
    return rc;
}

size_t cl_session_summarize(const struct cl_book *book, const char *dir)
{
    size_t counts[CL_GRADED + 1] = {0};
    for (size_t i = 0; i < book->n; i++)
        counts[book->rows[i].mark.state]++;
    printf("Calificadas: %zu; rechazadas: %zu; sin entregar: %zu", counts[CL_GRADED],
           counts[CL_REJECTED], counts[CL_MISSING]);
    if (counts[CL_UNGRADED] + counts[CL_WAITING] > 0)
        printf("; no calificadas: %zu", counts[CL_UNGRADED] + counts[CL_WAITING]);
    char *where = ag_shell_word(dir);
    printf(".\nLas notas están en %s/notas.csv\n", where);
    free(where);
    return counts[CL_UNGRADED];
}

void cl_session_ungraded(const struct cl_book *book)
{
    for (size_t i = 0; i < book->n; i++) {
        const struct cl_row *row = &book->rows[i].row;
        if (book->rows[i].mark.state == CL_UNGRADED)
            fprintf(stderr, "No calificado: %s, laboratorio %s: %s\n",
                    cl_shown(&book->rows[i]), row->lab,
                    row->result_why ?: "el corrector falló en alguna prueba");
    }
}
