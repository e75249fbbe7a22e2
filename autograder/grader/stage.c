/* La zona privada: lo que el juez necesita, copiado, y nada más.
 *
 *   RAIZ/                 root:gid 0710 (o nuestra, 0700; 0711 en un sitio ya aislado)
 *     asinc-grade runner  programas
 *     postgres.tar        la base de datos de cada prueba, si hay PostgreSQL
 *     asinc/              biblioteca: include/, libasinc.a, libasinc-asan.a
 *     1/ 2/ ...           un trabajo cada una
 *       orden.json suite fuentes/
 *       salida/ resultados/ *.txt   lo que escriben gcc, la suite y el juez
 *
 * Se copia porque, empezando como root, el juez es otro usuario que quizá no pueda leer
 * el repositorio; y porque así un «make» a la vez no cambia nada a mitad. */
#include "grader/stage.h"
#include "base/dir.h"
#include "base/memory.h"
#include "box/identity.h"
#include "box/rung.h"
#include "grader/job.h"
#include "grader/judge.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define MAX_SOURCE      (1 << 20) /* bytes por archivo del estudiante */
#define ROOT_NAME       "asinc-grade"
#define NEWBORN_SECONDS 60

static int make_dir(const char *path, struct gr_error *err)
{
    if (mkdir(path, 0755) < 0 || chmod(path, 0755) < 0)
        return gr_error(err, "no se puede crear %s: %s", path, strerror(errno));
    return 0;
}

/* Directorio en el que escribirá el juez. */
static int make_judge_dir(const char *path, const struct gr_config *cfg,
                          struct gr_error *err)
{
    if (make_dir(path, err) < 0)
        return -1;
    if (cfg->drop && chown(path, cfg->uid, cfg->gid) < 0)
        return gr_error(err, "no se puede ceder %s al usuario %u: %s", path,
                        (unsigned)cfg->uid, strerror(errno));
    return 0;
}

/* Copia `dir_from/name` a `dir_to/name_to`. */
static int copy_into(const char *dir_from, const char *name, const char *dir_to,
                     const char *name_to, mode_t mode, struct gr_error *err)
{
    char *from = ag_format("%s/%s", dir_from, name);
    char *to = ag_format("%s/%s", dir_to, name_to);
    int rc = gr_copy_file(from, to, mode, err);
    free(from);
    free(to);
    return rc;
}

/* nftw no lleva contexto: el árbol que se copia va aquí. */
static struct {
    const char *from, *to;
    struct gr_error *err;
} tree;

static int copy_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    char *to = ag_format("%s%s", tree.to, path + strlen(tree.from));
    int rc = type == FTW_D   ? make_dir(to, tree.err)
             : type == FTW_F ? gr_copy_file(path, to, 0644, tree.err)
                             : 0;
    free(to);
    return rc;
}

static int copy_tree(const char *from, const char *to, struct gr_error *err)
{
    tree.from = from;
    tree.to = to;
    tree.err = err;
    err->text[0] = '\0';
    if (nftw(from, copy_entry, 16, FTW_PHYS) == 0)
        return 0;
    return err->text[0] ? -1
                        : gr_error(err, "no se puede leer %s: %s", from, strerror(errno));
}

int gr_stage_find(struct gr_stage *stage, struct gr_error *err)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0)
        return gr_error(err, "no se puede leer /proc/self/exe: %s", strerror(errno));
    self[n] = '\0';
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(self, '/');
        if (!slash)
            return gr_error(err, "asinc-grade está fuera de build/: usa make grade");
        *slash = '\0';
        if (up == 1)
            stage->own = ag_format("%s", self);
        if (up == 2)
            stage->build = ag_format("%s", self);
    }
    return 0;
}

/* Cada zona viva tiene cerrada su carpeta con flock, que se abre sola si su proceso muere. Las
 * que dejó quien no pudo borrarlas están abiertas. */
