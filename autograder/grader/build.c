/* Compilar lo que entregó el estudiante, dentro de la caja: gcc también lee con
 * `#include` lo que se le pida, así que no ve más que las fuentes y la biblioteca.
 *
 * Primero se preprocesa, una vez; y de ese texto, y no de las fuentes, salen las dos versiones a la
 * vez: la normal, que corren casi todas las pruebas, y otra con ASan y UBSan, que ve los errores de
 * memoria que la normal perdona y se hace si alguna prueba la usa. Así ninguna puede ser otro
 * programa. Del texto se mira además que nadie la apague (guard.h). Lo que gcc avisa se enseña como
 * lo dice de las fuentes, que es mejor: si avisa de algo, se compilan para eso. */
#include "base/dir.h"
#include "base/memory.h"
#include "box/box.h"
#include "box/identity.h"
#include "grader/guard.h"
#include "grader/judge.h"
#include "grader/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUTPUT   "_salida_"
#define ASINC    "_asinc_"
#define SOURCE_I "_texto_"
#define GCC      "/usr/bin/gcc"
#define SHELL    "/usr/bin/sh"

/* gcc -E no admite más que uno cada vez: los nombres van delante de «--», y detrás, la orden. */
static const char each[] =
    "files=; while [ \"$1\" != -- ]; do files=\"$files $1\"; shift; done; shift; "
    "for f in $files; do \"$@\" " GR_BOX_SOURCE "/$f.c -o " OUTPUT "/$f.i || exit; done";

struct flavor {
    const char *name; /* carpeta bajo salida/ */
    const char *log;
    const char *library; /* NULL: no se enlaza nada */
    const char *const *flags;
    bool guarded, from_sources;
};

static const struct flavor text = {
    "texto", "texto.txt",
    NULL,    (const char *const[]){"-O1", "-E", "-w", "-U_FORTIFY_SOURCE", NULL},
    false,   true};
static const struct flavor flavors[] = {
    {"normal", "gcc.txt", ASINC "/libasinc.a", (const char *const[]){"-O1", NULL}, false,
     false},
    {"asan", "gcc-asan.txt", ASINC "/libasinc-asan.a",
     (const char *const[]){"-O1", "-fsanitize=address,undefined",
                           "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", NULL},
     true, false},
};
static const struct flavor words = {"palabras",
                                    "palabras.txt",
                                    ASINC "/libasinc.a",
                                    (const char *const[]){"-O1", NULL},
                                    false,
                                    true};
#define N_FLAVORS (sizeof flavors / sizeof *flavors)

/* Con pocos errores basta: los demás suelen ser eco del primero. */
static const char *const common_flags[] = {
    "-std=gnu11",
    "-D_GNU_SOURCE",
    "-g",
    "-Wall",
    "-Wextra",
    "-fstack-clash-protection",
    "-fdiagnostics-color=never",
    "-fmax-errors=10",
    "-I" ASINC "/include",
    "-I" GR_BOX_SOURCE,
    "-I/usr/include/postgresql", /* donde Debian deja libpq-fe.h */
    NULL,
};
/* Con qué se enlaza lo dice el Makefile: es lo mismo que llevan los ejemplos. Solo acaba en el
 * programa lo que use: cargar libpq para nada costaría en cada arranque. */
static const char libraries[] = GR_LIBRARIES;

/* Argumentos de gcc: los fijos, las fuentes y un margen. */
#define MAX_FIXED 48

struct command {
    char **argv;
    size_t n;
};

static void add(struct command *c, char *arg)
{
    c->argv[c->n++] = arg;
}

static void add_list(struct command *c, const char *const *list)
{
    for (; *list; list++)
        add(c, ag_format("%s", *list));
}

static void add_words(struct command *c, const char *list)
{
    for (size_t n; *(list += strspn(list, " ")); list += n) {
        n = strcspn(list, " ");
        add(c, ag_format("%.*s", (int)n, list));
    }
}

/* Los nombres de las fuentes de C, sin «.c», con algo delante y detrás. */
static void add_sources(struct command *c, const struct gr_order *o, const char *before,
                        const char *after)
{
    for (size_t i = 0; i < json_array_size(o->sources); i++) {
        const char *name = json_string_value(json_array_get(o->sources, i));
        size_t n = name ? strlen(name) : 0;
        if (n > 2 && strcmp(name + n - 2, ".c") == 0)
            add(c, ag_format("%s%.*s%s", before, (int)n - 2, name, after));
    }
}

