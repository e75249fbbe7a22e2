/*
 * pg.c: el PostgreSQL de usar y tirar.
 *
 * Un hilo da un aviso al banco cada pocos milisegundos mientras se espera algo de la base de
 * datos: así esas esperas son como las demás (hs__wait), y a la vez miran si el programa
 * sigue vivo.
 */
#include "pg.h"
#include "../box/box.h"
#include "internal.h"
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define START_MS   10000
#define ANSWER_MS  8000 /* lo que puede tardar una consulta del corrector */
#define TICK_NS    4000000
#define PORTS      10000 /* por debajo de los que reparte el sistema */
#define FIRST_PORT 20000
#define PORT_TRIES 20
#define TEMPLATE   "plantilla.tar"
#define SOCKETS    "enchufe"
#define SHOWN      12 /* conexiones que se enseñan al fallar */
#define LOG_BYTES  (8 << 20)
#define PROGRAM    "usename = 'alumno' AND backend_type = 'client backend'"

struct hs_pg {
    struct hs__part part;
    box_run *run; /* NULL si ya murió */
    struct box_result result;
    char *dir; /* la carpeta del socket */
    int log;
    int port;
    const char *dsn;
    PGconn *main;
    struct hs_pg_hold *holds;

    pthread_t ticker;
    bool ticking, quit; /* con el cerrojo tomado */
};

struct hs_pg_hold {
    struct hs_pg *pg;
    struct hs_pg_hold *next;
    PGconn *conn; /* NULL cuando ya se soltó */
    bool pending; /* falta recoger el resultado */
};

/* ------------------------------------------------------------------- El registro */

/* Lo que lleva dicho el servidor. Hay que liberarlo. */
static char *read_log(const struct hs_pg *pg)
{
    char *text = hs__alloc(LOG_BYTES + 1);
    ssize_t n = pread(pg->log, text, LOG_BYTES, 0);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

/* El final de lo que dijo, en una línea. */
static const char *last_words(const struct hs_pg *pg)
{
    char *text = read_log(pg);
    size_t n = strlen(text), from = n > 400 ? n - 400 : 0;
    while (n > from && text[n - 1] == '\n')
        n--;
    const char *words = hs_format("%.*s", (int)(n - from), text + from);
    free(text);
    return words;
}

int hs_pg_connections(struct hs_pg *pg)
{
    static const char mark[] = "connection authorized: user=alumno ";
    char *text = read_log(pg);
    int n = 0;
    for (char *at = text; (at = strstr(at, mark)); at += sizeof mark)
        n++;
    free(text);
    return n;
}

/* ------------------------------------------------------------ Hablar con el servidor */

/* Sin SQLSTATE se perdió la conexión; los demás son falta de sitio o de memoria, plazos,
 * bloqueos y un servidor que se para. */
static bool may_be_the_program(const char *state)
{
    static const char *const classes[] = {"40", "53", "55", "57", "58"};
    if (!hs__any_program())
        return false;
    for (size_t i = 0; state && i < sizeof classes / sizeof *classes; i++)
        if (strncmp(state, classes[i], 2) == 0)
            return true;
    return !state;
}

/* El servidor no hizo lo que pedía el corrector. Quien tumba o llena su servidor no puede
 * librarse así de la prueba. */
static _Noreturn void fail_server(struct hs_pg *pg, PGconn *conn, const char *state)
{
    const char *said = PQerrorMessage(conn), *end = "";
    said = hs_format("%.*s", (int)strcspn(said, "\n"), said);
    if (!may_be_the_program(state))
        hs_broken("PostgreSQL: %s", said);
    if (pg->run && box_wait(pg->run, 200, &pg->result) == 0)
        end = pg->result.kind == BOX_LIMIT
                  ? hs_format(". El servidor agotó su límite de %s",
                              box_limit_name(pg->result.limit))
                  : ". El servidor se ha parado";
    hs_fail(
        "el corrector ya no puede usar la base de datos: el programa la ha tumbado, la "
        "ha llenado o retiene algo en ella. PostgreSQL dice: %s%s",
        said, end);
}

static PGconn *connect_judge(struct hs_pg *pg)
{
    const char *dsn = hs_format("host='%s' port=%d dbname=curso user=juez "
                                "connect_timeout=10 options='-c statement_timeout=%d'",
                                pg->dir, pg->port, hs_ms(ANSWER_MS));
    return PQconnectdb(dsn);
}

/* Con el cerrojo del banco tomado (`locked`), lo suelta antes de fallar. */
static PGresult *check(struct hs_pg *pg, PGconn *conn, PGresult *result, bool locked)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    state = state ? hs_format("%s", state) : NULL;
    PQclear(result);
    if (locked)
        hs__unlock();
    fail_server(pg, conn, state);
}

