/* Avisa dos veces, con un descanso en medio: --cada, en segundos. */
#include <asinc/asinc.h>
#include <stdio.h>

static int64_t cada = 10000;

static int principal(void *arg)
{
    uint64_t inicio = as_now();
    int rc = 0;
    (void)arg;

    for (int i = 1; i <= 2 && rc == 0; i++) {
        printf("aviso %d, a los %d s\n", i,
               (int)((as_now() - inicio) / 1000));
        rc = as_sleep(cada * 1000);
    }
    return rc;
}

int main(int argc, char **argv)
{
    const struct as_arg tabla[] = {
        {"cada", AS_ARG_SECONDS, &cada, 1, 3600},
        {0},
    };

    if (as_args(argc, argv, "[--cada S]", tabla) < 0)
        return 2;
    return as_run(principal, NULL) < 0;
}
