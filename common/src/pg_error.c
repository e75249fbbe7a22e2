#include "pg_internal.h"

#include <ctype.h>
#include <string.h>

static const char label[] = "\nSQLSTATE: ";

enum { STATE_LENGTH = 5 };

/* Gana el primer prefijo que coincide: los concretos van antes que su clase. */
static const struct {
    const char *prefix;
    int error;
} states[] = {
    {"08", UV_ECONNRESET},      /* fallo de la conexión */
    {"22", UV_EINVAL},          /* datos que no encajan en su tipo */
    {"23505", UV_EEXIST},       /* clave duplicada */
    {"23", UV_EINVAL},          /* otra restricción de integridad */
    {"28", UV_EACCES},          /* autenticación */
    {"3D000", UV_ENOENT},       /* no existe la base de datos */
    {"40001", UV_EAGAIN},       /* no se pudo serializar */
    {"40P01", UV_EAGAIN},       /* interbloqueo entre transacciones */
    {"42501", UV_EACCES},       /* sin permiso */
    {"42P01", UV_ENOENT},       /* no existe la tabla */
    {"42", UV_EINVAL},          /* SQL mal escrito */
    {"53100", UV_ENOSPC},       /* disco lleno */
    {"53200", UV_ENOMEM},       /* memoria del servidor */
    {"53300", UV_EBUSY},        /* demasiadas conexiones */
    {"55P03", UV_EAGAIN},       /* bloqueo que no se pudo tomar */
    {"57014", UV_ETIMEDOUT},    /* consulta interrumpida */
    {"57P03", UV_ECONNREFUSED}, /* arrancando o parándose */
    {"57P", UV_ECONNRESET},     /* el servidor echó a la conexión */
};

static int error_of_state(const char *state)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (strncmp(state, states[i].prefix, strlen(states[i].prefix)) == 0)
            return states[i].error;
    }
    return UV_EIO;
}

/* Los mensajes de libpq acaban en salto de línea. */
static int trimmed(const char *text)
{
    size_t size = strlen(text);

    while (size > 0 && isspace((unsigned char)text[size - 1]))
        size--;
    return (int)size;
}

/* ---- De una consulta ---------------------------------------------------------------- */

static const char *state_of(const PGresult *result)
{
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

bool as__pg_was_cancelled(const PGresult *result)
{
    const char *state = state_of(result);

    return state && strcmp(state, "57014") == 0;
}

int as__pg_result_error(const PGconn *pg, const PGresult *result)
{
    const char *state = state_of(result);

    if (state)
        return error_of_state(state);
    /* Sin SQLSTATE el fallo es de este lado: se cortó la conexión o no cabe el resultado. */
    return PQstatus(pg) == CONNECTION_OK ? UV_ENOMEM : UV_ECONNRESET;
}

int as__pg_explain(int error, const PGconn *pg, const PGresult *result)
{
    const char *message = result ? PQresultErrorMessage(result) : PQerrorMessage(pg);
    const char *state = result ? state_of(result) : NULL;

    return as_error_set(error, "%.*s%s%s", trimmed(message), message, state ? label : "",
                        state ? state : "");
}

const char *as_pg_sqlstate(void)
{
    const char *detail = as_error_detail();
    size_t size = strlen(detail), tail = sizeof label - 1 + STATE_LENGTH;

    if (size < tail || memcmp(detail + size - tail, label, sizeof label - 1) != 0)
        return "";
    return detail + size - STATE_LENGTH;
}

/* ---- De conectar -------------------------------------------------------------------- */

/*
 * libpq no da el SQLSTATE de una conexión fallida, pero con PQERRORS_VERBOSE lo escribe:
 * «FATAL:  28P01: password authentication failed...», y en la última línea, en qué línea
 * del código del servidor ocurrió, que no interesa.
 */
static const char *find_state(const char *message)
{
    const char *found = NULL;

    for (const char *p = message; (p = strstr(p, ":  ")); p++) {
        const char *state = p + 3;
        size_t length = strspn(state, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (length == STATE_LENGTH && state[length] == ':')
            found = state;
    }
    return found;
}

static int explain_state(const char *message, const char *state)
{
    const char *text = state + STATE_LENGTH + 2;
    const char *location = memrchr(text, '\n', (size_t)trimmed(text));
    int before = (int)(state - message);
    int after = location ? (int)(location - text) : trimmed(text);

    return as_error_set(error_of_state(state), "%.*s%.*s%s%.*s", before, message, after,
                        text, label, STATE_LENGTH, state);
}

/* libpq tampoco da el errno: lo escribe con strerror. */
static int error_of_system(const char *message)
{
    static const int errors[] = {ECONNREFUSED, ETIMEDOUT,     EHOSTUNREACH, ENETUNREACH,
                                 EACCES,       EADDRNOTAVAIL, ENOBUFS,      EMFILE,
                                 ENFILE,       ENOMEM};

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (strstr(message, strerror(errors[i])))
            return -errors[i];
    }
    /* Que no exista el socket de Unix es que nadie atiende en él. */
    return strstr(message, strerror(ENOENT)) ? UV_ECONNREFUSED : UV_ECONNRESET;
}

int as__pg_connect_error(const PGconn *pg)
{
    const char *message = PQerrorMessage(pg);
    const char *state = find_state(message);

    if (state)
        return explain_state(message, state);
    int error = PQconnectionNeedsPassword(pg) ? UV_EACCES : error_of_system(message);
    return as__pg_explain(error, pg, NULL);
}
