#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/observe.h"
#include "core/sanitizer.h"
#include "core/threads.h"

#ifdef AS_ASAN
enum { DEFAULT_STACK = 1024 * 1024 };
#else
enum { DEFAULT_STACK = 256 * 1024 };
#endif

enum { MIN_STACK = 16 * 1024 };

static const struct as__stack *running_stack(const char **task_name)
{
    as_task *task = as__loop ? as__loop->current : NULL;

    if (!task)
        return NULL;
    *task_name = task->name;
    return task->coro.stack;
}

/* ---- Escribir donde no se puede ------------------------------------------------------ */

/* En una conexión rota, o pasado el tamaño que el sistema permite a un archivo: es un error de
 * quien escribe y no debe matar el programa. El efecto de una señal es del proceso entero: se
 * ignoran mientras quede algún bucle, en el hilo que sea. */
static struct {
    int number;
    struct sigaction before;
} deadly[] = {{.number = SIGPIPE}, {.number = SIGXFSZ}};

enum { DEADLY = sizeof deadly / sizeof *deadly };

static pthread_mutex_t deadly_lock = PTHREAD_MUTEX_INITIALIZER;
static int deadly_users;

static void ignore_deadly_signals(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    pthread_mutex_lock(&deadly_lock);
    if (deadly_users++ == 0) {
        for (size_t i = 0; i < DEADLY; i++)
            sigaction(deadly[i].number, &ignore, &deadly[i].before);
    }
    pthread_mutex_unlock(&deadly_lock);
}

static void restore_deadly_signals(void)
{
    struct sigaction now;

    pthread_mutex_lock(&deadly_lock);
    deadly_users--;
    for (size_t i = 0; i < DEADLY; i++) {
        sigaction(deadly[i].number, NULL, &now);
        if (deadly_users == 0 && now.sa_handler == SIG_IGN)
            sigaction(deadly[i].number, &deadly[i].before, NULL);
    }
    pthread_mutex_unlock(&deadly_lock);
}

/* ---- Los descriptores 0, 1 y 2 ------------------------------------------------------- */

/* Si el programa nació sin alguno (`programa <&-`), el primero que se abriera ocuparía su sitio:
 * un socket recibiría lo que se dice por stderr, y libuv aborta al cerrarlo. Se ocupa con algo
 * que al leer o escribir falla como si siguiera cerrado. */
static void secure_standard_fds(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0) /* open da el menor que está libre: este */
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

/* ---- Nacer y morir ------------------------------------------------------------------ */

static int choose_clock(enum as_clock wanted, bool *is_virtual)
{
    const char *text = getenv("AS_CLOCK");

    *is_virtual = wanted == AS_CLOCK_VIRTUAL;
    if (wanted != AS_CLOCK_AUTO || !text || !*text || strcmp(text, "real") == 0)
        return 0;
    *is_virtual = strcmp(text, "virtual") == 0;
    return *is_virtual ? 0 : UV_EINVAL;
}

static int loop_init(struct as__loop *loop, const as_options *options)
{
    size_t stack_size = options->stack_size ? options->stack_size : DEFAULT_STACK;
    int rc = choose_clock(options->clock, &loop->is_virtual);

    if (rc < 0 || stack_size < MIN_STACK)
        return UV_EINVAL;
    as_semaphore_init(&loop->work_slots, as__work_slots());
    rc = uv_loop_init(&loop->uv);
    if (rc < 0)
        return rc;
    rc = as__outside_open(loop);
    if (rc < 0) {
        uv_loop_close(&loop->uv);
        return rc;
    }
    uv_timer_init(&loop->uv, &loop->wake_up);
    loop->ready_tail = &loop->ready_head;
    as__list_init(&loop->tasks);
    as__list_init(&loop->tracked);
    as__list_init(&loop->at_exit);
    as__list_init(&loop->idle_waiters);
    as__list_init(&loop->listeners);
    as__list_init(&loop->dialing);
    as__stack_pool_init(&loop->stacks, stack_size, !options->no_stack_guard);
    as__coro_init_thread(&loop->coro);
    return 0;
}