static PGresult *query(struct hs_pg *pg, const char *sql, bool locked)
{
    return check(pg, pg->main, PQexec(pg->main, sql), locked);
}

static const char *format_sql(const char *sql, va_list args)
{
    char *text = hs__vformat(sql, args);
    const char *copy = hs__keep_text(text, strlen(text));
    free(text);
    return copy;
}

#define FORMAT_SQL(sql)                                                                  \
    ({                                                                                   \
        va_list args_;                                                                   \
        va_start(args_, sql);                                                            \
        const char *text_ = format_sql(sql, args_);                                      \
        va_end(args_);                                                                   \
        text_;                                                                           \
    })

void hs_pg_run(struct hs_pg *pg, const char *sql, ...)
{
    PQclear(query(pg, FORMAT_SQL(sql), false));
}

static const char *first_cell(struct hs_pg *pg, const char *sql)
{
    PGresult *result = query(pg, sql, false);
    if (PQntuples(result) < 1)
        hs_broken("la consulta del corrector no dio ninguna fila: %s", sql);
    const char *text = hs_format("%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return text;
}

const char *hs_pg_text(struct hs_pg *pg, const char *sql, ...)
{
    return first_cell(pg, FORMAT_SQL(sql));
}

int64_t hs_pg_int(struct hs_pg *pg, const char *sql, ...)
{
    return strtoll(first_cell(pg, FORMAT_SQL(sql)), NULL, 10);
}

/* -------------------------------------------------------------------------- Esperas */

static void *tick(void *arg)
{
    struct hs_pg *pg = arg;
    struct timespec pause = {.tv_nsec = TICK_NS};
    hs__lock();
    while (!pg->quit) {
        if (!pg->ticking) {
            hs__sleep();
            continue;
        }
        hs__unlock();
        nanosleep(&pause, NULL);
        hs__lock();
        hs__notify();
    }
    hs__unlock();
    return NULL;
}

struct question {
    struct hs_pg *pg;
    const char *sql;
};

static int ask(void *arg)
{
    struct question *q = arg;
    PGresult *result = query(q->pg, q->sql, true);
    int yes = PQntuples(result) > 0 && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    PQclear(result);
    return yes;
}

/* Falso si no llegó a ser verdad, y entonces con el cerrojo tomado. */
static bool wait_true(struct hs_pg *pg, int (*is_true)(void *), void *arg, int ms)
{
    hs__checked();
    hs__lock();
    pg->ticking = true;
    hs__notify();
    bool yes = hs__wait(is_true, arg, ms);
    pg->ticking = false;
    if (yes)
        hs__unlock();
    return yes;
}

void hs_pg_wait(struct hs_pg *pg, int ms, const char *what, const char *sql, ...)
{
    struct question q = {pg, FORMAT_SQL(sql)};
    if (!wait_true(pg, ask, &q, ms))
        hs__fail_waiting(ms, "No vi que %s", what);
    hs_step("He visto que %s", what);
}

/* Las que esperan un cerrojo; las del propio programa entre sí también. */
#define BLOCKED                                                                          \
    "FROM pg_stat_activity WHERE " PROGRAM                                               \
    " AND state = 'active' AND wait_event_type = 'Lock'"

void hs_pg_wait_blocked(struct hs_pg *pg, int n, int ms)
{
    struct question q = {pg, hs_format("SELECT count(*) >= %d " BLOCKED, n)};
    if (wait_true(pg, ask, &q, ms)) {
        hs_step("%d conexiones del programa esperan a la vez", n);
        return;
    }
    /* El programa puede acabar entre la espera y esta cuenta: solo es para el mensaje. */
    PGresult *result = PQexec(pg->main, "SELECT count(*) " BLOCKED);
    int seen = PQntuples(result) > 0 ? atoi(PQgetvalue(result, 0, 0)) : 0;
    PQclear(result);
    hs__fail_waiting(ms,
                     "Debía haber %d conexiones del programa esperando a la vez, y vi %d",
                     n, seen);
}

int hs_pg_abandoned(struct hs_pg *pg, int ms)
{
    hs_pg_wait(pg, ms, "el servidor ya no tiene conexiones del programa",
               "SELECT count(*) = 0 FROM pg_stat_activity WHERE usename = 'alumno'");
    return (int)hs_pg_int(pg, "SELECT sessions_abandoned FROM pg_stat_database "
                              "WHERE datname = 'curso'");
}

/* ------------------------------------------------------------------------- Cerrojos */

static struct hs_pg_hold *open_hold(struct hs_pg *pg)
{
    struct hs_pg_hold *hold = hs__keep(sizeof *hold);
    *hold = (struct hs_pg_hold){.pg = pg, .next = pg->holds, .conn = connect_judge(pg)};
    pg->holds = hold;
    if (PQstatus(hold->conn) != CONNECTION_OK)
        fail_server(pg, hold->conn, NULL);
    PQclear(check(pg, hold->conn, PQexec(hold->conn, "BEGIN"), false));
    return hold;
}

struct hs_pg_hold *hs_pg_hold(struct hs_pg *pg, const char *sql, ...)
{
    struct hs_pg_hold *hold = open_hold(pg);
    PQclear(check(pg, hold->conn, PQexec(hold->conn, FORMAT_SQL(sql)), false));
    return hold;
}

struct hs_pg_hold *hs_pg_hold_next(struct hs_pg *pg, const char *sql, ...)
{
    struct hs_pg_hold *hold = open_hold(pg);
    if (!PQsendQuery(hold->conn, FORMAT_SQL(sql)))
        fail_server(pg, hold->conn, NULL);
    hold->pending = true;
    struct question queued = {
        pg, hs_format("SELECT wait_event_type = 'Lock' OR state <> 'active' "
                      "FROM pg_stat_activity WHERE pid = %d",
                      PQbackendPID(hold->conn))};
    if (!wait_true(pg, ask, &queued, ANSWER_MS)) {
        hs__unlock();
        hs_broken("el corrector no consigue ponerse en la cola de un cerrojo");
    }
    return hold;
}

static int answered(void *arg)
{
    struct hs_pg_hold *hold = arg;
    return !PQconsumeInput(hold->conn) || !PQisBusy(hold->conn);
}

void hs_pg_release(struct hs_pg_hold *hold)
{
    struct hs_pg *pg = hold->pg;
    if (!hold->conn)
        hs_broken("el corrector suelta dos veces el mismo cerrojo");
    if (hold->pending) {
        if (!wait_true(pg, answered, hold, ANSWER_MS))
            hs__fail_waiting(ANSWER_MS,
                             "El corrector no consigue su cerrojo: el programa "
                             "tiene una transacción abierta");
        for (PGresult *r; (r = PQgetResult(hold->conn));)
            PQclear(check(pg, hold->conn, r, false));
    }
    PQclear(check(pg, hold->conn, PQexec(hold->conn, "ROLLBACK"), false));
    PQfinish(hold->conn);
    hold->conn = NULL;
}

/* -------------------------------------------------------------------- Contar y parar */

static void add_activity(struct hs_pg *pg, struct hs__lines *lines)
{
    static const char sql[] =
        "SELECT CASE WHEN wait_event_type = 'Lock' THEN 'espera un cerrojo'"
        " WHEN state = 'active' THEN 'trabajando' WHEN state = 'idle' THEN 'ociosa'"
        " ELSE 'con una transacción abierta' END, left(query, 200)"
        " FROM pg_stat_activity WHERE " PROGRAM " ORDER BY backend_start, pid";
    PGresult *result = PQexec(pg->main, sql);
    int n = PQntuples(result);
    hs__add(lines, "  Conexiones del programa: %d ahora, %d en total", n,
            hs_pg_connections(pg));
    for (int i = 0; i < n && i < SHOWN; i++) {
        const char *text = PQgetvalue(result, i, 1);
        char *clean = hs__clean(text, strlen(text), 200);
        hs__add(lines, "  | %s%s%s", PQgetvalue(result, i, 0), *clean ? ": " : "", clean);
        free(clean);
    }
    PQclear(result);
}

static void pg_report(struct hs__part *part, struct hs__lines *lines)
{
    struct hs_pg *pg = (struct hs_pg *)part;
    hs__add(lines, "PostgreSQL en 127.0.0.1:%d", pg->port);
    if (pg->run && PQstatus(pg->main) == CONNECTION_OK)
        add_activity(pg, lines);
    else
        hs__add(lines, "  Parado. Conexiones del programa: %d en total",
                hs_pg_connections(pg));
}

void hs_pg_kill(struct hs_pg *pg)
{
    hs_step("Mato el servidor PostgreSQL");
    box_kill(pg->run);
    box_wait(pg->run, -1, &pg->result);
    box_free(pg->run);
    pg->run = NULL;
}

static const char *pg_stop(struct hs__part *part)
{
    struct hs_pg *pg = (struct hs_pg *)part;
    hs__lock();
    pg->quit = true;
    hs__notify();
    hs__unlock();
    pthread_join(pg->ticker, NULL);
    for (struct hs_pg_hold *hold = pg->holds; hold; hold = hold->next)
        PQfinish(hold->conn);
    PQfinish(pg->main);
    const char *broken = NULL;
    if (pg->run) {
        box_kill(pg->run);
        if (box_wait(pg->run, -1, &pg->result) < 0 || pg->result.kind == BOX_FAULT)
            broken = hs_format("la caja de PostgreSQL falló: %s", pg->result.detail);
        box_free(pg->run);
    }
    close(pg->log);
    unlink(hs_format("%s/.s.PGSQL.%d", pg->dir, pg->port));
    unlink(hs_format("%s/.s.PGSQL.%d.lock", pg->dir, pg->port));
    rmdir(pg->dir);
    free(pg->dir);
    free(pg);
    return broken;
}

/* ------------------------------------------------------------------------- Arrancar */

static void run_server(struct hs_pg *pg, const char *template)
{
    /* exec: así el PID 1 de la caja sigue a PostgreSQL y no a la shell. */
    static const char start[] =
        "tar -xf " TEMPLATE " && exec ./postgres -D datos "
        "-c port=\"$1\" -c unix_socket_directories=\"$PWD/" SOCKETS "\"";
    char port[16];
    snprintf(port, sizeof port, "%d", pg->port);
    char *args[] = {"-c", (char *)start, "sh", port, NULL};
    struct box_bind binds[] = {
        {.host = template, .inside = TEMPLATE},
        {.host = pg->dir, .inside = SOCKETS, .writable = true},
    };
    const char *boxed = getenv("ASINC_BOX");
    struct box_options options = box_options_default();
    options.runner = getenv("ASINC_RUNNER");
    options.program = "/usr/bin/sh";
    options.args = args;
    options.binds = binds;
    options.bind_count = sizeof binds / sizeof *binds;
    options.stdout_fd = options.stderr_fd = pg->log;
    options.shared_memory = true;
    options.boxed = !boxed || strcmp(boxed, "0") != 0;
    options.limits.wall_ms = (long)hs__latest_deadline() + START_MS;
    options.limits.cpu_ms = 30000;
    options.limits.processes = 100;
    options.limits.files = 256;
    options.limits.fsize = 64L << 20;
    options.limits.tmp_bytes = 64L << 20;
    int error = box_start(&pg->run, &options);
    if (error < 0)
        hs_broken("la caja no arranca PostgreSQL: %s", strerror(-error));
}

/* Falso si el puerto era de otro. */
static bool wait_ready(struct hs_pg *pg)
{
    struct timespec pause = {.tv_nsec = TICK_NS};
    double limit = hs_now() + hs_ms(START_MS);
    for (;;) {
        pg->main = connect_judge(pg);
        if (PQstatus(pg->main) == CONNECTION_OK)
            return true;
        const char *said = hs_format("%s", PQerrorMessage(pg->main));
        PQfinish(pg->main);
        pg->main = NULL;
        bool dead = box_wait(pg->run, 0, &pg->result) == 0;
        if (dead && strstr(last_words(pg), "TCP/IP socket"))
            return false;
        if (dead || hs_now() > limit)
            hs_broken("PostgreSQL no arrancó: %s %s %s", last_words(pg), said,
                      dead ? pg->result.detail : "");
        nanosleep(&pause, NULL);
    }
}

static void open_files(struct hs_pg *pg)
{
    const char *tmp = getenv("TMPDIR");
    tmp = tmp && *tmp ? tmp : "/tmp";
    pg->dir = strdup(hs_format("%s/pg-XXXXXX", tmp));
    if (!pg->dir || !mkdtemp(pg->dir))
        hs_broken("no puedo crear una carpeta en %s: %s", tmp, strerror(errno));
    pg->log = open(pg->dir, O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
    if (pg->log < 0)
        hs_broken("no puedo crear un archivo en %s: %s", tmp, strerror(errno));
}

struct hs_pg *hs_pg_start(void)
{
    const char *template = getenv("ASINC_POSTGRES");
    if (!template || access(template, R_OK) < 0)
        hs_broken(
            "falta PostgreSQL, que esta prueba necesita: instálalo con «make setup» "
            "y repite");
    struct hs_pg *pg = hs__alloc(sizeof *pg);
    *pg = (struct hs_pg){.part = {.report = pg_report, .stop = pg_stop}};
    open_files(pg);
    for (int i = 0; !pg->main; i++) {
        if (i == PORT_TRIES)
            hs_broken("no encuentro un puerto libre para PostgreSQL");
        pg->port = FIRST_PORT + (int)((unsigned)(getpid() * 7 + i * 101) % PORTS);
        run_server(pg, template);
        if (!wait_ready(pg)) {
            box_free(pg->run);
            pg->run = NULL;
        }
    }
    pg->dsn = hs_format("host=127.0.0.1 port=%d dbname=curso user=alumno", pg->port);
    int error = pthread_create(&pg->ticker, NULL, tick, pg);
    if (error)
        hs_broken("no puedo crear un hilo: %s", strerror(error));
    hs__join(&pg->part);
    return pg;
}

const char *hs_pg_dsn(const struct hs_pg *pg)
{
    return pg->dsn;
}

int hs_pg_port(const struct hs_pg *pg)
{
    return pg->port;
}
