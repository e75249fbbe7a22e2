/* asinc-grade: el programa detrás de `make grade`. */
#include "base/clock.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/seed.h"
#include "base/text.h"
#include "box/rung.h"
#include "grader/budget.h"
#include "grader/config.h"
#include "grader/job.h"
#include "grader/jobs.h"
#include "grader/judge.h"
#include "grader/labs_load.h"
#include "grader/report.h"
#include "grader/selftest.h"
#include "grader/stage.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct options {
    const char *from, *lab, *only, *report, *asked;
    char seed[AG_SEED_MAX + 1];
    double started_ms;
    enum box_rung highest;
    int neighbours;
    bool seeded, strict, all, brief, sanitize, selftest, renew, class, check, exact,
        right;
};

static const char usage[] =
    "Uso: asinc-grade [opciones]     (normalmente, con make grade)\n"
    "\n"
    "  --lab 07          solo ese laboratorio                     make grade LAB=07\n"
    "  --desde DIR       califica otro árbol igual que labs/      DESDE=solutions\n"
    "  --prueba NOMBRE   solo esa prueba                          PRUEBA=nombre\n"
    "  --todo            enseña las pruebas de todas las etapas   TODO=1\n"
    "  --breve           solo lo primero que falla\n"
    "  --sanitize        todas las pruebas con ASan y UBSan       SANITIZE=1\n"
    "  --semilla N       repite los datos al azar de otra vez     SEMILLA=n\n"
    "  --estricto        sale con 1 si falta algún punto          ESTRICTO=1\n"
    "  --informe DIR     dónde dejar resultados.json (build/informe)\n"
    "  --caja CUÁL       completa, o una menor: parcial o minima   CAJA=minima\n"
    "  --caja ya-aislado  otro usuario: solo en un sitio que ya lo encierre  "
    "CAJA=ya-aislado\n"
    "  --caja no         no encierra al programa: solo con código tuyo  CAJA=no\n"
    "  --exacta          en esa caja o en ninguna, no en una menor\n"
    "  --vecinos N       cuántas calificaciones se hacen a la vez, para repartir la "
    "máquina\n"
    "  --resultados QUÉ  no califica: lo que dice el resultados.json que hay en DIR\n"
    "  --comprobar       no califica: dice en qué caja se puede, y qué lo impide\n"
    "  --autoprueba      examina al corrector: esqueleto, solución y un mutante por "
    "prueba\n"
    "                    (con --breve, uno por etapa; con --correctos, también las\n"
    "                    alternativas; con --todo, además, los demás mutantes; con\n"
    "                    --semilla no compara historias)\n"
    "  --historias       guarda la historia de cada prueba, para leerla\n"
    "  --clase           es una entrega de una clase: no enseña la nota, y nombra los\n"
    "                    archivos como los tiene quien entrega, en labs/; la semilla, si "
    "la\n"
    "                    hay, está en DIR/semilla\n"
    "  --ayuda           enseña esto\n"
    "\n"
    "Sale con 0 si pudo calificar, sea cual sea la nota; con 1 si falta algún punto y "
    "se\n"
    "pidió --estricto; con 2 si la orden está mal; con 3 si falló el corrector.\n";

#define MOST_NEIGHBOURS 256

#define complain(...) ag_complain("asinc-grade", __VA_ARGS__)

/* ---- opciones -------------------------------------------------------------------- */

static int parse_seed(const char *text, char *seed)
{
    size_t n = strlen(text);
    if (n == 0 || n > AG_SEED_MAX || text[strspn(text, "0123456789abcdef")] != '\0')
        return complain(
            "SEMILLA es la que dijo la otra calificación: cifras y letras de la "
            "«a» a la «f»");
    strcpy(seed, text);
    return 0;
}

/* La semilla de una entrega no va en la orden, que el programa quizá vea. */
static int read_seed(struct options *o)
{
    char *data;
    size_t size;
    int rc = ag_read_file(o->from, GR_SEED_FILE, AG_SEED_MAX, &data, &size);
    if (rc < 0)
        return rc == -ENOENT ? 0 : complain("no se puede leer la semilla de la entrega");
    rc = parse_seed(data, o->seed);
    free(data);
    return rc;
}

static int parse_rung(const char *text, enum box_rung *rung)
{
    *rung = box_rung_named(text);
    return strcmp(text, box_rung_name(*rung)) == 0
               ? 0
               : complain("CAJA puede ser «completa», «parcial», «minima», "
                          "«ya-aislado» o «no»");
}

