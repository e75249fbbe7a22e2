/* pg_server.h: el PostgreSQL de una prueba, por dentro. Lo comparten pg.c, que cuida del
 * servidor, y pg_sql.c, que habla con él. */
#ifndef HS_PG_SERVER_H
#define HS_PG_SERVER_H

#include "box/box.h"
#include "harness/chronicle.h"
#include "harness/internal.h"
#include "harness/pg.h"
#include <libpq-fe.h>
#include <pthread.h>

/* Las conexiones del programa, en pg_stat_activity. */
#define PG_PROGRAM "usename = 'alumno' AND backend_type = 'client backend'"

#define HS__MAX_WAITING 64

struct hs_pg {
    struct hs__part part;
    box_run *run; /* NULL si ya murió */
    struct box_result result;
    char *dir; /* la carpeta del socket */
    int log;
    int port;
    const char *dsn;
    PGconn *main; /* la sesión del corrector */
    struct hs_pg_hold *holds;
    struct hs__waiting {
        int pid;
        struct hs__span span;
    } waiting[HS__MAX_WAITING]; /* las del programa que esperaban un cerrojo al mirar */
    size_t n_waiting;

    pthread_t ticker;
    bool ticking, quit; /* con el cerrojo tomado */
    double since;       /* cuándo empezó la espera por la que da avisos */
};

struct hs_pg_hold {
    struct hs_pg *pg;
    struct hs_pg_hold *next;
    PGconn *conn; /* NULL cuando ya se soltó */
    bool pending; /* falta recoger el resultado */
};

/* pg_trace.c: lo que se dibuja. Las conexiones que esperan ahora, cuyos pid son la primera
 * columna; y, al final de la prueba, las que hubo y cuándo se escribió cada fila. */
void hs__pg_saw_waiting(struct hs_pg *pg, const PGresult *pids);
void hs__pg_trace(struct hs__part *part);

/* Lo que lleva dicho el servidor. Hay que liberarlo. */
char *hs__pg_log(const struct hs_pg *pg);

/* Borra los segmentos de memoria compartida que dejaron este y los que ya murieron (pg_shm.c). */
void hs__pg_sweep(void);

/* Otra sesión del corrector; puede salir mal, como PQconnectdb. */
PGconn *hs__pg_connect(struct hs_pg *pg);

#endif
