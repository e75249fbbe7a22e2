/* `make watch`: esperar a que se guarde algo, probarlo y contarlo.
 *
 * Un bucle de libuv con cuatro cosas que esperar: que cambie un archivo, una tecla, una señal y
 * que acabe lo que está en marcha. Si se guarda otra vez mientras se prueba, se detiene lo que
 * hay y se empieza de nuevo. */
#include "day/watch.h"
#include "base/clock.h"
#include "base/memory.h"
#include "day/child.h"
#include "day/console.h"
#include "day/day.h"
#include "day/files.h"
#include "day/progress.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

/* Guardar un archivo son varios avisos. Se espera a que callen, pero no para siempre. */
enum { QUIET_MS = 60, MOST_MS = 500, TICK_MS = 200 };

static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP};
enum { N_HANDLED = sizeof handled / sizeof *handled };

struct watch {
    uv_loop_t *loop;
    struct day_course course;
    struct day_target *targets;
    size_t n, at;
    bool pinned; /* solo el que se pidió */
    struct day_console console;
    struct day_files files;
    struct day_child child;
    uv_timer_t quiet, tick;
    uv_signal_t signals[N_HANDLED];
    struct day_round round;
    double first_ms; /* primer aviso de lo que se está guardando; 0, no hay ninguno */
    bool pending;    /* en cuanto acabe lo que hay, otra vuelta */
    bool asking;     /* se ha preguntado si empezar de nuevo */
    bool leaving;
    int code;
};

static const char keys[] = "h pista · a todo · r empezar · n siguiente · q salir";

static struct day_target *current(struct watch *w)
{
    return &w->targets[w->at];
}

/* ---- enseñar ------------------------------------------------------------------------------- */

/* Una página en memoria: se empieza, se escribe en `s.out` y se enseña. */
struct page {
    struct gr_screen s;
    char *text;
    size_t size;
};

static bool page_open(struct watch *w, struct page *p)
{
    *p = (struct page){0};
    p->s = day_console_screen(&w->console, open_memstream(&p->text, &p->size));
    if (!p->s.out)
        return false;
    char hour[16], *title = day_target_title(current(w));
    time_t now = time(NULL);
    struct tm parts;
    strftime(hour, sizeof hour, "%H:%M:%S", localtime_r(&now, &parts));
    fprintf(p->s.out, "%s", p->s.style.bold);
    gr_put_row(&p->s, " ", title, hour, "");
    fprintf(p->s.out, "%s\n", p->s.style.off);
    free(title);
    return true;
}

static void page_show(struct watch *w, struct page *p)
{
    if (w->console.keys)
        fprintf(p->s.out, "\n %s%s%s\n", p->s.style.dim, keys, p->s.style.off);
    else
        fputc('\n', p->s.out);
    fclose(p->s.out);
    day_console_page(&w->console, p->text);
    free(p->text);
}

static void put_status(struct watch *w)
{
    if (w->asking) {
        day_console_status(&w->console, " ¿Empezar de nuevo? Se guarda una copia (s/n) ");
        return;
    }
    if (!w->child.running || w->leaving)
        return;
    char *text = ag_format(" %s… %d s",
                           !current(w)->lab ? "Probando"
                           : w->round.alone ? "Probando lo que fallaba"
                                            : "Calificando",
                           (int)((ag_ms() - w->round.start_ms) / 1000));
    day_console_status(&w->console, text);
    free(text);
}

static void on_tick(uv_timer_t *timer)
{
    put_status(timer->data);
}

/* ---- una vuelta ---------------------------------------------------------------------------- */

static void leave(struct watch *w, int code);

static void start_part(struct watch *w)
{
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    struct gr_screen screen = day_console_screen(&w->console, stdout);
    if (w->console.terminal) {
        char *cols = ag_format("%zu", screen.cols);
        setenv("COLUMNS", cols, 1);
        setenv("CLICOLOR_FORCE", "1", 1);
        free(cols);
    }
    w->round.start_ms = ag_ms();
    w->round.wall_start = (double)wall.tv_sec * 1e3 + (double)wall.tv_nsec / 1e6;
    char **argv = day_round_command(&w->round);
    int rc = day_child_start(&w->child, argv);
    if (rc < 0) {
        fprintf(stderr, "make watch: no puedo ejecutar %s: %s\n", argv[0],
                uv_strerror(rc));
        leave(w, GR_EXIT_FAILURE);
    }
    day_command_free(argv);
    put_status(w);
}

/* Empieza una vuelta con lo que hay; si hay algo en marcha, cuando acabe. */
static void start_round(struct watch *w)
{
    w->asking = false;
    w->pending = w->child.running;
    if (w->child.running) {
        day_child_cancel(&w->child);
        return;
    }
    struct day_target *t = current(w);
    double now = ag_ms();
    w->round.target = t;
    w->round.first_ms = w->first_ms > 0 ? w->first_ms : now;
    w->first_ms = 0;
    t->print = day_files_print(t->dir);
    if (t->lab) {
        free(w->round.focus);
        w->round.focus = day_target_focus(t, NULL);
        w->round.early = false;
        w->round.alone = w->round.focus != NULL && w->round.saved != NULL;
    }
    start_part(w);
}