static int parse_neighbours(const char *text, int *neighbours)
{
    *neighbours = atoi(text);
    return *neighbours >= 1 && *neighbours <= MOST_NEIGHBOURS
               ? 0
               : complain("--vecinos es un número de 1 a %d", MOST_NEIGHBOURS);
}

/* 0, o el código con el que salir más uno. */
static int parse(int argc, char **argv, struct options *o)
{
    bool help = false;
    const char *seed = NULL, *rung = NULL, *neighbours = NULL;
    const struct ag_option options[] = {
        {"desde", .text = &o->from},
        {"lab", .text = &o->lab},
        {"prueba", .text = &o->only},
        {"todo", .flag = &o->all},
        {"correctos", .flag = &o->right},
        {"breve", .flag = &o->brief},
        {"sanitize", .flag = &o->sanitize},
        {"semilla", .text = &seed},
        {"estricto", .flag = &o->strict},
        {"informe", .text = &o->report},
        {"caja", .text = &rung},
        {"exacta", .flag = &o->exact},
        {"vecinos", .text = &neighbours},
        {"resultados", .text = &o->asked},
        {"comprobar", .flag = &o->check},
        {"autoprueba", .flag = &o->selftest},
        {"historias", .flag = &o->renew},
        {"clase", .flag = &o->class},
        {"ayuda", .flag = &help},
        {.name = NULL},
    };
    *o = (struct options){.from = "labs",
                          .report = "build/informe",
                          .started_ms = ag_ms(),
                          .highest = BOX_FULL};
    if (ag_seed_new(o->seed) < 0) {
        complain("el sistema no da números al azar");
        return GR_EXIT_FAILURE + 1;
    }
    char *why = ag_options(argc, argv, options);
    if (help && !why) {
        fputs(usage, stdout);
        return GR_EXIT_OK + 1;
    }
    if (why) {
        complain("%s", why);
        fputs(usage, stderr);
        free(why);
        return GR_EXIT_USAGE + 1;
    }
    if ((seed && parse_seed(seed, o->seed) < 0) ||
        (rung && parse_rung(rung, &o->highest) < 0) ||
        (neighbours && parse_neighbours(neighbours, &o->neighbours) < 0))
        return GR_EXIT_USAGE + 1;
    o->seeded = seed;
    o->selftest = o->selftest || o->renew;
    return o->class && read_seed(o) < 0 ? GR_EXIT_FAILURE + 1 : 0;
}

/* ---- qué se pide ------------------------------------------------------------------ */

/* Al menos un laboratorio de los pedidos tiene que estar en el árbol que se califica. */
static int check_tree(const struct options *o, const struct labs *labs)
{
    struct stat st;
    if (stat(o->from, &st) < 0 || !S_ISDIR(st.st_mode))
        return complain("DESDE=%s no es una carpeta", o->from);
    for (size_t i = 0; i < labs->n; i++) {
        char *path = ag_format("%s/%s", o->from, labs->v[i].dir);
        int found = access(path, F_OK) == 0;
        free(path);
        if (found)
            return 0;
    }
    return complain("en %s no está %s%s/: DESDE es la carpeta que la contiene", o->from,
                    labs->n > 1 ? "ningún laboratorio, como " : "", labs->v[0].dir);
}

static int check_only(const struct options *o, const struct labs *labs)
{
    for (size_t i = 0; i < labs->n; i++)
        if (lab_find(&labs->v[i], o->only) >= 0)
            return 0;
    complain("no hay ninguna prueba «%s». Las que hay:", o->only);
    for (size_t i = 0; i < labs->n; i++)
        for (size_t t = 0; t < labs->v[i].n_tests; t++)
            fprintf(stderr, "  %s %s\n", labs->v[i].id, labs->v[i].tests[t].name);
    return -1;
}

/* ---- calificar ------------------------------------------------------------------- */

