/* asinc-grade: el programa detrás de `make grade`. */
#include "../box/box.h"
#include "grader.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY          65534
#define MAX_RANDOM_SEED 1000000

struct options {
    const char *from, *lab, *only, *report;
    uint32_t seed;
    int64_t started_ms;
    bool seeded, strict, no_box, selftest, renew;
};

static const char usage[] =
    "Uso: asinc-grade [opciones]     (normalmente, con make grade)\n"
    "\n"
    "  --lab 07          solo ese laboratorio                     make grade LAB=07\n"
    "  --desde DIR       califica otro árbol igual que labs/      DESDE=solutions\n"
    "  --prueba NOMBRE   solo esa prueba                          PRUEBA=nombre\n"
    "  --semilla N       repite los datos al azar de otra vez     SEMILLA=n\n"
    "  --estricto        sale con 1 si falta algún punto          ESTRICTO=1\n"
    "  --informe DIR     dónde dejar resultados.json (build/informe)\n"
    "  --sin-caja        no aísla el programa: solo con código de confianza\n"
    "  --autoprueba      examina al corrector: esqueleto, solución y mutantes\n"
    "                    (con --semilla no compara las historias guardadas)\n"
    "  --historias       guarda las historias de los mutantes, tras leerlas\n"
    "  --ayuda           enseña esto\n"
    "\n"
    "Sale con 0 si pudo calificar, sea cual sea la nota; con 1 si falta algún punto y "
    "se\n"
    "pidió --estricto; con 2 si la orden está mal; con 3 si falló el corrector.\n";

static int complain(const char *text)
{
    fprintf(stderr, "asinc-grade: %s\n", text);
    return -1;
}

/* ---- opciones
 * ------------------------------------------------------------------------------- */

static int parse_seed(const char *text, uint32_t *seed)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || n > UINT32_MAX)
        return complain("SEMILLA debe ser un entero de 0 a 4294967295");
    *seed = (uint32_t)n;
    return 0;
}

