#include "core/outside.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include <asinc/threadsafe.h>

#include "core/observe.h"
#include "core/task_internal.h"

/* Los bucles vivos, y lo que otros hilos tocan de ellos. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct as__link living = {&living, &living};
static uint64_t last_id;

/* Una llamada que viene de otro hilo. */
struct call {
    struct as__job job;
    as_callback_fn *fn;
    void *arg;
    void (*rejected)(void *arg); /* se llama en vez de `fn` si el bucle terminó; o NULL */
};

/* ---- Abrir y cerrar ----------------------------------------------------------------- */

static void on_outside(uv_async_t *async)
{
    struct as__loop *loop = as__container_of(async, struct as__loop, outside.async);

    as__ctrl_c_attend(loop);
    as__observe_attend(loop);
    as__outside_take_calls(loop);
}

int as__outside_open(struct as__loop *loop)
{
    struct as__outside *outside = &loop->outside;
    int rc = uv_async_init(&loop->uv, &outside->async, on_outside);

    if (rc < 0)
        return rc;
    uv_unref((uv_handle_t *)&outside->async);
    outside->last = &outside->first;
    pthread_mutex_lock(&lock);
    outside->id = ++last_id;
    as__list_append(&living, &outside->living);
    pthread_mutex_unlock(&lock);
    return 0;
}

static void reject(struct as__job *job)
{
    struct call *call = as__container_of(job, struct call, job);

    if (call->rejected)
        call->rejected(call->arg);
    free(call);
}

void as__outside_close(struct as__loop *loop)
{
    pthread_mutex_lock(&lock);
    struct as__job *job = loop->outside.first;
    loop->outside.first = NULL;
    as__list_remove(&loop->outside.living);
    pthread_mutex_unlock(&lock);
    while (job) {
        struct as__job *next = job->next;
        reject(job);
        job = next;
    }
}

static const char loop_ended[] = "el bucle al que se llama desde otro hilo ya terminó";

/* ---- Llamar ------------------------------------------------------------------------- */

as_loop *as_current_loop(void)
{
    struct as__loop *loop = as__loop;

    if (!loop)
        return NULL;
    if (!loop->outside.expected) {
        loop->outside.expected = true;
        uv_ref((uv_handle_t *)&loop->outside.async);
        loop->pending_io++;
    }
    return (as_loop *)(uintptr_t)loop->outside.id;
}

static struct as__loop *find(const as_loop *wanted)
{
    for (struct as__link *link = living.next; link != &living; link = link->next) {
        struct as__loop *loop = as__container_of(link, struct as__loop, outside.living);
        if (loop->outside.id == (uintptr_t)wanted)
            return loop;
    }
    return NULL;
}

static void run_call(struct as__job *job)
{
    struct call *call = as__container_of(job, struct call, job);

    if (as__loop->ending) { /* la principal terminó: puede apuntar a memoria suya */
        reject(job);
        return;
    }
    call->fn(call->arg);
    free(call);
}

static int post(const as_loop *wanted, as_callback_fn *fn, void *arg,
                void (*rejected)(void *))
{
    struct call *call = malloc(sizeof *call);

    if (!call)
        return as__error(UV_ENOMEM);
    *call = (struct call){
        .job = {.run = run_call}, .fn = fn, .arg = arg, .rejected = rejected};
    pthread_mutex_lock(&lock);
    struct as__loop *loop = find(wanted);
    if (loop) {
        *loop->outside.last = &call->job;
        loop->outside.last = &call->job.next;
        uv_async_send(&loop->outside.async);
    }
    pthread_mutex_unlock(&lock);
    if (loop)
        return 0;
    free(call);
    return as__error(UV_ESRCH);
}

void as__outside_take_calls(struct as__loop *loop)
{
    pthread_mutex_lock(&lock);
    if (loop->outside.first) {
        *loop->ready_tail = loop->outside.first;
        loop->ready_tail = loop->outside.last;
        loop->outside.first = NULL;
        loop->outside.last = &loop->outside.first;
    }
    pthread_mutex_unlock(&lock);
}

/* Deja la explicación de un error a quien llama, esté o no en una tarea. */
static int explain(int error, const char *detail)
{
    if (as_current_task())
        as__detail_adopt(error, detail);
    else
        as__detail_keep(error, detail);
    return error;
}

int as_call_soon_threadsafe(as_loop *loop, as_callback_fn *fn, void *arg)
{
    int rc = post(loop, fn, arg, NULL);

    return rc == UV_ESRCH ? explain(rc, loop_ended) : rc;
}

/* ---- Una tarea pedida desde otro hilo ----------------------------------------------- */

/* Vive en la pila del hilo que espera. */
struct request {
    as_fn *fn;
    void *arg;
    const void *site;
    sem_t answered;
    int rc;
    char *detail;
};

static int run_request(void *arg)
{
    struct request *request = arg;

    return request->fn(request->arg);
}

static void answer(struct request *request, int rc, const char *detail)
{
    request->rc = rc;
    request->detail = rc < 0 && detail ? strdup(detail) : NULL;
    sem_post(&request->answered);
}

static void on_rejected(void *arg)
{
    answer(arg, UV_ESRCH, loop_ended);
}

static void on_task_ended(as_task *task)
{
    task->looked = true; /* quien la pidió recibe su error */
    answer(task->arg, task->result, as__task_detail(task, task->result));
}

static void start_request(void *arg)
{
    struct request *request = arg;
    as_task *task = as__task_new(NULL, "desde otro hilo", run_request, request,
                                 request->site);

    if (!task) {
        answer(request, UV_ENOMEM, NULL);
        return;
    }
    task->detached = true;
    task->ended = on_task_ended;
}

static void wait_for_answer(struct request *request)
{
    while (sem_wait(&request->answered) != 0)
        ; /* solo puede interrumpirlo una señal */
}

int as_run_threadsafe(as_loop *loop, as_fn *fn, void *arg)
{
    struct request request = {.fn = fn, .arg = arg, .site = __builtin_return_address(0)};

    if (as__loop && as__loop->outside.id == (uintptr_t)loop)
        return as_error_set(AS_EDEADLK,
                            "as_run_threadsafe espera parando el hilo, y es el "
                            "de ese mismo bucle: usa as_spawn");
    sem_init(&request.answered, 0, 0);
    int rc = post(loop, start_request, &request, on_rejected);
    if (rc == 0)
        wait_for_answer(&request);
    else
        answer(&request, rc, rc == UV_ESRCH ? loop_ended : NULL);
    sem_destroy(&request.answered);
    if (request.rc < 0)
        explain(request.rc, request.detail);
    free(request.detail);
    return request.rc;
}