static struct gr_job make_job(const struct options *o, const struct lab *lab)
{
    struct gr_job job = {.lab = lab, .out = -1, .suite_status = -1};
    char *from = ag_format("%s", o->from);
    for (size_t n = strlen(from); n > 1 && from[n - 1] == '/'; n--)
        from[n - 1] = '\0';
    bool own = o->class || strcmp(from, "labs") == 0;
    char *word = ag_shell_word(from);
    job.label = ag_format("%s %s", lab->id, strchr(lab->dir, '-') + 1);
    job.source = ag_format("%s/%s", from, lab->dir);
    job.shown = o->class ? ag_format("labs/%s", lab->dir)
                         : ag_clean(job.source, strlen(job.source), SIZE_MAX, AG_LINE);
    job.seed = o->seed;
    job.only = o->only ? ag_format("%s", o->only) : NULL;
    const char *how = o->sanitize ? " SANITIZE=1" : "";
    job.repro = own ? ag_format("make grade LAB=%s%s", lab->id, how)
                    : ag_format("make grade LAB=%s%s DESDE=%s", lab->id, how, word);
    free(word);
    free(from);
    return job;
}

/* Lo que haría calificar aquí, para make doctor: la caja y, si no caben los archivos de algún
 * laboratorio, cuál. */
static int check_place(const struct options *o)
{
    struct gr_config cfg = {0};
    struct gr_error err;
    struct labs labs;
    if (gr_configure(&cfg, o->highest, true, &err) < 0) {
        complain("%s", err.text);
        return GR_EXIT_FAILURE;
    }
    puts(box_rung_name(cfg.rung));
    if (gr_labs_load(&labs, o->lab, &err) == 0) {
        if (gr_lift_files(&labs, &err) < 0)
            printf("archivos: %s\n", err.text);
        labs_free(&labs);
    }
    return ag_stdout_written("asinc-grade") ? GR_EXIT_OK : GR_EXIT_FAILURE;
}

/* Lo que un guion pregunta de la última vez. */
static int tell_results(const struct options *o)
{
    struct gr_error err;
    size_t n = strlen(o->report);
    bool file = n > 5 && strcmp(o->report + n - 5, ".json") == 0;
    char *path = ag_format("%s%s", o->report, file ? "" : "/resultados.json");
    int rc = gr_report_plain(path, o->asked, &err);
    free(path);
    if (rc < 0)
        complain("%s", err.text);
    return rc == 0 && ag_stdout_written("asinc-grade") ? GR_EXIT_OK : GR_EXIT_FAILURE;
}

/* Lo que queda por decir cuando ya hay notas; el código de salida. */
static int conclude(const struct options *o, const struct gr_config *cfg,
                    const struct gr_job *jobs, size_t n)
{
    struct gr_error err;
    bool full = true, broken = false;
    for (size_t i = 0; i < n; i++) {
        full = full && jobs[i].points == jobs[i].max;
        broken = broken || jobs[i].verdict == GR_BROKEN;
    }
    int64_t elapsed_ms = (int64_t)(ag_ms() - o->started_ms);
    json_t *results = gr_results(jobs, n, cfg, elapsed_ms);
    bool saved = gr_report_files(results, o->report, !o->class, &err) == 0;
    json_decref(results);
    if (!o->class)
        gr_report_term(stdout, jobs, n, cfg, elapsed_ms);
    if (saved && !o->class) {
        char *where = ag_shell_word(o->report);
        printf("Para verlo dibujado, abre %s/index.html\n", where);
        free(where);
    }
    broken = !ag_stdout_written("asinc-grade") || broken;
    if (!saved) {
        complain("%s", err.text);
        broken = true;
    }
    return broken ? GR_EXIT_FAILURE : o->strict && !full ? GR_EXIT_BELOW : GR_EXIT_OK;
}

/* Lo que falló por culpa del corrector se repite entero, una vez, desde cero. */
static int retry_faults(const struct options *o, struct gr_stage *stage,
                        const struct gr_config *cfg, struct gr_job *jobs, size_t n,
                        struct gr_error *err)
{
    struct gr_job *again = ag_alloc(n, sizeof *again);
    size_t *from = ag_alloc(n, sizeof *from), count = 0;
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (jobs[i].verdict != GR_BROKEN || jobs[i].fault)
            continue;
        from[count] = i;
        again[count] = make_job(o, jobs[i].lab);
        rc = gr_stage_job(stage, cfg, &again[count++], err);
    }
    if (rc == 0 && count > 0) {
        fprintf(stderr, "El corrector falló: lo intento otra vez.\n");
        rc = gr_jobs_run(stage, cfg, again, count, err);
    }
    for (size_t i = 0; i < count; i++) {
        struct gr_job *old = &again[i];
        if (rc == 0) {
            struct gr_job first = jobs[from[i]];
            gr_collect(&again[i]);
            jobs[from[i]] = again[i];
            again[i] = first;
        }
        gr_job_free(old);
    }
    free(from);
    free(again);
    return rc;
}

