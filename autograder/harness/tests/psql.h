/* psql.h: psql en el papel de un programa que usa la base de datos de la prueba. */
#ifndef PSQL_H
#define PSQL_H

#include "harness/pg.h"
#include <glob.h>

static inline const char *psql_path(void)
{
    glob_t found;
    glob("/usr/lib/postgresql/*/bin/psql", 0, NULL, &found);
    const char *path = hs_format(
        "%s", found.gl_pathc > 0 ? found.gl_pathv[found.gl_pathc - 1] : "/usr/bin/psql");
    globfree(&found);
    return path;
}

/* psql con estas sentencias, cada una en su transacción. */
static inline struct hs_program *psql(const char *dsn, const char *sql)
{
    struct hs_options options = {.program = psql_path()};
    return hs_start_with(options, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
                         dsn, "-c", sql);
}

#endif
