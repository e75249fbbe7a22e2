/* A los 100 ms hay que decir «a comer» y, 50 ms después, «se enfría». */
#include <asinc/asinc.h>
#include <stdio.h>

static void llamar(void *arg)
{
    as_future *servido = arg;

    puts("a comer");
    if (as_sleep(50) == 0)
        puts("se enfría");
    as_future_set_result(servido, NULL);
}

static int principal(void *arg)
{
    (void)arg;
    as_timer reloj;
    as_future servido;

    as_future_init(&servido);
    as_call_later(&reloj, 100, llamar, &servido);
    int rc = as_future_wait(&servido, NULL);
    if (rc < 0)
        as_timer_cancel(&reloj);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