/* 0, o el código con el que salir más uno. */
static int parse(int argc, char **argv, struct options *o)
{
    static const struct option longs[] = {
        {"desde", required_argument, NULL, 'd'},
        {"lab", required_argument, NULL, 'l'},
        {"prueba", required_argument, NULL, 'p'},
        {"semilla", required_argument, NULL, 's'},
        {"estricto", no_argument, NULL, 'e'},
        {"informe", required_argument, NULL, 'i'},
        {"sin-caja", no_argument, NULL, 'c'},
        {"autoprueba", no_argument, NULL, 'a'},
        {"historias", no_argument, NULL, 'r'},
        {"ayuda", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    *o = (struct options){
        .from = "labs", .report = "build/informe", .started_ms = gr_now_ms()};
    opterr = 0;
    if (getrandom(&o->seed, sizeof o->seed, 0) != sizeof o->seed)
        o->seed = (uint32_t)getpid();
    o->seed %= MAX_RANDOM_SEED; /* corta: alguien la va a teclear */
    for (int c; (c = getopt_long(argc, argv, ":", longs, NULL)) != -1;) {
        switch (c) {
        case 'd':
            o->from = optarg;
            break;
        case 'l':
            o->lab = optarg;
            break;
        case 'p':
            o->only = optarg;
            break;
        case 's':
            if (parse_seed(optarg, &o->seed) < 0)
                return GR_EXIT_USAGE + 1;
            o->seeded = true;
            break;
        case 'e':
            o->strict = true;
            break;
        case 'i':
            o->report = optarg;
            break;
        case 'c':
            o->no_box = true;
            break;
        case 'a':
            o->selftest = true;
            break;
        case 'r':
            o->selftest = o->renew = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return GR_EXIT_OK + 1;
        default:
            fprintf(stderr, "asinc-grade: %s %s\n%s",
                    c == ':' ? "falta el valor de" : "no entiendo", argv[optind - 1],
                    usage);
            return GR_EXIT_USAGE + 1;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "asinc-grade: sobra «%s»\n%s", argv[optind], usage);
        return GR_EXIT_USAGE + 1;
    }
    return 0;
}

/* ---- con quién y dónde
 * ------------------------------------------------------------------------ */

static uint32_t id_from(const char *name)
{
    const char *text = getenv(name);
    char *end;
    unsigned long n = text ? strtoul(text, &end, 10) : 0;
    return text && *text && !*end && n > 0 && n < UINT32_MAX ? (uint32_t)n : NOBODY;
}

/* Como root el juez corre como quien llamó a sudo o, si no, como nadie. */
static struct gr_config configure(const struct options *o)
{
    struct gr_config cfg = {.only = o->only, .seed = o->seed};
    cfg.drop = geteuid() == 0;
    cfg.uid = cfg.drop ? id_from("SUDO_UID") : geteuid();
    cfg.gid = cfg.drop ? id_from("SUDO_GID") : getegid();
    char why[512] = "se pidió --sin-caja";
    cfg.boxed = !o->no_box && box_probe(cfg.uid, cfg.gid, why, sizeof why) == 0;
    if (!cfg.boxed)
        fprintf(stderr,
                "AVISO: se califica sin caja: %s.\n"
                "       El programa verá tus archivos y tu red: hazlo solo con código "
                "tuyo.\n",
                why);
    return cfg;
}

/* Al menos un laboratorio de los pedidos tiene que estar en el árbol que se califica. */
static int check_tree(const struct options *o, const struct gr_labs *labs)
{
    struct stat st;
    if (stat(o->from, &st) < 0 || !S_ISDIR(st.st_mode)) {
        fprintf(stderr, "asinc-grade: DESDE=%s no es una carpeta\n", o->from);
        return -1;
    }
    for (size_t i = 0; i < labs->n; i++) {
        char *path = gr_format("%s/%s", o->from, labs->v[i].dir);
        int found = access(path, F_OK) == 0;
        free(path);
        if (found)
            return 0;
    }
    fprintf(stderr,
            "asinc-grade: en %s no está %s%s/: DESDE es la carpeta que la contiene\n",
            o->from, labs->n > 1 ? "ningún laboratorio, como " : "", labs->v[0].dir);
    return -1;
}

static int check_only(const struct options *o, const struct gr_labs *labs)
{
    for (size_t i = 0; i < labs->n; i++)
        if (gr_lab_find(&labs->v[i], o->only) >= 0)
            return 0;
    fprintf(stderr, "asinc-grade: no hay ninguna prueba «%s». Las que hay:\n", o->only);
    for (size_t i = 0; i < labs->n; i++)
        for (size_t t = 0; t < labs->v[i].n_tests; t++)
            fprintf(stderr, "  %s %s\n", labs->v[i].id, labs->v[i].tests[t].name);
    return -1;
}

/* ---- calificar
 * ---------------------------------------------------------------------------------- */

/* `text` como palabra de la shell, en memoria nueva. */
static char *shell_word(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_./+,:@%=-";
    if (text[strspn(text, plain)] == '\0')
        return gr_format("%s", text);
    char *word = gr_alloc(strlen(text) * 4 + 3, 1), *w = word;
    *w++ = '\'';
    for (; *text; text++)
        w = stpcpy(w, *text == '\'' ? "'\\''" : (char[]){*text, '\0'});
    strcpy(w, "'");
    return word;
}

static struct gr_job make_job(const struct options *o, const struct gr_lab *lab)
{
    struct gr_job job = {.lab = lab, .out = -1, .suite_status = -1};
    char *from = gr_format("%s", o->from);
    for (size_t n = strlen(from); n > 1 && from[n - 1] == '/'; n--)
        from[n - 1] = '\0';
    char *word = shell_word(from);
    job.label = gr_format("%s %s", lab->id, strchr(lab->dir, '-') + 1);
    job.source = gr_format("%s/%s", from, lab->dir);
    job.shown = gr_format("%s", job.source);
    job.seed = o->seed;
    job.only = o->only ? gr_format("%s", o->only) : NULL;
    job.repro = strcmp(from, "labs") == 0
                    ? gr_format("make grade LAB=%s", lab->id)
                    : gr_format("make grade LAB=%s DESDE=%s", lab->id, word);
    free(word);
    free(from);
    return job;
}

/* Lo que queda por decir cuando ya hay notas; el código de salida. */
static int conclude(const struct options *o, const struct gr_config *cfg,
                    const struct gr_job *jobs, size_t n)
{
    struct gr_error err;
    bool full = true, broken = false;
    for (size_t i = 0; i < n; i++) {
        full = full && jobs[i].points == jobs[i].max;
        broken = broken || jobs[i].verdict == GR_FALLO;
    }
    gr_report_term(stdout, jobs, n, cfg, gr_now_ms() - o->started_ms);
    fflush(stdout);
    if (gr_report_json(jobs, n, o->report, &err) < 0) {
        complain(err.text);
        broken = true;
    }
    return broken ? GR_EXIT_FAILURE : o->strict && !full ? GR_EXIT_BELOW : GR_EXIT_OK;
}

static int grade(const struct options *o, const struct gr_labs *labs,
                 struct gr_stage *stage, const struct gr_config *cfg,
                 struct gr_error *err)
{
    struct gr_job *jobs = gr_alloc(labs->n, sizeof *jobs);
    size_t n = 0;
    int rc = GR_EXIT_FAILURE;
    for (size_t i = 0; i < labs->n; i++) {
        if (o->only && gr_lab_find(&labs->v[i], o->only) < 0)
            continue;
        jobs[n] = make_job(o, &labs->v[i]);
        if (gr_stage_job(stage, cfg, &jobs[n++], err) < 0)
            goto out;
    }
    rc = gr_jobs_run(stage, cfg, jobs, n, err);
    if (rc < 0)
        rc = GR_EXIT_FAILURE;
    else if (rc == 0) {
        for (size_t i = 0; i < n; i++)
            gr_collect(&jobs[i]);
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
    struct gr_labs labs;
    struct gr_stage stage;
    struct gr_error err = {0};

    if (argc == 3 && strcmp(argv[1], "--juez") == 0)
        return gr_judge_main(argv[2]);

    signal(SIGPIPE, SIG_IGN); /* «make grade | head» también tiene que limpiar */
    int rc = parse(argc, argv, &o);
    if (rc)
        return rc - 1;
    rc = gr_labs_load(&labs, o.lab, &err);
    if (rc) {
        complain(err.text);
        return rc;
    }
    if (check_tree(&o, &labs) < 0 || (o.only && check_only(&o, &labs) < 0)) {
        gr_labs_free(&labs);
        return GR_EXIT_USAGE;
    }
    struct gr_config cfg = configure(&o);
    gr_jobs_hold_signals();
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
    gr_labs_free(&labs);
    if (rc == GR_EXIT_INTERRUPT)
        fputs("Interrumpido: no queda nada en marcha.\n", stderr);
    else if (rc == GR_EXIT_FAILURE && err.text[0])
        complain(err.text);
    return rc;
}
