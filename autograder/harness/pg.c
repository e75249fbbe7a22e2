/*
 * pg.c: arranca, vigila y para el PostgreSQL de una prueba.
 *
 * Un hilo da un aviso al banco cada pocos milisegundos mientras se espera algo de la base de
 * datos (pg_sql.c): así esas esperas son como las demás, y a la vez miran si el programa
 * sigue vivo. Cuanto más dura la espera, menos a menudo: con muchas pruebas a la vez, preguntar
 * le quita a PostgreSQL el procesador que necesita para llegar a lo que se espera.
 */
#include "base/dir.h"
#include "box/rung.h"
#include "harness/pg_server.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define START_MS   10000
#define ANSWER_MS  8000 /* lo que puede tardar una consulta del corrector */
#define TICK_MS    4
#define SLOW_MS    25    /* entre dos avisos, como mucho */
#define TICK_SHARE 8     /* y de lo que dura la espera, no más de 1/TICK_SHARE */
#define PORTS      10000 /* por debajo de los que reparte el sistema */
#define FIRST_PORT 20000
#define PORT_TRIES 20
#define TEMPLATE   "plantilla.tar"
#define SOCKETS    "enchufe"
#define SHOWN      12 /* conexiones que se enseñan al fallar */
#define LOG_BYTES  (8 << 20)

/* ------------------------------------------------------------------- El registro */

char *hs__pg_log(const struct hs_pg *pg)
{
    char *text = ag_alloc(LOG_BYTES + 1, 1);
    ssize_t n = pread(pg->log, text, LOG_BYTES, 0);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

/* El final de lo que dijo, en una línea. */
static const char *last_words(const struct hs_pg *pg)
{
    char *text = hs__pg_log(pg);
    size_t n = strlen(text), from = n > 400 ? n - 400 : 0;
    while (n > from && text[n - 1] == '\n')
        n--;
    const char *words = hs_format("%.*s", (int)(n - from), text + from);
    free(text);
    return words;
}

/* Las admitidas que constan; -1 si el registro es tan largo que puede faltar alguna. */
static int count_connections(const struct hs_pg *pg)
{
    static const char mark[] = "connection authorized: user=alumno ";
    struct stat st;
    if (fstat(pg->log, &st) < 0 || st.st_size >= LOG_BYTES)
        return -1;
    char *text = hs__pg_log(pg);
    int n = 0;
    for (char *at = text; (at = strstr(at, mark)); at += sizeof mark)
        n++;
    free(text);
    return n;
}

int hs_pg_connections(struct hs_pg *pg)
{
    int n = count_connections(pg);
    if (n < 0)
        hs_fail("el programa hizo escribir a PostgreSQL más de %d MiB en su registro, y "
                "así no se pueden contar sus conexiones",
                LOG_BYTES >> 20);
    return n;
}

/* -------------------------------------------------------------------- Contar y parar */

/* Qué hacen las conexiones del programa; las que hacen lo mismo, juntas. */
static void add_activity(struct hs_pg *pg, struct hs__lines *lines)
{
    static const char sql[] =
        "SELECT count(*), CASE WHEN wait_event_type = 'Lock' THEN 'espera un cerrojo'"
        " WHEN state = 'active' THEN 'trabajando' WHEN state = 'idle' THEN 'ociosa'"
        " ELSE 'con una transacción abierta' END, left(query, 200)"
        " FROM pg_stat_activity WHERE " PG_PROGRAM " GROUP BY 2, 3 ORDER BY 2, 3";
    PGresult *result = PQexec(pg->main, sql);
    for (int i = 0; i < PQntuples(result) && i < SHOWN; i++) {
        const char *times = PQgetvalue(result, i, 0), *text = PQgetvalue(result, i, 2);
        char *clean = ag_clean(text, strlen(text), 200, AG_LINE);
        hs__add(lines, "  | %s%s%s%s%s", strcmp(times, "1") == 0 ? "" : times,
                strcmp(times, "1") == 0 ? "" : " × ", PQgetvalue(result, i, 1),
                *clean ? ": " : "", clean);
        free(clean);
    }
    PQclear(result);
}

static void pg_report(struct hs__part *part, struct hs__lines *lines)
{
    struct hs_pg *pg = (struct hs_pg *)part;
    bool dead = !pg->run || PQstatus(pg->main) != CONNECTION_OK;
    hs__add(lines, "PostgreSQL en 127.0.0.1:%d%s", pg->port, dead ? ", parado" : "");
    int admitted = count_connections(pg);
    if (admitted >= 0)
        hs__add(lines, "  Conexiones que ha admitido al programa: %d", admitted);
    hs__lock();
    bool over = hs__all_ended(); /* las suyas se están cerrando */
    hs__unlock();
    if (!dead && !over)
        add_activity(pg, lines);
}

/* Lo mata y espera a que no quede nada suyo. NULL, o por qué no se pudo. */
static const char *end_server(struct hs_pg *pg)
{
    const char *broken = NULL;
    box_kill(pg->run);
    if (box_wait(pg->run, -1, &pg->result) < 0 || pg->result.kind == BOX_FAULT)
        broken = hs_format("la caja de PostgreSQL falló: %s", pg->result.detail);
    box_free(pg->run);
    pg->run = NULL;
    if (box_rung_named(getenv("ASINC_BOX")) <= BOX_MINIMAL)
        hs__pg_sweep();
    return broken;
}

void hs_pg_kill(struct hs_pg *pg)
{
    hs_step("Mato el servidor PostgreSQL");
    end_server(pg);
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
    const char *broken = pg->run ? end_server(pg) : NULL;
    close(pg->log);
    unlink(hs_format("%s/.s.PGSQL.%d", pg->dir, pg->port));
    unlink(hs_format("%s/.s.PGSQL.%d.lock", pg->dir, pg->port));
    rmdir(pg->dir);
    free(pg->dir);
    free(pg);
    return broken;
}

/* ------------------------------------------------------------------------- Arrancar */

static void sleep_ms(double ms)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)(ms * 1e6)}, NULL);
}

