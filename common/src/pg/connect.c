#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/safe.h"
#include "io/offload.h"
#include "pg/internal.h"

int as__pg_wait(as_pg_connection *connection, int events)
{
    int rc = as__pg_watch(&connection->watcher, PQsocket(connection->pg), events);

    return rc == UV_ECONNRESET && connection->farewell ? as__pg_explain_loss(connection)
                                                       : rc;
}

/* También llega aquí que el servidor echa a una conexión que no esperaba nada de él. */
static void on_notice(void *arg, const PGresult *notice)
{
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);

    if (severity && strcmp(severity, "FATAL") == 0) {
        as__pg_keep_farewell(arg, notice);
    } else if (as__loop->debug) {
        char *said = strdup(PQresultErrorMessage(notice));
        said = said ? as__safe_text(said, true) : NULL;
        fprintf(stderr, "asinc: PostgreSQL avisa: %s", said ? said : "\n");
        free(said);
    }
}

static size_t set(const char **keywords, const char **values, size_t n,
                  const char *keyword, const char *value)
{
    keywords[n] = keyword;
    values[n] = value;
    return value ? n + 1 : n;
}

static PGconn *start(const as_pg *pool, const struct as__pg_place *place)
{
    size_t n = 1 + 3, count = 0;

    for (const PQconninfoOption *o = pool->given; o->keyword; o++)
        n++;
    const char **keywords = calloc(2 * (n + 1), sizeof *keywords);
    if (!keywords)
        return NULL;
    const char **values = keywords + n + 1;
    /* Lo que se repite vale por lo que se dijo antes. */
    count = set(keywords, values, count, "client_encoding", "UTF8");
    for (const PQconninfoOption *o = pool->given; o->keyword; o++)
        count = set(keywords, values, count, o->keyword, o->val);
    count = set(keywords, values, count, "host", place->host);
    count = set(keywords, values, count, "hostaddr", place->hostaddr);
    count = set(keywords, values, count, "port", place->port);
    keywords[count] = NULL;
    PGconn *pg = PQconnectStartParams(keywords, values, 0);
    free(keywords);
    return pg;
}

/* ---- Entrar --------------------------------------------------------------------------
 *
 * Con una contraseña, libpq calcula tantas vueltas de SCRAM como diga el servidor: milisegundos, o
 * los años que quiera. Y mientras saluda con TLS no vuelve si no dejan de llegarle mensajes. Va en
 * otro hilo, y si nadie la espera ya, se le corta lo que lee y la conexión muere con su cálculo.
 */

struct entrance {
    struct as__offload offload;
    as_pg_connection *connection;
    PostgresPollingStatusType status;
};

static int poll_in_thread(struct as__offload *offload)
{
    struct entrance *e = as__container_of(offload, struct entrance, offload);

    e->status = PQconnectPoll(e->connection->pg);
    return 0;
}

static void dispose_entrance(struct as__offload *offload)
{
    struct entrance *e = as__container_of(offload, struct entrance, offload);

    as__pg_keep_key(e->connection);
    as__pg_disconnect(e->connection);
    free(e);
}

/* En ese hilo no hay bucle: lo que avise entretanto no se cuenta. */
static void ignore_notice(void *arg, const PGresult *notice)
{
    (void)arg;
    (void)notice;
}

/* Al acabar el programa libcrypto se deshace, y ese hilo la está usando: antes se espera a los de
 * libuv, como dice work.h. */
static void outlive_threads(void)
{
    static atomic_flag asked = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&asked))
        atexit(uv_library_shutdown);
}

static bool runs_aside(ConnStatusType phase)
{
    return phase == CONNECTION_SSL_STARTUP || phase == CONNECTION_AWAITING_RESPONSE;
}

static int poll_aside(as_pg_connection *connection, PostgresPollingStatusType *status)
{
    /* El suyo puede cambiar, o cerrarse, mientras el hilo anda. */
    int fd = fcntl(PQsocket(connection->pg), F_DUPFD_CLOEXEC, 0);

    if (fd < 0)
        return as__error(uv_translate_sys_error(errno));
    struct entrance *e = calloc(1, sizeof *e);
    if (!e) {
        close(fd);
        return as__error(UV_ENOMEM);
    }
    e->connection = connection;
    as__offload_init(&e->offload, poll_in_thread, dispose_entrance);
    PQsetNoticeReceiver(connection->pg, ignore_notice, NULL);
    int rc = as__offload_run(&e->offload, "a PostgreSQL", &connection->adrift);
    if (connection->adrift)
        shutdown(fd, SHUT_RDWR);
    close(fd);
    if (connection->adrift) {
        outlive_threads();
        return rc;
    }
    PQsetNoticeReceiver(connection->pg, on_notice, connection);
    *status = e->status;
    free(e);
    return rc;
}

