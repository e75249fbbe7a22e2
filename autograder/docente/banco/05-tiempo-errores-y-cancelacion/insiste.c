/* Pide hasta que le contestan o hasta que le dicen basta. */
#include <asinc/asinc.h>
#include <stdio.h>

static int pedir(void)
{
    int rc = as_sleep(100); /* tarda y, por ahora, siempre falla */
    return rc < 0 ? rc : UV_ECONNREFUSED;
}

static int insistir(void *arg)
{
    const uint64_t *inicio = arg;
    int rc = UV_ECONNREFUSED;

    for (int i = 1; rc < 0 && i <= 5; i++) {
        printf("%d ms: intento %d\n", (int)(as_now() - *inicio), i);
        rc = pedir();
    }
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "insistir", insistir, &inicio);
    if (rc == 0)
        rc = as_sleep(150);
    puts("basta");
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
