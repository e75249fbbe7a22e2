/* Un registro que va a la pantalla desde el nivel «warning». */
#include <asinc/asinc.h>
#include <stdio.h>

static int copiar(void *arg)
{
    (void)arg;
    as_log_debug("abro la copia");
    int rc = as_sleep(500);
    if (rc == 0)
        as_log_error("no queda sitio");
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    as_log_info("empiezo");
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "copia", copiar, NULL);
    if (rc == 0)
        rc = as_sleep(250);
    as_log_warning("van %d fallos", 3);
    rc = as_group_leave(&grupo, rc);
    as_log_info("acabo");
    return rc;
}

int main(void)
{
    if (as_log_to(stdout, AS_LOG_WARNING) < 0)
        return 1;
    int rc = as_run(principal, NULL);
    as_log_reset();
    return rc < 0;
}
