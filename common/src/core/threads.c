#include "core/threads.h"

#include <asinc/error.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <uv.h>

enum { MAX_THREADS = 64, LIBUV_THREADS = 4, LIBUV_MAX_THREADS = 1024 };

static int thread_count;

static void choose_thread_count(void)
{
    const char *text = getenv("UV_THREADPOOL_SIZE");
    char chosen[16];

    if (text) { /* lo que libuv entenderá de ella */
        thread_count = atoi(text);
        thread_count = thread_count > LIBUV_MAX_THREADS ? LIBUV_MAX_THREADS
                                                        : thread_count;
        thread_count = thread_count < 1 ? 1 : thread_count;
        return;
    }
    thread_count = 2 * ((int)uv_available_parallelism() + 5);
    thread_count = thread_count > MAX_THREADS ? MAX_THREADS : thread_count;
    snprintf(chosen, sizeof chosen, "%d", thread_count);
    if (setenv("UV_THREADPOOL_SIZE", chosen, 0) != 0)
        thread_count = LIBUV_THREADS;
}

int as__thread_count(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, choose_thread_count);
    return thread_count;
}

size_t as__work_slots(void)
{
    int slots = as__thread_count() / 2; /* la otra mitad queda para los archivos */

    return slots > 0 ? (size_t)slots : 1;
}

static void wait_for_the_rest(void *created)
{
    uv_sem_wait(created);
}

int as__threads_available(void)
{
    static atomic_bool seen;
    uv_thread_t threads[LIBUV_MAX_THREADS];
    uv_sem_t created;
    int n = 0, rc = 0;

    if (atomic_load(&seen))
        return 0;
    rc = uv_sem_init(&created, 0);
    if (rc < 0)
        return rc;
    while (rc == 0 && n < as__thread_count()) {
        rc = uv_thread_create(&threads[n], wait_for_the_rest, &created);
        n += rc == 0;
    }
    for (int i = 0; i < n; i++)
        uv_sem_post(&created);
    for (int i = 0; i < n; i++)
        uv_thread_join(&threads[i]);
    uv_sem_destroy(&created);
    if (rc < 0)
        return as_error_set(
            UV_EAGAIN,
            "no se pueden crear los %d hilos que hacen falta (%s): el sistema "
            "no da más procesos o memoria, o pon menos en UV_THREADPOOL_SIZE",
            as__thread_count(), as_strerror(rc));
    atomic_store(&seen, true);
    return 0;
}