static void collect_dead(void)
{
    DIR *tmp = opendir(ag_tmp());
    struct stat st;
    for (struct dirent *e; tmp && (e = readdir(tmp));) {
        if (strncmp(e->d_name, ROOT_NAME "-", strlen(ROOT_NAME) + 1) != 0)
            continue;
        int fd = openat(dirfd(tmp), e->d_name,
                        O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        /* Una recién creada quizá no tuvo tiempo de cerrarse. */
        if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
            time(NULL) - st.st_mtime > NEWBORN_SECONDS &&
            flock(fd, LOCK_EX | LOCK_NB) == 0) {
            char *path = ag_format("%s/%s", ag_tmp(), e->d_name);
            ag_remove_tree(path);
            free(path);
        }
        if (fd >= 0)
            close(fd);
    }
    if (tmp)
        closedir(tmp);
}

static int open_root(struct gr_stage *stage, const struct gr_config *cfg,
                     struct gr_error *err)
{
    collect_dead();
    int rc = ag_temp_dir(ROOT_NAME, &stage->root);
    if (rc < 0)
        return gr_error(err,
                        "no se puede crear una carpeta en %s: %s. Prueba con otro TMPDIR",
                        ag_tmp(), strerror(-rc));
    stage->lock = open(stage->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (stage->lock >= 0)
        flock(stage->lock, LOCK_EX | LOCK_NB);
    struct statvfs fs;
    if (statvfs(stage->root, &fs) == 0 && (fs.f_flag & ST_NOEXEC))
        return gr_error(err,
                        "%s no deja ejecutar programas (noexec). Prueba con otro "
                        "TMPDIR, por ejemplo TMPDIR=$HOME",
                        ag_tmp());
    /* El juez pasa, pero no puede cambiar los programas que hay aquí. */
    mode_t mode = cfg->rung == BOX_ISOLATED ? 0711 : 0710;
    if (cfg->drop &&
        (chown(stage->root, 0, cfg->gid) < 0 || chmod(stage->root, mode) < 0))
        return gr_error(err, "no se puede ceder %s: %s", stage->root, strerror(errno));
    return 0;
}

static int fill_root(struct gr_stage *stage, struct gr_error *err)
{
    char *lib = ag_format("%s/asinc", stage->root);
    char *include = ag_format("%s/include", lib);
    char *programs = ag_format("%s/autograder", stage->own);
    char *postgres = ag_format("%s/postgres.tar", programs);
    int rc = -1;
    if (copy_into("/proc/self", "exe", stage->root, "asinc-grade", 0755, err) < 0 ||
        copy_into(programs, "runner", stage->root, "runner", 0755, err) < 0 ||
        make_dir(lib, err) < 0 || copy_tree("common/include", include, err) < 0 ||
        copy_into(stage->build, "normal/common/libasinc.a", lib, "libasinc.a", 0644,
                  err) < 0 ||
        copy_into(stage->build, "asan/common/libasinc.a", lib, "libasinc-asan.a", 0644,
                  err) < 0)
        goto out;
    rc = access(postgres, F_OK) == 0
             ? copy_into(programs, "postgres.tar", stage->root, "postgres.tar", 0644, err)
             : 0;
out:
    free(postgres);
    free(programs);
    free(include);
    free(lib);
    return rc;
}

static int check_room(const struct gr_stage *stage, struct gr_error *err)
{
    long room = ag_room_mib(stage->root);
    return room >= GR_ROOM_MIB ? 0
                               : gr_error(err,
                                          "en %s caben %ld MiB, y hacen falta %d. Prueba "
                                          "con otro TMPDIR",
                                          ag_tmp(), room, GR_ROOM_MIB);
}

int gr_stage_open(struct gr_stage *stage, const struct gr_config *cfg,
                  struct gr_error *err)
{
    *stage = (struct gr_stage){.lock = -1};
    umask(022);
    if (gr_stage_find(stage, err) == 0 && open_root(stage, cfg, err) == 0 &&
        check_room(stage, err) == 0 && fill_root(stage, err) == 0 &&
        check_room(stage, err) == 0)
        return 0;
    gr_stage_close(stage);
    return -1;
}

void gr_stage_close(struct gr_stage *stage)
{
    if (stage->root)
        ag_remove_tree(stage->root);
    free(stage->root);
    free(stage->own);
    free(stage->build);
    if (stage->lock >= 0)
        close(stage->lock);
    *stage = (struct gr_stage){.lock = -1};
}

/* ---- las fuentes del estudiante -------------------------------------------------- */

/* Por qué no se pudo leer un archivo que se entrega, y qué hacer. */
static int missing(const char *from, const char *name, int rc, struct gr_error *err)
{
    switch (-rc) {
    case ENOENT:
        return gr_error(err,
                        "No está %s/%s. Es el archivo que se entrega: no le cambies el "
                        "nombre ni lo muevas.",
                        from, name);
    case EACCES:
        return gr_error(err,
                        "No se puede leer %s/%s: permiso denegado. Dáselo con\n"
                        "  chmod u+r %s/%s",
                        from, name, from, name);
    case ELOOP:
        return gr_error(err,
                        "%s/%s es un enlace. Tiene que ser el archivo mismo, porque los "
                        "enlaces no se siguen.",
                        from, name);
    case ENOTDIR:
        return gr_error(err,
                        "%s es un enlace, o no es una carpeta. Tiene que ser la carpeta "
                        "misma, porque los enlaces no se siguen.",
                        from);
    case EINVAL:
        return gr_error(err, "%s/%s no es un archivo normal.", from, name);
    case EFBIG:
        return gr_error(
            err, "%s/%s pasa de %d KiB: eso no parece una solución escrita a mano.", from,
            name, MAX_SOURCE / 1024);
    default:
        return gr_error(err, "No se puede leer %s/%s: %s.", from, name, strerror(-rc));
    }
}

int gr_copy_sources(const struct lab *lab, const char *from, const char *to,
                    bool *unwritten, struct gr_error *err)
{
    if (unwritten)
        *unwritten = false;
    struct stat st;
    if (stat(from, &st) < 0 && errno == ENOENT)
        return gr_error(err, "No está la carpeta %s/.", from);
    for (size_t i = 0; i < lab->n_sources; i++) {
        char *data;
        size_t size;
        int rc = ag_read_file(from, lab->sources[i], MAX_SOURCE, &data, &size);
        if (rc < 0)
            return missing(from, lab->sources[i], rc, err);
        char *path = ag_format("%s/%s", to, lab->sources[i]);
        rc = gr_write_file(path, data, size, err);
        free(path);
        free(data);
        if (rc < 0) {
            if (unwritten)
                *unwritten = true;
            return rc;
        }
    }
    return 0;
}

/* ¿Hay en la carpeta `from` un `name` que no sea este? Si no lo hay, no. */
static bool differs(const char *from, const char *name, const char *original, size_t size)
{
    char *data;
    size_t n;
    int rc = ag_read_file(from, name, MAX_SOURCE, &data, &n);
    if (rc < 0)
        return rc != -ENOENT;
    bool same = n == size && memcmp(data, original, n) == 0;
    free(data);
    return !same;
}

/* Copia a `to` lo que da el laboratorio, siempre de su carpeta: lo que venga con la entrega no
 * se usa, y si es otra cosa queda dicho. */
static int copy_given(struct gr_job *job, const char *to, struct gr_error *err)
{
    const struct lab *lab = job->lab;
    char *from = ag_format("labs/%s", lab->dir);
    int rc = 0;
    for (size_t i = 0; i < lab->n_given && rc == 0; i++) {
        const char *name = lab->given[i];
        char *data;
        size_t size;
        rc = ag_read_file(from, name, MAX_SOURCE, &data, &size);
        if (rc < 0) {
            rc = missing(from, name, rc, err);
            break;
        }
        if (differs(job->source, name, data, size)) {
            char *names = job->altered ? ag_format("%s, %s", job->altered, name)
                                       : ag_format("%s", name);
            free(job->altered);
            job->altered = names;
        }
        char *path = ag_format("%s/%s", to, name);
        rc = gr_write_file(path, data, size, err);
        free(path);
        free(data);
    }
    free(from);
    return rc;
}

/* ---- un trabajo ------------------------------------------------------------------ */

/* Compilar con ASan cuesta más que correr una prueba: solo si alguna lo usa. */
static bool needs_asan(const struct gr_config *cfg, const struct gr_job *job)
{
    if (cfg->sanitize)
        return true;
    for (size_t i = 0; i < job->lab->n_tests; i++) {
        const struct lab_test *test = &job->lab->tests[i];
        if (test->asan && gr_job_wants(job, test))
            return true;
    }
    return false;
}

/* Las que se piden, como las entiende el filtro de Criterion, o NULL si son todas. */
static char *wanted_tests(const struct gr_job *job)
{
    if (job->only || job->upto == 0)
        return job->only ? ag_format("%s", job->only) : NULL;
    char *list = ag_format("@(");
    for (size_t i = 0; i < job->lab->n_tests; i++) {
        const struct lab_test *test = &job->lab->tests[i];
        if (!gr_job_wants(job, test))
            continue;
        char *more = ag_format("%s%s%s", list, list[2] ? "|" : "", test->name);
        free(list);
        list = more;
    }
    char *whole = ag_format("%s)", list);
    free(list);
    return whole;
}

/* Todas las que tienen que pasar antes que esa, también las de las otras. */
static void mark_needs(const struct lab *lab, size_t test, bool *marked)
{
    for (size_t i = 0; i < lab->tests[test].n_needs; i++) {
        size_t need = lab->tests[test].needs[i];
        if (marked[need])
            continue;
        marked[need] = true;
        mark_needs(lab, need, marked);
    }
}

/* Una línea por prueba pedida, en el orden del manifiesto: su nombre y los de las que tienen que
 * pasar antes. Así la suite no espera a la que ya no puede dar puntos. */
static int write_needs(const struct gr_job *job, struct gr_error *err)
{
    const struct lab *lab = job->lab;
    bool *marked = ag_alloc(lab->n_tests, sizeof *marked);
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    for (size_t i = 0; f && i < lab->n_tests; i++) {
        if (!gr_job_wants(job, &lab->tests[i]))
            continue;
        memset(marked, 0, lab->n_tests * sizeof *marked);
        mark_needs(lab, i, marked);
        fputs(lab->tests[i].name, f);
        for (size_t k = 0; k < lab->n_tests; k++)
            if (marked[k] && gr_job_wants(job, &lab->tests[k]))
                fprintf(f, " %s", lab->tests[k].name);
        fputc('\n', f);
    }
    char *path = ag_format("%s/" GR_NEEDS, job->dir);
    int rc = f && fclose(f) == 0 ? gr_write_file(path, text, size, err)
                                 : gr_error(err, "no queda memoria");
    free(path);
    free(text);
    free(marked);
    return rc;
}

static int write_order(const struct gr_stage *stage, const struct gr_config *cfg,
                       const struct gr_job *job, struct gr_error *err)
{
    const struct lab *lab = job->lab;
    char *only = wanted_tests(job);
    json_t *sources = json_array();
    for (size_t i = 0; i < lab->n_sources; i++)
        json_array_append_new(sources, json_string(lab->sources[i]));
    for (size_t i = 0; i < lab->n_given; i++)
        json_array_append_new(sources, json_string(lab->given[i]));
    json_t *order = json_pack(
        "{s:s s:s s:s s:s s:s s:o s:i s:i s:b s:b s:b s:s s:s*}", "raiz", stage->root,
        "mostrada", job->shown, "programa", lab->program, "repite", job->repro, "semilla",
        "", "fuentes", sources, "pruebas", (int)lab->n_tests, "descriptores", lab->files,
        "asan", needs_asan(cfg, job), "sanitize", cfg->sanitize, "dibuja",
        cfg->draw && !cfg->sanitize, "caja", box_rung_name(cfg->rung), "solo", only);
    json_object_set_new(order, "semilla", json_string(job->seed));
    char *text = json_dumps(order, JSON_INDENT(2));
    char *path = ag_format("%s/orden.json", job->dir);
    int rc = text ? gr_write_file(path, text, strlen(text), err)
                  : gr_error(err,
                             "no se puede escribir la orden de %s: ruta que no es "
                             "UTF-8",
                             job->source);
    free(path);
    free(text);
    free(only);
    json_decref(order);
    return rc;
}

/* En un sitio ya aislado los programas son de otro usuario, y de lo que hay en su carpeta ven solo
 * las fuentes y lo que se les preste; y en las de otras entregas, que no son de su grupo, ni entran. */
static int close_job(const struct gr_config *cfg, struct gr_job *job,
                     struct gr_error *err)
{
    static const struct {
        const char *name;
        mode_t mode;
    } closed[] = {
        {"orden.json", 0600}, {"suite", 0700}, {"resultados", 0700}, {GR_AGAIN, 0700}};
    if (cfg->rung != BOX_ISOLATED)
        return 0;
    uid_t id;
    int rc = job->claim = identity_claim(&id);
    job->group = id;
    if (rc >= 0)
        rc = chown(job->dir, cfg->uid, id) < 0 || chmod(job->dir, 0710) < 0 ? -errno : 0;
    for (size_t i = 0; i < sizeof closed / sizeof *closed && rc == 0; i++) {
        char *path = ag_format("%s/%s", job->dir, closed[i].name);
        rc = chmod(path, closed[i].mode) < 0 && errno != ENOENT ? -errno : 0;
        free(path);
    }
    return rc < 0 ? gr_error(err, "no se puede cerrar %s: %s", job->dir, strerror(-rc))
                  : 0;
}

int gr_stage_job(struct gr_stage *stage, const struct gr_config *cfg, struct gr_job *job,
                 struct gr_error *err)
{
    static unsigned count;
    job->dir = ag_format("%s/%u", stage->root, ++count);
    char *sources = ag_format("%s/fuentes", job->dir);
    char *output = ag_format("%s/salida", job->dir);
    char *results = ag_format("%s/resultados", job->dir);
    char *again = ag_format("%s/" GR_AGAIN, job->dir);
    char *suites = ag_format("%s/labs/%s", stage->own, job->lab->dir);
    bool unwritten;
    int rc = -1;
    if (make_judge_dir(job->dir, cfg, err) < 0 || make_dir(sources, err) < 0 ||
        make_judge_dir(output, cfg, err) < 0 || make_judge_dir(results, cfg, err) < 0 ||
        make_judge_dir(again, cfg, err) < 0 || write_needs(job, err) < 0 ||
        write_order(stage, cfg, job, err) < 0)
        goto out;
    if (copy_into(suites, "suite", job->dir, "suite", 0755, err) < 0)
        job->fault = ag_format("Falta su suite: %s.", err->text);
    else if (copy_given(job, sources, err) < 0)
        job->fault = ag_format("Falta lo que da el laboratorio: %s", err->text);
    else if (gr_copy_sources(job->lab, job->source, sources, &unwritten, err) < 0)
        *(unwritten ? &job->fault : &job->missing) = ag_format(
            "%s%s", unwritten ? "No cabe la entrega: " : "", err->text);
    rc = close_job(cfg, job, err);
out:
    free(suites);
    free(again);
    free(results);
    free(output);
    free(sources);
    return rc;
}