static void close_handle(uv_handle_t *handle, void *wake_up)
{
    if (handle != wake_up && !uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void on_patience_over(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* Atiende lo que quede, `ms` como mucho. true si no queda nada. */
static bool drain(struct as__loop *loop, uint64_t ms)
{
    uv_update_time(&loop->uv);
    uv_timer_start(&loop->wake_up, on_patience_over, ms, 0);
    return uv_run(&loop->uv, UV_RUN_DEFAULT) == 0;
}

enum { SILENT_MS = 1000, PATIENCE_MS = 10000 };

/* Lo abandonado que sigue en algún hilo: no se puede cortar, y su memoria está aquí. */
static bool wait_for_threads(struct as__loop *loop)
{
    uv_unref((uv_handle_t *)&loop->wake_up);
    if (drain(loop, SILENT_MS))
        return true;
    fprintf(stderr,
            "asinc: as_run espera a lo que se canceló y sigue en otro hilo (trabajos, "
            "archivos): %u. Ctrl+C mata el programa.\n",
            loop->uv.active_reqs.count);
    if (drain(loop, PATIENCE_MS - SILENT_MS))
        return true;
    fprintf(stderr, "asinc: no terminan; as_run las deja y vuelve.\n");
    return false;
}

static void loop_destroy(struct as__loop *loop)
{
    as__outside_close(loop);
    /* También lo que el programa olvidó: abierto, mantendría vivo el bucle para siempre. */
    uv_walk(&loop->uv, close_handle, &loop->wake_up);
    bool quiet = wait_for_threads(loop);
    as__stack_pool_destroy(&loop->stacks);
    if (!quiet)
        return; /* el hilo aún escribirá en el bucle: no se puede liberar */
    uv_close((uv_handle_t *)&loop->wake_up, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT); /* cerrar es asíncrono: falta su aviso */
    uv_loop_close(&loop->uv);
    free(loop);
}

static void run_at_exit(struct as__loop *loop)
{
    while (!as__list_empty(&loop->at_exit)) {
        struct as__link *first = loop->at_exit.next;
        as__list_remove(first);
        struct as__at_exit *at_exit = as__container_of(first, struct as__at_exit, link);
        at_exit->run(at_exit);
    }
}

/* El sitio de una tarea es una dirección de vuelta, detrás de la llamada. A la principal no la
 * llama nadie del programa: el suyo es el principio de su función. */
static const void *inside(as_fn *fn)
{
    return (const char *)(uintptr_t)fn + 1;
}

static int run_main(struct as__loop *loop, as_fn *main_fn, void *arg)
{
    loop->spare_stack = as__stack_acquire(&loop->stacks);
    if (loop->spare_stack)
        loop->main_task = as__task_new(NULL, "principal", main_fn, arg, inside(main_fn));
    if (!loop->main_task)
        return UV_ENOMEM;
    as__loop_run(loop);
    int rc = loop->deadlocked ? AS_EDEADLK : loop->main_task->result;
    loop->main_task->looked = true; /* su error lo devuelve as_run */
    as__detail_keep(rc, as__task_detail(loop->main_task, rc));
    as__task_free(loop->main_task);
    return rc;
}

int as_run(as_fn *main_fn, void *arg)
{
    return as_run_options(main_fn, arg, NULL);
}

int as_run_options(as_fn *main_fn, void *arg, const as_options *options)
{
    static const as_options defaults;

    if (as__loop)
        return as_error_set(UV_EBUSY, "ya hay un bucle corriendo en este hilo");
    as__detail_keep(0, NULL);
    if (!options)
        options = &defaults;
    struct as__loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return UV_ENOMEM;
    secure_standard_fds();
    int rc = loop_init(loop, options);
    if (rc < 0) {
        free(loop);
        return rc;
    }
    rc = as__observe_init(loop, options);
    if (rc < 0)
        goto fail_trap;
    struct as__overflow_trap *trap = as__overflow_trap_install(running_stack);
    if (!trap) {
        rc = UV_ENOMEM;
        as__observe_close(loop);
        goto fail_trap;
    }
    ignore_deadly_signals();
    if (!options->no_sigint)
        as__ctrl_c_watch(loop);

    as__loop = loop;
    rc = run_main(loop, main_fn, arg);
    run_at_exit(loop);
    as__ctrl_c_forget(loop);
    as__observe_close(loop);
    as__loop = NULL;

    restore_deadly_signals();
    as__overflow_trap_remove(trap);
fail_trap:
    loop_destroy(loop);
    return rc;
}
