#include "pg/internal.h"

#include <ctype.h>
#include <stdlib.h>

/* libpq cuenta con int, y ante una casilla que no existe escribe un aviso. */
static bool has_cell(const as_pg_result *result, size_t row, size_t column)
{
    return row < as_pg_rows(result) && column < as_pg_columns(result);
}

size_t as_pg_rows(const as_pg_result *result)
{
    return (size_t)PQntuples(result);
}

size_t as_pg_columns(const as_pg_result *result)
{
    return (size_t)PQnfields(result);
}

const char *as_pg_value(const as_pg_result *result, size_t row, size_t column)
{
    if (!has_cell(result, row, column) || as_pg_is_null(result, row, column))
        return NULL;
    return PQgetvalue(result, (int)row, (int)column);
}

bool as_pg_is_null(const as_pg_result *result, size_t row, size_t column)
{
    return has_cell(result, row, column) && PQgetisnull(result, (int)row, (int)column);
}

int as_pg_int(const as_pg_result *result, size_t row, size_t column, int64_t *value)
{
    const char *text = as_pg_value(result, row, column);
    char *end;

    if (!text)
        return as_error_set(
            UV_EINVAL, "la casilla %zu de la fila %zu es NULL o no existe", column, row);
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || isspace((unsigned char)*text) || *end || errno == ERANGE)
        return as_error_set(UV_EINVAL, "«%s» no es un entero de 64 bits", text);
    *value = n;
    return 0;
}

const char *as_pg_column_name(const as_pg_result *result, size_t column)
{
    return column < as_pg_columns(result) ? PQfname(result, (int)column) : NULL;
}

ssize_t as_pg_column(const as_pg_result *result, const char *name)
{
    int column = PQfnumber(result, name);

    return column < 0 ? UV_ENOENT : column;
}

uint64_t as_pg_affected(const as_pg_result *result)
{
    return strtoull(PQcmdTuples((PGresult *)result), NULL, 10); /* "" si no procede */
}

void as_pg_result_free(as_pg_result *result)
{
    PQclear(result);
}