/* Olvida la vuelta anterior: otro objetivo, u otra vez porque se pide. */
static void new_round(struct watch *w, size_t at)
{
    w->at = at;
    free(w->round.saved);
    free(w->round.focus);
    struct day_progress p;
    day_progress_read(&p);
    const struct lab *lab = current(w)->lab;
    struct day_points had = lab ? day_lab_points(&p, lab->dir) : (struct day_points){0};
    day_progress_close(&p);
    w->round = (struct day_round){.grader = w->round.grader,
                                  .before = had.max > 0 ? had.points : -1};
    start_round(w);
}

static void on_done(void *arg)
{
    struct watch *w = arg;
    if (w->leaving) {
        leave(w, w->code);
    } else if (w->pending) {
        start_round(w);
    } else if (!w->child.cancelled) {
        struct page page;
        if (!page_open(w, &page))
            return;
        day_round_put(&page.s, &w->round, w->child.out, w->child.status);
        page_show(w, &page);
        if (day_round_next(&w->round))
            start_part(w);
    }
}

/* ---- lo que se guarda ---------------------------------------------------------------------- */

/* El primero que cambió desde que se probó; el de ahora, antes que otro. */
static bool find_changed(struct watch *w, size_t *found)
{
    for (size_t i = 0; i < w->n; i++) {
        size_t k = (w->at + i) % w->n;
        uint64_t now = day_files_print(w->targets[k].dir);
        if (now != w->targets[k].print) {
            *found = k;
            return true;
        }
        if (w->pinned)
            return false;
    }
    return false;
}

static void on_quiet(uv_timer_t *timer)
{
    struct watch *w = timer->data;
    size_t at;
    if (!find_changed(w, &at)) {
        w->first_ms = 0;
        return;
    }
    bool same = at == w->at;
    w->at = at;
    struct day_target *t = current(w);
    free(w->round.saved);
    w->round.saved = day_files_newest(t->dir);
    if (!same)
        w->round.before = -1;
    if (!t->lab && w->round.saved) {
        free(w->round.focus);
        w->round.focus = ag_format("%.*s", (int)strlen(w->round.saved) - 2,
                                   w->round.saved);
    }
    start_round(w);
}

static void on_changed(void *arg)
{
    struct watch *w = arg;
    if (w->leaving)
        return;
    double now = ag_ms();
    if (w->first_ms == 0)
        w->first_ms = now;
    double left = w->first_ms + MOST_MS - now;
    uv_timer_start(&w->quiet, on_quiet,
                   left < 0          ? 0
                   : left < QUIET_MS ? (uint64_t)left
                                     : QUIET_MS,
                   0);
}

/* ---- teclas -------------------------------------------------------------------------------- */

static void show_hint(struct watch *w)
{
    struct page page;
    if (!page_open(w, &page))
        return;
    char *focus = current(w)->lab ? NULL : day_target_focus(current(w), NULL);
    day_target_hint(&page.s, current(w), w->round.focus ? w->round.focus : focus);
    free(focus);
    page_show(w, &page);
    put_status(w);
}

/* De la práctica, el ejercicio siguiente que falta; cuando no queda, lo que viene detrás. */
static void go_next(struct watch *w)
{
    struct day_target *t = current(w);
    char *focus = t->lab ? NULL : day_target_focus(t, w->round.focus);
    if (!focus) {
        new_round(w, (w->at + 1) % w->n);
        return;
    }
    free(w->round.saved);
    w->round.saved = NULL;
    free(w->round.focus);
    w->round.focus = focus;
    start_round(w);
}

/* Como al principio: de la práctica, solo el ejercicio que se mira. */
static void reset(struct watch *w)
{
    struct day_target *t = current(w);
    bool one = !t->lab && w->round.focus;
    char *name = one ? ag_format("%s.c", w->round.focus) : NULL;
    char *out = day_child_run((char *[]){"autograder/day/reset.sh", t->dir, name,
                                         NULL}); /* sin `name` acaba ahí */
    struct page page;
    if (page_open(w, &page)) {
        fputs(out, page.s.out);
        page_show(w, &page);
    }
    free(out);
    free(name);
}

static void on_key(void *arg, char key)
{
    struct watch *w = arg;
    if (w->leaving)
        return;
    if (w->asking && key != '\3' && key != '\0') {
        w->asking = false;
        day_console_status(&w->console, NULL);
        if (key == 's' || key == 'S')
            reset(w);
        return;
    }
    switch (key) {
    case 'h':
        show_hint(w);
        break;
    case 'a':
        new_round(w, w->at);
        break;
    case 'r':
        w->asking = true;
        put_status(w);
        break;
    case 'n':
        go_next(w);
        break;
    case 'q':
    case '\3':
        leave(w, 0);
        break;
    case '\0':
        leave(w, 128 + SIGHUP);
        break;
    default:
        break;
    }
}