/* Hasta el próximo aviso de una espera que empezó en `since`. */
static double tick_ms(double since)
{
    double ms = (hs_now() - since) / TICK_SHARE;
    return ms < TICK_MS ? TICK_MS : ms > SLOW_MS ? SLOW_MS : ms;
}

static void *tick(void *arg)
{
    struct hs_pg *pg = arg;
    hs__lock();
    while (!pg->quit) {
        if (!pg->ticking) {
            hs__sleep();
            continue;
        }
        double since = pg->since;
        hs__unlock();
        sleep_ms(tick_ms(since));
        hs__lock();
        hs__notify();
    }
    hs__unlock();
    return NULL;
}

PGconn *hs__pg_connect(struct hs_pg *pg)
{
    const char *dsn = hs_format("host='%s' port=%d dbname=curso user=juez "
                                "connect_timeout=10 options='-c statement_timeout=%d'",
                                pg->dir, pg->port, hs_ms(ANSWER_MS));
    return PQconnectdb(dsn);
}

static void run_server(struct hs_pg *pg, const char *template)
{
    /* exec: así el PID 1 de la caja sigue a PostgreSQL y no a la shell. */
    static const char start[] =
        "tar -b 128 -xmf " TEMPLATE " && exec ./postgres -D datos "
        "-c port=\"$1\" -c log_disconnections=on -c track_commit_timestamp=on -c "
        "unix_socket_directories=\"$PWD/" SOCKETS "\"";
    char port[16];
    snprintf(port, sizeof port, "%d", pg->port);
    char *args[] = {"-c", (char *)start, "sh", port, NULL};
    struct box_bind binds[] = {
        {.host = template, .inside = TEMPLATE},
        {.host = pg->dir, .inside = SOCKETS, .writable = true},
    };
    struct box_options options = box_options_default();
    options.runner = getenv("ASINC_RUNNER");
    options.program = "/usr/bin/sh";
    options.args = args;
    options.binds = binds;
    options.bind_count = sizeof binds / sizeof *binds;
    options.stdout_fd = options.stderr_fd = pg->log;
    options.shared_memory = true;
    options.rung = box_rung_named(getenv("ASINC_BOX"));
    options.limits.wall_ms = (long)hs__latest_deadline() + START_MS;
    options.limits.cpu_ms = 30000;
    options.limits.processes = 100;
    options.limits.files = 256;
    options.limits.fsize = 64L << 20;
    options.limits.tmp_bytes = 64L << 20;
    options.limits.trusted = true;
    int error = box_start(&pg->run, &options);
    if (error < 0)
        hs_broken("la caja no arranca PostgreSQL: %s", strerror(-error));
}

/* Lo dice una vez, al principio de su registro. Llamar antes le cuesta un proceso cada vez. */
static bool says_ready(const struct hs_pg *pg)
{
    char text[4096];
    ssize_t n = pread(pg->log, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    return strstr(text, "ready to accept connections");
}

/* Falso si el puerto era de otro. */
static bool wait_ready(struct hs_pg *pg)
{
    double limit = hs_now() + hs_ms(START_MS);
    for (const char *said = "";;) {
        if (says_ready(pg)) {
            pg->main = hs__pg_connect(pg);
            if (PQstatus(pg->main) == CONNECTION_OK)
                return true;
            said = hs_format("%s", PQerrorMessage(pg->main));
            PQfinish(pg->main);
            pg->main = NULL;
        }
        bool dead = box_wait(pg->run, 0, &pg->result) == 0;
        if (dead && strstr(last_words(pg), "TCP/IP socket"))
            return false;
        if (dead || hs_now() > limit)
            hs_broken("PostgreSQL no arrancó: %s %s %s", last_words(pg), said,
                      dead ? pg->result.detail : "");
        sleep_ms(TICK_MS);
    }
}

static void open_files(struct hs_pg *pg)
{
    int rc = ag_temp_dir("pg", &pg->dir);
    if (rc < 0)
        hs_broken("no puedo crear una carpeta en %s: %s", ag_tmp(), strerror(-rc));
    pg->log = open(pg->dir, O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
    if (pg->log < 0)
        hs_broken("no puedo crear un archivo en %s: %s", ag_tmp(), strerror(errno));
}

struct hs_pg *hs_pg_start(void)
{
    const char *template = getenv("ASINC_POSTGRES");
    if (!template || access(template, R_OK) < 0)
        hs_broken("falta PostgreSQL, que esta prueba necesita, o no se pudo preparar: "
                  "instálalo "
                  "con «make setup» y repite");
    struct hs_pg *pg = ag_alloc(1, sizeof *pg);
    *pg = (struct hs_pg){.part = {.report = pg_report,
                                  .trace = hs__pg_trace,
                                  .stop = pg_stop,
                                  .outside = true}};
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
    hs__reach_also(pg->port);
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