static int grade(const struct options *o, const struct labs *labs, struct gr_stage *stage,
                 const struct gr_config *cfg, struct gr_error *err)
{
    struct gr_job *jobs = ag_alloc(labs->n, sizeof *jobs);
    size_t n = 0;
    int rc = GR_EXIT_FAILURE;
    for (size_t i = 0; i < labs->n; i++) {
        if (o->only && lab_find(&labs->v[i], o->only) < 0)
            continue;
        jobs[n] = make_job(o, &labs->v[i]);
        if (gr_stage_job(stage, cfg, &jobs[n++], err) < 0)
            goto out;
    }
    rc = gr_jobs_run(stage, cfg, jobs, n, err);
    if (rc == GR_EXIT_OK) {
        for (size_t i = 0; i < n; i++)
            gr_collect(&jobs[i]);
        rc = retry_faults(o, stage, cfg, jobs, n, err);
        if (rc < 0) { /* no se pudo repetir: vale lo de la primera vez */
            complain("%s", err->text);
            rc = GR_EXIT_OK;
        }
    }
    if (rc == GR_EXIT_OK) {
        rc = conclude(o, cfg, jobs, n);
        err->text[0] = '\0';
    }
out:
    for (size_t i = 0; i < n; i++)
        gr_job_free(&jobs[i]);
    free(jobs);
    return rc;
}

int main(int argc, char **argv)
{
    struct options o;
    struct labs labs;
    struct gr_stage stage;
    struct gr_error err = {0};

    if (argc == 3 && strcmp(argv[1], "--juez") == 0)
        return gr_judge_main(argv[2]);

    signal(SIGPIPE, SIG_IGN); /* «make grade | head» también tiene que limpiar */
    int rc = parse(argc, argv, &o);
    if (rc)
        return rc - 1;
    if (o.asked)
        return tell_results(&o);
    if (o.check)
        return check_place(&o);
    rc = gr_labs_load(&labs, o.lab, &err);
    if (rc) {
        complain("%s", err.text);
        return rc;
    }
    if (check_tree(&o, &labs) < 0 || (o.only && check_only(&o, &labs) < 0)) {
        labs_free(&labs);
        return GR_EXIT_USAGE;
    }
    struct gr_config cfg = {.only = o.only,
                            .seed = o.seed,
                            .all = o.all,
                            .right = o.right,
                            .brief = o.brief,
                            .lean = o.class,
                            .exact = o.exact,
                            .neighbours = o.neighbours,
                            .sanitize = o.sanitize,
                            .draw = !o.class && !o.selftest};
    if (gr_lift_files(&labs, &err) < 0 ||
        gr_configure(&cfg, o.highest, !o.class, &err) < 0) {
        complain("%s", err.text);
        labs_free(&labs);
        return GR_EXIT_FAILURE;
    }
    /* Lo que otros entregan puede estar fuera del curso. */
    if (gr_check_closed(&cfg, o.from, &err) < 0) {
        complain("%s", err.text);
        labs_free(&labs);
        return GR_EXIT_FAILURE;
    }
    struct cgroup group;
    gr_jobs_hold_signals();
    if (gr_budget_open(&cfg, &group, &err) < 0) {
        complain("%s", err.text);
        labs_free(&labs);
        return GR_EXIT_FAILURE;
    }
    if (gr_stage_open(&stage, &cfg, &err) < 0)
        rc = GR_EXIT_FAILURE;
    else if (o.selftest)
        rc = gr_selftest(&labs, &stage, &cfg,
                         o.renew    ? GR_RENEW
                         : o.seeded ? GR_IGNORE
                                    : GR_COMPARE,
                         &err);
    else
        rc = grade(&o, &labs, &stage, &cfg, &err);
    gr_stage_close(&stage);
    gr_budget_close(&cfg, &group);
    labs_free(&labs);
    if (rc == GR_EXIT_INTERRUPT)
        fputs("Interrumpido: no queda nada en marcha.\n", stderr);
    else if (rc == GR_EXIT_FAILURE && err.text[0])
        complain("%s", err.text);
    return rc;
}