/* ---- irse ---------------------------------------------------------------------------------- */

/* Primero acaba lo que está en marcha; después se cierra todo, y el bucle termina. */
static void leave(struct watch *w, int code)
{
    w->code = code;
    if (!w->leaving)
        day_console_status(&w->console, NULL);
    w->leaving = true;
    if (w->child.running) {
        day_child_cancel(&w->child);
        return;
    }
    for (size_t i = 0; i < N_HANDLED; i++)
        uv_close((uv_handle_t *)&w->signals[i], NULL);
    uv_close((uv_handle_t *)&w->quiet, NULL);
    uv_close((uv_handle_t *)&w->tick, NULL);
    day_files_close(&w->files);
    day_child_close(&w->child);
    day_console_close(&w->console);
}

static void on_signal(uv_signal_t *handle, int signum)
{
    struct watch *w = handle->data;
    if (signum == SIGTSTP) {
        day_console_suspend(&w->console);
        put_status(w);
    } else {
        leave(w, 128 + signum);
    }
}

/* ---- empezar ------------------------------------------------------------------------------- */

static void load_targets(struct watch *w)
{
    w->targets = ag_alloc(w->course.n_chapters + w->course.labs.n, sizeof *w->targets);
    for (size_t i = 0; i < w->course.n_chapters; i++) {
        const struct day_chapter *chapter = &w->course.chapters[i];
        if (chapter->n > 0)
            w->targets[w->n++] = (struct day_target){
                .chapter = chapter,
                .dir = ag_format("lessons/%s/practica", chapter->dir)};
    }
    for (size_t i = 0; i < w->course.labs.n; i++) {
        const struct lab *lab = &w->course.labs.v[i];
        w->targets[w->n++] = (struct day_target){.lab = lab,
                                                 .dir = ag_format("labs/%s", lab->dir)};
    }
    for (size_t i = 0; i < w->n; i++)
        w->targets[i].print = day_files_print(w->targets[i].dir);
}

/* El que dice "LAB=07" o "CAP=05". 0, o -1 si no lo hay. */
static int find_target(struct watch *w, const char *which)
{
    const char *id = strchr(which, '=');
    bool lab = strncmp(which, "LAB=", 4) == 0;
    const struct lab *wanted = lab ? day_course_lab(&w->course, id + 1) : NULL;
    const struct day_chapter *chapter = id && !lab
                                            ? day_course_chapter(&w->course, id + 1)
                                            : NULL;
    for (size_t i = 0; i < w->n; i++)
        if ((wanted && w->targets[i].lab == wanted) ||
            (chapter && w->targets[i].chapter == chapter)) {
            w->at = i;
            return 0;
        }
    return -1;
}

static void start(struct watch *w, bool ask)
{
    const char **dirs = ag_alloc(w->n, sizeof *dirs);
    for (size_t i = 0; i < w->n; i++)
        dirs[i] = w->targets[i].dir;
    uv_timer_init(w->loop, &w->quiet);
    uv_timer_init(w->loop, &w->tick);
    w->quiet.data = w->tick.data = w;
    for (size_t i = 0; i < N_HANDLED; i++) {
        uv_signal_init(w->loop, &w->signals[i]);
        w->signals[i].data = w;
        uv_signal_start(&w->signals[i], on_signal, handled[i]);
    }
    day_child_init(&w->child, w->loop, on_done, w);
    day_files_open(&w->files, w->loop, dirs, w->n, ask, on_changed, w);
    day_console_open(&w->console, w->loop, on_key, w);
    if (w->console.terminal)
        uv_timer_start(&w->tick, on_tick, TICK_MS, TICK_MS);
    free(dirs);
}

int day_watch(const char *which, bool ask, char *const *grader)
{
    struct watch w = {.loop = uv_default_loop(), .round.grader = grader};
    struct day_progress progress;
    struct gr_error err;
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* si matan a make, aquí no queda nadie */
    signal(SIGPIPE, SIG_IGN);
    if (day_course_load(&w.course, &err) < 0) {
        fprintf(stderr, "make watch: %s\n", err.text);
        return GR_EXIT_USAGE;
    }
    load_targets(&w);
    day_progress_read(&progress);
    const char *last = day_last(&progress);
    w.pinned = *which != '\0';
    if (find_target(&w, w.pinned ? which : last ? last : "") < 0 && w.pinned) {
        fprintf(stderr, "make watch: no hay nada que se llame %s\n", which);
        w.code = GR_EXIT_USAGE;
    } else {
        start(&w, ask);
        new_round(&w, w.at);
        uv_run(w.loop, UV_RUN_DEFAULT);
        uv_loop_close(w.loop);
        day_files_free(&w.files);
    }
    day_progress_close(&progress);
    free(w.round.saved);
    free(w.round.focus);
    for (size_t i = 0; i < w.n; i++)
        free(w.targets[i].dir);
    free(w.targets);
    day_course_free(&w.course);
    return w.code;
}
