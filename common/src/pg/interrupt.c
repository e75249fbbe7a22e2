#include "pg/internal.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A una conexión ocupada no se le puede decir nada: para que el servidor deje su consulta se
 * abre otra y se le manda en ella quién es la primera y su clave, que el servidor le dio al
 * entrar. No contesta: cuelga cuando ya ha avisado a la primera.
 *
 * PQcancel hace eso mismo, pero espera en el hilo que la llama, y con la red cortada tarda
 * minutos en rendirse. Desde la 17, libpq sabe hacerlo sin esperar; antes, lo hacemos aquí. Cuál hay
 * se sabe al arrancar, y no al compilar ni al enlazar: sin ella, el nombre vale NULL.
 */
typedef struct pg_cancel_conn PGcancelConn;

#define IF_THERE __attribute__((weak))
IF_THERE PGcancelConn *PQcancelCreate(PGconn *connection);
IF_THERE int PQcancelStart(PGcancelConn *cancel);
IF_THERE PostgresPollingStatusType PQcancelPoll(PGcancelConn *cancel);
IF_THERE int PQcancelSocket(const PGcancelConn *cancel);
IF_THERE void PQcancelFinish(PGcancelConn *cancel);

static bool libpq_cancels(void)
{
    return PQcancelCreate != NULL;
}

/* ---- Con la de libpq ---------------------------------------------------------------- */

static int cancel_with_libpq(as_pg_connection *connection)
{
    PGcancelConn *cancel = PQcancelCreate(connection->pg);
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    struct as__pg_watcher *watcher = NULL;
    int rc = 0;

    if (!cancel)
        return as__error(UV_ENOMEM);
    if (!PQcancelStart(cancel))
        status = PGRES_POLLING_FAILED;
    while (rc == 0 && status != PGRES_POLLING_OK) {
        if (status == PGRES_POLLING_FAILED) {
            rc = as__error(UV_ECONNRESET);
            break;
        }
        rc = as__pg_watch(&watcher, PQcancelSocket(cancel),
                          status == PGRES_POLLING_READING ? UV_READABLE : UV_WRITABLE);
        if (rc == 0)
            status = PQcancelPoll(cancel);
        as__pg_unwatch(&watcher); /* puede haber cambiado de socket */
    }
    PQcancelFinish(cancel);
    return rc;
}

/* ---- La clave -----------------------------------------------------------------------
 *
 * libpq la guarda para sí, y solo la enseña en la traza de lo que habla con el servidor:
 * «B\t12\tBackendKeyData\t 4811 -1451748353». */

struct as__pg_trace {
    FILE *file;
    char *text;
    size_t size;
};

void as__pg_learn_key(as_pg_connection *connection)
{
    struct as__pg_trace *trace = libpq_cancels() ? NULL : calloc(1, sizeof *trace);

    if (!trace)
        return;
    trace->file = open_memstream(&trace->text, &trace->size);
    if (!trace->file) {
        free(trace);
        return;
    }
    connection->trace = trace;
    PQtrace(connection->pg, trace->file);
    PQsetTraceFlags(connection->pg, PQTRACE_SUPPRESS_TIMESTAMPS);
}

static void find_key(as_pg_connection *connection, const char *text)
{
    static const char label[] = "\tBackendKeyData\t";
    int process;

    for (const char *p = text; (p = strstr(p, label)); p++)
        connection->has_key = sscanf(p + sizeof label - 1, "%d %d", &process,
                                     &connection->key) == 2 &&
                              process == PQbackendPID(connection->pg);
}

void as__pg_keep_key(as_pg_connection *connection)
{
    struct as__pg_trace *trace = connection->trace;

    if (!trace)
        return;
    PQuntrace(connection->pg);
    if (fclose(trace->file) == 0 && trace->text)
        find_key(connection, trace->text);
    free(trace->text);
    free(trace);
    connection->trace = NULL;
}

/* Ningún servidor necesita decir tanto para dejar entrar: a ese no se le podrá interrumpir. */
enum { MAX_TRACE = 256 << 10 };

void as__pg_bound_trace(as_pg_connection *connection)
{
    struct as__pg_trace *trace = connection->trace;

    if (trace && ftell(trace->file) > MAX_TRACE)
        as__pg_keep_key(connection);
}

/* ---- La petición -------------------------------------------------------------------- */

/* Un socket que se está conectando con el mismo servidor, o por qué no pudo empezar. */
static int dial(const PGconn *pg)
{
    struct sockaddr_storage server = {0};
    socklen_t size = sizeof server;

    if (getpeername(PQsocket(pg), (struct sockaddr *)&server, &size) < 0)
        return -errno;
    int fd = socket(server.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&server, size) < 0 && errno != EINPROGRESS) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    return fd;
}

static int send_request(const as_pg_connection *connection, int fd)
{
    const uint32_t request[4] = {htonl(sizeof request), htonl(1234 << 16 | 5678),
                                 htonl((uint32_t)PQbackendPID(connection->pg)),
                                 htonl((uint32_t)connection->key)};

    ssize_t sent = send(fd, request, sizeof request, MSG_NOSIGNAL);
    if (sent < 0)
        return -errno;
    return sent == sizeof request ? 0 : as__error(UV_ECONNRESET);
}

static int cancel_with_key(as_pg_connection *connection)
{
    struct as__pg_watcher *watcher = NULL;

    if (!connection->has_key)
        return as__error(UV_ENOTSUP);
    int fd = dial(connection->pg);
    if (fd < 0)
        return fd;
    int rc = as__pg_watch(&watcher, fd, UV_WRITABLE);
    if (rc == 0)
        rc = send_request(connection, fd);
    if (rc == 0)
        rc = as__pg_watch(&watcher, fd, UV_READABLE); /* solo puede ser que colgó */
    as__pg_unwatch(&watcher);
    close(fd);
    return rc;
}

int as__pg_interrupt(as_pg_connection *connection)
{
    return libpq_cancels() ? cancel_with_libpq(connection) : cancel_with_key(connection);
}
