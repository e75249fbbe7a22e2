/* La respuesta a la pregunta 4: avisar de los cambios, y recordar cada hora lo que sigue mal. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [dado] */
enum { CADA_MS = 10 * 60 * 1000, RECORDAR_MS = 60 * 60 * 1000 };

struct sensor {
    bool mal;              /* la última medida fue mala */
    uint64_t desde;        /* cuándo se puso mal */
    uint64_t ultimo_aviso; /* cuándo se avisó por última vez */
};
/* [/dado] */

/* [anotar] */
static void anotar(struct sensor *s, int humedad)
{
    uint64_t ahora = as_now();

    if (humedad <= 60) {
        if (s->mal)
            as_log_info("vuelve a %d %%, tras %d min", humedad,
                        (int)((ahora - s->desde) / 60000));
        s->mal = false;
        return;
    }
    if (s->mal && ahora - s->ultimo_aviso < RECORDAR_MS)
        return;
    if (!s->mal)
        s->desde = ahora;
    s->mal = true;
    s->ultimo_aviso = ahora;
    as_log_warning("humedad del %d %%", humedad);
}
/* [/anotar] */

/* [medir] */
static int medir(void *arg)
{
    static const int medidas[] = {50, 72, 75, 74, 73, 71, 70,
                                  69, 68, 55, 61, 58, 50};
    struct sensor s = {0};

    (void)arg;
    for (size_t i = 0; i < sizeof medidas / sizeof *medidas; i++) {
        anotar(&s, medidas[i]);
        int rc = as_sleep(CADA_MS);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {{.fn = medir, .name = "sala 3"}};
    return as_gather(llamadas, 1, NULL);
}

int main(void)
{
    if (as_log_to(stdout, AS_LOG_INFO) < 0)
        return 1;
    int rc = as_run(principal, NULL);
    as_log_reset();
    return rc < 0;
}
/* [/medir] */