static struct command command_for(const struct gr_order *o, const struct flavor *f)
{
    size_t most = MAX_FIXED + json_array_size(o->sources);
    struct command c = {.argv = ag_alloc(most, sizeof *c.argv)};
    if (f == &text) {
        add(&c, ag_format("-c"));
        add(&c, ag_format("%s", each));
        add(&c, ag_format("sh"));
        add_sources(&c, o, "", "");
        add(&c, ag_format("--"));
        add(&c, ag_format(GCC));
    }
    add_list(&c, common_flags);
    add_list(&c, f->flags);
    /* Que ASan y el enlazador nombren los archivos como los conoce el estudiante. */
    add(&c, ag_format("-ffile-prefix-map=" GR_BOX_SOURCE "=%s", o->shown));
    add(&c, ag_format("-ffile-prefix-map=" BOX_WORK_DIR "="));
    if (f->library) {
        add(&c, ag_format("-o"));
        add(&c, ag_format(OUTPUT "/%s", o->program));
    }
    if (f->guarded) {
        add_list(&c, gr_guard_flags);
        add_words(&c, "-x c - -x none");
    }
    if (f != &text)
        add_sources(&c, o, f->from_sources ? GR_BOX_SOURCE "/" : SOURCE_I "/",
                    f->from_sources ? ".c" : ".i");
    if (f->library) {
        add(&c, ag_format("%s", f->library));
        add_words(&c, libraries);
    }
    return c;
}

