/* Una serie de cuatro intentos como mucho. */
#include <asinc/asinc.h>
#include <stdio.h>

static const int resultados[] = {UV_ECONNREFUSED, UV_ETIMEDOUT,
                                 UV_EPROTO, 0};

static int principal(void *arg)
{
    (void)arg;
    as_retry serie;
    int rc;

    as_retry_init(&serie, &(as_retry_options){.attempts = 4,
                                              .base_ms = 100,
                                              .cap_ms = 1000});
    do {
        rc = resultados[serie.attempt - 1];
        printf("intento %d: %s\n", serie.attempt,
               rc < 0 ? uv_err_name(rc) : "bien");
    } while (as_retry_again(&serie, &rc));
    printf("al final: %s\n", rc < 0 ? uv_err_name(rc) : "bien");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
