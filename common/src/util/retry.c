#include <asinc/retry.h>

#include <asinc/error.h>
#include <asinc/loop.h>
#include <sys/random.h>

#include "core/task_internal.h"

enum { DEFAULT_ATTEMPTS = 3, DEFAULT_BASE_MS = 1000, DEFAULT_CAP_MS = 60000 };

/* SplitMix64 (Steele, Lea y Flood, OOPSLA 2014): corto y bueno de sobra para repartir. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static bool worth_retrying(int error, void *arg)
{
    static const int lasting[] = {UV_ECANCELED, UV_EINVAL,       UV_EPROTO,
                                  UV_ELOOP,     AS_EKEYREJECTED, AS_EOVERFLOW};

    (void)arg;
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++) {
        if (error == lasting[i])
            return false;
    }
    return true;
}

void as_retry_init(as_retry *retry, const as_retry_options *options)
{
    *retry = (as_retry){.attempt = 1};
    if (options)
        retry->options = *options;
    as_retry_options *o = &retry->options;
    o->attempts = o->attempts > 0 ? o->attempts : DEFAULT_ATTEMPTS;
    o->base_ms = o->base_ms > 0 ? o->base_ms : DEFAULT_BASE_MS;
    o->cap_ms = o->cap_ms > 0 ? o->cap_ms : DEFAULT_CAP_MS;
    o->retry = o->retry ? o->retry : worth_retrying;
    retry->random = o->seed;
    if (o->seed == 0 && getrandom(&retry->random, sizeof retry->random, 0) < 0)
        retry->random = as_now_ns();
}

void as_retry_at_least(as_retry *retry, int64_t ms)
{
    retry->at_least_ms = ms;
}

/* min(cap, base · 2^(attempt-1)), sin desbordar. */
static int64_t exponential(const as_retry *retry)
{
    int64_t ms = retry->options.base_ms;
    int64_t cap = retry->options.cap_ms;

    for (int i = 1; i < retry->attempt && ms < cap; i++)
        ms = ms > cap / 2 ? cap : ms * 2;
    return ms < cap ? ms : cap;
}

static int64_t choose_wait(as_retry *retry)
{
    int64_t ms = exponential(retry);
    uint64_t random = next_random(&retry->random);

    if (retry->options.jitter == AS_JITTER_FULL)
        ms = (int64_t)(random % ((uint64_t)ms + 1));
    else if (retry->options.jitter == AS_JITTER_ADDED) {
        int64_t added = (int64_t)(random % ((uint64_t)ms / 10 + 1));
        ms = added > INT64_MAX - ms ? INT64_MAX : ms + added;
    }
    return ms < retry->at_least_ms ? retry->at_least_ms : ms;
}

/* Esperar menos de lo que pidió el servidor es insistir a destiempo. */
static bool is_too_long(const as_retry *retry)
{
    int64_t asked = retry->at_least_ms;

    return asked > retry->options.cap_ms || (asked > 0 && !as__scope_allows(asked));
}

bool as_retry_again(as_retry *retry, int *rc)
{
    const as_retry_options *o = &retry->options;

    if (*rc >= 0 || retry->attempt >= o->attempts || !o->retry(*rc, o->retry_arg) ||
        is_too_long(retry))
        return false;
    retry->wait_ms = choose_wait(retry);
    retry->at_least_ms = 0;
    retry->attempt++;
    int slept = as_sleep(retry->wait_ms);
    if (slept < 0)
        *rc = slept;
    return slept == 0;
}
