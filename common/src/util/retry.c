#include <asinc/retry.h>

#include <asinc/error.h>
#include <asinc/loop.h>
#include <asinc/task.h>
#include <sys/random.h>

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
    (void)arg;
    return error != UV_ECANCELED && error != UV_EINVAL && error != AS_EKEYREJECTED;
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

    for (int i = 1; i < retry->attempt && ms < retry->options.cap_ms; i++)
        ms *= 2;
    return ms < retry->options.cap_ms ? ms : retry->options.cap_ms;
}

static int64_t choose_wait(as_retry *retry)
{
    int64_t ms = exponential(retry);
    uint64_t random = next_random(&retry->random);

    if (retry->options.jitter == AS_JITTER_FULL)
        ms = (int64_t)(random % ((uint64_t)ms + 1));
    else if (retry->options.jitter == AS_JITTER_ADDED)
        ms += (int64_t)(random % ((uint64_t)ms / 10 + 1));
    if (ms < retry->at_least_ms)
        ms = retry->at_least_ms;
    retry->at_least_ms = 0;
    return ms;
}

bool as_retry_again(as_retry *retry, int *rc)
{
    const as_retry_options *o = &retry->options;

    if (*rc >= 0 || retry->attempt >= o->attempts || !o->retry(*rc, o->retry_arg))
        return false;
    retry->wait_ms = choose_wait(retry);
    retry->attempt++;
    int slept = as_sleep(retry->wait_ms);
    if (slept < 0)
        *rc = slept;
    return slept == 0;
}
