/* Una tubería con nombre, leída como flujo: no ocupa ningún hilo. */
#include <asinc/asinc.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* [abrir] */
static int abrir_tubo(const char *ruta, int sentido, as_stream **flujo)
{
    int fd = open(ruta, sentido | O_NONBLOCK | O_CLOEXEC);

    *flujo = NULL;
    if (fd < 0)
        return uv_translate_sys_error(errno);
    int rc = as_stream_open_fd(fd, flujo);
    if (rc < 0)
        close(fd); /* si falla, el descriptor sigue siendo tuyo */
    return rc;
}
/* [/abrir] */

static const char RUTA[] = "novedades.fifo";

/* El que dejara una ejecución que murió a medias sirve igual. */
static int crear_tubo(void)
{
    if (mkfifo(RUTA, 0600) == 0 || errno == EEXIST)
        return 0;
    return uv_translate_sys_error(errno);
}

static int leer(void *arg)
{
    as_stream *tubo = arg;
    char linea[80];
    ssize_t n;

    while ((n = as_readline(tubo, linea, sizeof linea)) >= 0)
        printf("leo: %s\n", linea);
    return n == UV_EOF ? 0 : (int)n;
}

static int escribir(void *arg)
{
    (void)arg;
    as_stream *tubo;

    for (int i = 1; i <= 3; i++) { /* podrían ser horas */
        int rc = as_sleep(30);
        if (rc < 0)
            return rc;
        printf("nadie escribe; el bucle sigue: latido %d\n", i);
    }
    int rc = abrir_tubo(RUTA, O_WRONLY, &tubo);
    if (rc < 0)
        return rc;
    rc = as_writef(tubo, "por fin, un dato\n");
    as_stream_close(tubo);
    return rc;
}

static int conversar(void)
{
    as_stream *tubo;

    int rc = abrir_tubo(RUTA, O_RDONLY, &tubo);
    if (rc < 0)
        return rc;
    const as_call llamadas[] = {
        {.fn = leer, .arg = tubo, .name = "leer"},
        {.fn = escribir, .name = "escribir"},
    };
    rc = as_gather(llamadas, 2, NULL);
    as_stream_close(tubo);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = crear_tubo();
    if (rc < 0)
        return rc;
    rc = conversar();
    unlink(RUTA); /* también si algo falló */
    return rc;
}

int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "tubo: %s\n", as_error_text(rc));
    return rc < 0;
}
