/* De resultados a puntos. */
#include "base/memory.h"
#include "grader/job.h"
#include "grader/jobs.h"

#include <stdlib.h>
#include <string.h>

static const struct gr_result *result_of(const struct gr_job *job,
                                         const struct lab_test *test)
{
    for (size_t i = 0; i < job->n_results; i++)
        if (job->results[i].test == test)
            return &job->results[i];
    return NULL; /* con PRUEBA= no se corrió: no se le puede exigir */
}

/* Una prueba cuya condición falta no dice nada nuevo: se salta y señala cuál va antes. */
static void apply_needs(struct gr_job *job, struct gr_result *result)
{
    for (size_t i = 0; i < result->test->n_needs; i++) {
        const struct lab_test *need = &job->lab->tests[result->test->needs[i]];
        const struct gr_result *told = result_of(job, need);
        if (!told || told->verdict == GR_PASS || result->verdict == GR_UNCOMPILED)
            continue;
        bool broken = told->verdict == GR_BROKEN;
        result->verdict = broken ? GR_BROKEN : GR_FAIL;
        result->blocked = told->blocked ? told->blocked : need;
        char *line = ag_format(broken ? "No se puede calificar: depende de «%s», que el "
                                        "corrector no pudo comprobar."
                                      : "Se salta: antes tiene que pasar «%s».",
                               result->blocked->name);
        json_array_clear(result->story);
        json_array_append_new(result->story, json_string(line));
        free(line);
        return;
    }
}

static enum gr_verdict verdict_of(const struct gr_job *job)
{
    size_t failed = 0, late = 0;
    for (size_t i = 0; i < job->n_results; i++) {
        enum gr_verdict v = job->results[i].verdict;
        if (v == GR_BROKEN || v == GR_UNCOMPILED)
            return v;
        failed += v != GR_PASS && !job->results[i].blocked;
        late += v == GR_TIMEOUT;
    }
    return failed == 0 ? GR_PASS : failed == late ? GR_TIMEOUT : GR_FAIL;
}

/* Solo una es la siguiente. A las que nadie pidió correr no les falta nada. */
static void place_milestones(struct gr_job *job)
{
    bool found = false;
    for (size_t i = 0; i < job->lab->n_milestones; i++) {
        struct gr_milestone *m = &job->milestones[i];
        bool reached = m->points == m->max;
        m->reach = reached ? GR_REACHED : found ? GR_LATER : GR_NEXT;
        found = found || !reached;
    }
}

void gr_score(struct gr_job *job)
{
    job->milestones = ag_alloc(job->lab->n_milestones, sizeof *job->milestones);
    job->points = job->max = job->ungraded = 0;
    for (size_t i = 0; i < job->n_results; i++) {
        struct gr_result *result = &job->results[i];
        apply_needs(job, result);
        result->points = result->verdict == GR_PASS ? result->test->points : 0;
        /* Lo que no se pudo calificar sigue en el máximo: si no, romper al corrector donde
         * uno va a fallar subiría la nota. */
        job->points += result->points;
        job->max += result->test->points;
        int ungraded = result->verdict == GR_BROKEN ? result->test->points : 0;
        job->ungraded += ungraded;
        struct gr_milestone *m = &job->milestones[result->test->milestone];
        m->points += result->points;
        m->max += result->test->points;
        m->ungraded += ungraded;
    }
    place_milestones(job);
    job->verdict = verdict_of(job);
}
