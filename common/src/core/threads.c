#include "core/threads.h"

#include <pthread.h>
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
