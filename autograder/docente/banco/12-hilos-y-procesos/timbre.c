/* Una tarea espera el timbre y otra lo toca. Debe oírse. */
#include <asinc/asinc.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

static int tubo[2];

static int oir(void *arg)
{
    struct pollfd timbre = {.fd = tubo[0], .events = POLLIN};
    (void)arg;

    int n = poll(&timbre, 1, 1000); /* un segundo como mucho */
    puts(n > 0 ? "ha sonado" : "no ha sonado");
    return 0;
}

static int escuchar(void *arg)
{
    return oir(arg);
}

static int tocar(void *arg)
{
    (void)arg;
    int rc = as_sleep(50);
    if (rc < 0)
        return rc;
    puts("toco");
    return write(tubo[1], "!", 1) == 1 ? 0 : UV_EIO;
}

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {{.fn = escuchar}, {.fn = tocar}};

    if (pipe(tubo) != 0)
        return UV_EIO;
    return as_gather(llamadas, 2, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
