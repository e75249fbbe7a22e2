/* Lo que sabe hacer asinc-class. */
#include "class/commands.h"
#include "base/clock.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "class/gather.h"
#include "class/output.h"
#include "class/page.h"
#include "class/progress.h"
#include "class/scan.h"
#include "class/units.h"
#include "grader/config.h"
#include "grader/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Límites de una entrega si el curso no los dice. */
enum { USUAL_ARCHIVE = 8 << 20, USUAL_UNPACKED = 32 << 20, USUAL_FILES = 500 };

/* Lo que hace falta tener abierto para trabajar con una clase. */
struct session {
    const struct cl_options *o;
    struct course course;
    struct gr_labs all; /* los del curso */
    struct cl_store *store;
    int lock;
    /* Lo que se acaba de mirar: las claves de lo demás pueden ser de otra suite. */
    char *folder, *lab; /* `lab` NULL: todos */
};

#define complain(text) ag_complain("asinc-class", "%s", text)

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
static int lock_out(struct session *s, struct gr_error *err)
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

static int open_session(struct session *s, const struct cl_options *o,
                        struct gr_error *err)
{
    *s = (struct session){.o = o, .lock = -1};
    if (load_course(&s->course, err) < 0)
        return GR_EXIT_FAILURE;
    int rc = gr_labs_load(&s->all, NULL, err);
    if (rc)
        return rc;
    return lock_out(s, err) == 0 &&
                   cl_store_open(&s->store, o->out, !o->student, err) == 0
               ? 0
               : GR_EXIT_FAILURE;
}

static void close_session(struct session *s)
{
    cl_store_close(s->store);
    free(s->folder);
    free(s->lab);
    if (s->lock >= 0)
        close(s->lock);
    gr_labs_free(&s->all);
    course_free(&s->course);
}

/* ---- escribir las notas ---------------------------------------------------------------- */

