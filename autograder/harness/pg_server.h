/* pg_server.h: el PostgreSQL de una prueba, por dentro. Lo comparten pg.c, que cuida del
 * servidor, y pg_sql.c, que habla con él. */
#ifndef HS_PG_SERVER_H
#define HS_PG_SERVER_H

#include "../box/box.h"
#include "internal.h"
#include "pg.h"
#include <libpq-fe.h>
#include <pthread.h>

/* Las conexiones del programa, en pg_stat_activity. */
#define PG_PROGRAM "usename = 'alumno' AND backend_type = 'client backend'"

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

    pthread_t ticker;
    bool ticking, quit; /* con el cerrojo tomado */
};

struct hs_pg_hold {
    struct hs_pg *pg;
    struct hs_pg_hold *next;
    PGconn *conn; /* NULL cuando ya se soltó */
    bool pending; /* falta recoger el resultado */
};

/* Otra sesión del corrector; puede salir mal, como PQconnectdb. */
PGconn *hs__pg_connect(struct hs_pg *pg);

#endif
