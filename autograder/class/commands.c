/* Lo que sabe hacer asinc-class. */
#include "class/commands.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "class/gather.h"
#include "class/given.h"
#include "class/identify.h"
#include "class/progress.h"
#include "class/publish.h"
#include "class/roster.h"
#include "class/scan.h"
#include "class/session.h"
#include "class/units.h"
#include "grader/grader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define complain(text) ag_complain("asinc-class", "%s", text)

/* ---- calificar ------------------------------------------------------------------------- */

struct grading {
    struct cl_session *session;
    const struct cl_pending *pending;
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
    char *who = g->session->anonymous ? ag_format("entrega %.8s", p->key)
                                      : ag_format("%s", p->student);
    char *line = told.graded
                     ? ag_format("%s  %s  %d/%d", who, p->lab, told.points, told.max)
                     : ag_format("%s  %s  no calificado%s%s", who, p->lab,
                                 *told.why ? ": " : "", told.why);
    free(who);
    cl_progress_done(&g->progress, line);
    free(line);
    return 0;
}

static void tick(struct cl_pool *pool)
{
    const struct grading *g = pool->context;
    cl_progress_tick(&g->progress);
}

int cl_session_grade(struct cl_session *s, const struct cl_pending *list, size_t n,
                     const char *rung, struct gr_error *err)
{
    struct grading g = {.session = s, .pending = list};
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
        pool.units[i] = (struct cl_unit){.key = list[i].key, .lab = list[i].lab};
    if (n > 0)
        printf("Por calificar: %zu, hasta %zu a la vez.\n", n, pool.jobs);
    fflush(stdout);
    cl_progress_start(&g.progress, n);
    int rc = cl_pool_run(&pool, err);
    cl_progress_end(&g.progress);
    free(pool.units);
    return rc;
}

static int grade_pending(struct cl_session *s, const char *rung, struct gr_error *err)
{
    struct cl_pending *list;
    size_t n;
    if (cl_store_pending(s->store, s->folder, s->lab, &list, &n, err) < 0)
        return GR_EXIT_FAILURE;
    int rc = cl_session_grade(s, list, n, rung, err);
    cl_pending_free(list, n);
    return rc;
}

static int prepare_pending(struct cl_session *s, struct gr_error *err)
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

/* El archivo que se dice en una opción, en memoria nueva. 0, o -1 con el motivo. */
static int read_option(const char *name, const char *path, char **text,
                       struct gr_error *err)
{
    const char *slash = strrchr(path, '/');
    char *dir = slash ? ag_format("%.*s", (int)(slash - path), path) : ag_format(".");
    int rc = cl_gather_text(slash && !*dir ? "/" : dir, slash ? slash + 1 : path, text,
                            err);
    free(dir);
    return rc == 0 && !*text
               ? gr_error(err, "no se puede leer %s=%s: no existe", name, path)
               : rc;
}

/* La lista que acompaña a las entregas no echa a casi toda la clase: ENTREGAS sería la carpeta de una persona,
 * y la lista, suya. */
static int check_roster(const struct cl_session *s, const char *text,
                        struct gr_error *err)
{
    size_t listed = 0;
    ssize_t out = cl_roster_leaves_out(s->store, text, &listed, err);
    if (out < 0 || 2 * (size_t)out <= listed)
        return out < 0 ? -1 : 0;
    return gr_error(err,
                    "el " CL_ROSTER
                    " de ENTREGAS=%s deja fuera a %zd de las %zu personas "
                    "de la lista que había, y por eso no se ha cambiado nada. Si es la "
                    "lista de la clase, di ALUMNOS=%s/" CL_ROSTER "; si ENTREGAS es la "
                    "carpeta de una persona, di la de toda la clase",
                    s->o->from, out, listed, s->o->from);
}

/* La lista de la clase: la que se dice, o la que acompaña a las entregas; NULL si no la hay. */
static int read_roster(const struct cl_session *s, const struct cl_class *class,
                       char **text, struct gr_error *err)
{
    *text = NULL;
    if (s->o->one)
        return 0;
    if (s->o->roster)
        return read_option("ALUMNOS", s->o->roster, text, err);
    int rc = cl_gather_text(class->given, CL_ROSTER, text, err);
    return rc == 0 && *text ? check_roster(s, *text, err) : rc;
}

static int gather(const struct cl_options *o, const struct cl_limits *limits,
                  struct cl_class *class, struct gr_error *err)
{
    char *metadata = NULL;
    if (!o->one)
        return cl_gather(class, o->from, o->roster != NULL, limits, err);
    int rc = o->metadata ? read_option("METADATOS", o->metadata, &metadata, err) : 0;
    if (rc == 0)
        rc = cl_gather_one(class, o->from, metadata, err);
    free(metadata);
    return rc;
}

