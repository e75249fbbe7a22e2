/* Una prueba: quien envía debe haber enviado tres mensajes. */
#include <asinc/asinc.h>
#include <stdio.h>

static int enviados;

static int enviar(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        int rc = as_sleep(40); /* lo que tarda cada uno */
        if (rc < 0)
            return rc;
        enviados++;
    }
    return 0;
}

static int probar(void *arg)
{
    (void)arg;
    as_group grupo;

    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, "enviar", enviar, NULL);
    int rc = tarea ? as_sleep(100) : UV_ENOMEM;
    if (rc == 0)
        printf("%s: %d enviados\n", enviados == 3 ? "bien" : "MAL",
               enviados);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    as_options opciones = {.clock = AS_CLOCK_VIRTUAL};

    return as_run_options(probar, NULL, &opciones) < 0;
}