/* El texto de guard.h, para la entrada de gcc. */
static int guard_file(void)
{
    int fd = memfd_create("vigia", MFD_CLOEXEC);
    if (fd >= 0 && (ag_write(fd, gr_guard_source, strlen(gr_guard_source)) < 0 ||
                    lseek(fd, 0, SEEK_SET) < 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

static int start_gcc(const struct gr_order *o, const struct flavor *f, box_run **run,
                     struct gr_error *err)
{
    char *runner = ag_format("%s/runner", o->root);
    char *sources = ag_format("%s/fuentes", o->dir);
    char *asinc = ag_format("%s/asinc", o->root);
    char *output = ag_format("%s/salida/%s", o->dir, f->name);
    char *preprocessed = ag_format("%s/salida/%s", o->dir, text.name);
    char *log_path = ag_format("%s/%s", o->dir, f->log);
    struct command c = command_for(o, f);
    int rc = -1;
    int guard = f->guarded ? guard_file() : -1;
    int log = open(log_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (log < 0 || (f->guarded && guard < 0) || mkdir(output, 0700) < 0) {
        gr_error(err, "no se puede preparar %s: %s", output, strerror(errno));
        goto out;
    }
    struct box_bind binds[] = {
        {.host = sources, .inside = GR_BOX_SOURCE},
        {.host = asinc, .inside = ASINC},
        {.host = output, .inside = OUTPUT, .writable = true},
        {.host = preprocessed, .inside = SOURCE_I},
    };
    struct box_options options = box_options_default();
    options.runner = runner;
    options.program = f == &text ? SHELL : GCC;
    options.args = c.argv;
    options.binds = binds;
    options.bind_count = sizeof binds / sizeof *binds - (f == &text);
    options.limits = box_limits_compile();
    options.stdin_fd = guard;
    options.stdout_fd = log;
    options.stderr_fd = log;
    options.shared_net = false;
    options.rung = o->rung;
    rc = box_start(run, &options);
    if (rc == -ENOENT)
        gr_error(err, "no está %s: instala lo que falta con make setup", GCC);
    else if (rc < 0)
        gr_error(err, "no se puede lanzar gcc en la caja: %s", strerror(-rc));
out:
    if (log >= 0)
        close(log);
    if (guard >= 0)
        close(guard);
    for (size_t i = 0; i < c.n; i++)
        free(c.argv[i]);
    free(c.argv);
    free(log_path);
    free(preprocessed);
    free(output);
    free(asinc);
    free(sources);
    free(runner);
    return rc < 0 ? -1 : 0;
}

/* Añade una línea propia al final de lo que dijo gcc de la versión normal. */
static void note(const struct gr_order *o, const char *line)
{
    char *path = ag_format("%s/%s", o->dir, flavors[0].log);
    FILE *out = fopen(path, "ae");
    if (out) {
        fprintf(out, "%s\n", line);
        fclose(out);
    }
    free(path);
}

/* Lo que se enseña es lo que dijo gcc de la que no compila, si la normal sí. */
static int blame(const struct gr_order *o, const struct flavor *f)
{
    char *from = ag_format("%s/%s", o->dir, f->log);
    char *to = ag_format("%s/%s", o->dir, flavors[0].log);
    if (f != flavors && f != &text && rename(from, to) < 0)
        note(o, GR_BOX_SOURCE ": error: gcc no admite la versión con ASan");
    free(to);
    free(from);
    return 0;
}

/* Que ninguna prueba pueda cambiar el programa de las demás. */
static int lock_program(const struct gr_order *o, const struct flavor *f,
                        struct gr_error *err)
{
    char *output = ag_format("%s/salida/%s", o->dir, f->name);
    int rc = o->rung == BOX_ISOLATED ? identity_reclaim(output) : 0;
    free(output);
    return rc < 0 ? gr_error(err, "no se puede guardar el programa: %s", strerror(-rc))
                  : 0;
}

/* El texto de cada fuente, que ya nadie puede cambiar. 1 si no dice nada que no deba, 0 o -1. */
static int judge_text(const struct gr_order *o, struct gr_error *err)
{
    struct command c = {
        .argv = ag_alloc(json_array_size(o->sources) + 1, sizeof *c.argv)};
    char *before = ag_format("%s/salida/%s/", o->dir, text.name);
    int verdict = 1;
    add_sources(&c, o, before, ".i");
    for (size_t i = 0; i < c.n; i++) {
        char *said = NULL;
        int rc = verdict > 0 ? gr_guard_scan(c.argv[i], &said) : 0;
        if (rc < 0)
            verdict = gr_error(err, "no se puede leer el texto de la entrega: %s",
                               strerror(-rc));
        else if (rc > 0)
            verdict = 0;
        if (said)
            note(o, said);
        free(said);
        free(c.argv[i]);
    }
    free(before);
    free(c.argv);
    return verdict;
}

/* 1 si compiló, 0 si la culpa es de las fuentes, -1 si lo es de la máquina. */
static int judge_gcc(const struct gr_order *o, const struct flavor *f,
                     const struct box_result *r, struct gr_error *err)
{
    switch (r->kind) {
    case BOX_EXITED:
        if (r->code != 0 && ag_room_mib(o->dir) < GR_ROOM_MIB)
            return gr_error(err, "gcc falló y casi no queda sitio en TMPDIR: prueba con "
                                 "otro TMPDIR");
        if (r->code != 0)
            return blame(o, f);
        break;
    case BOX_LIMIT: {
        char *said = ag_format(GR_BOX_SOURCE ": error: gcc no acaba con este programa "
                                             "(límite de %s)",
                               box_limit_name(r->limit));
        note(o, said);
        free(said);
        return 0;
    }
    case BOX_SIGNALED:
        return gr_error(err, "gcc murió por la señal %d", r->signal);
    default:
        return gr_error(err, "la caja en la que compila gcc falló: %s", r->detail);
    }
    if (lock_program(o, f, err) < 0)
        return -1;
    if (!f->library)
        return 1;
    struct stat st;
    char *program = ag_format("%s/salida/%s/%s", o->dir, f->name, o->program);
    int rc = lstat(program, &st) == 0 && S_ISREG(st.st_mode)
                 ? 1
                 : gr_error(err, "gcc acabó bien pero no dejó el programa");
    free(program);
    return rc;
}

/* Espera a ese gcc. 1, 0 o -1, como judge_gcc. */
static int finish_gcc(const struct gr_order *o, const struct flavor *f, box_run *run,
                      struct gr_error *err)
{
    struct box_result result;
    int rc = box_wait(run, -1, &result);
    return rc < 0 ? gr_error(err, "la caja de gcc no contesta: %s", strerror(-rc))
                  : judge_gcc(o, f, &result, err);
}

static int run_gcc(const struct gr_order *o, const struct flavor *f, struct gr_error *err)
{
    box_run *run = NULL;
    int verdict = start_gcc(o, f, &run, err);
    if (verdict == 0)
        verdict = finish_gcc(o, f, run, err);
    box_free(run);
    return verdict;
}

/* Si del texto gcc dijo algo, se enseña lo que dice de las fuentes. Que no se pueda no es un fallo: se
 * queda lo otro. */
static void say_better(const struct gr_order *o)
{
    struct stat st;
    struct gr_error ignored;
    char *from = ag_format("%s/%s", o->dir, words.log);
    char *to = ag_format("%s/%s", o->dir, flavors[0].log);
    bool silent = stat(to, &st) == 0 && st.st_size == 0;
    if (!silent && run_gcc(o, &words, &ignored) >= 0 && stat(from, &st) == 0 &&
        st.st_size > 0 && rename(from, to) < 0)
        errno = 0; /* queda lo otro */
    free(to);
    free(from);
}

/* Las versiones desde `first` hasta antes de `last`. */
static int build(const struct gr_order *order, size_t first, size_t last,
                 struct gr_error *err)
{
    box_run *runs[N_FLAVORS] = {0};
    int verdict = 1;
    for (size_t i = first; i < last && verdict > 0; i++)
        if (start_gcc(order, &flavors[i], &runs[i], err) < 0)
            verdict = -1;
    for (size_t i = first; i < last && verdict > 0; i++) {
        verdict = finish_gcc(order, &flavors[i], runs[i], err);
        if (i == 0)
            say_better(order);
        if (i == 0 && verdict > 0 && order->asan)
            verdict = judge_text(order, err);
    }
    for (size_t i = 0; i < N_FLAVORS; i++)
        box_free(runs[i]);
    return verdict;
}

int gr_build(const struct gr_order *order, struct gr_error *err)
{
    int verdict = run_gcc(order, &text, err);
    if (verdict > 0)
        return build(order, 0, order->asan ? N_FLAVORS : 1, err);
    /* Ni se puede leer: que gcc lo cuente como siempre. */
    if (verdict == 0 && (verdict = run_gcc(order, &words, err)) > 0) {
        note(order, GR_BOX_SOURCE ": error: gcc no puede preprocesarlo");
        verdict = 0;
    }
    return verdict;
}

int gr_build_asan(const struct gr_order *order, struct gr_error *err)
{
    if (order->asan)
        return 1;
    int verdict = judge_text(order, err);
    return verdict > 0 ? build(order, 1, N_FLAVORS, err) : verdict;
}