static int write_outputs(struct session *s, struct cl_book *book, struct gr_error *err)
{
    static const char *const folders[] = {"gradescope", "junit", "alumnos"};
    const char *dir = s->o->out;
    if (cl_book_load(book, s->store, &s->course, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char *old = ag_format("%s/%s", dir, folders[i]);
        ag_remove_tree(old); /* quizá haya informes de quien ya no está */
        free(old);
    }
    return cl_output_csv(book, &s->course, dir, err) < 0 ||
                   cl_output_gradescope(book, dir, err) < 0 ||
                   cl_output_junit(book, dir, err) < 0 ||
                   cl_output_pages(book, &s->course, dir, err) < 0
               ? -1
               : 0;
}

/* Cuenta en dos líneas cómo está la clase. Devuelve cuántas notas no se saben por un fallo. */
static size_t summarize(const struct cl_book *book, const char *dir)
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

/* Las que no se calificaron y por qué, para quien enseña. */
static void list_ungraded(const struct cl_book *book)
{
    for (size_t i = 0; i < book->n; i++) {
        const struct cl_row *row = &book->rows[i].row;
        if (book->rows[i].mark.state == CL_UNGRADED)
            fprintf(stderr, "No calificado: %s, laboratorio %s: %s\n", row->student,
                    row->lab, row->result_why ?: "el corrector falló en alguna prueba");
    }
}

/* ---- calificar ------------------------------------------------------------------------- */

struct grading {
    struct session *session;
    struct cl_pending *pending;
    struct cl_progress progress;
};

static int before(struct cl_pool *pool, size_t unit, struct gr_error *err)
{
    struct grading *g = pool->context;
    return cl_unit_prepare(g->session->store, pool->out, &g->session->all,
                           &pool->units[unit], err);
}

static int after(struct cl_pool *pool, size_t unit, struct gr_error *err)
{
    struct grading *g = pool->context;
    struct cl_outcome told = {0};
    if (cl_unit_collect(g->session->store, pool->out, &pool->units[unit], &told, err) < 0)
        return -1;
    const struct cl_pending *p = &g->pending[unit];
    char *line = told.graded ? ag_format("%s  %s  %d/%d", p->student, p->lab, told.points,
                                         told.max)
                             : ag_format("%s  %s  no calificado%s%s", p->student, p->lab,
                                         *told.why ? ": " : "", told.why);
    cl_progress_done(&g->progress, line);
    free(line);
    return 0;
}

static void tick(struct cl_pool *pool)
{
    const struct grading *g = pool->context;
    cl_progress_tick(&g->progress);
}

static int grade_pending(struct session *s, const char *rung, struct gr_error *err)
{
    struct grading g = {.session = s};
    size_t n;
    if (cl_store_pending(s->store, s->folder, s->lab, &g.pending, &n, err) < 0)
        return GR_EXIT_FAILURE;
    struct cl_pool pool = {.out = s->o->out,
                           .rung = rung,
                           .jobs = s->o->jobs,
                           .units = ag_alloc(n + 1, sizeof *pool.units),
                           .n = n,
                           .before = before,
                           .after = after,
                           .tick = tick,
                           .context = &g};
    for (size_t i = 0; i < n; i++)
        pool.units[i] = (struct cl_unit){.key = g.pending[i].key,
                                         .lab = g.pending[i].lab};
    if (n > 0)
        printf("Por calificar: %zu, hasta %zu a la vez.\n", n, pool.jobs);
    fflush(stdout);
    cl_progress_start(&g.progress, n);
    int rc = cl_pool_run(&pool, err);
    cl_progress_end(&g.progress);
    free(pool.units);
    cl_pending_free(g.pending, n);
    return rc;
}

static int prepare_pending(struct session *s, struct gr_error *err)
{
    struct cl_pending *list;
    size_t n;
    int rc = cl_store_pending(s->store, s->folder, s->lab, &list, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct cl_unit unit = {.key = list[i].key, .lab = list[i].lab};
        rc = cl_unit_prepare(s->store, s->o->out, &s->all, &unit, err);
        if (rc == 0)
            printf("%s %s\n", unit.key, unit.lab);
    }
    cl_pending_free(list, n);
    return rc;
}

static int scan(struct session *s, const struct gr_config *cfg, struct gr_error *err)
{
    struct cl_class class = {0};
    struct gr_labs labs = {0};
    struct cl_scan told;
    const struct cl_limits limits = {.archive_bytes = s->course.limits.archive_bytes,
                                     .unpacked_bytes = s->course.limits.unpacked_bytes,
                                     .files = s->course.limits.files,
                                     .uid = cfg->uid,
                                     .gid = cfg->gid};
    int rc = gr_labs_load(&labs, s->o->lab, err);
    if (rc == 0 && (cl_gather(&class, s->o->from, err) < 0 ||
                    cl_scan(s->store, &class, &labs, &limits, &told, err) < 0))
        rc = GR_EXIT_FAILURE;
    if (rc == 0) {
        s->folder = ag_format("%s", class.folder);
        s->lab = s->o->lab ? ag_format("%s", labs.v[0].id) : NULL;
    }
    if (rc == 0 && !s->o->prepare)
        printf("Alumnos: %zu. Entregas: %zu; rechazadas: %zu; faltan: %zu.\n", class.n,
               told.delivered, told.rejected, told.missing);
    gr_labs_free(&labs);
    cl_class_free(&class);
    return rc;
}

/* Escribe las notas y cuenta cómo está la clase. El código con que salir. */
static int tell(struct session *s, int rc, double start_ms, struct gr_error *err)
{
    struct cl_book book = {0};
    if (write_outputs(s, &book, err) < 0) {
        rc = GR_EXIT_FAILURE;
    } else if (rc == GR_EXIT_OK) {
        char *took = cl_duration((ag_ms() - start_ms) / 1000);
        printf("En %s. ", took);
        free(took);
        if (summarize(&book, s->o->out) > 0)
            rc = GR_EXIT_FAILURE;
        list_ungraded(&book);
        err->text[0] = '\0';
    }
    cl_book_free(&book);
    return rc;
}

static int grade_class(struct session *s, struct gr_error *err)
{
    struct gr_config cfg = {0};
    double start_ms = ag_ms();
    if (gr_configure(&cfg, s->o->highest, true, err) < 0 ||
        gr_check_closed(&cfg, s->o->from, err) < 0 ||
        cl_units_recover(s->store, s->o->out, err) < 0)
        return GR_EXIT_FAILURE;
    int rc = scan(s, &cfg, err);
    if (rc)
        return rc;
    if (s->o->prepare)
        return prepare_pending(s, err) < 0 ? GR_EXIT_FAILURE : GR_EXIT_OK;
    rc = grade_pending(s, box_rung_name(cfg.rung), err);
    char *work = ag_format("%s/" CL_WORK, s->o->out);
    if (rc != GR_EXIT_FAILURE)
        ag_remove_tree(work);
    free(work);
    return rc == GR_EXIT_FAILURE ? rc : tell(s, rc, start_ms, err);
}

int cl_grade_class(const struct cl_options *o)
{
    struct session s;
    struct gr_error err = {0};
    int rc = open_session(&s, o, &err);
    if (rc == 0)
        rc = grade_class(&s, &err);
    close_session(&s);
    if (rc == GR_EXIT_INTERRUPT)
        fputs("Interrumpido: no queda nada en marcha. La misma orden sigue donde lo "
              "dejó.\n",
              stderr);
    else if (rc != 0 && err.text[0])
        complain(err.text);
    return rc;
}

int cl_collect_class(const struct cl_options *o)
{
    struct session s;
    struct gr_error err = {0};
    double start_ms = ag_ms();
    int rc = open_session(&s, o, &err);
    if (rc == 0)
        rc = cl_units_recover(s.store, o->out, &err) < 0
                 ? GR_EXIT_FAILURE
                 : tell(&s, GR_EXIT_OK, start_ms, &err);
    close_session(&s);
    if (rc != 0 && err.text[0])
        complain(err.text);
    return rc;
}

/* ---- una lista, sin la base ------------------------------------------------------------ */

static int nothing(struct cl_pool *pool, size_t unit, struct gr_error *err)
{
    (void)pool, (void)unit, (void)err;
    return 0;
}

static void no_tick(struct cl_pool *pool)
{
    (void)pool;
}

/* Las unidades de la lista que aún no tienen resultado. 0, o -1 con el motivo. */
static int read_list(const char *path, const char *out, struct cl_unit **units, size_t *n,
                     struct gr_error *err)
{
    FILE *f = fopen(path, "re");
    char key[128], lab[16];
    int rc = 0, line = 0;
    *units = NULL;
    *n = 0;
    if (!f)
        return gr_error(err, "no se puede leer %s: %s", path, strerror(errno));
    for (int read; rc == 0 && (read = fscanf(f, "%127s %15s", key, lab)) != EOF;) {
        line++;
        if (read != 2 || strspn(key, "0123456789abcdef") != strlen(key) ||
            strspn(lab, "0123456789") != strlen(lab)) {
            rc = gr_error(err, "%s:%d: cada línea es «CLAVE LAB»", path, line);
            break;
        }
        char *done = ag_format("%s/" CL_WORK "/%s/resultados.json", out, key);
        if (access(done, F_OK) != 0) {
            *units = ag_grow(*units, *n + 1, sizeof **units);
            (*units)[(*n)++] = (struct cl_unit){.key = ag_format("%s", key),
                                                .lab = ag_format("%s", lab)};
        }
        free(done);
    }
    fclose(f);
    return rc;
}

int cl_grade_list(const struct cl_options *o)
{
    struct gr_config cfg = {0};
    struct gr_error err = {0};
    struct cl_pool pool = {.out = o->out,
                           .jobs = o->jobs,
                           .before = nothing,
                           .after = nothing,
                           .tick = no_tick};
    int rc = GR_EXIT_FAILURE;
    if (gr_configure(&cfg, o->highest, true, &err) == 0 &&
        read_list(o->list, o->out, &pool.units, &pool.n, &err) == 0) {
        pool.rung = box_rung_name(cfg.rung);
        rc = cl_pool_run(&pool, &err);
    }
    if (rc == GR_EXIT_FAILURE)
        complain(err.text);
    for (size_t i = 0; i < pool.n; i++) {
        free((char *)pool.units[i].key);
        free((char *)pool.units[i].lab);
    }
    free(pool.units);
    return rc;
}

/* ---- ajustes --------------------------------------------------------------------------- */

static int check_adjust(struct session *s, double *points, struct gr_error *err)
{
    const struct cl_options *o = s->o;
    bool known = false;
    for (size_t i = 0; i < s->all.n; i++)
        known = known || strcmp(s->all.v[i].id, o->lab) == 0;
    if (!known)
        return gr_error(err, "no existe el laboratorio %s", o->lab);
    int has = cl_store_has_student(s->store, o->student, err);
    if (has <= 0)
        return has < 0
                   ? -1
                   : gr_error(err,
                              "en esta clase no hay nadie que se llame «%s»: escríbelo "
                              "como está en %s/notas.csv",
                              o->student, o->out);
    if (!o->points)
        return 0;
    char *end;
    *points = strtod(o->points, &end);
    if (end == o->points || *end || !(*points >= 0 && *points <= 1000))
        return gr_error(err, "PUNTOS es un número, como 85 o 76.5, y no «%s»", o->points);
    return 0;
}

int cl_adjust(const struct cl_options *o)
{
    struct session s;
    struct gr_error err = {0};
    struct cl_book book = {0};
    double points = 0;
    int rc = open_session(&s, o, &err);
    if (rc == 0 && check_adjust(&s, &points, &err) < 0)
        rc = GR_EXIT_USAGE;
    if (rc == 0) {
        int done = o->drop
                       ? cl_store_drop_override(s.store, o->student, o->lab, &err)
                       : cl_store_override(s.store, o->student, o->lab,
                                           o->points ? &points : NULL,
                                           o->points ? o->why : NULL, o->comment, &err);
        rc = done < 0 || write_outputs(&s, &book, &err) < 0 ? GR_EXIT_FAILURE : 0;
    }
    if (rc == 0)
        printf("%s, laboratorio %s: %s. Está en %s/notas.csv\n", o->student, o->lab,
               o->drop ? "vale otra vez lo calificado" : "apuntado", o->out);
    else
        complain(err.text);
    cl_book_free(&book);
    close_session(&s);
    return rc;
}
