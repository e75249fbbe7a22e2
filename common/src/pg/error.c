#include "pg/internal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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
    {"25P03", UV_ECONNRESET},   /* echada: demasiado tiempo parada en una transacción */
    {"25P04", UV_ECONNRESET},   /* o demasiado tiempo en ella */
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

/* El servidor llama así a no dar tantos parámetros como pide el SQL. Otros lo llaman así
 * antes de colgar. */
static bool is_parameter_mismatch(const PGconn *pg, const char *state)
{
    return strcmp(state, "08P01") == 0 && PQstatus(pg) == CONNECTION_OK;
}

/* Con sus palabras, en inglés o en español; o sin ninguna, que tampoco le cupieron. */
static bool is_about_memory(const char *message)
{
    return !*message || strstr(message, "memory") || strstr(message, "memoria");
}

int as__pg_result_error(const PGconn *pg, const PGresult *result)
{
    const char *state = state_of(result);

    if (state)
        return is_parameter_mismatch(pg, state) ? UV_EINVAL : error_of_state(state);
    /* Sin SQLSTATE lo dice libpq: se cortó la conexión, no cabe el resultado o no lo entiende. */
    if (PQstatus(pg) != CONNECTION_OK)
        return UV_ECONNRESET;
    return is_about_memory(PQresultErrorMessage(result)) ? UV_ENOMEM : UV_EIO;
}

/* `words` se antepone al mensaje de libpq. */
static int explain(int error, const char *words, const char *message, const char *state)
{
    return as_error_set(error, "%s%.*s%s%s", words, trimmed(message), message,
                        state ? label : "", state ? state : "");
}

int as__pg_explain(int error, const PGconn *pg, const PGresult *result)
{
    const char *state = result ? state_of(result) : NULL;
    const char *words = "";

    if (!result)
        return explain(error, words, PQerrorMessage(pg), NULL);
    if (state && is_parameter_mismatch(pg, state))
        words = "el número de parámetros no es el que pide el SQL: ";
    return explain(error, words, PQresultErrorMessage(result), state);
}

void as__pg_keep_farewell(as_pg_connection *connection, const PGresult *notice)
{
    const char *message = PQresultErrorMessage(notice), *state = state_of(notice);

    free(connection->farewell);
    if (asprintf(&connection->farewell, "%.*s%s%s", trimmed(message), message,
                 state ? label : "", state ? state : "") < 0)
        connection->farewell = NULL;
}

int as__pg_explain_loss(const as_pg_connection *connection)
{
    if (connection->farewell)
        return as_error_set(UV_ECONNRESET, "%s", connection->farewell);
    return as__pg_explain(UV_ECONNRESET, connection->pg, NULL);
}

const char *as_pg_sqlstate(int error)
{
    const char *detail = as__error_detail(error);
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

/* libpq tampoco da el errno: lo escribe con strerror. 0 si no hay ninguno conocido. */
static int error_of_system(const char *message)
{
    static const struct {
        int number, error;
    } errors[] = {
        {ECONNREFUSED, UV_ECONNREFUSED},
        {ENOENT, UV_ECONNREFUSED}, /* no hay socket de Unix: nadie atiende en él */
        {EAGAIN, UV_EBUSY},        /* hay socket de Unix, con demasiados a la puerta */
        {ECONNRESET, UV_ECONNRESET},
        {EPIPE, UV_ECONNRESET},
        {ETIMEDOUT, UV_ETIMEDOUT},
        {EHOSTUNREACH, UV_EHOSTUNREACH},
        {ENETUNREACH, UV_ENETUNREACH},
        {EACCES, UV_EACCES},
        {EADDRNOTAVAIL, UV_EADDRNOTAVAIL},
        {EAFNOSUPPORT, UV_EADDRNOTAVAIL},
        {ENOBUFS, UV_ENOBUFS},
        {EMFILE, UV_EMFILE},
        {ENFILE, UV_ENFILE},
        {ENOMEM, UV_ENOMEM},
    };

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (strstr(message, strerror(errors[i].number)))
            return errors[i].error;
    }
    return strstr(message, "out of memory") ? UV_ENOMEM : 0;
}

/* Desde la 17, si no le dieron un socket libpq no dice nada: se prueba aquí por qué. */
static int error_of_silence(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return uv_translate_sys_error(errno);
    close(fd);
    return UV_ECONNRESET;
}

/* Lo que no viene del servidor ni del sistema lo dice libpq: qué, se sabe por dónde iba. */
static int explain_libpq(const char *message, ConnStatusType phase)
{
    bool securing = phase == CONNECTION_SSL_STARTUP;

    if (phase == CONNECTION_BAD && *message)
        return explain(UV_EINVAL, "la cadena de conexión no vale: ", message, NULL);
    if (securing && strstr(message, "SSL") && !strstr(message, "EOF"))
        return explain(UV_EPROTO, "no se pudo cifrar la conexión: ", message, NULL);
    return explain(UV_ECONNRESET, "", message, NULL);
}

/* De un certificado: al saludar, el suyo, o uno nuestro que no se puede usar con su clave. Si es
 * el servidor quien rechaza el nuestro, llega una alerta; en TLS 1.3, ya acabado el saludo. */
static bool is_about_certificate(const char *message, ConnStatusType phase)
{
    const char *alert = strstr(message, " alert ");

    /* «certifica» está en la palabra inglesa y en la española. */
    if (phase == CONNECTION_SSL_STARTUP &&
        (strstr(message, "certifica") || strstr(message, "private key") ||
         strstr(message, "privada")))
        return true;
    return alert && (strstr(alert, "certificate") || strstr(alert, "unknown ca"));
}

int as__pg_connect_error(const PGconn *pg, ConnStatusType phase)
{
    const char *message = PQerrorMessage(pg);
    const char *state = find_state(message);

    if (state)
        return explain_state(message, state);
    if (PQconnectionNeedsPassword(pg))
        return explain(UV_EACCES, "", message, NULL);
    if (is_about_certificate(message, phase))
        return explain(AS_EKEYREJECTED, "el certificado no vale: ", message, NULL);
    int error = *message ? error_of_system(message) : error_of_silence();
    return error < 0 ? explain(error, "", message, NULL) : explain_libpq(message, phase);
}