static int scan(struct cl_session *s, const struct gr_config *cfg, struct gr_error *err)
{
    struct cl_class class = {0};
    struct labs labs = {0};
    struct cl_scan told;
    const struct cl_limits limits = {.archive_bytes = s->course.limits.archive_bytes,
                                     .unpacked_bytes = s->course.limits.unpacked_bytes,
                                     .files = s->course.limits.files,
                                     .uid = cfg->uid,
                                     .gid = cfg->gid};
    char *roster = NULL;
    int rc = gr_labs_load(&labs, s->o->lab, err);
    if (rc == 0 && (gather(s->o, &limits, &class, err) < 0 ||
                    read_roster(s, &class, &roster, err) < 0))
        rc = GR_EXIT_FAILURE;
    if (rc == 0 && class.n == 0 && !roster) {
        gr_error(err, "en ENTREGAS=%s no hay ninguna entrega", s->o->from);
        rc = GR_EXIT_FAILURE;
    }
    const struct cl_asked asked = {.lab = s->o->lab && rc == 0 ? labs.v[0].id : NULL,
                                   .roster = roster,
                                   .force = s->o->force,
                                   .anonymous = s->anonymous,
                                   .one = s->o->one};
    if (rc == 0 && cl_scan(s->store, &class, &labs, &limits, &asked, &told, err) < 0)
        rc = GR_EXIT_FAILURE;
    free(roster);
    if (rc == 0) {
        s->folder = ag_format("%s", class.folder);
        s->lab = s->o->lab ? ag_format("%s", labs.v[0].id) : NULL;
    }
    if (rc == 0 && !s->o->prepare)
        printf("Alumnos: %zu. Entregas: %zu; rechazadas: %zu; faltan: %zu.\n", class.n,
               told.delivered, told.rejected, told.missing);
    labs_free(&labs);
    cl_class_free(&class);
    return rc;
}

/* Escribe las notas y cuenta cómo está la clase. El código con que salir. */
static int tell(struct cl_session *s, int rc, double start_ms, struct gr_error *err)
{
    struct cl_book book = {0};
    if (cl_session_write(s, &book, err) < 0) {
        rc = GR_EXIT_FAILURE;
    } else if (rc == GR_EXIT_OK) {
        char *took = cl_duration((ag_ms() - start_ms) / 1000);
        printf("En %s. ", took);
        free(took);
        if (cl_session_summarize(&book, s->o->out) > 0)
            rc = GR_EXIT_FAILURE;
        cl_session_ungraded(&book);
        if (s->unknown > 0) {
            cl_tell_unknown(s->store, s->unknown, s->o->out);
            rc = GR_EXIT_FAILURE;
        }
        err->text[0] = '\0';
    }
    cl_book_free(&book);
    return rc;
}

static int grade_class(struct cl_session *s, struct gr_error *err)
{
    /* Quien prepara no califica: esa caja la tendrá quien lo haga. */
    struct gr_config cfg = {.exact = s->o->named && !s->o->prepare};
    double start_ms = ag_ms();
    if (gr_configure(&cfg, s->o->highest, true, err) < 0 ||
        gr_check_closed(&cfg, s->o->from, err) < 0 ||
        cl_given_check(s->store, &s->course, s->o->force, err) < 0 ||
        cl_units_recover(s->store, s->o->out, err) < 0)
        return GR_EXIT_FAILURE;
    int rc = scan(s, &cfg, err);
    if (rc)
        return rc;
    if (s->o->prepare)
        return prepare_pending(s, err) < 0 ? GR_EXIT_FAILURE : GR_EXIT_OK;
    rc = grade_pending(s, box_rung_name(cfg.rung), err);
    if (rc != GR_EXIT_FAILURE)
        cl_clear_work(s->o->out);
    return rc == GR_EXIT_FAILURE ? rc : tell(s, rc, start_ms, err);
}

int cl_grade_class(const struct cl_options *o)
{
    struct cl_session s;
    struct gr_error err = {0};
    int rc = cl_session_open(&s, o, &err);
    if (rc == 0)
        rc = grade_class(&s, &err);
    cl_session_close(&s);
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
    struct cl_session s;
    struct gr_error err = {0};
    double start_ms = ag_ms();
    int rc = cl_session_open(&s, o, &err);
    if (rc == 0)
        rc = cl_given_check(s.store, &s.course, o->force, &err) < 0 ||
                     cl_units_recover(s.store, o->out, &err) < 0
                 ? GR_EXIT_FAILURE
                 : tell(&s, GR_EXIT_OK, start_ms, &err);
    cl_session_close(&s);
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
    struct gr_config cfg = {.exact = o->named};
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
