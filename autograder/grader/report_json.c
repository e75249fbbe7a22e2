/* resultados.json: lo que se sabe de una calificación, en una forma con versión; y los archivos
 * que se dejan con ello. */
#include "base/dir.h"
#include "base/memory.h"
#include "box/rung.h"
#include "grader/job.h"
#include "grader/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define VERSION 3

/* ¿Se guarda su cronología? De lo que pasa, o espera a otra, en una clase no hace falta. */
static bool keeps_chronicle(const struct gr_result *r, const struct gr_config *cfg)
{
    return !cfg->lean || (r->verdict != GR_PASS && !r->blocked);
}

/* Dónde está en el libro ya hecho lo que hay que leer, «lessons/05-x/README.md#sección», para abrirlo
 * desde la página: el de la edición de estudiantes, o el que hizo `make book`. NULL si no está. En él los
 * capítulos son la raíz, y los laboratorios, «laboratorios» (lessons/.book/paths.lua). */
static char *book_page(const char *read)
{
    static const char *const books[] = {"libro/sitio", "build/book/sitio"};
    const char *folder = "";
    if (read && strncmp(read, "lessons/", 8) == 0) {
        read += 8;
    } else if (read && strncmp(read, "labs/", 5) == 0) {
        read += 5;
        folder = "laboratorios/";
    }
    int n = read ? (int)strcspn(read, "#") : 0;
    bool chapter = n > 9 && strncmp(read + n - 9, "README.md", 9) == 0;
    bool page = n > 3 && strncmp(read + n - 3, ".md", 3) == 0;
    char *found = NULL;
    for (size_t i = 0; page && !found && i < sizeof books / sizeof *books; i++) {
        char *path = ag_format("%s/%s%.*s%s", books[i], folder, n - (chapter ? 9 : 3),
                               read, chapter ? "index.html" : ".html");
        char *whole = realpath(path, NULL);
        found = whole ? ag_format("file://%s%s", whole, read + n) : NULL;
        free(whole);
        free(path);
    }
    return found;
}

static json_t *test_json(const struct gr_result *r, const struct gr_config *cfg)
{
    /* En una clase la página la abre otra persona en otra máquina. */
    char *page = cfg->lean || r->verdict == GR_PASS ? NULL : book_page(r->test->read);
    json_t *json = json_pack(
        "{s:s s:i s:i s:s s:i s:s s:s* s:s* s:s* s:i s:O s:O*}", "nombre", r->test->name,
        "puntos", r->points, "maximo", r->test->points, "veredicto",
        gr_verdict_name(r->verdict), "etapa", (int)r->test->milestone + 1, "titulo",
        r->test->title, "leer", r->test->read, "abre", page, "espera_a",
        r->blocked ? r->blocked->title : NULL, "ms", (int)r->ms, "historia", r->story,
        "cronologia", keeps_chronicle(r, cfg) ? r->chronicle : NULL);
    free(page);
    return json;
}

/* Las etapas de las que se corrió alguna prueba, en orden. */
static json_t *milestones_json(const struct gr_job *job)
{
    static const char *const reach[] = {
        [GR_REACHED] = "hecha",
        [GR_NEXT] = "siguiente",
        [GR_LATER] = "pendiente",
    };
    json_t *list = json_array();
    for (size_t i = 0; i < job->lab->n_milestones; i++) {
        const struct gr_milestone *m = &job->milestones[i];
        if (m->max > 0)
            json_array_append_new(
                list, json_pack("{s:i s:s s:i s:i s:s}", "etapa", (int)i + 1, "titulo",
                                job->lab->milestones[i], "puntos", m->points, "maximo",
                                m->max, "estado", reach[m->reach]));
    }
    return list;
}

/* En qué se fue el tiempo; lo que no llegó a hacerse, 0. */
static json_t *seconds_json(const struct gr_job *job)
{
    return json_pack("{s:f s:f}", "compilar", job->compile_ms / 1000, "probar",
                     job->run_ms / 1000);
}

static json_t *lab_json(const struct gr_job *job, const struct gr_config *cfg)
{
    json_t *tests = json_array();
    for (size_t i = 0; i < job->n_results; i++)
        json_array_append_new(tests, test_json(&job->results[i], cfg));
    return json_pack("{s:s s:s s:s s:s s:i s:i s:i s:s* s:s* s:o s:o s:o}", "lab",
                     job->lab->id, "titulo", job->lab->title, "carpeta", job->shown,
                     "veredicto", gr_verdict_name(job->verdict), "puntos", job->points,
                     "maximo", job->max, "sin_calificar", job->ungraded,
                     "dados_cambiados", job->altered, "gcc", job->gcc, "segundos",
                     seconds_json(job), "etapas", milestones_json(job), "pruebas", tests);
}

json_t *gr_results(const struct gr_job *jobs, size_t n, const struct gr_config *cfg,
                   int64_t elapsed_ms)
{
    char date[32];
    time_t now = time(NULL);
    struct tm local;
    strftime(date, sizeof date, "%Y-%m-%d %H:%M", localtime_r(&now, &local));
    json_t *labs = json_array();
    int total = 0, max = 0;
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(labs, lab_json(&jobs[i], cfg));
        total += jobs[i].points;
        max += jobs[i].max;
    }
    const struct gr_job *next = gr_next_job(jobs, n);
    return json_pack("{s:i s:s s:I s:s s:s* s:b s:s s:s* s:b s:i s:i s:s* s:o}",
                     "version", VERSION, "fecha", date, "ms", (json_int_t)elapsed_ms,
                     "semilla", cfg->seed, "solo", cfg->only, "caja",
                     cfg->rung > BOX_NONE, "peldano", box_rung_name(cfg->rung),
                     "sin_aislar", box_rung_lacks(cfg->rung), "grupo_de_control",
                     cfg->group != NULL, "total", total, "maximo", max, "siguiente",
                     next ? next->lab->id : NULL, "laboratorios", labs);
}

/* Escribe DIR/NOMBRE de una vez, con lo que ponga `fill`. 0, o un errno. */
static int put_file(const char *dir, const char *name, const json_t *results,
                    void (*fill)(FILE *, const json_t *))
{
    char *path = ag_format("%s/%s", dir, name);
    char *temp = ag_format("%s/.%s-XXXXXX", dir, name);
    int fd = -1, why = -ag_make_parents(path, 0755);
    FILE *out = NULL;
    if (why == 0 && ((fd = mkostemp(temp, O_CLOEXEC)) < 0 || !(out = fdopen(fd, "w"))))
        why = errno;
    if (out) {
        fill(out, results);
        bool bad = ferror(out) | (fchmod(fd, 0644) < 0);
        bad |= fclose(out) == EOF;
        fd = -1;
        if (bad || rename(temp, path) < 0) {
            why = errno;
            unlink(temp);
        }
    }
    if (fd >= 0)
        close(fd);
    free(temp);
    free(path);
    return why;
}

static void fill_json(FILE *out, const json_t *results)
{
    json_dumpf(results, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    fputc('\n', out);
}

int gr_report_files(const json_t *results, const char *dir, bool page,
                    struct gr_error *err)
{
    const char *name = "resultados.json";
    int why = put_file(dir, name, results, fill_json);
    if (why == 0 && page) {
        name = "index.html";
        why = put_file(dir, name, results, gr_report_html);
    }
    return why == 0
               ? 0
               : gr_error(err,
                          "la calificación vale, pero no se pudo guardar en %s/%s: %s",
                          dir, name, strerror(why));
}