/*
 * Ya dentro, OpenSSL tampoco vuelve mientras lleguen pases de sesión, claves nuevas o saludos otra vez.
 * Que vuelva tras cada uno, y que no salude de nuevo: PostgreSQL no lo pide. Si libpq usa otra
 * biblioteca, o no cifra, no hay nada que pedir.
 */
static void calm_tls(PGconn *pg)
{
    enum { CLEAR_MODE = 78, AUTO_RETRY = 4, NO_RENEGOTIATION = 1 << 30 };
    typedef long ctrl_fn(void *ssl, int command, long number, void *arg);
    typedef uint64_t set_options_fn(void *ssl, uint64_t options);
    ctrl_fn *ctrl = (ctrl_fn *)dlsym(RTLD_DEFAULT, "SSL_ctrl");
    set_options_fn *set_options = (set_options_fn *)dlsym(RTLD_DEFAULT,
                                                          "SSL_set_options");
    void *ssl = PQsslStruct(pg, "OpenSSL");

    if (!ssl || !ctrl || !set_options)
        return;
    ctrl(ssl, CLEAR_MODE, AUTO_RETRY, NULL);
    set_options(ssl, NO_RENEGOTIATION);
}

/* libpq puede cambiar de socket en cada paso, también por otro con el mismo número. */
static int finish(as_pg_connection *connection)
{
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    ConnStatusType phase = CONNECTION_BAD;

    while (status != PGRES_POLLING_OK) {
        if (PQstatus(connection->pg) == CONNECTION_BAD || status == PGRES_POLLING_FAILED)
            return as__pg_connect_error(connection->pg, phase);
        phase = PQstatus(connection->pg);
        int rc = as__pg_wait(connection,
                             status == PGRES_POLLING_READING ? UV_READABLE : UV_WRITABLE);
        as__pg_unwatch(&connection->watcher);
        if (rc == 0 && runs_aside(phase))
            rc = poll_aside(connection, &status);
        else if (rc == 0)
            status = PQconnectPoll(connection->pg);
        if (rc < 0)
            return rc;
        as__pg_bound_trace(connection);
    }
    PQsetErrorVerbosity(connection->pg, PQERRORS_DEFAULT);
    calm_tls(connection->pg);
    return PQsetnonblocking(connection->pg, 1) == 0 ? 0 : as__error(UV_EIO);
}

static int open_connection(as_pg *pool, as_pg_connection *connection)
{
    struct as__pg_place place;

    int rc = as__pg_locate(pool, &place);
    if (rc < 0)
        goto out;
    connection->pg = start(pool, &place);
    if (!connection->pg) {
        rc = as__error(UV_ENOMEM);
        goto out;
    }
    PQsetErrorVerbosity(connection->pg, PQERRORS_VERBOSE); /* ver error.c */
    PQsetNoticeReceiver(connection->pg, on_notice, connection);
    as__pg_learn_key(connection);
    rc = finish(connection);
    if (!connection->adrift)
        as__pg_keep_key(connection);
out:
    as__pg_place_free(&place);
    return rc;
}

/* libpq no hace caso de connect_timeout cuando no es ella quien espera. */
static int open_in_time(as_pg *pool, as_pg_connection *connection)
{
    const char *text = as__pg_option(pool, "connect_timeout");
    long seconds = text ? strtol(text, NULL, 10) : 0;
    as_scope scope;

    bool limited = seconds > 0 && seconds <= INT64_MAX / 1000;
    as_scope_enter(&scope, limited ? seconds * 1000 : AS_FOREVER);
    int rc = open_connection(pool, connection);
    int outside = as_scope_leave(&scope, rc);
    if (rc == UV_ECANCELED && outside == UV_ETIMEDOUT)
        as_error_set(outside,
                     "PostgreSQL no aceptó la conexión en %ld s "
                     "(connect_timeout)",
                     seconds);
    return outside;
}

int as__pg_connect(as_pg *pool, as_pg_connection **connection)
{
    as_pg_connection *new = calloc(1, sizeof *new);

    if (!new)
        return as__error(UV_ENOMEM);
    new->pool = pool;
    as__list_init(&new->link);
    int rc = open_in_time(pool, new);
    if (rc == 0)
        *connection = new;
    else if (!new->adrift)
        as__pg_disconnect(new);
    return rc;
}

void as__pg_disconnect(as_pg_connection *connection)
{
    as__pg_unwatch(&connection->watcher);
    as__pg_forget_notifications(connection);
    PQfinish(connection->pg);
    as__list_remove(&connection->link);
    free(connection->farewell);
    free(connection);
}
