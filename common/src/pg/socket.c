#include <stdlib.h>

#include "pg/internal.h"

/*
 * El vigilante está parado salvo mientras alguien espera: así libpq puede cerrar su socket
 * cuando quiera, y una conexión ociosa no mantiene vivo el bucle. Cerrarlo es asíncrono, y
 * por eso su memoria no es la de quien espera.
 */

struct as__pg_watcher {
    uv_poll_t poll;
    bool failed; /* el socket tiene un error que libpq debe ver */
};

struct readiness {
    struct as__wait wait;
    struct as__pg_watcher *watcher;
};

static void stop_watching(struct as__wait *wait)
{
    uv_poll_stop(&as__container_of(wait, struct readiness, wait)->watcher->poll);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct readiness *readiness = poll->data;

    (void)events;
    readiness->watcher->failed = status < 0;
    as__wake(&readiness->wait, 0);
}

static int start_watching(struct as__pg_watcher **watcher, int fd)
{
    struct as__pg_watcher *new = calloc(1, sizeof *new);

    if (!new)
        return as__error(UV_ENOMEM);
    int rc = uv_poll_init(&as__loop->uv, &new->poll, fd);
    if (rc < 0)
        free(new);
    else
        *watcher = new;
    return rc;
}

static void on_closed(uv_handle_t *handle)
{
    free(as__container_of(handle, struct as__pg_watcher, poll));
}

void as__pg_unwatch(struct as__pg_watcher **watcher)
{
    if (*watcher)
        uv_close((uv_handle_t *)&(*watcher)->poll, on_closed);
    *watcher = NULL;
}

int as__pg_watch(struct as__pg_watcher **watcher, int fd, int events)
{
    int rc = *watcher ? 0 : start_watching(watcher, fd);

    if (rc < 0)
        return rc;
    if ((*watcher)->failed)
        return as_error_set(UV_ECONNRESET, "falló el socket con PostgreSQL");
    struct readiness readiness = {.watcher = *watcher};
    as__wait_init(&readiness.wait, "a PostgreSQL", stop_watching);
    readiness.watcher->poll.data = &readiness;
    rc = uv_poll_start(&readiness.watcher->poll, events, on_ready);
    if (rc < 0)
        return rc;
    as__io_begin();
    rc = as__suspend_one(&readiness.wait);
    as__io_end();
    return rc;
}
