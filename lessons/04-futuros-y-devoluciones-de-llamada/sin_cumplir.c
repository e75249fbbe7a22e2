/* El horno no puede, y no se lo dice a quien espera: acaba mal. Con «bien», sí se lo dice. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

static bool hay_harina = false;

/* [hornear] */
static int hornear(void *arg)
{
    as_future *tarta = arg;

    if (!hay_harina)
        return 0;
    return as_future_set_result(tarta, "de manzana");
}
/* [/hornear] */

static int hornear_bien(void *arg)
{
    as_future *tarta = arg;

    /* [bien] */
    if (!hay_harina)
        return as_future_set_error(tarta, UV_EIO);
    /* [/bien] */
    return as_future_set_result(tarta, "de manzana");
}

static as_fn *horno = hornear;

static int pedir(void *arg)
{
    as_future *tarta = arg;
    void *cual;

    int rc = as_future_wait(tarta, &cual);
    if (rc == 0)
        printf("tarta %s\n", (const char *)cual);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_future tarta;
    const as_call llamadas[] = {
        {.fn = horno, .arg = &tarta, .name = "horno"},
        {.fn = pedir, .arg = &tarta, .name = "mesa 1"},
    };

    as_future_init(&tarta);
    return as_gather(llamadas, 2, NULL);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "bien") == 0)
        horno = hornear_bien;
    int rc = as_run(principal, NULL);
    if (argc > 1)
        puts(as_error_text(rc));
    return rc < 0;
}
