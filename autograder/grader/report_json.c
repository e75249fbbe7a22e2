/* resultados.json: lo que se sabe de una calificación, en una forma con versión. */
#include "grader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION 1

static json_t *test_json(const struct gr_result *r)
{
    return json_pack("{s:s s:i s:i s:s s:O}", "nombre", r->test->name, "puntos",
                     r->points, "maximo", r->max, "veredicto",
                     gr_verdict_name(r->verdict), "historia", r->story);
}

static json_t *lab_json(const struct gr_job *job)
{
    json_t *tests = json_array();
    for (size_t i = 0; i < job->n_results; i++)
        json_array_append_new(tests, test_json(&job->results[i]));
    return json_pack("{s:s s:s s:s s:i s:i s:o}", "lab", job->lab->id, "titulo",
                     job->lab->title, "veredicto", gr_verdict_name(job->verdict),
                     "puntos", job->points, "maximo", job->max, "pruebas", tests);
}

static int make_dirs(const char *dir)
{
    char *path = gr_format("%s/", dir);
    int rc = 0;
    for (char *p = path + 1; rc == 0 && *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
            rc = -1;
        *p = '/';
    }
    free(path);
    return rc;
}

int gr_report_json(const struct gr_job *jobs, size_t n, const char *dir,
                   struct gr_error *err)
{
    json_t *labs = json_array();
    int total = 0, max = 0, rc = -1;
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(labs, lab_json(&jobs[i]));
        total += jobs[i].points;
        max += jobs[i].max;
    }
    json_t *root = json_pack("{s:i s:i s:i s:o}", "version", VERSION, "total", total,
                             "maximo", max, "laboratorios", labs);
    char *path = gr_format("%s/resultados.json", dir);
    char *temp = gr_format("%s/.resultados-XXXXXX", dir);
    int fd = -1;
    if (make_dirs(dir) < 0 || (fd = mkostemp(temp, O_CLOEXEC)) < 0)
        goto fail;
    if (json_dumpfd(root, fd, JSON_INDENT(2)) < 0 || write(fd, "\n", 1) != 1 ||
        fchmod(fd, 0644) < 0 || rename(temp, path) < 0) {
        int why = errno;
        unlink(temp);
        errno = why;
        goto fail;
    }
    rc = 0;
    goto out;
fail:
    gr_error(err, "la calificación vale, pero no se pudo guardar en %s: %s", path,
             strerror(errno));
out:
    if (fd >= 0)
        close(fd);
    free(temp);
    free(path);
    json_decref(root);
    return rc;
}
