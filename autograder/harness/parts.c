/* parts.c: quién participa en la prueba y cómo se espera a que pase algo. */
#include "harness/internal.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Lo que puede tardar en llegar lo que un programa ya acabado dejó en los sockets. */
#define STRAGGLER_MS 300

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static struct hs__part *parts;
static unsigned events;   /* lo que ha pasado en la prueba */
static unsigned stirs;    /* los avisos a quien espera */
static double wait_start; /* de la última espera */

/* Los plazos no deben saltar porque alguien ponga en hora el reloj. */
static void init_condition(void)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

void hs__lock(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_condition);
    pthread_mutex_lock(&mutex);
}

void hs__unlock(void)
{
    pthread_mutex_unlock(&mutex);
}

void hs__wake(void)
{
    stirs++;
    pthread_cond_broadcast(&changed);
}

void hs__notify(void)
{
    events++;
    hs__wake();
}

void hs__progress(void)
{
    events++;
}

unsigned hs__events(void)
{
    return events;
}

void hs__sleep(void)
{
    pthread_cond_wait(&changed, &mutex);
}

void hs__join(struct hs__part *part)
{
    hs__lock();
    part->next = parts;
    parts = part;
    hs__unlock();
}

void hs__poll(void)
{
    for (struct hs__part *p = parts; p; p = p->next)
        if (p->poll)
            p->poll(p);
}

bool hs__all_ended(void)
{
    bool any = false;
    for (struct hs__part *p = parts; p; p = p->next)
        if (p->ended) {
            if (!p->ended(p))
                return false;
            any = true;
        }
    return any;
}

bool hs__any_program(void)
{
    for (struct hs__part *p = parts; p; p = p->next)
        if (p->ended)
            return true;
    return false;
}

void hs__sleep_until(double limit)
{
    double left = limit - hs_now();
    struct timespec when;
    clock_gettime(CLOCK_MONOTONIC, &when);
    int64_t ns = when.tv_nsec + (int64_t)((left > 0 ? left : 0) * 1e6);
    when.tv_sec += ns / 1000000000;
    when.tv_nsec = ns % 1000000000;
    pthread_cond_timedwait(&changed, &mutex, &when);
}

int64_t hs__spent(void)
{
    int64_t all = 0;
    for (struct hs__part *p = parts; p; p = p->next) {
        int64_t spent = p->spent ? p->spent(p) : 0;
        if (spent < 0 || p->outside)
            return -1;
        all += spent;
    }
    return all;
}

/* Con el cerrojo, que suelta si falla. */
static void check_needs(void)
{
    const char *need = hs__need_failed();
    if (!need)
        return;
    hs__unlock();
    hs_fail("antes tiene que pasar «%s», y no pasa", need);
}

/* Despierta de cuando en cuando, a mirar cómo les va a otros. */
static double next_look(double limit)
{
    double soon = hs_now() + HS__IDLE_LOOK_MS;
    return soon < limit ? soon : limit;
}

int hs__wait(int (*check)(void *arg), void *arg, int ms)
{
    double start = hs_now(), ended = -1, factor = hs__factor();
    struct hs__idle idle = {0};
    wait_start = start;
    for (;;) {
        check_needs();
        hs__poll();
        hs__check_bounds();
        unsigned seen = stirs;
        int result = check(arg);
        if (result != 0)
            return result;
        double limit = start + ms * factor;
        if (ended < 0 && hs__all_ended())
            ended = hs_now();
        if (ended >= 0 && ended + STRAGGLER_MS * factor < limit)
            limit = ended + STRAGGLER_MS * factor;
        if (hs__deadline() < limit)
            limit = hs__deadline();
        bool overdue = hs_now() >= start + ms;
        if (hs_now() < limit && !hs__hopeless(&idle, ms, overdue)) {
            /* Mirar cómo les va a otros suelta el cerrojo: lo que avisaron mientras no se repite. */
            if (stirs == seen)
                hs__sleep_until(next_look(limit));
            continue;
        }
        if (hs_now() < limit) {
            hs__poll();
            return check(arg);
        }
        /* Antes de culpar al programa: ¿va la máquina más lenta que al medirla? */
        hs__unlock();
        double now = hs__recalibrate();
        hs__lock();
        if (now <= factor) {
            hs__poll();
            return check(arg);
        }
        factor = now;
    }
}

void hs__fail_waiting(int ms, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *what = hs__keep_vformat(format, args);
    va_end(args);
    const char *stop = what[strlen(what) - 1] == '?' ? "" : ".";
    bool hopeless = hs__all_ended(), over = hs_now() >= hs__deadline();
    hs__unlock();
    if (hopeless)
        hs_fail("%s%s El programa ya ha terminado.", what, stop);
    if (over)
        hs_fail_late("%s%s Se agotó el plazo de la prueba entera.", what, stop);
    (void)ms;
    hs_fail_late("%s%s Esperé %s s.", what, stop, hs__seconds(hs_now() - wait_start, 1));
}

void hs__report_parts(struct hs__lines *lines)
{
    for (struct hs__part *p = parts; p; p = p->next)
        if (p->report)
            p->report(p, lines);
}

void hs__trace_parts(void)
{
    for (struct hs__part *p = parts; p; p = p->next)
        if (p->trace)
            p->trace(p);
}

void hs__tasks_parts(double until)
{
    for (struct hs__part *p = parts; p; p = p->next)
        if (p->tasks)
            p->tasks(p, until);
}

const char *hs__alarm(void)
{
    const char *alarm = NULL;
    for (struct hs__part *p = parts; p && !alarm; p = p->next)
        if (p->alarm)
            alarm = p->alarm(p);
    return alarm;
}

const char *hs__cause(bool late)
{
    const char *cause = NULL;
    for (struct hs__part *p = parts; p && !cause; p = p->next)
        if (p->cause)
            cause = p->cause(p, late);
    return cause;
}

const char *hs__stop_parts(void)
{
    const char *broken = NULL;
    while (parts) {
        struct hs__part *part = parts;
        hs__lock();
        parts = part->next;
        hs__unlock();
        const char *why = part->stop(part);
        broken = broken ? broken : why;
    }
    return broken;
}
